"""Runs every recipe once, in a few steps and into nowhere, so that the first user waits for nothing but the clip.

Weights are loaded, blocks compiled for the served shapes, memory peaks and paces measured, the previews' map fitted.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import structlog
from PIL import Image

from core.catalogue.cards import ModelCard
from core.engines.child import Task
from core.engines.local.studio import Studio
from core.types import Clip, GenerationSpec, Options

_STEPS = 2
"""The second one runs as all others do; the first also compiles."""

log = structlog.get_logger(__name__)


def rehearse(studio: Studio) -> None:
    """Put a rehearsal of each recipe before the first job. Does nothing where the settings say so."""
    if not studio.config.warm_up:
        return
    for key in studio.catalogue.recipes:
        card, recipe = studio.catalogue.choose(key)
        if card.local is not None and recipe.local is not None:
            _try_to_rehearse(studio, card, key)


def _try_to_rehearse(studio: Studio, card: ModelCard, recipe: str) -> None:
    """Jobs are read by this very thread: nothing about a rehearsal may end it."""
    try:
        _rehearse(studio, card, recipe, Path(tempfile.mkdtemp(prefix="piying-rehearsal-")))
    except Exception as error:  # noqa: BLE001 - a full disk, or a card that this process cannot use
        log.warning("local.not_rehearsed", recipe=recipe, error=type(error).__name__)


def _rehearse(studio: Studio, card: ModelCard, recipe: str, folder: Path) -> None:
    spec = studio.catalogue.complete(Options(recipe=recipe), "a rehearsal", 0, **_pictures(card, folder))
    work = studio.prepare(Rehearsal(spec, folder))
    few = work.shot.recipe.model_copy(update={"num_inference_steps": min(_STEPS, work.shot.recipe.num_inference_steps)})
    work.shot = replace(work.shot, recipe=few)
    studio.begin(work)


def _pictures(card: ModelCard, folder: Path) -> Mapping[str, str]:
    needed = {"none": (), "first": ("image",), "first-last": ("image", "last_image")}[card.pictures[0]]
    for name in needed:
        Image.new("RGB", (64, 64), "grey").save(folder / f"{name}.png")
    return {name: f"{name}.png" for name in needed}


class Rehearsal(Task):
    """A task of nobody's: its answer is a line in the log."""

    def __init__(self, spec: GenerationSpec, folder: Path) -> None:
        super().__init__({"job": 0, "spec": asdict(spec), "folder": str(folder)}, lambda _message: None)

    def finish(self, clip: Clip) -> None:
        """Ready."""
        super().finish(clip)
        log.info("local.rehearsed", recipe=self.spec.recipe)
        shutil.rmtree(self.folder, ignore_errors=True)

    def fail(self, error: BaseException) -> None:
        """The first user's clip will tell whether it is serious."""
        log.warning("local.not_rehearsed", recipe=self.spec.recipe, error=type(error).__name__)
        shutil.rmtree(self.folder, ignore_errors=True)
