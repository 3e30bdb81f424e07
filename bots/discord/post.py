"""Turns a job into where it is shown on Discord, and how it can be reached there, the same after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bots import board
from core.posts import PostBook
from core.types import Job

TOKEN_SECONDS = 15 * 60 - 20
"""How long an interaction's token is good for (Discord), less what a request takes to get there."""
QUIET = ":quiet"
"""How the key of a job ends that only its user may see, whatever else is known of it."""
MOST_FOLLOW_UPS = 5
"""Of an interaction where the app is no member (Discord)."""


@dataclass(frozen=True)
class Post:
    """Where a job is shown: ``channel`` (or thread, whose channel is ``parent``) of the server ``guild``.

    ``receipt`` is the message that shows how it stands, and becomes the clip. ``token`` answers the interaction until
    ``token_until``; it is a secret, and kept no longer than it is of use. ``is_quiet``: only whoever asked sees the
    receipt (Discord's *ephemeral*). ``is_guest``: the bot is no member there, and what it says beside the receipt is
    counted (``told``). ``is_news``: it is an announcement channel.

    ``clip`` is the message that holds the video, in ``clip_channel``; ``rung``: whoever asked was told that it is done.
    """

    channel: int
    guild: int | None = None
    parent: int | None = None
    receipt: int | None = None
    token: str = field(default="", repr=False)
    token_until: float = 0.0
    is_quiet: bool = False
    is_guest: bool = False
    is_news: bool = False
    told: int = 0
    clip: int | None = None
    clip_channel: int | None = None
    rung: bool = False

    def has_token(self, now: float) -> bool:
        """Whether the interaction can still be answered."""
        return bool(self.token) and now < self.token_until


class Board(board.Board[Post]):
    """Every job's post; of one that nothing is kept of, its channel."""

    def __init__(self, posts: PostBook) -> None:
        super().__init__(posts, _read)


def _read(job: Job, facts: Mapping[str, Any]) -> Post:
    known = {"channel": int(job.address.chat), "is_quiet": job.key.endswith(QUIET)}
    return Post(**{**known, **board.known_facts(Post, facts)})
