"""What core needs of the world, all on one page; what is in a transaction: ``core.books``, ``core.records``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.types import PRIVATE

if TYPE_CHECKING:
    import numpy as np

    from core.books import Jobs, Ledger
    from core.costs import Cost, Costs
    from core.memos import Memos
    from core.notices import Notices
    from core.publishing.records import Channels, Publications
    from core.publishing.types import Publication
    from core.records import (
        Agreements,
        Appeals,
        Chats,
        Payments,
        Persons,
        Posts,
        Preferences,
        Records,
        Reports,
        Retirement,
        Translations,
    )
    from core.showcase.exhibits import Exhibits
    from core.types import (
        Clip,
        GenerationSpec,
        Job,
        Note,
        Place,
        Progress,
        QueuePlace,
        StoredClip,
        Translation,
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

    async def save(self, resume_token: str, cost: Cost | None = None) -> None:
        """Store the token, and with it what a vendor takes for the clip, before going on.

        Raises:
            EngineUnavailable: ``budget-spent``: a new cost would be beyond the operator's budget; nothing is stored.
            Conflict: the vendor's task that the cost names is another job's; nothing is stored.
        """

    async def is_cancelled(self) -> bool:
        """After a ``CancelledError``: whether the job has ended, or its time is over.

        If not, another attempt goes on from the token.
        """


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
    def memos(self) -> Memos: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def agreements(self) -> Agreements: ...
    @property
    def exhibits(self) -> Exhibits: ...
    @property
    def costs(self) -> Costs: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def publications(self) -> Publications: ...


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

    def post(self, tx: Transaction, platform: str, publication: Publication) -> None:
        """Have the publication's turn posted on a platform; within the transaction, and the same turn once."""


class Renders(Protocol):
    """What the queue asks of a worker."""

    async def render(self, job_id: str) -> StoredClip:
        """Make and store the job's clip; may be asked again for the same job after a crash.

        Raises:
            EngineError: no clip came of it.
            Conflict: the job has ended meanwhile.
        """

    async def hand_back(self, job_ids: Sequence[str]) -> None:
        """The renders in hand are given up on purpose: another worker begins them anew."""


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
