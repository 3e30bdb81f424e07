"""Turns the child's settings into a studio that takes tasks."""

from __future__ import annotations

import structlog
import torch
from diffusers.models.attention_dispatch import AttentionBackendName

from core.catalogue.load import enable, load_models
from core.engines.local.config import LocalConfig
from core.engines.local.device import open_device
from core.engines.local.residency import Residency
from core.engines.local.studio import Studio
from core.errors import EngineUnavailable

ATTENTIONS = frozenset(str(name.value) for name in AttentionBackendName)

log = structlog.get_logger(__name__)


def open_studio(config: LocalConfig) -> Studio:
    """Nothing is loaded before the first task, or a warm-up, asks for it.

    Raises:
        EngineUnavailable: the device is not there, or diffusers has no such attention.
        NotGranted: a model's licence does not cover the territory.
    """
    if config.attention not in {"auto", *ATTENTIONS}:
        log.critical("local.unknown_attention", attention=config.attention, known=", ".join(sorted(ATTENTIONS)))
        raise EngineUnavailable
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    device = open_device(config.device, config.gpu_memory)
    catalogue = enable(load_models(config.cards_folder), config.models, config.territory)
    return Studio(config, catalogue, Residency(device, config.host_memory))
