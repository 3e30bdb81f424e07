"""Turns open appeals and reports into one queue for moderators, and a moderator's decision into what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.errors import Refusal
from core.reports import DUE_SECONDS, Report, reject, uphold
from core.rights import remove_files
from core.safety.appeals import Appeal
from core.safety.casework import decide_appeal

if TYPE_CHECKING:
    from core.ports import ClipStore, Clock, Store, Transaction
    from core.types import Job, StoredClip

_LISTED = 200
_LONGEST_ID = 32

Kind = Literal["appeal", "report"]


@dataclass(frozen=True)
class Case:
    """What waits for a moderator. ``due_at`` is two days after it came.

    ``ground`` is the category that a prompt was refused for, or the reason that a clip is reported for; ``prompt`` is
    what its user wrote, ``fragment`` the words held against it, ``text`` what the reporter wrote. ``code`` is the
    clip's, and empty where there is none to be seen.
    """

    kind: Kind
    id: str
    ground: str
    prompt: str = field(repr=False)
    created_at: float
    due_at: float
    fragment: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    code: str = ""


class Cases:
    """Blocking. Whether somebody may ask is not checked here."""

    def __init__(self, *, store: Store, clips: ClipStore, clock: Clock) -> None:
        self._store, self._clips, self._clock = store, clips, clock

    def open(self) -> list[Case]:
        """Those that are due first come first."""
        with self._store.look() as tx:
            found = [_of_appeal(appeal) for appeal in tx.appeals.of(None, limit=_LISTED)]
            found += [_of_report(tx, report) for report in tx.reports.listed(is_open=True, limit=_LISTED)]
        return sorted(found, key=lambda case: case.due_at)

    def decide(self, case_id: str, *, allows: bool, by: str, why: str) -> Kind:
        """Let a prompt be made, or a clip stay, if it ``allows``; if not, a prompt stays refused, and a clip goes.

        Raises:
            Refusal: ``case-unknown``: none of that id is open.
        """
        name = case_id.strip()[:_LONGEST_ID]
        with self._store.begin() as tx:
            appeal = tx.appeals.get(name.upper())
            if appeal is not None:
                if not decide_appeal(tx, appeal, allows=allows, by=by, now=self._clock.now(), why=why):
                    raise Refusal("case-unknown", case=name)
                return "appeal"
            gone = self._decide_report(tx, name.lower(), allows=allows, by=by, why=why)
        if gone is not None:
            # Of a clip that is still being made, upkeep finds what comes later.
            remove_files(self._clips, [gone])
        return "report"

    def clip(self, code: str) -> StoredClip | None:
        """The clip of an open report."""
        with self._store.look() as tx:
            reports = tx.reports.listed(is_open=True, limit=_LISTED)
            job = tx.jobs.by_code(code) if any(report.code == code for report in reports) else None
        return job.clip if job else None

    def _decide_report(self, tx: Transaction, report_id: str, *, allows: bool, by: str, why: str) -> str | None:
        """The id of the job whose files are to go."""
        report, now = tx.reports.get(report_id), self._clock.now()
        try:
            if allows:
                reject(tx, report_id, now=now, outcome=why, by=by)
            else:
                uphold(tx, report_id, now=now, outcome=why, by=by)
        except LookupError as error:
            raise Refusal("case-unknown", case=report_id) from error
        return None if allows or report is None else report.job


def _of_appeal(appeal: Appeal) -> Case:
    due = appeal.created_at + DUE_SECONDS
    ground, fragment = str(appeal.category or ""), appeal.fragment or ""
    return Case("appeal", appeal.id, ground, appeal.text or "", appeal.created_at, due, fragment)


def _of_report(tx: Transaction, report: Report) -> Case:
    job = tx.jobs.get(report.job)
    code = report.code if job and _is_seen(tx, job) else ""
    prompt = job.prompt if job else ""
    return Case(
        "report", report.id, str(report.reason), prompt, report.created_at, report.due_at, text=report.text, code=code
    )


def _is_seen(tx: Transaction, job: Job) -> bool:
    return job.clip is not None and tx.jobs.by_code(job.code) is not None
