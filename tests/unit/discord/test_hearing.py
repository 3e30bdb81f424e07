"""A crowd is heard before it is worked on, and worked on even where it never ends."""

from __future__ import annotations

import asyncio

import pytest

from bots.discord import hearing as ours
from bots.discord.hearing import Hearing


async def test_nothing_is_begun_before_all_are_heard() -> None:
    hearing, done = Hearing(), list[str]()

    async def serve(name: str, seconds: float) -> None:
        with hearing.first():
            await asyncio.sleep(seconds)
            done.append(f"{name} heard")
        async with hearing.then():
            done.append(f"{name} served")

    await asyncio.gather(serve("a", 0.0), serve("b", 0.02), serve("c", 0.01))
    assert sorted(done[:3]) == ["a heard", "b heard", "c heard"]
    assert sorted(done[3:]) == ["a served", "b served", "c served"]


async def test_a_crowd_that_never_ends_is_worked_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_PATIENCE", 0.02)
    hearing, is_served = Hearing(), False
    with hearing.first():
        async with asyncio.timeout(5), hearing.then():
            is_served = True
    assert is_served


async def test_so_many_are_worked_on_and_no_more() -> None:
    hearing, now, most = Hearing(), 0, 0

    async def work() -> None:
        nonlocal now, most
        async with hearing.then():
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.001)
            now -= 1

    await asyncio.gather(*(work() for _ in range(100)))
    assert most == ours._AT_ONCE


async def test_an_answer_that_failed_counts_as_heard() -> None:
    hearing = Hearing()
    with pytest.raises(OSError, match="cut"), hearing.first():
        raise OSError("cut")
    async with asyncio.timeout(0.5), hearing.then():
        pass
