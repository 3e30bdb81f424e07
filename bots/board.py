"""Turns a job into where its platform shows it, the same after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import structlog

from core.posts import PostBook
from core.quotas.turns import Turns
from core.types import Job

log = structlog.get_logger(__name__)


class Facts(Protocol):
    """A dataclass of values that JSON takes."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Post = TypeVar("Post", bound=Facts)
_Change = tuple[str, Mapping[str, Any], "asyncio.Future[None]"]
if TYPE_CHECKING:
    Read = Callable[[Job, Mapping[str, Any]], Post]


class Board(Generic[Post]):
    """Every job's post. Changes of one job's come one after the other, so that none undoes another.

    ``read`` makes a job's post of its facts, and of no facts that of a job that nothing is kept of.
    """

    def __init__(self, posts: PostBook, read: Read[Post]) -> None:
        self._posts, self._read, self._turns = posts, read, Turns()
        self._known: dict[str, Post] = {}
        self._waiting: list[_Change] = []
        self._writing: asyncio.Task[None] | None = None

    async def find(self, job: Job) -> Post:
        """Where a job is shown."""
        known = self._known.get(job.id)
        return known or self._read(job, await asyncio.to_thread(self._posts.get, job.id))

    async def change(self, job: Job, **facts: Any) -> Post:
        """Keep other facts (fields of the post) of a job, beside those that stay."""
        async with self._turns.of(job.id):
            post = replace(await self.find(job), **facts)
            await self._put(job.id, _facts(post))
            self._known[job.id] = post
            return post

    async def _put(self, job_id: str, facts: Mapping[str, Any]) -> None:
        """Kept once this returns. What comes in while others are written is written together, after them."""
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append((job_id, facts, kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await kept

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._write_together(batch)
        finally:
            self._writing = None

    async def _write_together(self, batch: Sequence[_Change]) -> None:
        try:
            await asyncio.to_thread(self._posts.put_all, {job_id: facts for job_id, facts, _ in batch})
        except Exception as error:  # noqa: BLE001 - whatever the database's driver raises, each hears its own
            log.info("posts.one_by_one", jobs=len(batch), error=type(error).__name__)
            for job_id, facts, kept in batch:
                _tell(kept, await self._fault_of(job_id, facts))
        else:
            for _, _, kept in batch:
                _tell(kept, None)

    async def _fault_of(self, job_id: str, facts: Mapping[str, Any]) -> Exception | None:
        """Of one written alone: it must not be lost for another's fault."""
        try:
            await asyncio.to_thread(self._posts.put, job_id, facts)
        except Exception as error:  # noqa: BLE001 - whatever the driver raises: it is handed on
            return error
        return None

    def expect(self, job: Job, **facts: Any) -> Post:
        """The post of a job that is new: what there is of it is known here, and the next change keeps these facts."""
        post = self._known[job.id] = replace(self._known.get(job.id) or self._read(job, {}), **facts)
        return post

    def forget(self, job: Job) -> None:
        """It has ended: nobody asks for it every moment any more."""
        self._known.pop(job.id, None)


def _tell(kept: asyncio.Future[None], error: Exception | None) -> None:
    if kept.done():
        # Whoever waited has given up; what they had to keep is kept all the same.
        return
    if error:
        kept.set_exception(error)
    else:
        kept.set_result(None)


def known_facts(kind: type[Facts], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those that this version knows."""
    return {name: value for name, value in facts.items() if name in kind.__dataclass_fields__}


def _facts(post: Facts) -> dict[str, Any]:
    return {name: value for name, value in asdict(post).items() if value not in {None, ""}}
