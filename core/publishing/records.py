"""What one transaction keeps of channels and publications, and what the queue asks of whoever posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.publishing.types import Channel, Person, Profile, Publication, State, Step


class Channels(Protocol):
    """The channels of one transaction, and their people."""

    def add(self, channel: Channel) -> bool:
        """False where the chat is connected already (nothing is written then)."""

    def get(self, channel_id: str) -> Channel | None: ...
    def by_code(self, code: str) -> Channel | None: ...
    def of(self, account: str) -> list[Channel]:
        """Those that this account is of, the oldest first."""

    def set_profile(self, channel_id: str, profile: Profile) -> None: ...
    def remove(self, channel_id: str) -> None:
        """With its people; its publications must be gone or withdrawn."""

    def put_person(self, person: Person) -> None:
        """In place of what this account was there before."""

    def drop_person(self, channel_id: str, account: str) -> bool: ...
    def people(self, channel_id: str) -> list[Person]:
        """Owners, then editors, then members; of each those who have been there longest first."""


class Publications(Protocol):
    """The publications of one transaction. Whoever is about to move one reads it ``for_change``."""

    def add(self, publication: Publication) -> None: ...
    def get(self, publication_id: str, *, for_change: bool = False) -> Publication | None: ...
    def by_code(self, code: str, *, for_change: bool = False) -> Publication | None: ...
    def put(self, publication: Publication) -> None:
        """Write what can change of it; whoever writes has read it for a change in the same transaction."""

    def note(self, step: Step) -> None:
        """Put a move on record."""

    def steps(self, publication_id: str) -> list[Step]:
        """All moves, the oldest first."""

    def of_channel(self, channel_id: str, states: Sequence[State], *, limit: int) -> list[Publication]:
        """Those in one of the states, the oldest first."""

    def of_account(self, account: str, states: Sequence[State], *, limit: int) -> list[Publication]:
        """As of ``of_channel``, of all channels."""

    def posted_in(self, platform: str, chat: str, *, limit: int) -> list[Publication]:
        """What stands in a channel, what was posted last first."""

    def due(self, platforms: Sequence[str], *, now: float, limit: int) -> list[str]:
        """Ids of those scheduled for now or before in channels of the platforms, the first to be posted first."""

    def unlike(self, platforms: Sequence[str], *, limit: int) -> list[str]:
        """Ids of those whose post is out and is not as it should be: withdrawn, changed, or of a clip deleted."""

    def posting(self, platforms: Sequence[str], *, before: float, limit: int) -> list[Publication]:
        """Those that are being posted since before a moment."""

    def remove_before(self, moment: float) -> list[str]:
        """For retention: forget those without a post that last changed before the moment; the queue's names of them."""


class Postings(Protocol):
    """What the queue asks of a bot that serves channels."""

    async def post(self, publication_id: str, turn: int) -> None:
        """Post it, unless that turn is over; asked again after a crash, it does not post twice.

        Raises:
            DeliveryDelayed: not now; nothing was posted.
        """

    async def give_up(self, publication_id: str, turn: int, code: str) -> None:
        """It was not posted, and will not be by itself: tell its people."""


def task_name(publication: Publication, turn: int | None = None) -> str:
    """The queue's name of a publication's turn, the present one where none is given."""
    return f"{publication.id}.{publication.turn if turn is None else turn}"
