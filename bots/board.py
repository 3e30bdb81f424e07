"""Turns a job into where its platform shows it, the same after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from core.posts import PostBook
from core.quotas.turns import Turns
from core.types import Job


class Facts(Protocol):
    """A dataclass of values that JSON takes."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Post = TypeVar("Post", bound=Facts)
if TYPE_CHECKING:
    Read = Callable[[Job, Mapping[str, Any]], Post]


class Board(Generic[Post]):
    """Every job's post. Changes of one job's come one after the other, so that none undoes another.

    ``read`` makes a job's post of its facts, and of no facts that of a job that nothing is kept of.
    """

    def __init__(self, posts: PostBook, read: Read[Post]) -> None:
        self._posts, self._read, self._turns = posts, read, Turns()
        self._known: dict[str, Post] = {}

    async def find(self, job: Job) -> Post:
        """Where a job is shown."""
        known = self._known.get(job.id)
        return known or self._read(job, await asyncio.to_thread(self._posts.get, job.id))

    async def change(self, job: Job, **facts: Any) -> Post:
        """Keep other facts (fields of the post) of a job, beside those that stay."""
        async with self._turns.of(job.id):
            post = replace(await self.find(job), **facts)
            await asyncio.to_thread(self._posts.put, job.id, _facts(post))
            self._known[job.id] = post
            return post

    def expect(self, job: Job, **facts: Any) -> Post:
        """The post of a job that is new: what there is of it is known here, and the next change keeps these facts."""
        post = self._known[job.id] = replace(self._known.get(job.id) or self._read(job, {}), **facts)
        return post

    def forget(self, job: Job) -> None:
        """It has ended: nobody asks for it every moment any more."""
        self._known.pop(job.id, None)


def known_facts(kind: type[Facts], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those that this version knows."""
    return {name: value for name, value in facts.items() if name in kind.__dataclass_fields__}


def _facts(post: Facts) -> dict[str, Any]:
    return {name: value for name, value in asdict(post).items() if value not in {None, ""}}
