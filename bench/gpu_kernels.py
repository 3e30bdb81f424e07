"""Turns the pieces a clip is made of into rows: matrix products, attention by backend, the VAE, weights that move."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import torch

from bench.gpu_models import design, fill
from bench.gpu_ours import House, attention_of, open_house
from bench.gpu_timing import GB, Bench
from bench.report import Row
from core.engines.local.acceleration import put_channels_last
from core.engines.local.device import Cpu, Cuda
from core.engines.local.residency import Part, Residency

BACKENDS = ("native", "_native_cudnn", "_native_flash", "_flash_3")
_ON_A_CPU = "native"
_SIDES, _TINY_SIDES = (4096, 8192, 16384), (256, 512)
_PRODUCTS = 2e14
"""Multiplications a run: half a second of an H100, so that it is as warm as in a clip."""
_ROOM = 0.96
"""Of the device's memory, as the residency counts."""


def peak(bench: Bench) -> Iterator[Row]:
    """What a large product of matrices reaches: the most that a denoiser can hope for."""
    found = {side: _product(bench, side) for side in (_TINY_SIDES if bench.is_tiny else _SIDES)}
    bench.peak = max(found.values())
    told = ", ".join(f"{side}: {speed:.4g}" for side, speed in found.items())
    yield bench.row("peak", "matrix product", bench.peak, "TFLOP/s", f"{bench.dtype}, the best of the sides {told}")


def _product(bench: Bench, side: int) -> float:
    left, right, product = (torch.randn(side, side, device=bench.place).to(bench.dtype) for _ in range(3))
    times = max(4, int(_PRODUCTS / side**3)) if bench.is_gpu else 4

    def multiply() -> None:
        for _ in range(times):
            torch.mm(left, right, out=product)

    return 2 * side**3 * times / _timed(bench, multiply) / 1e12


def _timed(bench: Bench, work: Callable[[], object]) -> float:
    """Median seconds, after one run to warm up."""
    taken = []
    for _ in range(bench.repeats + 1):
        bench.finish()
        began = time.perf_counter()
        work()
        bench.finish()
        taken.append(time.perf_counter() - began)
    return median(taken[1:])


def attention(bench: Bench) -> Iterator[Row]:
    """One forward of the denoiser with each backend, eager, on what a clip's first step gave it."""
    house = open_house(bench, is_compiled=False)
    transformer = bench.things["transformer"]
    arguments, named = _captured(house, transformer)
    flops, before = bench.flops(is_unmasked=house.is_unmasked), attention_of(transformer)
    with house.studio.residency.on_device([house.parts["transformer"]], "attention"), torch.no_grad():
        try:
            for backend in BACKENDS:
                yield _backend(bench, transformer, backend, flops, lambda: transformer(*arguments, **named))
        finally:
            transformer.set_attention_backend(before)


def _captured(house: House, transformer: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    seen: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    hook = transformer.register_forward_pre_hook(
        lambda _module, arguments, named: seen.append((arguments, named)) if not seen else None, with_kwargs=True
    )
    try:
        house.order(steps=1, has_guidance=False).wait()
    finally:
        hook.remove()
    return seen[0]


def _backend(bench: Bench, transformer: Any, backend: str, flops: float, forward: Callable[[], object]) -> Row:
    """A backend that is not installed, or cannot do what this model asks of it, is told with its own words."""
    name = f"{backend}, a forward"
    if not bench.is_gpu and backend != _ON_A_CPU:
        return bench.row("attention", name, None, "s", "skipped: needs an NVIDIA GPU")
    try:
        transformer.set_attention_backend(backend)
        seconds = _timed(bench, forward)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other backends are worth measuring still
        return bench.row("attention", name, None, "s", f"not to be had: {type(error).__name__}: {str(error)[:200]}")
    return bench.row("attention", name, seconds, "s", f"eager, {flops / seconds / 1e12:.4g} TFLOP/s")


def vae(bench: Bench) -> Iterator[Row]:
    """Decoding a whole clip in both types, with the channels first and last."""
    latents = torch.randn(1, bench.made.latent_channels, *bench.made.latents, device=bench.place)
    for dtype in (torch.bfloat16, torch.float32):
        for name, is_last in (("channels first", False), ("channels last", True)):
            module = fill(bench.made.parts["vae"], bench.place, dtype)
            if is_last:
                put_channels_last(module)
            label = str(dtype).removeprefix("torch.")
            yield _decoded(bench, f"decode, {label}, {name}", module, latents.to(dtype))


def _decoded(bench: Bench, name: str, module: Any, sample: torch.Tensor) -> Row:
    try:
        with torch.no_grad():
            seconds = _timed(bench, lambda: module.decode(sample, return_dict=False))
    except torch.OutOfMemoryError as error:
        return bench.row("vae", name, None, "s", f"not to be had: {str(error)[:200]}")
    return bench.row("vae", name, seconds, "s", "one clip, not in tiles")


def swap(bench: Bench, other: str) -> Iterator[Row]:
    """The transformers of two models take turns on a device that holds one: from the host's pinned memory and back."""
    transformers = {
        made.key: fill(made.parts["transformer"], torch.device("cpu"), bench.dtype)
        for made in (bench.made, design(other, is_tiny=bench.is_tiny))
    }
    parts: dict[str, Part] = {}
    sizes = {key: Part(key, module).size_bytes for key, module in transformers.items()}
    total = int((max(sizes.values()) + min(sizes.values()) / 2) / _ROOM)
    residency = Residency(Cuda(bench.place, total) if bench.is_gpu else Cpu(total))
    for key in transformers:
        parts[key] = residency.part(key, partial(transformers.__getitem__, key))
    taken: dict[str, list[float]] = {key: [] for key in parts}
    for _ in range(bench.repeats + 1):
        for key, part in parts.items():
            bench.finish()
            began = time.perf_counter()
            with residency.on_device([part], "swap"):
                bench.finish()
                taken[key].append(time.perf_counter() - began)
    for key, seconds in taken.items():
        speed = sizes[key] / GB / median(seconds[1:])
        note = f"{sizes[key] / GB:.3g} GB, {speed:.3g} GB/s; the other leaves for it; median of {len(seconds) - 1}"
        yield bench.row("swap", f"{key} comes", median(seconds[1:]), "s", note)
        yield bench.row("swap", f"{key} comes first", seconds[0], "s", "its memory on the host is pinned")
