"""Turns where a platform shows a job into facts that are there again after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.ports import Store


_OPENS = "token"


def shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as their own user is told of them: those whose name begins with ``token`` open a door for a while."""
    return {name: value for name, value in facts.items() if not name.startswith(_OPENS)}


class PostBook:
    """The port ``Posts`` for an adapter, each call a transaction of its own. Blocking: call it in a thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, job_id: str, facts: Mapping[str, Any]) -> bool:
        """Keep these facts of a job in place of all those there were; False where the job is gone."""
        with self._store.begin() as tx:
            return tx.posts.put(job_id, facts)

    def put_all(self, facts: Mapping[str, Mapping[str, Any]]) -> None:
        """The same for several jobs, by their ids, in one transaction; those that are gone are left out."""
        with self._store.begin() as tx:
            for job_id in sorted(facts):
                tx.posts.put(job_id, facts[job_id])

    def get(self, job_id: str) -> dict[str, Any]:
        """The facts of a job; empty where there are none."""
        return self.of([job_id]).get(job_id, {})

    def of(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The facts of those of the jobs that have some, by job id."""
        with self._store.look() as tx:
            return tx.posts.of(job_ids)
