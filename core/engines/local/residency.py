"""Decides which modules lie on the device: those in use stay, the least recently used make room for others.

The weights' master copies stay in the host's memory, pinned where that speeds the way to a GPU. Weights never change,
so leaving the device costs nothing: the copy there is dropped and the masters take their place again.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
import torch

from core.engines.local.device import Device, Peak
from core.errors import EngineFault

_MARGIN = 0.04
"""Of the device's memory, for the allocator's fragments and what libraries keep."""

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Part:
    """A loaded component of a pipeline. One that is no module, such as a tokenizer, takes no room on the device.

    ``streams`` is True for a module that brings its layers to the device itself, one group at a time.
    """

    key: str
    thing: Any
    streams: bool = False
    is_resident: bool = False
    used_by: int = 0
    last_use: int = 0
    _masters: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)

    @property
    def module(self) -> torch.nn.Module | None:
        """The module, if it is one."""
        return self.thing if isinstance(self.thing, torch.nn.Module) else None

    @property
    def has_room(self) -> bool:
        """Its room on the device is taken already, or it needs none of its own."""
        return self.streams or self.is_resident or self.used_by > 0

    @property
    def size_bytes(self) -> int:
        """What its weights take."""
        return sum(tensor.numel() * tensor.element_size() for tensor in self._tensors())

    def _tensors(self) -> Iterator[torch.Tensor]:
        if self.module is not None:
            yield from itertools.chain(self.module.parameters(), self.module.buffers())

    def enter(self, place: torch.device) -> None:
        """Copy the weights to the device: all of them, or none where it is full.

        Weights that came since, such as a LoRA's, get masters first.
        """
        if self.is_resident or self.streams:
            return
        self._masters = []
        try:
            for tensor in self._tensors():
                # One after another, so that the host never has all of a model twice.
                master = _pinned(tensor.data)
                self._masters.append((tensor, master))
                tensor.data = master.to(place, non_blocking=True)
        except Exception:
            self.leave()
            raise
        self.is_resident = True

    def leave(self) -> None:
        """Drop the device's copy."""
        known = {id(tensor) for tensor, _ in self._masters}
        for tensor, master in self._masters:
            tensor.data = master
        for tensor in self._tensors():
            if id(tensor) not in known:
                tensor.data = tensor.data.to("cpu")
        self.is_resident = False


def _pinned(tensor: torch.Tensor) -> torch.Tensor:
    return tensor if tensor.is_pinned() or not torch.cuda.is_available() else tensor.pin_memory()


def is_full(error: BaseException) -> bool:
    """Whether it says that the device has no room: found out by torch, or reckoned here before."""
    if isinstance(error, EngineFault):
        return error.code == "out-of-memory"
    return isinstance(error, torch.OutOfMemoryError)


class Residency:
    """Shares one device among stages that run at once, and the host's memory among models.

    Room is counted: the weights on the device, and for each stage at work what its like has taken before. Each stage
    asks for all it needs in one step, so that no two can wait for each other.
    """

    def __init__(self, device: Device, host_memory: int | None = None) -> None:
        self.device = device
        self._room = int(device.total * (1 - _MARGIN))
        self._host_memory = host_memory
        self._parts: dict[str, Part] = {}
        self._reserved = 0
        self._at_work = self._stretches = 0
        self._turns = itertools.count(1)
        self._changed = threading.Condition()
        self._loading = threading.Lock()
        self._peaks: dict[str, int] = {}

    def part(self, key: str, load: Callable[[], Any]) -> Part:
        """The part of that key, loaded when first asked for; parts long unused leave the host's memory for it."""
        part = self._parts.get(key) or self._loaded(key, load)
        # Being asked for is a use too: parts that a job has just got must not leave for the next one it gets.
        part.last_use = next(self._turns)
        return part

    def _loaded(self, key: str, load: Callable[[], Any]) -> Part:
        with self._loading:
            part = self._parts.get(key) or Part(key, load())
            with self._changed:
                self._parts[key] = part
                self._make_host_room(part)
            return part

    def peak_of(self, work: str) -> int:
        """The most that work of this name has taken, in bytes; 0 where it was never measured."""
        return self._peaks.get(work, 0)

    @contextmanager
    def on_device(self, parts: Sequence[Part], work: str, *, alone: bool = False) -> Iterator[None]:
        """Have the parts on the device for the block, with room for ``work``; ``alone`` waits till no other is at work.

        Raises:
            EngineFault: ``out-of-memory``: it does not fit even when all else has left.
        """
        reserve = self.peak_of(work)
        with self._changed:
            self._changed.wait_for(lambda: not alone or not self._at_work)
            self._admit(parts, reserve)
            begins_alone = self._at_work == 0
            self._claim(parts, reserve)
            stretch = self._stretches
        peak = Peak()
        try:
            with self._changed:
                for part in parts:
                    part.enter(self.device.place)
            with self.device.watched() as peak:
                yield
        finally:
            with self._changed:
                self._let_go(parts, reserve)
                self._learn(work, peak, alone=begins_alone and stretch == self._stretches)

    def _claim(self, parts: Sequence[Part], reserve: int) -> None:
        self._at_work += 1
        self._stretches += 1
        self._reserved += reserve
        for part in parts:
            # It may have left the host's memory since it was asked for.
            self._parts[part.key] = part
            part.used_by += 1
            part.last_use = next(self._turns)

    def _let_go(self, parts: Sequence[Part], reserve: int) -> None:
        self._at_work -= 1
        self._reserved -= reserve
        for part in parts:
            part.used_by -= 1
        self._changed.notify_all()

    def clear(self, *, besides: Sequence[Part] = ()) -> None:
        """After the device ran out of memory: everything leaves that is not in use and not among ``besides``."""
        with self._changed:
            for part in self._idle(besides):
                part.leave()
        self.device.empty_cache()

    def _learn(self, work: str, peak: Peak, *, alone: bool) -> None:
        """Only what was measured while nothing else ran says something of this work."""
        if alone and peak.taken > self._peaks.get(work, 0):
            self._peaks[work] = peak.taken

    def _admit(self, parts: Sequence[Part], reserve: int) -> None:
        coming = sum(part.size_bytes for part in parts if not part.has_room)
        while coming + reserve > self._free():
            idle = self._idle(parts)
            if idle:
                log.info("local.evicted", part=min(idle, key=lambda part: part.last_use).key)
                min(idle, key=lambda part: part.last_use).leave()
                self.device.empty_cache()
            elif self._at_work:
                self._changed.wait()
            elif coming > self._free():
                raise EngineFault("out-of-memory")
            else:
                # Its like took into the margin, and was done: let it try.
                return

    def _free(self) -> int:
        taken = sum(part.size_bytes for part in self._parts.values() if part.has_room and not part.streams)
        return self._room - taken - self._reserved

    def _idle(self, besides: Sequence[Part]) -> list[Part]:
        return [part for part in self._parts.values() if part.is_resident and not part.used_by and part not in besides]

    def _make_host_room(self, new: Part) -> None:
        while self._host_memory is not None and self._host_use() > self._host_memory:
            idle = [part for part in self._parts.values() if not part.used_by and part is not new]
            if not idle:
                return
            oldest = min(idle, key=lambda part: part.last_use)
            if oldest.is_resident:
                oldest.leave()
            del self._parts[oldest.key]
            log.info("local.unloaded", part=oldest.key)

    def _host_use(self) -> int:
        return sum(part.size_bytes for part in self._parts.values())
