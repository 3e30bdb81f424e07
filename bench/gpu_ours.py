"""Turns clips through the engine's own studio into rows: dense, compiled, in four steps, overlapping and cancelled.

Card, recipe, catalogue, residency, pipelines and stages are the engine's. Its modules come from memory: they are put
into the residency under the keys by which it would load them, so that no weights need to be written and read back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from statistics import median
from typing import Any

import torch

from bench.gpu_models import sketch
from bench.gpu_timing import GB, STEPS, WHOLE_CLIP_BAR, Bench, Timing
from bench.order import Order
from bench.report import Row, Skipped
from core.catalogue.catalogue import Catalogue
from core.engines.local.config import LocalConfig
from core.engines.local.device import Cpu, Cuda, Device, Peak
from core.engines.local.loading import component_key
from core.engines.local.model import LocalModel
from core.engines.local.pace import Pace
from core.engines.local.residency import Part, Residency
from core.engines.local.studio import Studio
from core.types import GenerationSpec

DRAFT_STEPS = 4
_LONGEST_WAIT = 10.0
"""Seconds after which a clip is cancelled at the latest."""


class Metered(Cuda):
    """Remembers the most that was allocated in any stage: each stage's measurement begins anew."""

    highest = 0

    @contextmanager
    def watched(self) -> Iterator[Peak]:
        """See the protocol."""
        with super().watched() as peak:
            yield peak
            self.highest = max(self.highest, torch.cuda.max_memory_allocated(self.place))


@dataclass
class House:
    """A studio over the bench's modules."""

    bench: Bench
    is_compiled: bool
    parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bench = self.bench
        self.device: Device = Metered(bench.place, None) if bench.is_gpu else Cpu()
        residency = Residency(self.device)
        folder = sketch(bench.made, bench.things, bench.pipeline, bench.folder / bench.made.key)
        for name, thing in bench.things.items():
            key = component_key(folder, name, self.device.dtype)
            self.parts[name] = residency.part(key, partial(_as_made, thing))
        _prepare_anew(bench.things["transformer"])
        config = LocalConfig(
            models_folder=bench.folder,
            models=(bench.made.key,),
            device=str(bench.place),
            compile=self.is_compiled,
            preview_every=0.0,
        )
        self.studio = Studio(config, Catalogue((bench.model,)), residency)

    def order(self, *, steps: int, has_guidance: bool) -> Order:
        """Begin a clip of a prompt that was not read before."""
        bench, number = self.bench, self.bench.next_number()
        folder = bench.folder / f"run-{number}"
        folder.mkdir()
        width, height, frames = bench.made.shape
        recipe = next(recipe for recipe in bench.model.recipes if recipe.local is bench.recipe)
        spec = GenerationSpec(
            bench.made.key,
            recipe.key,
            recipe.version,
            f"cat number {number} walks on the grass",
            seed=number,
            width=width,
            height=height,
            num_frames=frames,
            fps=bench.model.card.fps,
        )
        order = Order(spec, folder)
        work = self.studio.prepare(order)
        few: dict[str, Any] = {"num_inference_steps": steps}
        if not has_guidance:
            few |= {"guidance_scale": 1.0, "negative_prompt": ""}
        work.shot = replace(work.shot, recipe=bench.recipe.model_copy(update=few))
        self.studio.begin(work)
        return order

    def clip(self, *, steps: int, has_guidance: bool) -> Timing:
        """One clip, with nothing beside it."""
        self.studio.pace = Pace()
        if isinstance(self.device, Metered):
            self.device.highest = 0
        whole = self.order(steps=steps, has_guidance=has_guidance).wait()
        memory = self.device.highest if isinstance(self.device, Metered) else None
        taken = {stage: self.studio.pace.guess(f"{stage} {self.shape}") or 0.0 for stage in _STAGES}
        return Timing(**taken, whole=whole, steps=steps, forwards=2 if has_guidance else 1, memory=memory)

    @property
    def shape(self) -> str:
        """As the studio names it."""
        width, height, frames = self.bench.made.shape
        return f"{self.bench.made.key} {width}x{height}x{frames}"

    @property
    def model(self) -> LocalModel:
        """As the studio holds it."""
        return self.studio._models[self.bench.made.key]  # noqa: SLF001 - nobody else wants to know

    @property
    def is_unmasked(self) -> bool:
        """The denoiser is given no padding."""
        return self.model.is_unmasked

    @property
    def told(self) -> str:
        """How the engine has chosen to run."""
        compiled = "compiled blocks" if self.is_compiled and self.bench.is_gpu else "eager"
        attention = attention_of(self.bench.things["transformer"])
        masks = " without masks" if self.is_unmasked else ""
        last = "".join(f", {name}'s channels last" for name in self.model.channels_last(self.bench.recipe))
        return f"{self.model.mode}, attention {attention}{masks}, {compiled}, VAE in {self.bench.dtype}{last}"

    def close(self) -> None:
        """Leave the modules to the next house, in the host's memory."""
        self.studio.close()
        self.studio.residency.clear()


_STAGES = ("text", "denoise", "decode", "package")


def attention_of(transformer: Any) -> str:
    """The backend that was set on it, by diffusers' name."""
    set_ = (getattr(processor, "_attention_backend", None) for processor in transformer.attn_processors.values())
    return str(next(backend for backend in set_ if backend is not None).value)


def _as_made(thing: Any) -> Any:
    return thing


def _prepare_anew(transformer: Any) -> None:
    """The engine prepares a module once; each house has its own wishes."""
    transformer.piying_prepared = False
    for module in transformer.modules():
        module._compiled_call_impl = None  # noqa: SLF001 - nothing public takes a compilation back


def open_house(bench: Bench, *, is_compiled: bool) -> House:
    """The house so prepared, warmed up by a clip; the one that was open is closed for it.

    A house that could not be compiled leaves the arms after it an eager one, and they say so.
    """
    wanted = is_compiled and bench.can_compile
    if isinstance(bench.house, House) and bench.house.is_compiled == wanted:
        return bench.house
    if bench.house is not None:
        bench.house.close()
        bench.house = None
    house = House(bench, wanted)
    try:
        house.clip(steps=2, has_guidance=True)
    except Exception:
        house.close()
        bench.can_compile = bench.can_compile and not wanted
        raise
    bench.house = house
    return house


def dense(bench: Bench) -> Iterator[Row]:
    """The engine without compilation."""
    house = open_house(bench, is_compiled=False)
    yield from bench.clip_rows(
        "dense", house.clip(steps=bench.steps, has_guidance=True), house.told, is_unmasked=house.is_unmasked
    )


def compiled(bench: Bench) -> Iterator[Row]:
    """The engine as it is set, with compiled blocks."""
    bench.needs_gpu("blocks are compiled for GPUs alone")
    began = time.perf_counter()
    house = open_house(bench, is_compiled=True)
    yield bench.row("compile", "first clip of 2 steps", time.perf_counter() - began, "s", "compilation included")
    yield from bench.clip_rows(
        "compile", house.clip(steps=bench.steps, has_guidance=True), house.told, is_unmasked=house.is_unmasked
    )


def gain(bench: Bench) -> Iterator[Row]:
    """How many times as long the plain pipeline takes for the whole clip."""
    ours = bench.known.get("compile") or bench.known.get("dense")
    plain = bench.known.get("plain")
    if ours is None or plain is None:
        raise Skipped("needs the arms plain and compile, or dense")
    note = f"{plain.of(STEPS):.4g} s against {ours.of(STEPS):.4g} s for {STEPS} steps, text to file"
    ratio = plain.of(STEPS) / ours.of(STEPS)
    yield bench.row("gain", "plain / ours, whole clip", ratio, "x", note, reach=WHOLE_CLIP_BAR, at_least=True)


def four_steps(bench: Bench) -> Iterator[Row]:
    """As a distilled model runs: four steps, no guidance. A LoRA, which costs a little, is not on."""
    house = open_house(bench, is_compiled=True)
    clip = house.clip(steps=DRAFT_STEPS, has_guidance=False)
    yield from bench.clip_rows("four-step", clip, house.told, whole_steps=DRAFT_STEPS, is_unmasked=house.is_unmasked)


def ledger(bench: Bench) -> Iterator[Row]:
    """Whether the residency counted right: weights on the device and the stage's peak, against what was allocated."""
    bench.needs_gpu("memory is measured on GPUs alone")
    house = open_house(bench, is_compiled=True)
    clip = house.clip(steps=2, has_guidance=True)
    weights = sum(part.size_bytes for part in house.parts.values() if part.is_resident)
    peaks = {stage: house.studio.residency.peak_of(f"{stage} {house.shape}") for stage in ("text", "denoise", "decode")}
    assert clip.memory
    error = 100 * abs(weights + max(peaks.values()) - clip.memory) / clip.memory
    told = ", ".join(f"{stage} {peak / GB:.2f} GB" for stage, peak in peaks.items())
    note = f"weights {weights / GB:.2f} GB, peaks {told}; allocated at most {clip.memory / GB:.2f} GB; {house.told}"
    yield bench.row("ledger", "error of the reckoned peak", error, "%", note)


def overlap(bench: Bench) -> Iterator[Row]:
    """Clips of four steps, all at once against one after another."""
    house = open_house(bench, is_compiled=True)
    alone = sum(house.order(steps=DRAFT_STEPS, has_guidance=False).wait() for _ in range(bench.clips))
    began = time.perf_counter()
    orders = [house.order(steps=DRAFT_STEPS, has_guidance=False) for _ in range(bench.clips)]
    for order in orders:
        order.wait()
    together = time.perf_counter() - began
    told = f"{alone:.4g} s one after another, {together:.4g} s at once"
    note = f"{bench.clips} clips of {DRAFT_STEPS} steps, {told}; {house.told}"
    yield bench.row("overlap", "one after another / at once", alone / together, "x", note)
    yield bench.row("overlap", "a clip, at once", together / bench.clips, "s", note)


def cancel(bench: Bench) -> Iterator[Row]:
    """From the request until the task has ended, and until the device is idle; at moments spread over a whole clip."""
    house = open_house(bench, is_compiled=True)
    usual = house.clip(steps=2, has_guidance=True).of(bench.steps)
    random, ended, idle = Random(0), [], []
    for _ in range(bench.cancels):
        order = house.order(steps=bench.steps, has_guidance=True)
        time.sleep(random.uniform(0, min(usual, _LONGEST_WAIT)))
        asked = time.perf_counter()
        order.cancelled.set()
        if order.was_cancelled():
            ended.append(order.ended - asked)
            bench.finish()
            idle.append(time.perf_counter() - asked)
    if not ended:
        raise Skipped("every clip was done before its cancel")
    note = f"{len(ended)} of {bench.cancels} cancels, the others came too late; {house.told}"
    for name, figures in (("until the task ended", ended), ("until the device was idle", idle)):
        yield bench.row("cancel", f"{name}, median", 1000 * median(figures), "ms", note)
        yield bench.row("cancel", f"{name}, longest", 1000 * max(figures), "ms", note)
