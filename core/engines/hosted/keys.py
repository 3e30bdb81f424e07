"""Turns the operator's keys of one vendor into turns to use them: so many clips at once, so many new ones a second."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

from core.errors import EngineFault, EngineUnavailable
from core.ports import Clock


@dataclass
class Key:
    """One key; ``number`` counts from 1, in the order of the settings. ``busy`` clips are in hand with it."""

    number: int
    secret: str = field(repr=False)
    busy: int = 0
    rests_until: float = 0.0
    next_create: float = 0.0

    @property
    def name(self) -> str:
        """What it is known by where a secret must not be: it stays when keys are added or change places."""
        return hashlib.sha256(self.secret.encode()).hexdigest()[:8]


class KeyRing:
    """Keys take turns: the least busy comes first. ``at_once`` and ``rate`` (creates a second) hold for each."""

    def __init__(self, secrets: Sequence[str], clock: Clock, *, at_once: int, rate: float) -> None:
        self._keys = [Key(number, secret) for number, secret in enumerate(secrets, start=1)]
        self._clock, self._at_once, self._rate = clock, at_once, rate
        self._freed = asyncio.Event()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Key]:
        """A key with a free hand, when there is one.

        Raises:
            EngineUnavailable: every key rests.
        """
        while (key := self._free()) is None:
            await self._wait()
        with self._in_use(key):
            yield key

    @asynccontextmanager
    async def again(self, name: str) -> AsyncIterator[Key]:
        """The key by which a task was begun, busy or not: the task runs already.

        Raises:
            EngineFault: ``clip-lost``: it is no longer in the settings. Another vendor must not make the clip as well.
        """
        key = next((key for key in self._keys if key.name == name), None)
        if key is None:
            raise EngineFault("clip-lost")
        with self._in_use(key):
            yield key

    async def pace(self, key: Key) -> None:
        """Wait until one more create may be sent with the key."""
        now = self._clock.now()
        at = max(now, key.next_create)
        key.next_create = at + 1 / self._rate
        await asyncio.sleep(at - now)

    async def rest(self, key: Key, seconds: float) -> None:
        """Do not use it for a while; who waits for a key is told if that was the last one."""
        key.rests_until = self._clock.now() + seconds
        self._freed.set()

    def _free(self) -> Key | None:
        now = self._clock.now()
        awake = [key for key in self._keys if key.rests_until <= now]
        if not awake:
            raise EngineUnavailable
        return min((key for key in awake if key.busy < self._at_once), key=lambda key: key.busy, default=None)

    async def _wait(self) -> None:
        """Until a hand may be free. All who wait look then: one that was told alone could be stopped meanwhile."""
        self._freed.clear()
        now = self._clock.now()
        rests = [key.rests_until - now for key in self._keys if key.rests_until > now]
        with suppress(TimeoutError):
            async with asyncio.timeout(min(rests, default=None)):
                await self._freed.wait()

    @contextmanager
    def _in_use(self, key: Key) -> Iterator[None]:
        key.busy += 1
        try:
            yield
        finally:
            key.busy -= 1
            self._freed.set()
