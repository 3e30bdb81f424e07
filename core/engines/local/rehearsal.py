"""Runs every recipe in a few steps and into nowhere, so that the first user waits for nothing but the clip.

Weights are loaded, blocks compiled for the served shapes, memory peaks and paces measured, the previews' map fitted.
One rehearsal is begun when the one before has ended: a job that comes meanwhile waits for one of them at the most.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import structlog
from PIL import Image

from core.catalogue.cards import ModelCard
from core.catalogue.catalogue import Catalogue
from core.engines.child import Task
from core.engines.local.studio import Studio
from core.types import Clip, GenerationSpec, Options

_STEPS = 2
"""The second one runs as all others do; the first also compiles."""

log = structlog.get_logger(__name__)


def rehearse(studio: Studio) -> None:
    """Begin the first rehearsal. Does nothing where the settings say so."""
    if studio.config.warm_up:
        Programme(studio).go_on()


class Programme:
    """What is left to rehearse. Shapes beside the recipes' own are a GPU's: elsewhere nothing is compiled."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        is_gpu = studio.residency.device.place.type == "cuda"
        self._left = itertools.chain(own_shapes(studio.catalogue), other_shapes(studio.catalogue) if is_gpu else ())

    def go_on(self) -> None:
        """Begin the next one that can be. Jobs are read by this very thread: nothing about a rehearsal may end it."""
        for options in self._left:
            try:
                self._begin(options, Path(tempfile.mkdtemp(prefix="piying-rehearsal-")))
            except Exception as error:  # noqa: BLE001 - a full disk, or a card that this process cannot use
                log.warning("local.not_rehearsed", recipe=options.recipe, error=type(error).__name__)
            else:
                return

    def _begin(self, options: Options, folder: Path) -> None:
        card, _ = self._studio.catalogue.choose(options.recipe)
        spec = self._studio.catalogue.complete(options, "a rehearsal", 0, **_pictures(card, folder))
        work = self._studio.prepare(Rehearsal(spec, folder, self.go_on))
        steps = min(_STEPS, work.shot.recipe.num_inference_steps)
        work.shot = replace(work.shot, recipe=work.shot.recipe.model_copy(update={"num_inference_steps": steps}))
        self._studio.begin(work)


def own_shapes(catalogue: Catalogue) -> Iterator[Options]:
    """Each recipe of an open model as it is without any option."""
    for key in catalogue.recipes:
        card, _ = catalogue.choose(key)
        if card.local is not None:
            yield Options(recipe=key)


def other_shapes(catalogue: Catalogue) -> Iterator[Options]:
    """The shapes of each open model that are no recipe's own, by its first recipe."""
    seen = {
        _shape(catalogue.complete(options, "", 0, **_named(catalogue, options))) for options in own_shapes(catalogue)
    }
    for key in catalogue.recipes:
        card, _ = catalogue.choose(key)
        for resolution, ratio, frames in itertools.product(card.resolutions, card.ratios, card.num_frames):
            options = Options(ratio=ratio, seconds=frames / card.fps, resolution=resolution, recipe=key)
            if card.local is not None and (shape := (card.key, *card.size(resolution, ratio), frames)) not in seen:
                seen.add(shape)
                yield options


def _shape(spec: GenerationSpec) -> tuple[str, int, int, int]:
    return spec.model, spec.width, spec.height, spec.num_frames


def _named(catalogue: Catalogue, options: Options) -> Mapping[str, str]:
    card, _ = catalogue.choose(options.recipe)
    return {name: f"{name}.png" for name in _needed(card)}


def _needed(card: ModelCard) -> tuple[str, ...]:
    return {"none": (), "first": ("image",), "first-last": ("image", "last_image")}[card.pictures[0]]


def _pictures(card: ModelCard, folder: Path) -> Mapping[str, str]:
    for name in _needed(card):
        Image.new("RGB", (64, 64), "grey").save(folder / f"{name}.png")
    return {name: f"{name}.png" for name in _needed(card)}


class Rehearsal(Task):
    """A task of nobody's: its answer is a line in the log, and then the next one."""

    def __init__(self, spec: GenerationSpec, folder: Path, then: Callable[[], None]) -> None:
        super().__init__({"job": 0, "spec": asdict(spec), "folder": str(folder)}, lambda _message: None)
        self._then = then

    def finish(self, clip: Clip) -> None:
        """Ready."""
        super().finish(clip)
        size = f"{clip.width}x{clip.height}x{self.spec.num_frames}"
        log.info("local.rehearsed", recipe=self.spec.recipe, size=size)
        self._end()

    def fail(self, error: BaseException) -> None:
        """The first user's clip will tell whether it is serious."""
        log.warning("local.not_rehearsed", recipe=self.spec.recipe, error=type(error).__name__)
        self._end()

    def _end(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._then()
