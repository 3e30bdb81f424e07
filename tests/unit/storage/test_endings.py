"""Many wait for what ends at some time: one question for all of them."""

import asyncio
from collections.abc import Collection, Sequence

import pytest

from storage.endings import Endings


class Ended:
    """What has ended, and which questions were asked about it."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.asked: list[tuple[str, ...]] = []
        self.away = False

    def find(self, ids: Sequence[str]) -> Collection[str]:
        self.asked.append(tuple(ids))
        if self.away:
            raise OSError("the database is away")
        return [one for one in ids if one in self.ids]


@pytest.fixture
def ended() -> Ended:
    return Ended()


async def test_whoever_waits_goes_on_once_it_has_ended(ended: Ended) -> None:
    endings = Endings(ended.find, every=0.001)
    first, other = (asyncio.create_task(endings.wait(name)) for name in ("first", "other"))
    ended.ids.add("first")
    await asyncio.wait_for(first, 5)
    assert not other.done()
    ended.ids.add("other")
    await asyncio.wait_for(other, 5)


async def test_a_thousand_that_wait_are_asked_about_together(ended: Ended) -> None:
    endings = Endings(ended.find, every=0.001)
    waiting = [asyncio.create_task(endings.wait(f"job-{number}")) for number in range(1000)]
    await asyncio.sleep(0)
    ended.ids = {f"job-{number}" for number in range(1000)}
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert sum(len(ids) for ids in ended.asked) == 1000
    assert len(ended.asked) == 2


async def test_nothing_is_asked_once_nobody_waits(ended: Ended) -> None:
    endings = Endings(ended.find, every=0.001)
    ended.ids.add("job")
    await asyncio.wait_for(endings.wait("job"), 5)
    asked = len(ended.asked)
    await asyncio.sleep(0.01)
    assert len(ended.asked) == asked
    await asyncio.wait_for(endings.wait("job"), 5)
    assert len(ended.asked) == asked + 1


async def test_two_that_wait_for_the_same_go_on_together(ended: Ended) -> None:
    endings = Endings(ended.find, every=0.001)
    both = asyncio.gather(endings.wait("job"), endings.wait("job"))
    ended.ids.add("job")
    await asyncio.wait_for(both, 5)


async def test_a_database_that_is_away_is_asked_again(ended: Ended) -> None:
    endings = Endings(ended.find, every=0.001)
    ended.ids.add("job")
    ended.away = True
    waiting = asyncio.create_task(endings.wait("job"))
    while len(ended.asked) < 3:
        await asyncio.sleep(0.001)
    assert not waiting.done()
    ended.away = False
    await asyncio.wait_for(waiting, 5)


async def test_it_looks_no_more_when_it_is_stopped(ended: Ended) -> None:
    endings = Endings(ended.find, every=0.001)
    waiting = asyncio.create_task(endings.wait("job"))
    while not ended.asked:
        await asyncio.sleep(0.001)
    endings.stop()
    asked = len(ended.asked)
    await asyncio.sleep(0.01)
    assert len(ended.asked) == asked
    waiting.cancel()
