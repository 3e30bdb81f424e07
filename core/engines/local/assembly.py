"""Turns shared modules into a pipeline for one job, with a scheduler of its own: no setting outlives the job."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from core.engines.local.families import family
from core.engines.local.family import Makes, Shot
from core.engines.local.loading import Layout, find_class, load_scheduler_config
from core.engines.local.watch import Watch, sampling, staged


def assemble(
    shot: Shot, folder: Path, layout: Layout, things: Mapping[str, Any], place: torch.device, watch: Watch
) -> Any:
    """The pipeline of the shot's card: its class for pictures where one is given.

    Raises:
        EngineUnavailable: the card names no class of diffusers'.
    """
    name = shot.card.image_pipeline if shot.image is not None and shot.card.image_pipeline else shot.card.pipeline
    kind = staged(find_class("diffusers", name))
    given = {**layout.settings, **things, "scheduler": make_scheduler(shot, folder, layout, watch)}
    if "guider" in given:
        # It is told each job's guidance, and counts its steps.
        given["guider"] = copy.deepcopy(given["guider"])
    stages = family(shot.card.family)
    pipe = stages.make(kind, shot, given) if isinstance(stages, Makes) else _call(kind, given)
    pipe.piying_watch, pipe.piying_place = watch, place
    return pipe


def _call(kind: Any, given: Mapping[str, Any]) -> Any:
    """What the class takes of what is given; None for what it wants besides."""
    known = inspect.signature(kind).parameters
    missing = {part: None for part, rule in known.items() if rule.default is inspect.Parameter.empty}
    return kind(**missing | {part: thing for part, thing in given.items() if part in known})


def make_scheduler(shot: Shot, folder: Path, layout: Layout, watch: Watch) -> Any:
    """The recipe's scheduler, or the model's own with the recipe's changes."""
    library, name = layout.components["scheduler"]
    kind = sampling(
        find_class("diffusers", shot.recipe.scheduler) if shot.recipe.scheduler else find_class(library, name)
    )
    changes = dict(shot.recipe.scheduler_config)
    if shot.recipe.flow_shift is not None:
        known = inspect.signature(kind).parameters
        changes["flow_shift" if "flow_shift" in known else "shift"] = shot.recipe.flow_shift
    scheduler = kind.from_config({**load_scheduler_config(folder), **changes})  # type: ignore[attr-defined]
    scheduler.piying_watch = watch
    return scheduler
