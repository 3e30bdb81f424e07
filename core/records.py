"""What one transaction keeps of people, decisions and chats, beside the jobs and credits of ``core.books``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from core.payments import Payment
    from core.preferences import ChatSettings, UserSettings
    from core.quotas.usage import Used
    from core.reports import Report
    from core.safety.agreements import Agreement
    from core.safety.appeals import Appeal, Ruling, Sealed, Strike
    from core.safety.audit import AuditLine
    from core.types import Address, Job, TranslationKey


class Translations(Protocol):
    """The translations of one transaction, so that none is made twice. Of the prompts themselves nothing is kept."""

    def find(self, key: TranslationKey) -> str | None: ...
    def keep(self, key: TranslationKey, text: str, *, now: float) -> None:
        """The first that is kept for a key stays."""

    def remove_before(self, moment: float) -> int:
        """For retention: forget those kept before the moment; how many."""

    def oldest(self) -> float | None:
        """When the oldest was kept."""


class Records(Protocol):
    """What was decided, and strikes, of one transaction. No text is in them."""

    def add_line(self, line: AuditLine, account: str | None) -> None: ...
    def lines(self, *, since: float = 0.0) -> Iterable[AuditLine]:
        """All from the moment on, oldest first."""

    def remove_before(self, moment: float) -> int:
        """For retention: forget lines, strikes and decided appeals of before the moment; how many."""

    def add_strike(self, strike: Strike) -> None:
        """The same text of the same account counts once."""

    def strikes_since(self, account: str, moment: float) -> list[float]:
        """When each was, oldest first."""

    def take_strike_back(self, account: str, digest: str) -> None: ...


class Appeals(Protocol):
    """Objections to refusals, and what was ruled on them, of one transaction."""

    def add(self, appeal: Appeal) -> Appeal:
        """The appeal as it stands; the one there was, where the account has appealed about the same text before."""

    def get(self, appeal_id: str) -> Appeal | None: ...
    def of(self, account: str | None, *, limit: int) -> list[Appeal]:
        """An account's, newest first; of None those open, oldest first."""

    def decide(self, appeal: Appeal, ruling: Ruling, *, why: str = "") -> bool:
        """Keep the ruling and forget the text; False where the appeal was decided before (nothing is written then)."""

    def keep_refusal(self, refusal: Sealed, *, most: int) -> None:
        """What can be appealed about; of its account the newest ``most`` stay."""

    def refusal(self, digest: str) -> Sealed | None: ...
    def drop_refusals(self, moment: float) -> int:
        """Forget those of before the moment; how many."""

    def ruling(self, digest: str) -> Ruling | None: ...


class Agreements(Protocol):
    """What users declared and agreed to, in one transaction."""

    def add(self, agreement: Agreement) -> None: ...
    def listed(self, *, limit: int) -> list[Agreement]:
        """Newest first."""

    def remove_before(self, moment: float) -> int:
        """For retention: forget those of before the moment; how many."""


class Reports(Protocol):
    """The objections to clips, in one transaction."""

    def add(self, report: Report) -> Report:
        """Store it; where its account has an open one of the same job, that one stands."""

    def get(self, report_id: str) -> Report | None: ...
    def listed(self, *, is_open: bool, limit: int) -> list[Report]:
        """Open ones, those due first; or decided ones, those decided last first."""

    def open_of(self, job_id: str) -> list[Report]:
        """The open ones of one job."""

    def decide(self, report: Report) -> list[Report]:
        """Write a decision, where it is upheld for all open ones of its job; those decided by it.

        None where it was decided before.
        """

    def counts(self, now: float) -> tuple[int, int]:
        """How many are open, and how many of them overdue."""

    def remove_before(self, moment: float) -> int:
        """For retention: forget those decided before the moment; how many."""


class Persons(Protocol):
    """All that is kept of an account, in one transaction."""

    def jobs(self, account_id: str) -> list[Job]:
        """Newest first, those deleted as well."""

    def identities(self, account_id: str) -> list[tuple[str, str]]:
        """Platforms and the users there."""

    def reports(self, account_id: str) -> list[Report]:
        """What its people reported, newest first."""

    def taken_down(self, account_id: str) -> list[Report]:
        """By which its clips were removed, newest first."""

    def records(self, account_id: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What else is kept of it (decisions on its prompts, appeals, strikes): rows by table, as JSON takes them."""

    def preferences(self, account_id: str) -> Sequence[Mapping[str, Any]]:
        """What its people chose, as JSON takes it."""

    def forget(self, account_id: str, *, now: float) -> list[str]:
        """Erase it, once its jobs have ended; the ids of its jobs, whose rows are left empty for ``Jobs.remove``.

        Ledger and holds are left under a salted hash of it; of its identities, salted hashes that lead nowhere.

        Raises:
            LookupError: there is no such account.
        """

    def left_before(self, moment: float, *, limit: int) -> list[Job]:
        """Of people who are forgotten: the jobs that ended before the moment and whose empty rows are still there."""


class Retirement(Protocol):
    """What retention does beside removing rows, in one transaction."""

    def worded_before(self, moment: float, *, limit: int) -> list[str]:
        """Ids of jobs that ended before the moment and still have somebody's words."""

    def empty_jobs(self, job_ids: Sequence[str]) -> None:
        """Erase the words: prompt, wording and notes that have any, and the prompt in the recipe of record."""

    def fold_entries(self, moment: float) -> int:
        """Put one entry in the place of each account's entries from before the moment, so that its sums stay.

        How many entries are gone; marks of people who were forgotten before then go as well, and count.
        """


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
