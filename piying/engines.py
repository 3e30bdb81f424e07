"""Turns settings into the models that may be used here and the engines that make them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping

import structlog

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import BadCard, NotGranted, enable, load_models
from core.engines.film import check as film
from core.engines.local.check import make_check
from core.engines.local.config import INDEXES, LocalConfig
from core.engines.process import ProcessEngine
from core.engines.scene import check as scene
from core.metrics import Metrics
from core.ports import Engine
from piying.hosted import make_hosted, offered_models
from piying.mistake import Mistake
from piying.settings import Settings

EngineFactory = Callable[[Settings, Catalogue, Metrics], Mapping[str, Engine]]

LOCAL_LANES = 3
"""Clips that one GPU has in hand: one read, one denoised, one packed."""
_GB = 10**9


def make_catalogue(settings: Settings) -> Catalogue:
    """The built-in model and those that the operator enabled.

    Raises:
        Mistake: a model is unknown or not granted here, or a card of the operator's is not as it should be.
    """
    try:
        models = load_models(settings.cards_folder)
        hosted = offered_models(settings, models)
        return enable(models, settings.models, settings.territory, settings.default_recipe, hosted=hosted)
    except NotGranted as error:
        remedy = "" if settings.territory else " (PIYING_TERRITORY, an ISO 3166 code such as CN)"
        raise Mistake(f"PIYING_MODELS: {error}{remedy}") from error
    except BadCard as error:
        raise Mistake(f"PIYING_CARDS_FOLDER: {error}") from error
    except ValueError as error:
        raise Mistake(f"PIYING_MODELS, PIYING_DEFAULT_RECIPE: {error}") from error
    except OSError as error:
        raise Mistake(f"PIYING_CARDS_FOLDER: {error}") from error


def make_engines(settings: Settings, catalogue: Catalogue, metrics: Metrics) -> Mapping[str, Engine]:
    """The engines of this installation by the name that cards use. Their processes start when there is work."""
    engines: dict[str, Engine] = {
        "scene": ProcessEngine([sys.executable, "-m", "core.engines.scene"], scene.check),
        "film": ProcessEngine([sys.executable, "-m", "core.engines.film"], film.check),
    }
    if any(card.engine == "local" for card in catalogue.cards):
        engines["local"] = ProcessEngine(
            [sys.executable, "-m", "core.engines.local", local_config(settings).model_dump_json()],
            make_check(catalogue),
            at_once=LOCAL_LANES,
            grace=settings.local.cancel_grace,
            keeps_child=True,
        )
    return {**engines, **make_hosted(settings, catalogue, metrics)}


def check_pulled(settings: Settings, catalogue: Catalogue, worker_class: str) -> None:
    """Whether a process can render a class: weights are not fetched while a user waits.

    Raises:
        Mistake: a model of that class has no weights here.
    """
    cards = [card for card in catalogue.cards if card.local is not None and card.worker_class == worker_class]
    for card in cards:
        if not any((settings.models_folder / card.key / index).is_file() for index in INDEXES):
            raise Mistake(f"{card.key} is enabled and not pulled: `piying models pull {card.key}`")


def local_config(settings: Settings) -> LocalConfig:
    """What the GPU's process is told."""
    local = settings.local
    return LocalConfig(
        models_folder=settings.models_folder,
        models=settings.models,
        cards_folder=settings.cards_folder.resolve() if settings.cards_folder else None,
        territory=settings.territory,
        device=local.device,
        gpu_memory=_bytes(local.gpu_memory),
        host_memory=_bytes(local.host_memory),
        placement=local.placement,
        attention=local.attention,
        compile=local.compile,
        channels_last=local.channels_last,
        warm_up=local.warm_up,
        threads=local.threads,
        preview_every=local.preview_every,
        log_format=settings.log_format,
        log_level=_log_level(),
    )


def _log_level() -> int:
    """As loud as this process."""
    return logging.INFO if structlog.get_logger().is_enabled_for(logging.INFO) else logging.WARNING


def _bytes(gigabytes: float | None) -> int | None:
    return None if gigabytes is None else int(gigabytes * _GB)
