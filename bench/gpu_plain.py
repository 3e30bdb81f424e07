"""Turns a pipeline that is run as diffusers' documentation shows it into the times of its clip."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import torch
from diffusers.models.attention_dispatch import attention_backend
from diffusers.utils import export_utils

from bench.gpu_models import build
from bench.gpu_timing import Bench, Timing
from bench.report import Row
from core.engines.local.loading import find_class

_HAS_FFMPEG = bool(find_spec("imageio_ffmpeg"))


def plain(bench: Bench) -> Iterator[Row]:
    """All on the device, in the documentation's types, attention as diffusers sets it, frames through floats."""
    documented = bench.made.documented
    pipe = _pipeline(bench)
    # The default, whatever another arm left behind: it is the process's.
    with attention_backend("native"):
        _clip(bench, pipe, steps=1)
        clip = _clip(bench, pipe, bench.steps)
    del pipe
    gc.collect()
    types = f"{documented['dtype']}, VAE in {documented['vae']}" if bench.is_gpu else "all in float32"
    exported = "imageio" if _HAS_FFMPEG else "OpenCV, since imageio-ffmpeg is not installed"
    tiled = ", VAE in tiles" if documented["is_tiled"] else ""
    yield from bench.clip_rows("plain", clip, f"diffusers' example: {types}{tiled}, export_to_video by {exported}")


def _pipeline(bench: Bench) -> Any:
    documented = bench.made.documented
    dtype, vae = (documented["dtype"], documented["vae"]) if bench.is_gpu else (torch.float32, torch.float32)
    things = build(bench.made, bench.place, dtype, vae=vae)
    pipe = find_class("diffusers", bench.pipeline)(**things, scheduler=bench.made.scheduler())
    pipe.set_progress_bar_config(disable=True)
    if documented["is_tiled"]:
        pipe.vae.enable_tiling()
    return pipe


def _clip(bench: Bench, pipe: Any, steps: int) -> Timing:
    marks: dict[str, float] = {}
    for owner, name in ((pipe, "encode_prompt"), (pipe.vae, "decode")):
        _mark(bench, owner, name, marks)
    if bench.is_gpu:
        torch.cuda.reset_peak_memory_stats(bench.place)
    width, height, frames = bench.made.shape
    # HunyuanVideo 1.5 has its guidance in the guider.
    guidance = {} if "guider" in pipe.components else {"guidance_scale": bench.recipe.guidance_scale}
    began = time.perf_counter()
    made = pipe(
        prompt="a cat walks on the grass",
        negative_prompt=bench.recipe.negative_prompt,
        width=width,
        height=height,
        num_frames=frames,
        num_inference_steps=steps,
        generator=torch.Generator("cpu").manual_seed(0),
        **guidance,
    ).frames[0]
    bench.finish()
    decoded = time.perf_counter()
    # With an imageio that lacks its ffmpeg export_to_video stops; without any it writes by OpenCV.
    export = export_utils.export_to_video if _HAS_FFMPEG else export_utils._legacy_export_to_video  # noqa: SLF001
    export(made, str(bench.folder / "plain.mp4"), fps=bench.model.card.fps)
    ended = time.perf_counter()
    text, denoised = marks["encode_prompt ended"], marks["decode began"]
    return Timing(
        text=text - began,
        denoise=denoised - text,
        decode=decoded - denoised,
        package=ended - decoded,
        whole=ended - began,
        steps=steps,
        forwards=2,
        memory=torch.cuda.max_memory_allocated(bench.place) if bench.is_gpu else None,
    )


def _mark(bench: Bench, owner: Any, name: str, marks: dict[str, float]) -> None:
    """Note when a method was first called and last left; the device is waited for there, which no stage overlaps."""
    real: Callable[..., Any] = getattr(owner, name)
    if hasattr(real, "piying_real"):
        real = real.piying_real

    def marked(*arguments: Any, **named: Any) -> Any:
        bench.finish()
        marks.setdefault(f"{name} began", time.perf_counter())
        result = real(*arguments, **named)
        bench.finish()
        marks[f"{name} ended"] = time.perf_counter()
        return result

    marked.piying_real = real  # type: ignore[attr-defined]
    setattr(owner, name, marked)
