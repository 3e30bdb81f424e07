"""Where jobs are shown, in the rows of one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage.chat_tables import posts
from storage.persons import FORGOTTEN
from storage.tables import jobs
from storage.upsert import insert

_BATCH = 500


class SqlPosts:
    """``core.records.Posts`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, job_id: str, facts: Mapping[str, Any]) -> bool:
        """See the port. The job's row is held, so that its owner cannot be forgotten in between."""
        query = sa.select(jobs.c.deleted_at).where(jobs.c.id == job_id).with_for_update(read=True)
        row = self._connection.execute(query).first()
        if row is None or row.deleted_at == FORGOTTEN:
            return False
        values = {"facts": dict(facts)}
        new = insert(self._connection, posts).values(job_id=job_id, **values)
        self._connection.execute(new.on_conflict_do_update(index_elements=["job_id"], set_=values))
        return True

    def get(self, job_id: str) -> dict[str, Any] | None:
        """See the port."""
        return self.of([job_id]).get(job_id)

    def of(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """See the port."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(job_ids), _BATCH):
            these = posts.c.job_id.in_(job_ids[start : start + _BATCH])
            rows = self._connection.execute(sa.select(posts).where(these))
            found |= {row.job_id: row.facts for row in rows}
        return found
