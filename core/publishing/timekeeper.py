"""Turns scheduled publications whose time has come into work for the queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from core.publishing.outcomes import record, unposted
from core.publishing.records import task_name
from core.publishing.timing import allowed_from, is_late, is_quiet
from core.publishing.types import Action, Channel, Publication, State

if TYPE_CHECKING:
    from core.ports import Clock, Queue, Store, Transaction

_LOOK_EVERY = 1.0
_AT_ONCE = 20
_JUMP, _SETTLES = 60.0, 60.0
"""Seconds by which a clock that is set forward is noticed, and for which nothing is begun then: it may be set back."""
_STUCK_SECONDS, _SWEEP_EVERY = 900.0, 60.0

log = structlog.get_logger(__name__)


class Timekeeper:
    """Runs beside the bots, for the channels of their ``platforms``. ``kept`` seconds after its end a row is dropped.

    What is due is read from the database each time, so neither a restart nor a new time needs anything to be told.
    """

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        clock: Clock,
        platforms: Sequence[str],
        kept: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._queue, self._clock, self._platforms = store, queue, clock, platforms
        self._kept, self._monotonic = kept, monotonic
        self._looked: tuple[float, float] | None = None
        self._rests_until = self._swept = float("-inf")

    async def watch(self) -> None:
        """Begin what is due, for ever."""
        while True:
            try:
                await asyncio.to_thread(self.look)
                await self.sweep()
            except Exception as error:  # noqa: BLE001 - the loop must outlive whatever the database's driver raises
                log.warning("publishing.put_off", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    def look(self) -> int:
        """Begin what is due; how many. Blocking."""
        if not self._trusts_clock():
            return 0
        with self._store.look() as tx:
            due = tx.publications.due(self._platforms, now=self._clock.now(), limit=_AT_ONCE)
        return sum(self._take(publication_id) for publication_id in due)

    async def sweep(self) -> None:
        """Give up, about once a minute, what the queue gave up, and drop what was kept long enough."""
        now = self._monotonic()
        if now - self._swept < _SWEEP_EVERY:
            return
        self._swept = now
        stuck = {task_name(one): one for one in await asyncio.to_thread(self._stuck)}
        for task in await self._queue.dead(list(stuck)):
            one = stuck[task]
            await asyncio.to_thread(unposted, self._store, one.id, one.turn, "worker-lost", now=self._clock.now())
        if tasks := await asyncio.to_thread(self._drop):
            await self._queue.forget(tasks)

    def _trusts_clock(self) -> bool:
        wall, running = self._clock.now(), self._monotonic()
        before, self._looked = self._looked, (wall, running)
        if before and wall - before[0] - (running - before[1]) > _JUMP:
            log.warning("publishing.clock_jumped", seconds=round(wall - before[0]))
            self._rests_until = running + _SETTLES
        return running >= self._rests_until

    def _take(self, publication_id: str) -> bool:
        """Whether it is begun. Two processes may both have read it: the second finds it moved."""
        with self._store.begin() as tx:
            publication = tx.publications.get(publication_id, for_change=True)
            channel = tx.channels.get(publication.channel) if publication else None
            now = self._clock.now()
            if channel is None or publication is None or publication.state is not State.SCHEDULED:
                return False
            if publication.at is None or publication.at > now:
                return False
            return self._begin(tx, channel, publication, publication.at, now)

    def _begin(self, tx: Transaction, channel: Channel, publication: Publication, at: float, now: float) -> bool:
        profile = channel.profile
        if is_late(at, now) and profile.missed == "ask":
            record(tx, channel, publication, Action.MISS, now=now)
            return False
        if is_quiet(now, profile):
            record(tx, channel, replace(publication, at=allowed_from(now, profile)), Action.PUT_OFF, now=now)
            return False
        begun = replace(publication, turn=publication.turn + 1, begun=False)
        moved = record(tx, channel, begun, Action.BEGIN, now=now, quietly=True)
        self._queue.post(tx, channel.address.platform, moved)
        return True

    def _stuck(self) -> list[Publication]:
        with self._store.look() as tx:
            before = self._clock.now() - _STUCK_SECONDS
            return tx.publications.posting(self._platforms, before=before, limit=_AT_ONCE)

    def _drop(self) -> list[str]:
        with self._store.begin() as tx:
            return tx.publications.remove_before(self._clock.now() - self._kept)
