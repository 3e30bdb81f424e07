"""What core needs of the world, all on one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from core.types import PRIVATE

if TYPE_CHECKING:
    import numpy as np

    from core.notices import Notices
    from core.records import Chats, Payments, Posts, Preferences
    from core.reports import Report
    from core.safety.agreements import Agreement
    from core.safety.appeals import Appeal, Ruling, Sealed, Strike
    from core.safety.audit import AuditLine
    from core.types import (
        Account,
        Address,
        Clip,
        GenerationSpec,
        Job,
        JobState,
        LedgerEntry,
        Note,
        Place,
        Progress,
        QueuePlace,
        StoredClip,
        Translation,
        TranslationKey,
        Verdict,
    )


class Run(Protocol):
    """All an engine sees of the job system; cancellation arrives as ``asyncio.CancelledError``."""

    folder: Path
    """Where the engine writes its files; emptied after the run. Pictures that the spec names lie there already, each
    under the last part of its key."""
    resume_token: str | None
    """What an earlier attempt saved."""

    def report(self, progress: Progress) -> None:
        """Best effort: never blocks, never raises."""

    async def save(self, resume_token: str) -> None:
        """Store the token before going on."""


class Engine(Protocol):
    """Turns a GenerationSpec into a Clip, here or at a vendor."""

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        """What the user should know before anything is spent.

        Raises:
            Unsupported: the engine cannot make this clip.
        """

    async def open(self) -> None:
        """Begin to get ready for clips, where that takes long; ``generate`` works without it."""

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        """Make the clip in ``run.folder``.

        Raises:
            EngineError: no clip came of it.
        """

    async def close(self) -> None:
        """Give back what the engine holds."""


class Translator(Protocol):
    """Makes the prompt readable for a model."""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that can be asked, in their order."""

    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        """``languages`` are those the model reads (ISO 639-1); ``by`` names the one to ask where there are several.

        Raises:
            Unsupported: the text is in a language nobody here reads.
            Refusal: ``translator-unknown``, or ``translation-failed``: those who read it gave nothing.
        """


class Rewriter(Protocol):
    """Writes a short prompt out as a director would."""

    async def rewrite(self, prompt: str, language: str, *, limit: int) -> str | None:
        """In ``language`` (ISO 639-1), at most ``limit`` characters; None where nothing fit for use came in time."""


class Softener(Protocol):
    """Makes a refused prompt harmless."""

    async def soften(self, prompt: str, *, category: str) -> str | None:
        """The nearest prompt without what it was refused for; None where nothing fit for use came in time."""


class Moderator(Protocol):
    """Decides what may go in and out."""

    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        """Judge a prompt, in whatever language it is; ``same`` says the same in other words, and is judged with it."""

    async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Verdict:
        """Judge frames, each HxWx3 uint8 RGB, of a prompt of that place."""


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
        """Clips and seconds of video of an account or of a chat, less those failed or cancelled before their turn."""

    def ended_before(self, moment: float, *, limit: int) -> list[Job]:
        """For retention: jobs ended before the moment, oldest first."""

    def remove(self, job_id: str) -> None: ...


class Ledger(Protocol):
    """The credits of one transaction. Each move happens at most once a job."""

    def account_for(self, platform: str, user: str, *, now: float, timezone: str, welcome: int) -> Account:
        """The account behind a platform's user; made, with ``welcome`` credits, when first seen. Locks its row."""

    def account(self, account_id: str) -> Account | None: ...

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

    def charge(self, job_id: str, *, now: float) -> bool:
        """Spend the hold; False where it was settled before."""

    def release(self, job_id: str, *, now: float) -> bool:
        """Give the hold back; False where it was settled before."""

    def held_jobs(self, platforms: Sequence[str] | None = None) -> list[str]:
        """Ids of the jobs, of these platforms or of all, whose hold is still open."""

    def entries(self, account_id: str, *, limit: int) -> list[LedgerEntry]:
        """Newest first."""

    def set_blocked(self, account_id: str, blocked: bool) -> None: ...
    def set_tier(self, account_id: str, tier: str) -> None: ...
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

    def decide(self, report: Report) -> bool:
        """Write a decision, where it is upheld for all open ones of its job; False where it was decided before."""

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
        """Erase the words: prompt, wording and notes, and the prompt in the recipe of record."""

    def fold_entries(self, moment: float) -> int:
        """Put one entry in the place of each account's entries from before the moment, so that its sums stay.

        How many entries are gone; marks of people who were forgotten before then go as well, and count.
        """


class Transaction(Protocol):
    """All or nothing."""

    @property
    def jobs(self) -> Jobs: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def translations(self) -> Translations: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def retirement(self) -> Retirement: ...
    @property
    def records(self) -> Records: ...
    @property
    def appeals(self) -> Appeals: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def preferences(self) -> Preferences: ...
    @property
    def posts(self) -> Posts: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def agreements(self) -> Agreements: ...


class Store(Protocol):
    """The database. Blocking: call it in a thread."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """Commit at the end of the block, roll back when it raises."""

    def look(self) -> AbstractContextManager[Transaction]:
        """For reading alone: a state of the database as it was at one moment; waits for no writer."""

    def write_progress(self, job_id: str, progress: Progress) -> None:
        """Outside any transaction; the last one wins."""

    def read_progress(self, job_ids: Sequence[str]) -> dict[str, Progress]: ...


class Queue(Protocol):
    """The durable queue."""

    def submit(self, tx: Transaction, job: Job) -> None:
        """Enqueue within the transaction: no commit, no work."""

    async def cancel(self, job_id: str) -> None:
        """Take a waiting job out, stop a running one."""

    async def position(self, job: Job) -> QueuePlace: ...

    async def dead(self, job_ids: Sequence[str]) -> dict[str, bool]:
        """Those of the jobs whose work ended without settling them; whether their clip had been delivered."""

    async def forget(self, job_ids: Sequence[str]) -> None:
        """Drop what the queue remembers of ended jobs."""


class Renders(Protocol):
    """What the queue asks of a worker."""

    async def render(self, job_id: str) -> StoredClip:
        """Make and store the job's clip; may be asked again for the same job after a crash.

        Raises:
            EngineError: no clip came of it.
            Conflict: the job has ended meanwhile.
        """

    async def hand_back(self, job_id: str) -> None:
        """The render in hand is given up on purpose: another worker begins it anew."""


class Deliveries(Protocol):
    """What the queue asks of a bot."""

    async def deliver(self, job_id: str, clip: StoredClip) -> None:
        """Hand the clip over.

        Raises:
            DeliveryError: it did not arrive; ``DeliveryDelayed`` is tried again.
            Conflict: the job has ended meanwhile.
        """

    async def charge(self, job_id: str) -> None:
        """The clip arrived."""

    async def fail(self, job_id: str, code: str) -> None:
        """No clip arrived: release the credits and tell the user."""


class ClipStore(Protocol):
    """Where finished files stay. Blocking: call it in a thread."""

    def put(self, job_id: str, clip: Clip) -> StoredClip:
        """Take the clip's two files over.

        Raises:
            EngineFault: ``storage-full``.
        """

    def put_file(self, job_id: str, name: str, data: bytes) -> str:
        """Keep a small file of the job, in place of an older one of that name; its key, which ends with the name.

        Raises:
            EngineFault: ``storage-full``.
        """

    def open(self, key: str) -> Path:
        """A readable local path.

        Raises:
            Refusal: ``job-unknown`` where the key leads to nothing.
        """

    def delete(self, job_id: str) -> None:
        """Drop all that was put for the job, by whichever attempt."""


class Clock(Protocol):
    """Seconds since the epoch."""

    def now(self) -> float: ...
