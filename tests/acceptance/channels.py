"""Channels made of files: each post is a line of ``posted.log``, and a process can be killed at each step of posting.

A file ``kill-STEP`` (see ``STEPS``) kills the process that comes to that step, once; ``freeze-STEP`` stops it there.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from bots import poster
from bots.adapter import Post
from core.ports import Transaction
from core.publishing import outcomes
from core.publishing.types import Channel, Publication
from core.types import Address, Notice
from piying.wiring import Process

STEPS = ("handed", "taken", "noted", "sent", "recorded")
"""Handed to the queue, not yet committed; taken from it; noted that it may be out; out; recorded that it is."""


def note(path: Path, *words: object) -> None:
    """Append a line that survives a kill of this process."""
    with path.open("a") as file:
        file.write(" ".join(map(str, words)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def come_to(folder: Path, step: str) -> None:
    """Be killed or stopped here, if somebody wants that."""
    for kind, what in (("kill", signal.SIGKILL), ("freeze", signal.SIGSTOP)):
        wish = folder / f"{kind}-{step}"
        if wish.exists():
            wish.unlink()
            os.kill(os.getpid(), what)


class FileChannels:
    """Knows a post by its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def upload_limit(self, address: Address) -> int | None:
        if address.chat.startswith("news"):
            come_to(self._folder, "taken")
        return None

    async def tell(self, address: Address, notice: Notice) -> None:
        note(self._folder / "told.log", address.user, notice.code, notice.details.get("error", "-"))

    async def publish(self, post: Post) -> str:
        come_to(self._folder, "noted")
        name = f"{post.publication.id}.{post.publication.turn}"
        assert post.video.stat().st_size > 0
        note(self._folder / "posted.log", name, os.getpid())
        come_to(self._folder, "sent")
        return name

    async def seek(self, post: Post) -> str | None:
        name = f"{post.publication.id}.{post.publication.turn}"
        log = self._folder / "posted.log"
        return name if log.exists() and name in log.read_text() else None

    async def amend(self, channel: Channel, publication: Publication, text: str) -> None:
        note(self._folder / "amended.log", publication.message)

    async def remove(self, channel: Channel, publication: Publication) -> None:
        note(self._folder / "removed.log", publication.message)


def watch_steps(process: Process, folder: Path) -> None:
    """Let the steps that no channel sees be come to as well."""
    enqueue, write_down = process.queue.post, outcomes.posted

    def post(tx: Transaction, platform: str, publication: Publication) -> None:
        enqueue(tx, platform, publication)
        come_to(folder, "handed")

    def posted(*given: Any, **named: Any) -> None:
        write_down(*given, **named)
        come_to(folder, "recorded")

    process.queue.post = post  # type: ignore[method-assign]
    vars(poster).update(posted=posted)
