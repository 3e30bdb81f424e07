"""Turns a job into where it is shown in its chat, the same after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots import board
from core.posts import PostBook
from core.types import Job


@dataclass(frozen=True)
class Post:
    """Where a job is shown: ``chat`` moves with a group that migrates.

    ``asked`` is the message that asked for it, ``thread`` its topic, ``receipt`` the message that shows how it stands,
    ``clip`` the one that holds the video; ``file`` is the video's ``file_id``. ``ready``: the receipt says that the
    video is on its way, which whoever asked has heard. ``name`` is what its user is called.
    ``inline`` is a message that was sent through the bot elsewhere, which shows how it stands in the receipt's place,
    and becomes the clip once it is in the chat.
    """

    chat: int
    asked: int | None = None
    thread: int | None = None
    receipt: int | None = None
    ready: bool = False
    clip: int | None = None
    file: str = ""
    name: str = ""
    inline: str = ""


class Board(board.Board[Post]):
    """Every job's post; of one that nothing is kept of, its chat and the message that asked."""

    def __init__(self, posts: PostBook) -> None:
        super().__init__(posts, _read)


def _read(job: Job, facts: Mapping[str, Any]) -> Post:
    return Post(**{"chat": int(job.address.chat), "asked": _asked(job.key), **board.known_facts(Post, facts)})


def _asked(key: str) -> int | None:
    """The message in a key of ours, as ``bots.telegram.incoming`` makes it of a message."""
    last = key.rpartition(":")[2]
    return int(last) if key.count(":") == 2 and last.isdecimal() else None
