"""What the child process of this engine is told at its start, as JSON on its command line; no secrets are in it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.logs import LogFormat

INDEXES = ("model_index.json", "modular_model_index.json")
"""One of these says what a pulled model's folder holds."""
Placement = Literal["auto", "resident", "swap", "fp8", "offload"]
"""Where weights are while they are not used: ``core.engines.local.placement``."""


class LocalConfig(BaseModel):
    """Settings of the engine. Memory in bytes: None is what the GPU has, and no bound on the host. Times in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models_folder: Path
    models: tuple[str, ...]
    cards_folder: Path | None = None
    territory: str | None = None
    device: str = "auto"
    gpu_memory: int | None = None
    host_memory: int | None = None
    placement: Placement = "auto"
    attention: str = "auto"
    compile: bool = True
    channels_last: bool = True
    warm_up: bool = True
    threads: int | None = None
    preview_every: float = 4.0
    log_format: LogFormat = "auto"
    log_level: int = logging.INFO
