"""Turns a publication's turn into a durable workflow that posts it once, in one process at a time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from dbos import DBOS

from core.publishing.records import Postings
from storage.instance import AlreadyRunning, InstanceLock
from storage.saga import DELIVERY_ATTEMPTS, SETTLE_ATTEMPTS, Hands, Outcome

POSTING = "posting"
LANES = 16
"""Posts of one lane go out one after the other, in all processes; a channel's are always of the same lane."""
_AT_ONCE = 4
"""In one process: each holds a connection to the database for as long as it sends."""
_LOOK_AGAIN = 0.2

TakeLock = Callable[[str], InstanceLock]


def posts_queue(platform: str) -> str:
    """The queue of what is posted on a platform: only a process with that adapter can do it."""
    return f"posts-{platform}"


def lane_of(channel_id: str) -> int:
    """Where a channel's posts wait for each other."""
    return zlib.crc32(channel_id.encode()) % LANES


class PostingHands:
    """What this process does for publications. ``take_lock`` is blocking, and raises ``AlreadyRunning``."""

    def __init__(self, hands: Hands, postings: Postings | None, take_lock: TakeLock) -> None:
        self._hands, self._postings, self._take_lock = hands, postings, take_lock
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def post(self, publication_id: str, turn: int, lane: int) -> Outcome:
        """Post it; errors are outcomes once there is no attempt left.

        A process that is frozen holds its lane as well: whoever takes over its work must wait until it is dead, or it
        could wake up with a message in hand that was sent meanwhile.
        """

        async def act() -> None:
            assert self._postings is not None
            async with self._places, self._alone(lane):
                await self._postings.post(publication_id, turn)

        return await self._hands.hand_over(publication_id, act)

    async def give_up(self, publication_id: str, turn: int, code: str) -> None:
        """Tell whoever waits for it."""
        async with self._hands.in_hand():
            assert self._postings is not None
            await self._postings.give_up(publication_id, turn, code)

    @asynccontextmanager
    async def _alone(self, lane: int) -> AsyncIterator[None]:
        lock = await self._lock(f"post-{lane}")
        try:
            yield
        finally:
            await asyncio.to_thread(lock.release)

    async def _lock(self, name: str) -> InstanceLock:
        while True:
            try:
                return await asyncio.to_thread(self._take_lock, name)
            except AlreadyRunning:
                await asyncio.sleep(_LOOK_AGAIN)


def register_posting(hands: PostingHands) -> None:
    """Tell DBOS the workflow; before its launch."""

    @DBOS.step(name="post_step", retries_allowed=True, max_attempts=DELIVERY_ATTEMPTS)
    async def post_step(publication_id: str, turn: int, lane: int) -> Outcome:
        return await hands.post(publication_id, turn, lane)

    @DBOS.step(name="unposted_step", retries_allowed=True, max_attempts=SETTLE_ATTEMPTS)
    async def unposted_step(publication_id: str, turn: int, code: str) -> None:
        await hands.give_up(publication_id, turn, code)

    @DBOS.workflow(name=POSTING, max_recovery_attempts=None)
    async def posting(publication_id: str, turn: int, lane: int) -> None:
        outcome = await post_step(publication_id, turn, lane)
        if "error" in outcome:
            await unposted_step(publication_id, turn, outcome["error"])
