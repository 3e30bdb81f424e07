"""A chat platform as the rest of the bots see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from core.publishing.types import Channel, Publication
from core.types import Address, Job, Notice, Progress


@dataclass(frozen=True)
class Delivery:
    """A clip on its way to a chat: local files, already fitted to the chat's limit."""

    job: Job
    video: Path
    poster: Path


@dataclass(frozen=True)
class Post:
    """A clip on its way into a channel: local files, already fitted, and the text that goes with them.

    ``publication.id`` and its ``turn`` are the name of this post for good, for platforms that know posts by a name.
    """

    publication: Publication
    channel: Channel
    job: Job
    video: Path
    poster: Path
    text: str


@runtime_checkable
class Publisher(Protocol):
    """A chat platform that has channels."""

    def upload_limit(self, address: Address) -> int | None:
        """As of ``Adapter``."""

    async def publish(self, post: Post) -> str:
        """Post it; the platform's name of the message.

        Raises:
            DeliveryError: nothing was posted. Whatever else is raised leaves that open, and ``seek`` is asked.
        """

    async def seek(self, post: Post) -> str | None:
        """The message of this very post, where an attempt that broke off had sent it; None where it is surely not out.

        Raises:
            PostUnsure: the platform has no means to say so.
        """

    async def amend(self, channel: Channel, publication: Publication, text: str) -> None:
        """Have the post say ``text``. Done again, nothing changes.

        Raises:
            DeliveryError: not now.
        """

    async def remove(self, channel: Channel, publication: Publication) -> None:
        """Take the post away; one that is gone already is no error.

        Raises:
            DeliveryError: not now.
        """


class Adapter(Protocol):
    """One chat platform."""

    platform: str

    async def start(self) -> None:
        """Connect and begin to take messages."""

    async def stop(self) -> None:
        """Take no more messages; finish what is being sent."""

    def upload_limit(self, address: Address) -> int | None:
        """Bytes a video may have there; None where there is no limit."""

    async def deliver(self, delivery: Delivery) -> None:
        """Hand the clip over. A second call for the same job must not show it twice where the platform allows that.

        Raises:
            DeliveryError: it did not arrive.
        """

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """Show how unfinished jobs of this platform stand. Best effort."""

    async def show_end(self, job: Job) -> None:
        """Tell that a job has ended (``job.state``, ``job.error``): charged, or failed or cancelled at no cost."""

    async def tell(self, address: Address, notice: Notice) -> None:
        """Say what somebody should know (``bots.presenter.present_notice``), to them alone: not before a whole chat.

        It is asked again until it returns.

        Raises:
            DeliveryDelayed: not now; again after ``retry_after`` seconds.
            DeliveryError: never: nobody is there any more.
        """
