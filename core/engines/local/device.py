"""The device that models run on: its memory, and what a stretch of work took of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import torch

from core.errors import EngineUnavailable


@dataclass
class Peak:
    """Bytes that a stretch of work took beyond what lay on the device before; 0 where that cannot be measured."""

    taken: int = 0


class Device(Protocol):
    """A place for weights and work. ``total`` is in bytes."""

    place: torch.device
    total: int
    name: str
    dtype: torch.dtype
    """What weights are computed in."""

    def watched(self) -> AbstractContextManager[Peak]:
        """Measure the block."""

    def stream(self) -> AbstractContextManager[None]:
        """Queue the block's work apart from other threads' and wait for it at the end."""

    def settle(self) -> None:
        """Wait for what this thread has queued."""

    def empty_cache(self) -> None:
        """Give back what the allocator keeps."""


@dataclass
class Cpu:
    """The processor: slow, and the same everywhere."""

    total: int = 64 << 30
    place: torch.device = field(default_factory=lambda: torch.device("cpu"))
    name: str = "cpu"
    dtype: torch.dtype = torch.float32

    @contextmanager
    def watched(self) -> Iterator[Peak]:
        """See the protocol."""
        yield Peak()

    @contextmanager
    def stream(self) -> Iterator[None]:
        """See the protocol."""
        yield

    def settle(self) -> None:
        """See the protocol."""

    def empty_cache(self) -> None:
        """See the protocol."""


class Cuda:
    """An NVIDIA GPU."""

    dtype = torch.bfloat16

    def __init__(self, place: torch.device, limit: int | None) -> None:
        self.place = place
        free, total = torch.cuda.mem_get_info(place)
        self.total = min(free, total if limit is None else limit)
        self.name = torch.cuda.get_device_name(place)
        self._streams = threading.local()
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True

    @contextmanager
    def watched(self) -> Iterator[Peak]:
        """See the protocol. Counts what other threads take meanwhile too."""
        peak = Peak()
        torch.cuda.reset_peak_memory_stats(self.place)
        before = torch.cuda.memory_allocated(self.place)
        yield peak
        peak.taken = max(0, torch.cuda.max_memory_allocated(self.place) - before)

    @contextmanager
    def stream(self) -> Iterator[None]:
        """See the protocol."""
        if not hasattr(self._streams, "own"):
            self._streams.own = torch.cuda.Stream(self.place)
        # Weights come on the stream of everybody, which a stream of one's own does not wait for by itself.
        self._streams.own.wait_stream(torch.cuda.current_stream(self.place))
        with torch.cuda.device(self.place), torch.cuda.stream(self._streams.own):
            try:
                yield
            finally:
                # Also of a job that was cancelled: what is queued for it still reads the weights.
                self._streams.own.synchronize()

    def settle(self) -> None:
        """See the protocol."""
        torch.cuda.current_stream(self.place).synchronize()

    def empty_cache(self) -> None:
        """See the protocol."""
        torch.cuda.empty_cache()


def open_device(wish: str, limit: int | None) -> Device:
    """The device of that name; ``auto`` is the first GPU, or the processor where there is none.

    Raises:
        EngineUnavailable: there is no such GPU.
    """
    if wish == "cpu" or (wish == "auto" and not torch.cuda.is_available()):
        return Cpu() if limit is None else Cpu(limit)
    place = torch.device("cuda:0" if wish in {"auto", "cuda"} else wish)
    if not torch.cuda.is_available() or (place.index or 0) >= torch.cuda.device_count():
        raise EngineUnavailable
    return Cuda(place, limit)
