"""The panel: who is heard, who may be missing, and that nothing amiss opens the gate."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Callable

import pytest

from core.errors import ModerationUnavailable
from core.safety.findings import Finding
from core.safety.panel import ModeratorDown, Panel, Seat
from core.safety.rules.moderator import Rules
from core.safety.windows import windows
from core.types import Category

GORE = Finding(Category.GORE, 0.9, "fake")


class Fake:
    version = "7"

    def __init__(
        self, answer: object = (), *, name: str = "fake", limit: int | None = None, takes: float = 0.0
    ) -> None:
        self.name, self.limit, self.answer, self.takes = name, limit, answer, takes
        self.asked: list[str] = []

    async def review(self, text: str) -> tuple[Finding, ...]:
        self.asked.append(text)
        await asyncio.sleep(self.takes)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer(text) if callable(self.answer) else self.answer  # type: ignore[return-value]


def panel(*fakes: Fake, required: bool = True, timeout: float = 1.0) -> Panel:
    return Panel([Seat(fake, timeout, required) for fake in fakes], rules=Rules())


AMISS: dict[str, tuple[Callable[[], Fake], str]] = {
    "down": (lambda: Fake(ModeratorDown("busy")), "busy"),
    "late": (lambda: Fake(takes=5.0), "timed-out"),
    "crashed": (lambda: Fake(RuntimeError("a naked secret")), "crashed"),
    "time-out of its own": (lambda: Fake(TimeoutError()), "timed-out"),
    "nothing": (lambda: Fake(None), "unreadable"),
    "a list": (lambda: Fake([GORE]), "unreadable"),
    "words": (lambda: Fake("allowed"), "unreadable"),
    "dicts": (lambda: Fake(({"category": "gore"},)), "unreadable"),
    "a wild score": (lambda: Fake((Finding(Category.GORE, 7.0, "fake"),)), "unreadable"),
    "no number": (lambda: Fake((Finding(Category.GORE, math.nan, "fake"),)), "unreadable"),
    "a wild category": (lambda: Fake((Finding("fine", 0.1, "fake"),)), "unreadable"),  # type: ignore[arg-type]
}


async def test_all_votes_count_and_all_versions_are_told() -> None:
    second = Fake((Finding(Category.GORE, 0.95, "other"),), name="other")
    opinion = await panel(Fake((GORE,)), second).review(["a nude man", "a nude man"])
    assert opinion.scores == {Category.SEXUAL: 1.0, Category.GORE: 0.95}
    assert (opinion.versions, opinion.missing) == ({"rules": Rules().version, "fake": "7", "other": "7"}, {})
    assert second.asked == ["a nude man"]


@pytest.mark.parametrize("kind", AMISS)
async def test_one_that_must_be_heard_and_is_not_stops_everything(kind: str) -> None:
    with pytest.raises(ModerationUnavailable) as refused:
        await panel(AMISS[kind][0](), Fake(name="well"), timeout=0.1).review(["a cat"])
    assert refused.value.code == "moderation-unavailable"
    assert refused.value.details["retry_after"]


@pytest.mark.parametrize("kind", AMISS)
async def test_one_that_may_be_missing_is_recorded(kind: str) -> None:
    opinion = await panel(AMISS[kind][0](), required=False, timeout=0.1).review(["a cat"])
    assert (opinion.findings, opinion.missing) == ((), {"fake": AMISS[kind][1]})
    assert "fake" not in opinion.versions


async def test_minors_go_to_no_service_and_are_found_without_any() -> None:
    down = Fake(ModeratorDown("busy"))
    opinion = await panel(down).review(["a naked child"])
    assert opinion.findings[0].category is Category.MINORS
    assert down.asked == []


async def test_all_are_asked_at_once() -> None:
    began = time.perf_counter()
    await panel(*(Fake(name=str(number), takes=0.2) for number in range(8))).review(["a cat"])
    assert time.perf_counter() - began < 1.0


async def test_a_long_text_is_read_to_its_end() -> None:
    text = "x" * 9_990 + " forbidden"
    reader = Fake(lambda part: (GORE,) if "forbidden" in part else (), limit=1000)
    opinion = await panel(reader).review([text])
    assert opinion.scores == {Category.GORE: 0.9}
    assert all(len(part) <= 1000 for part in reader.asked)


async def test_a_long_text_takes_bounded_time() -> None:
    slow = Fake(limit=2000, takes=0.05)
    began = time.perf_counter()
    await panel(slow).review(["y" * 10_000])
    assert time.perf_counter() - began < 1.0
    assert len(slow.asked) <= 6
    with pytest.raises(ModerationUnavailable):
        await panel(Fake(limit=2000, takes=9.0), timeout=0.1).review(["y" * 10_000])


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 19, 20, 100, 1001])
@pytest.mark.parametrize("limit", [None, 4, 10, 1000])
def test_windows_cover_everything_and_overlap(length: int, limit: int | None) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(length))
    parts = windows(text, limit)
    assert "".join(dict.fromkeys("".join(parts))) == text
    assert limit is None or all(len(part) <= limit for part in parts)
    for one, two in itertools.pairwise(parts):
        assert set(one) & set(two) or not two


def test_two_of_one_name_could_not_be_told_apart() -> None:
    with pytest.raises(ValueError, match="one name"):
        panel(Fake(), Fake())
    with pytest.raises(ValueError, match="one name"):
        panel(Fake(name="rules"))
