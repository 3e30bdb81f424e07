"""Many that come at once under one name."""

import asyncio
import gc

import pytest

from core.quotas.turns import Turns


@pytest.mark.parametrize("at_once", [1, 3])
async def test_only_so_many_of_one_name_go_on(at_once: int) -> None:
    turns, inside, most = Turns(at_once), 0, 0

    async def come() -> None:
        nonlocal inside, most
        async with turns.of("alice"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(come() for _ in range(7)))
    assert most == at_once


async def test_names_do_not_wait_for_each_other_and_are_forgotten() -> None:
    turns = Turns()
    async with turns.of("alice"), asyncio.timeout(1), turns.of("bob"):
        assert sorted(turns._lines) == ["alice", "bob"]
    gc.collect()
    assert list(turns._lines) == []
