"""Which modules lie on the device, and who has to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode

from core.engines.local.device import Cpu, Peak
from core.engines.local.residency import Part, Residency
from core.errors import EngineFault

UNIT = 1000
"""Bytes of each module here."""
CPU = torch.device("cpu")


@dataclass
class Shelf(Cpu):
    """A device whose work takes ``takes`` bytes."""

    takes: int = 0
    emptied: int = field(default=0)

    @contextmanager
    def watched(self) -> Iterator[Peak]:
        peak = Peak()
        yield peak
        peak.taken = self.takes

    def empty_cache(self) -> None:
        self.emptied += 1


class Fills(TorchFunctionMode):  # type: ignore[misc]  # it is not typed
    """A device that is full at the copy of that number; copies are copies also where they stay on the CPU."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._left = at

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is not torch.Tensor.to:
            return func(*args, **(kwargs or {}))
        self._left -= 1
        if not self._left:
            raise torch.OutOfMemoryError
        return func(*args, **(kwargs or {}), copy=True)


def module() -> torch.nn.Module:
    """Of ``UNIT`` bytes."""
    return torch.nn.Linear(UNIT // 4, 1, bias=False).requires_grad_(requires_grad=False)


def shelf(units: float) -> Shelf:
    """With room for so many modules, beside the margin."""
    return Shelf(total=int(units * UNIT / 0.96) + 10)


def take(residency: Residency, *names: str, work: str = "work") -> list[Part]:
    parts = [residency.part(name, module) for name in names]
    with residency.on_device(parts, work):
        assert all(part.is_resident for part in parts)
    return parts


def resident(residency: Residency, *names: str) -> set[str]:
    return {name for name in names if residency.part(name, module).is_resident}


def test_a_part_is_loaded_once() -> None:
    residency = Residency(shelf(9))
    assert residency.part("a", module) is residency.part("a", module)
    assert residency.part("a", module) is not residency.part("b", module)


def test_what_fits_stays() -> None:
    residency = Residency(shelf(3))
    take(residency, "a")
    take(residency, "b", "c")
    assert resident(residency, "a", "b", "c") == {"a", "b", "c"}


def test_the_least_recently_used_makes_room() -> None:
    residency = Residency(shelf(2))
    for name in ("a", "b", "a", "c"):
        take(residency, name)
    assert resident(residency, "a", "b", "c") == {"a", "c"}


def test_a_part_is_the_same_after_it_left_and_came_back() -> None:
    residency = Residency(shelf(1))
    (part,) = take(residency, "a")
    before = part.thing.weight.clone()
    take(residency, "b")
    take(residency, "a")
    assert torch.equal(part.thing.weight, before)


def test_weights_that_came_on_the_device_leave_with_it() -> None:
    residency = Residency(shelf(4))
    (part,) = take(residency, "a")
    part.thing.register_parameter("lora", torch.nn.Parameter(torch.ones(5)))
    part.leave()
    take(residency, "a")
    assert torch.equal(part.thing.lora.data, torch.ones(5))
    assert part.size_bytes == UNIT + 20


def test_what_is_in_use_does_not_leave_and_others_wait_for_it() -> None:
    residency = Residency(shelf(1))
    order: list[str] = []

    def second() -> None:
        take(residency, "b")
        order.append("b was on")

    with residency.on_device([residency.part("a", module)], "work"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.1)
        order.append("a is on")
        assert resident(residency, "a", "b") == {"a"}
    waiting.join(5)
    assert order == ["a is on", "b was on"]
    assert resident(residency, "a", "b") == {"b"}


def test_what_must_be_alone_waits_till_it_is() -> None:
    residency = Residency(shelf(9))
    order: list[str] = []

    def second() -> None:
        with residency.on_device([residency.part("b", module)], "work", alone=True):
            order.append("b was on")

    with residency.on_device([residency.part("a", module)], "work"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.1)
        order.append("a is on")
    waiting.join(5)
    assert order == ["a is on", "b was on"]


def test_a_part_in_two_stages_takes_room_once() -> None:
    residency = Residency(shelf(1))
    part = residency.part("vae", module)
    with residency.on_device([part], "one"), residency.on_device([part], "two"):
        assert part.used_by == 2
    assert part.used_by == 0


def test_room_is_kept_for_what_the_work_took_before() -> None:
    device = shelf(3)
    residency = Residency(device)
    device.takes = 2 * UNIT
    take(residency, "a", work="large")
    assert residency.peak_of("large") == 2 * UNIT
    device.takes = 0
    take(residency, "b", work="small")
    take(residency, "a", work="large")
    assert resident(residency, "a", "b") == {"a"}


def test_what_was_measured_while_others_worked_says_nothing() -> None:
    device = shelf(9)
    residency = Residency(device)
    device.takes = 5
    with residency.on_device([residency.part("a", module)], "outer"):
        take(residency, "b", work="inner")
    assert residency.peak_of("inner") == 0
    # It was alone at both its ends, but not in between.
    assert residency.peak_of("outer") == 0
    take(residency, "a", work="outer")
    assert residency.peak_of("outer") == 5


def test_what_can_never_fit_is_said() -> None:
    residency = Residency(shelf(1))
    with (
        pytest.raises(EngineFault, match="out-of-memory"),
        residency.on_device([residency.part("a", module), residency.part("b", module)], "work"),
    ):
        pass
    take(residency, "a")


def test_a_device_that_fills_while_a_part_is_on_its_way_leaves_the_count_right(monkeypatch: pytest.MonkeyPatch) -> None:
    residency = Residency(shelf(1))
    part = residency.part("a", module)

    def full(self: Part, place: torch.device) -> None:
        raise torch.OutOfMemoryError

    with monkeypatch.context() as patched:
        patched.setattr(Part, "enter", full)
        with pytest.raises(torch.OutOfMemoryError), residency.on_device([part], "work"):
            pass
    assert part.used_by == 0
    take(residency, "a")


def test_a_part_that_came_half_way_is_put_back() -> None:
    """Its half on the device would be taken for the masters the next time."""
    part = Part("a", torch.nn.Sequential(module(), module()))
    masters = [weight.data_ptr() for weight in part.thing.parameters()]
    with Fills(at=2), pytest.raises(torch.OutOfMemoryError):
        part.enter(CPU)
    assert [weight.data_ptr() for weight in part.thing.parameters()] == masters
    assert not part.is_resident
    part.enter(CPU)
    assert part.is_resident


def test_work_that_was_done_once_is_not_refused_for_what_it_took() -> None:
    device = shelf(2)
    residency = Residency(device)
    # Into the margin: more than is counted as room, less than there is.
    device.takes = UNIT + 20
    take(residency, "a")
    take(residency, "a")
    assert residency.peak_of("work") == UNIT + 20


def test_parts_of_one_model_do_not_drive_each_other_out_of_the_hosts_memory() -> None:
    residency = Residency(shelf(9), host_memory=2 * UNIT)
    take(residency, "old")
    text = residency.part("text", module)
    transformer = residency.part("transformer", module)
    assert residency.part("text", module) is text
    assert residency.part("transformer", module) is transformer


def test_the_hosts_memory_holds_the_most_recent_models() -> None:
    residency = Residency(shelf(9), host_memory=2 * UNIT)
    first = residency.part("a", module)
    take(residency, "b")
    take(residency, "c")
    assert residency.part("b", module).is_resident
    assert residency.part("a", module) is not first


def test_after_a_flood_all_that_is_idle_leaves() -> None:
    device = shelf(9)
    residency = Residency(device)
    take(residency, "a", "b")
    with residency.on_device([residency.part("b", module)], "work"):
        residency.clear()
        assert resident(residency, "a", "b") == {"b"}
    assert device.emptied


def test_a_tokenizer_takes_no_room() -> None:
    residency = Residency(shelf(0.5))
    part = residency.part("tokenizer", object)
    with residency.on_device([part], "work"):
        assert part.size_bytes == 0


def test_threads_that_want_all_of_it_get_it_in_turns() -> None:
    residency = Residency(shelf(2))
    parts = {name: [residency.part(f"{name}{number}", module) for number in (1, 2)] for name in "abc"}
    crowds: set[int] = set()

    def work(name: str) -> None:
        for _ in range(20):
            with residency.on_device(parts[name], "work"):
                crowds.add(sum(part.is_resident for both in parts.values() for part in both))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert crowds == {2}
