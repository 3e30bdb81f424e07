"""Turns heartbeat counters into the knowledge that an executor is dead, so that its jobs are taken over.

No clocks of two machines are compared: an executor is dead when its counter did not move for ``dead_after`` seconds
of this process's own monotonic clock, during which this process could read the database.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from storage.instance import AlreadyRunning, is_held
from storage.tables import executors

LEFT = -1
"""The counter of an executor that stopped on purpose."""
STABLE_PREFIX = "bot-"
"""Executors that hold a lock on their name: while it is held they are frozen at most, and come back to their work."""
_NO_LANES: Mapping[str, int] = {"": 0}
"""Whoever renders nothing shows that it lives, too."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Executor:
    """A process that runs jobs: of each worker class in ``lanes`` so many at once; none where it renders nothing."""

    id: str
    lanes: Mapping[str, int]


class Liveness(threading.Thread):
    """Beats for this executor, watches the others.

    ``owners`` lists the executors that have jobs in hand; ``recover`` puts the jobs of one back into their queues and
    may be called by several watchers at once; ``keep_name`` holds on to this executor's lock, and raises
    ``AlreadyRunning`` when another process has it.
    """

    def __init__(
        self,
        engine: sa.Engine,
        me: Executor,
        *,
        owners: Callable[[], Iterable[str]],
        recover: Callable[[str], object],
        beat: float,
        dead_after: float,
        keep_name: Callable[[], None],
    ) -> None:
        super().__init__(daemon=True, name="liveness")
        self._engine, self._me, self._owners, self._recover = engine, me, owners, recover
        self._beat, self._dead_after, self._keep_name = beat, dead_after, keep_name
        self._seen: dict[str, tuple[int | None, float]] = {}
        self._beats = time.time_ns()
        self._last_tick = time.monotonic()
        self._stopped = threading.Event()

    def run(self) -> None:
        """Tick until told to leave; a database that is away stops nothing."""
        while not self._stopped.wait(self._beat):
            try:
                self._keep_name()
                self.tick()
            except AlreadyRunning:
                # The lock went with the database's restart, and another process was quicker: it does our work now.
                log.critical("liveness.name_lost", executor=self._me.id)
                os._exit(1)
            except Exception as error:  # noqa: BLE001 - an executor that beats no more counts as dead
                log.warning("liveness.tick_failed", error=type(error).__name__)

    def tick(self) -> None:
        """Beat once, look at every other counter once."""
        counters = self._write_beat()
        owners = {owner for owner in self._owners() if owner != self._me.id}
        now = time.monotonic()
        if now - self._last_tick > 2 * self._beat:
            # Frozen, or cut off from the database: what was seen before proves nothing.
            self._seen.clear()
        self._last_tick = now
        for owner in owners | counters.keys():
            if owner not in self._seen or self._seen[owner][0] != counters.get(owner):
                self._seen[owner] = (counters.get(owner), now)
        for owner in owners:
            if self._is_dead(owner, counters.get(owner), now):
                log.warning("liveness.recover", executor=owner)
                self._recover(owner)
        self._forget(counters, owners, now)

    def leave(self) -> None:
        """Say that this executor goes on purpose: its jobs are taken over at once, or after a while if that fails."""
        self._stopped.set()
        if self.is_alive():
            # A beat under way must not be the last word.
            self.join()
        try:
            with self._engine.begin() as connection:
                connection.execute(executors.update().where(executors.c.id == self._me.id).values(beats=LEFT))
        except sa.exc.SQLAlchemyError as error:
            log.warning("liveness.not_left", error=type(error).__name__)

    def _is_dead(self, owner: str, counter: int | None, now: float) -> bool:
        if counter == LEFT:
            return True
        silent = now - self._seen[owner][1] > self._dead_after
        return silent and not (owner.startswith(STABLE_PREFIX) and is_held(self._engine, owner))

    def _write_beat(self) -> dict[str, int]:
        self._beats += 1
        mine = [
            {"id": self._me.id, "beats": self._beats, "worker_class": worker_class, "lanes": lanes}
            for worker_class, lanes in (self._me.lanes or _NO_LANES).items()
        ]
        with self._engine.begin() as connection:
            # Under the same name an earlier life may have rendered other classes.
            connection.execute(executors.delete().where(executors.c.id == self._me.id))
            connection.execute(executors.insert(), mine)
            rows = connection.execute(sa.select(executors.c.id, executors.c.beats))
            return {row.id: row.beats for row in rows}

    def _forget(self, counters: dict[str, int], owners: set[str], now: float) -> None:
        silent = [
            executor
            for executor in counters.keys() - owners - {self._me.id}
            if counters[executor] == LEFT or now - self._seen[executor][1] > self._dead_after
        ]
        if silent:
            with self._engine.begin() as connection:
                connection.execute(executors.delete().where(executors.c.id.in_(silent)))
        self._seen = {executor: seen for executor, seen in self._seen.items() if executor not in silent}
