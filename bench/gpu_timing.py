"""What the arms of ``bench.gpu`` share: where they measure, and how a clip's times become rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from bench.gpu_models import Design, build
from bench.report import Row, Skipped
from core.catalogue.cards import Model
from core.catalogue.load import load_models
from core.catalogue.local import LocalRecipe

STEPS = 50
"""Of a whole clip, in diffusers' defaults and in the recipes."""

TFLOPS_BAR, WHOLE_CLIP_BAR = 550.0, 1.8
DENOISE_BARS: Mapping[tuple[str, str], float] = {("wan2.1-1.3b", "compile"): 52.0, ("wan2.1-1.3b", "four-step"): 2.1}
"""Seconds of the denoiser. All bars are those of one NVIDIA H200."""

GB = 1e9


@dataclass(frozen=True)
class Timing:
    """Seconds of one clip's stages and of the whole, of ``steps`` steps with so many forwards each; bytes at most."""

    text: float
    denoise: float
    decode: float
    package: float
    whole: float
    steps: int
    forwards: int
    memory: int | None = None

    @property
    def step(self) -> float:
        """Seconds of one."""
        return self.denoise / self.steps

    def of(self, steps: int) -> float:
        """The whole clip with so many steps."""
        return self.whole + self.step * (steps - self.steps)


@dataclass
class Bench:
    """One model on one device, and what was measured of it so far.

    ``steps`` are those of a clip with guidance; ``repeats`` of short measurements, ``clips`` that overlap.
    """

    made: Design
    place: torch.device
    folder: Path
    is_tiny: bool
    steps: int
    repeats: int
    clips: int
    cancels: int
    peak: float | None = None
    known: dict[str, Timing] = field(default_factory=dict)
    house: Any = None
    """The studio that is open, of ``bench.gpu_ours``."""
    can_compile: bool = True
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def is_gpu(self) -> bool:
        """Whether it is a GPU."""
        return str(self.place.type) == "cuda"

    @property
    def dtype(self) -> torch.dtype:
        """What the engine computes in on this device."""
        return torch.bfloat16 if self.is_gpu else torch.float32

    @cached_property
    def model(self) -> Model:
        """The catalogue's own card and recipes."""
        return next(model for model in load_models() if model.card.key == self.made.key)

    @cached_property
    def recipe(self) -> LocalRecipe:
        """The standard one."""
        return next(recipe.local for recipe in self.model.recipes if recipe.key.endswith("standard") and recipe.local)

    @property
    def pipeline(self) -> str:
        """The class of the model's pipeline."""
        assert self.model.card.local is not None
        return self.model.card.local.pipeline

    @cached_property
    def things(self) -> dict[str, Any]:
        """The components as the engine holds them: in the host's memory."""
        return build(self.made, torch.device("cpu"), self.dtype)

    def next_number(self) -> int:
        """For prompts that were not read before, and folders that are new."""
        return next(self._numbers)

    def needs_gpu(self, why: str) -> None:
        """Leave the arm where there is none.

        Raises:
            Skipped: with the reason.
        """
        if not self.is_gpu:
            raise Skipped(f"needs an NVIDIA GPU: {why}")

    def flops(self, *, is_unmasked: bool = False) -> float:
        """Of one forward of the denoiser. Without padding the prompt's own few tokens are not counted either."""
        text = {"text": 0} if is_unmasked else {}
        return self.made.flops(self.things["transformer"].config, self.made.latents, **text)

    def finish(self) -> None:
        """Wait until the device has done all it was given."""
        if self.is_gpu:
            torch.cuda.synchronize(self.place)

    def row(self, arm: str, name: str, figure: float | None, unit: str, note: str = "", **bar: Any) -> Row:
        """A row of this model's. Tiny models reach no bar and miss none."""
        return Row(f"{self.made.key}, {arm}: {name}", figure, unit, note=note, **({} if self.is_tiny else bar))

    def clip_rows(
        self, arm: str, clip: Timing, note: str, *, whole_steps: int = STEPS, is_unmasked: bool = False
    ) -> Iterator[Row]:
        """What a clip took, by stage, and how busy the denoiser kept the device. ``whole_steps`` are a real clip's."""
        self.known[arm] = clip
        width, height, frames = self.made.shape
        note = f"one clip of {width}x{height}, {frames} frames, after one to warm up; {clip.steps} steps; {note}"
        yield self.row(arm, "a step", clip.step, "s", note)
        flops = self.flops(is_unmasked=is_unmasked)
        speed = flops * clip.forwards * clip.steps / clip.denoise / 1e12
        bar = {"reach": TFLOPS_BAR, "at_least": True} if arm == "compile" and self.made.key.startswith("wan") else {}
        yield self.row(arm, "denoiser", speed, "TFLOP/s", f"{flops / 1e12:.4g} TFLOP a forward; {note}", **bar)
        if self.peak:
            yield self.row(arm, "denoiser, of the measured matrix peak", 100 * speed / self.peak, "%", note)
        for stage in ("text", "denoise", "decode", "package"):
            yield self.row(arm, f"{stage} stage", getattr(clip, stage), "s", note)
        reckoned = "measured" if clip.steps == whole_steps else f"reckoned from {clip.steps} steps"
        bar = {"reach": DENOISE_BARS[self.made.key, arm]} if (self.made.key, arm) in DENOISE_BARS else {}
        denoise = clip.step * whole_steps
        yield self.row(arm, f"denoiser, {whole_steps} steps", denoise, "s", f"{reckoned}; {note}", **bar)
        yield self.row(arm, f"whole clip, {whole_steps} steps", clip.of(whole_steps), "s", f"{reckoned}; {note}")
        if clip.memory is not None:
            yield self.row(arm, "peak memory", clip.memory / GB, "GB", f"allocated by torch; {note}")
