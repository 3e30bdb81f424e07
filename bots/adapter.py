"""A chat platform as the rest of the bots see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.types import Address, Job, Notice, Progress


@dataclass(frozen=True)
class Delivery:
    """A clip on its way to a chat: local files, already fitted to the chat's limit."""

    job: Job
    video: Path
    poster: Path


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
