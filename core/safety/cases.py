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
    from core.types import Address, Job, StoredClip

_LISTED = 200
_LONGEST_ID = 32

Kind = Literal["appeal", "report"]


@dataclass(frozen=True)
class Case:
    """What waits for a moderator. ``due_at`` is two days after it came.

    ``ground`` is the category that a prompt was refused for, or the reason that a clip is reported for; ``prompt`` is
    what its user wrote, ``fragment`` the words held against it, ``text`` what the reporter wrote. ``code`` is the
    clip's, and empty where there is none to be seen. ``own``: it concerns whoever asks, and others decide it; what the
    reporter wrote is then left out.
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
    own: bool = False


class Cases:
    """Blocking. Whether somebody may ask is not checked here.

    ``judge`` may not decide what is their own: their appeals, reports of their clips, and of clips that they reported.
    Accounts that are linked are one person. None is the operator, who has nobody above them.
    """

    def __init__(self, *, store: Store, clips: ClipStore, clock: Clock) -> None:
        self._store, self._clips, self._clock = store, clips, clock

    def open(self, judge: Address | None) -> list[Case]:
        """Those that are due first come first."""
        with self._store.look() as tx:
            judging = _account(tx, judge)
            found = [_of_appeal(appeal, judging) for appeal in tx.appeals.of(None, limit=_LISTED)]
            found += [_of_report(tx, report, judging) for report in tx.reports.listed(is_open=True, limit=_LISTED)]
        return sorted(found, key=lambda case: case.due_at)

    def decide(self, case_id: str, *, judge: Address | None, allows: bool, by: str, why: str) -> Kind:
        """Let a prompt be made, or a clip stay, if it ``allows``; if not, a prompt stays refused, and a clip goes.

        Raises:
            Refusal: ``case-unknown``: none of that id is open.
            Refusal: ``case-own``: it is the judge's own.
        """
        name = case_id.strip()[:_LONGEST_ID]
        with self._store.begin() as tx:
            appeal = tx.appeals.get(name.upper())
            judging = _account(tx, judge)
            if appeal is not None:
                if _concerns(judging, appeal.account):
                    raise Refusal("case-own", case=name)
                if not decide_appeal(tx, appeal, allows=allows, by=by, now=self._clock.now(), why=why):
                    raise Refusal("case-unknown", case=name)
                return "appeal"
            report = tx.reports.get(name.lower())
            if report is not None and _concerns(judging, *_parties(tx, report)):
                raise Refusal("case-own", case=name)
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


def _account(tx: Transaction, judge: Address | None) -> str | None:
    return tx.ledger.account_id(judge.platform, judge.user) if judge else None


def _concerns(judging: str | None, *accounts: str | None) -> bool:
    return judging is not None and judging in accounts


def _parties(tx: Transaction, report: Report) -> list[str | None]:
    """The owner of the clip, and all who reported it: who takes it down decides every report of it."""
    job = tx.jobs.get(report.job)
    return [job.account if job else None, *(one.account for one in tx.reports.open_of(report.job))]


def _of_appeal(appeal: Appeal, judging: str | None) -> Case:
    due = appeal.created_at + DUE_SECONDS
    ground, fragment = str(appeal.category or ""), appeal.fragment or ""
    own = _concerns(judging, appeal.account)
    return Case("appeal", appeal.id, ground, appeal.text or "", appeal.created_at, due, fragment, own=own)


def _of_report(tx: Transaction, report: Report, judging: str | None) -> Case:
    job = tx.jobs.get(report.job)
    code = report.code if job and _is_seen(tx, job) else ""
    prompt, own = job.prompt if job else "", _concerns(judging, *(_parties(tx, report) if judging else ()))
    return Case(
        "report",
        report.id,
        str(report.reason),
        prompt,
        report.created_at,
        report.due_at,
        text="" if own else report.text,
        code=code,
        own=own,
    )


def _is_seen(tx: Transaction, job: Job) -> bool:
    return job.clip is not None and tx.jobs.by_code(job.code) is not None
