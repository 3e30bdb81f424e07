"""Whoever waits for a key gets one once a hand is free, whatever became of those who waited before."""

from __future__ import annotations

import asyncio

import pytest

from core.engines.hosted.keys import KeyRing
from core.errors import EngineUnavailable
from piying.clock import SystemClock


def ring(*keys: str, at_once: int = 1) -> KeyRing:
    return KeyRing(keys or ("one",), SystemClock(), at_once=at_once, rate=1000.0)


async def hold(keys: KeyRing, until: asyncio.Event, got: list[int]) -> None:
    async with keys.turn() as key:
        got.append(key.number)
        await until.wait()


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_waiter_that_is_stopped_as_its_turn_comes_takes_nobody_elses() -> None:
    keys, got, end = ring(), list[int](), asyncio.Event()
    async with keys.turn():
        stopped, waiting = (asyncio.create_task(hold(keys, end, got)) for _ in range(2))
        await settle()
    # It was told that a hand is free, and has not yet run.
    stopped.cancel()
    await asyncio.wait({stopped})
    await asyncio.wait_for(settle(), 5)
    assert got == [1]
    end.set()
    await asyncio.wait_for(waiting, 5)


async def test_a_key_that_has_rested_is_used_though_nobody_gives_one_back() -> None:
    keys, got, end = ring("one", "two"), list[int](), asyncio.Event()
    async with keys.turn():
        async with keys.turn() as second:
            await keys.rest(second, 0.05)
        waiting = asyncio.create_task(hold(keys, end, got))
        for _ in range(200):
            if got:
                break
            await asyncio.sleep(0.01)
        assert got == [2]
    end.set()
    await waiting


async def test_who_waits_is_told_when_the_last_key_rests() -> None:
    keys, end = ring(), asyncio.Event()
    async with keys.turn() as key:
        waiting = asyncio.create_task(hold(keys, end, []))
        await settle()
        await keys.rest(key, 60.0)
        with pytest.raises(EngineUnavailable):
            await asyncio.wait_for(waiting, 5)
