"""What one transaction has of chats: what was chosen and paid there, where jobs are shown, who made how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from core.payments import Payment
    from core.preferences import ChatSettings, UserSettings
    from core.quotas.usage import Used
    from core.types import Address, Job


class Preferences(Protocol):
    """What users and chats chose. Who is about to write reads ``for_change``, so that no other change is lost."""

    def user(self, platform: str, user: str, *, for_change: bool = False) -> UserSettings: ...
    def chat(self, platform: str, chat: str, *, for_change: bool = False) -> ChatSettings: ...
    def set_user(self, platform: str, user: str, settings: UserSettings, *, now: float) -> None: ...
    def set_chat(self, platform: str, chat: str, settings: ChatSettings, *, now: float) -> None: ...


class Posts(Protocol):
    """Where jobs are shown on their platform: each adapter's own facts, as JSON takes them.

    They are erased with their job. No words of anybody are in them: they outlive a job's prompt.
    """

    def put(self, job_id: str, facts: Mapping[str, Any]) -> bool:
        """In place of all facts there were; False where the job or its owner is gone (nothing is written then)."""

    def get(self, job_id: str) -> dict[str, Any] | None: ...
    def of(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Of those that have some, by job id."""


class Payments(Protocol):
    """What was paid, in one transaction with the ledger. A payment is known by its platform and its id there."""

    def grant_once(self, payment: Payment) -> bool:
        """Store it and grant its credits; False where it is known, whoever paid: nothing is granted then."""

    def find(self, platform: str, payment_id: str) -> Payment | None:
        """One whose payer is forgotten, too."""

    def begin_refund(self, platform: str, payment_id: str, *, now: float) -> Payment | None:
        """Take back those of its credits that are left; the payment, ``refunding`` or as it is where it was not paid.

        None where there is no such payment.
        """

    def end_refund(self, platform: str, payment_id: str, *, now: float) -> Payment | None:
        """The money is back; of one that was not ``refunding`` the credits are taken now. None as above."""

    def give_up_refund(self, platform: str, payment_id: str, *, now: float) -> Payment | None:
        """The platform refused: credits that were taken are granted again. None as above."""

    def listed(
        self, platform: str | None = None, *, account: str | None = None, refunding: bool = False, limit: int
    ) -> list[Payment]:
        """Newest first, of all or of one platform and account; only open refunds where asked."""


class Chats(Protocol):
    """What one user has in all chats, and what all users have in one."""

    def history(
        self, account: str, address: Address, *, limit: int, after: str | None = None, words: str | None = None
    ) -> list[Job]:
        """The jobs that this user asked for on this platform, newest first, those after the one with a code.

        With ``words``, only clips that were delivered and whose code begins so, or whose prompt has all of them.

        Raises:
            Refusal: ``job-unknown``: the user never had a job of the code ``after``.
        """

    def usage(self, platform: str, chat: str, *, since: float) -> list[Used]:
        """What each user made in a chat, counted as of ``Jobs.spent_since``; who made most comes first."""

    def move(self, platform: str, old: str, new: str) -> int:
        """A chat goes on under another id: its jobs, settings and whatever else is told there follow; of how many jobs.

        Settings that the new one has stay. Done again, it changes nothing.
        """
