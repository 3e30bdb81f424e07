"""Turns a job into where it is shown in its chat, the same after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.posts import PostBook
from core.quotas.turns import Turns
from core.types import Job


@dataclass(frozen=True)
class Post:
    """Where a job is shown: ``chat`` moves with a group that migrates.

    ``asked`` is the message that asked for it, ``thread`` its topic, ``receipt`` the message that shows how it stands,
    ``clip`` the one that holds the video; ``file`` is the video's ``file_id``. ``ready``: the receipt says that the
    video is on its way, which whoever asked has heard. ``name`` is what its user is called.
    """

    chat: int
    asked: int | None = None
    thread: int | None = None
    receipt: int | None = None
    ready: bool = False
    clip: int | None = None
    file: str = ""
    name: str = ""


class Board:
    """Every job's post. Changes of one job's come one after the other, so that none undoes another."""

    def __init__(self, posts: PostBook) -> None:
        self._posts, self._turns = posts, Turns()
        self._known: dict[str, Post] = {}

    async def find(self, job: Job) -> Post:
        """Where a job is shown; for one that nothing is kept of, its chat and the message that asked."""
        known = self._known.get(job.id)
        return known or _read(job, await asyncio.to_thread(self._posts.get, job.id))

    async def change(self, job: Job, **facts: Any) -> Post:
        """Keep other facts (fields of Post) of a job, beside those that stay."""
        async with self._turns.of(job.id):
            post = replace(await self.find(job), **facts)
            await asyncio.to_thread(self._posts.put, job.id, _facts(post))
            self._known[job.id] = post
            return post

    def forget(self, job: Job) -> None:
        """It has ended: nobody asks for it every moment any more."""
        self._known.pop(job.id, None)


def _facts(post: Post) -> dict[str, Any]:
    return {name: value for name, value in asdict(post).items() if value not in {None, ""}}


def _read(job: Job, facts: Mapping[str, Any]) -> Post:
    known = {field.name for field in fields(Post)}
    kept = {name: value for name, value in facts.items() if name in known}
    return Post(**{"chat": int(job.address.chat), "asked": _asked(job.key), **kept})


def _asked(key: str) -> int | None:
    """The message in a key of ours, as ``bots.telegram.incoming`` makes it of a message."""
    last = key.rpartition(":")[2]
    return int(last) if key.count(":") == 2 and last.isdecimal() else None
