"""Turns torch's version into the settings of its allocators, which it reads when it is loaded. Imports no torch."""

from __future__ import annotations

from importlib.metadata import version

VARIABLE = "PYTORCH_CUDA_ALLOC_CONF"


def allocator_settings(torch_version: str | None = None) -> str:
    """For the environment variable ``VARIABLE``; of the torch that is installed, unless a version is given.

    On the device, segments that grow, against fragments. On the host torch rounds pinned memory up to a power of two
    and never gives it back: Wan's 14B then takes 1.5 times its size, and a model unloaded long ago as much as ever.
    Above 1 MB it is told to do neither. It knows that word from 2.13 on, and an unknown one stops it.
    """
    major, minor = (torch_version or version("torch")).split(".")[:2]
    pinned = ",pinned_max_cached_size_mb:1" if (int(major), int(minor)) >= (2, 13) else ""
    return f"expandable_segments:True{pinned}"
