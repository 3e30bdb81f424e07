"""The jobs and the credits of one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.types import (
        Account,
        Address,
        GenerationSpec,
        Job,
        JobState,
        LedgerEntry,
        Note,
        StoredClip,
    )


class Jobs(Protocol):
    """The jobs of one transaction."""

    def add(self, job: Job) -> None:
        """Store a new job.

        Raises:
            Conflict: its key is taken.
        """

    def get(self, job_id: str) -> Job | None: ...
    def by_key(self, key: str) -> Job | None: ...
    def by_code(self, code: str) -> Job | None:
        """None for one that was deleted, too."""

    def move(self, job_id: str, state: JobState, *, now: float, error: str | None = None) -> bool:
        """Make a legal move; False where the job's state does not allow it (nothing is written then).

        A job that has its clip is being delivered: it cannot be cancelled.
        """

    def begin_attempt(self, job_id: str) -> int:
        """Count one more attempt to make the clip; how many there are now."""

    def take_attempt_back(self, job_id: str) -> None:
        """The attempt was given up on purpose, by no fault of the job."""

    def attach_clip(self, job_id: str, clip: StoredClip) -> None: ...
    def save_resume_token(self, job_id: str, token: str) -> None: ...
    def reroute(self, job_id: str, spec: GenerationSpec, price: int, note: Note) -> None:
        """Another engine makes it, for no more credits than are held; its users are told by the note."""

    def resume_token(self, job_id: str) -> str | None: ...
    def add_notes(self, job_id: str, notes: Iterable[Note]) -> None: ...

    def of_chat(self, platform: str, chat: str, *, limit: int, before: float | None = None) -> list[Job]:
        """Newest first, without those that were deleted."""

    def page(
        self, platform: str, chat: str, *, limit: int, after: str | None = None, newest_first: bool = True
    ) -> list[Job]:
        """Jobs of a chat by their age, those that come after the one with the code ``after``.

        Raises:
            Refusal: ``job-unknown``: the chat never had a job of that code.
        """

    def delete(self, job_id: str, *, now: float) -> None:
        """Its owner wants to see it no more: no code and no chat leads to it. Work in hand can still settle it."""

    def unfinished(self, platform: str) -> list[Job]:
        """Jobs of a platform that are queued or running, oldest first."""

    def cancelled_since(self, moment: float) -> list[str]:
        """Ids of jobs cancelled at or after the moment."""

    def deleted_since(self, moment: float) -> list[str]:
        """Ids of jobs deleted at or after the moment."""

    def waiting(self, account: str) -> int:
        """Jobs queued or running."""

    def spent_since(
        self, since: float, *, account: str | None = None, address: Address | None = None
    ) -> tuple[int, float]:
        """Clips and seconds of video of an account, of a chat, or of all chats of a server, which goes by its name.

        Less those failed or cancelled before their turn.
        """

    def ended_before(self, moment: float, *, limit: int) -> list[Job]:
        """For retention: jobs ended before the moment, oldest first."""

    def remove(self, job_id: str) -> None: ...


class Ledger(Protocol):
    """The credits of one transaction. Each move happens at most once a job."""

    def account_for(self, platform: str, user: str, *, now: float, timezone: str, welcome: int) -> Account:
        """The account behind a platform's user; made, with ``welcome`` credits, when first seen. Locks its row."""

    def account(self, account_id: str) -> Account | None: ...
    def account_id(self, platform: str, user: str) -> str | None:
        """The id of the account behind a platform's user; None before they were seen."""

    def grant(self, account_id: str, credits_: int, *, now: float, note: str) -> None:
        """Add credits (or take unspent ones back, if negative).

        Raises:
            QuotaExceeded: the balance would fall below zero.
        """

    def hold(self, account_id: str, job_id: str, credits_: int, *, now: float) -> None:
        """Set credits aside for a job.

        Raises:
            QuotaExceeded: the balance does not suffice.
        """

    def charge(self, job_id: str, *, now: float, credits_: int | None = None) -> bool:
        """Spend the hold, or ``credits_`` of it and give back the rest; False where it was settled before."""

    def release(self, job_id: str, *, now: float) -> bool:
        """Give the hold back; False where it was settled before."""

    def held_jobs(self, platforms: Sequence[str] | None = None) -> list[str]:
        """Ids of the jobs, of these platforms or of all, whose hold is still open."""

    def entries(self, account_id: str, *, limit: int) -> list[LedgerEntry]:
        """Newest first."""

    def set_blocked(self, account_id: str, blocked: bool) -> None: ...
    def set_tier(self, account_id: str, tier: str) -> None: ...
    def of_tier(self, tier: str, platform: str) -> list[str]:
        """Ids of the accounts of a tier that a user of the platform is behind."""

    def move_tier(self, account_id: str, before: str, after: str) -> bool:
        """Give an account another tier, if it has this one."""

    def set_limits(self, account_id: str, limits: Mapping[str, int]) -> None:
        """Figures of its own, as of ``Account.limits``; those left out are everybody's."""

    def set_timezone(self, account_id: str, timezone: str, *, now: float) -> None: ...
    def offer_link(self, account_id: str, code_hash: str, *, expires_at: float) -> None: ...

    def accept_link(self, account_id: str, code_hash: str, *, now: float) -> Account:
        """Move the identities, the jobs and the balance of ``account_id`` to the account that offered the code.

        What is left of its welcome credits is not moved.

        Raises:
            Refusal: ``link-invalid`` or, while jobs of ``account_id`` hold credits, ``link-busy``.
        """

    def accounts(self, *, limit: int) -> list[Account]: ...
