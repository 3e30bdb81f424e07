"""Turns many waits for workflows into one question for all of them: which have ended?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa
import structlog

from storage.database import SqlStore

_OPEN = ("ENQUEUED", "PENDING", "DELAYED")
_BATCH = 500
"""Ids in one question: both databases take more."""

log = structlog.get_logger(__name__)


class Endings:
    """Whoever awaits a workflow waits here, and not each with questions of its own: hundreds may wait at once.

    ``find`` is asked every ``every`` seconds, in a thread, which of these ids have ended.
    """

    def __init__(self, find: Callable[[Sequence[str]], Collection[str]], *, every: float) -> None:
        self._find, self._every = find, every
        self._awaited: dict[str, asyncio.Event] = {}
        self._looking: asyncio.Task[None] | None = None

    async def wait(self, workflow_id: str) -> None:
        """Until it has ended, whatever came of it; one that is gone never does."""
        event = self._awaited.setdefault(workflow_id, asyncio.Event())
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await event.wait()

    def stop(self) -> None:
        """Look no more: the process leaves, and who waits goes on elsewhere."""
        if self._looking:
            self._looking.cancel()

    async def _look(self) -> None:
        while self._awaited:
            await asyncio.sleep(self._every)
            ids = tuple(self._awaited)
            for start in range(0, len(ids), _BATCH):
                for workflow_id in await self._ask(ids[start : start + _BATCH]):
                    self._awaited.pop(workflow_id).set()

    async def _ask(self, ids: Sequence[str]) -> Collection[str]:
        try:
            return await asyncio.to_thread(self._find, ids)
        except Exception as error:  # noqa: BLE001 - whatever a database's driver raises: it is asked again
            log.warning("queue.database_away", error=type(error).__name__)
            return ()


def find_ended(store: SqlStore, ids: Sequence[str]) -> Sequence[str]:
    """Which of these workflows have succeeded, failed or been cancelled. Blocking.

    It reads DBOS's own table by its key: DBOS's ``list_workflows`` brings all there is of each.
    """
    with store.look() as tx:
        schema = None if tx.connection.dialect.name == "sqlite" else "dbos"
        workflows = sa.table("workflow_status", sa.column("workflow_uuid"), sa.column("status"), schema=schema)
        these = sa.and_(workflows.c.workflow_uuid.in_(ids), workflows.c.status.not_in(_OPEN))
        return tx.connection.execute(sa.select(workflows.c.workflow_uuid).where(these)).scalars().all()
