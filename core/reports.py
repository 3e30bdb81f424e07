"""Turns somebody's objection to a clip into a decision within two days, and a decision into a clip that is gone."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from core.jobs import settlement
from core.jobs.parts import films_with
from core.safety.audit import AuditLine
from core.safety.findings import Action
from core.types import PRIVATE, Address, Category, Job, Locale, Note, Notice

if TYPE_CHECKING:
    from core.ports import Transaction

DUE_SECONDS = 48 * 3600.0
"""How long a report may wait for its decision."""
LONGEST_TEXT = 1000
"""Characters, of a report's text and of a decision's."""


class ReportReason(StrEnum):
    """What is wrong with a clip; ``report-reason-<reason>`` names it."""

    MINORS = "minors"
    NON_CONSENT = "non-consent"
    LIKENESS = "likeness"
    COPYRIGHT = "copyright"
    SEXUAL = "sexual"
    HATE = "hate"
    ILLEGAL = "illegal"
    OTHER = "other"


class ReportState(StrEnum):
    """Open until somebody has decided."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Report:
    """An objection to the clip of ``job``, whose code was ``code``.

    ``account`` and the user of ``address`` are the reporter's: None and empty where an operator took it in, and once
    they are forgotten. ``outcome`` are the words of whoever decided, and ``by`` is who that was. ``locale`` is the
    reporter's language.
    """

    id: str
    job: str
    code: str
    account: str | None
    address: Address
    reason: ReportReason
    text: str
    created_at: float
    due_at: float
    state: ReportState = ReportState.OPEN
    decided_at: float | None = None
    outcome: str = ""
    by: str = ""
    locale: Locale = "en"

    def overdue(self, now: float) -> bool:
        """It waits for longer than it may."""
        return self.state is ReportState.OPEN and self.due_at < now


def make_report(
    job: Job,
    account: str | None,
    address: Address,
    reason: ReportReason,
    text: str,
    *,
    now: float,
    locale: Locale = "en",
) -> Report:
    """A report whose clock begins now; of a longer text, the first characters that fit."""
    cut = text.strip()[:LONGEST_TEXT]
    due = now + DUE_SECONDS
    return Report(secrets.token_hex(8), job.id, job.code, account, address, reason, cut, now, due, locale=locale)


def uphold(tx: Transaction, report_id: str, *, now: float, outcome: str, by: str = "operator") -> Job | None:
    """The clip goes, with the films that it is in, and all open reports of it are decided.

    Its job is hidden as one that was deleted, with a note on it, and its owner is told, as is everybody who reported
    it. Its files are the caller's to delete, once this is committed; those of films are upkeep's.

    Returns the job, as it was, where it was not gone before.

    Raises:
        LookupError: there is no open report of that id.
    """
    report = _decide(tx, report_id, ReportState.UPHELD, by=by, now=now, outcome=outcome)
    job = tx.jobs.get(report.job)
    if job is None:
        return None
    _take_down(tx, job, report, now=now)
    # The newest come first, and a film is newer than what it is made of.
    for film in films_with(job, tx.persons.jobs(job.account)[::-1]):
        if tx.jobs.by_code(film.code) is not None:
            _take_down(tx, film, report, now=now)
    return job


def _take_down(tx: Transaction, job: Job, report: Report, *, now: float) -> None:
    if job.address.user:
        why = {"why": report.outcome} if report.outcome else {}
        details = {"job": job.code, "reason": str(report.reason), **why}
        tx.notices.add(job.account, job.address, Notice("taken-down", details, job.locale), now=now)
    if not job.state.ended:
        settlement.cancel(tx, job.id, now=now)
    tx.jobs.add_notes(job.id, [Note("taken-down", {"reason": str(report.reason)})])
    tx.jobs.delete(job.id, now=now)


def reject(tx: Transaction, report_id: str, *, now: float, outcome: str, by: str = "operator") -> Report:
    """The clip stays, and whoever reported it is told.

    Raises:
        LookupError: there is no open report of that id.
    """
    return _decide(tx, report_id, ReportState.REJECTED, by=by, now=now, outcome=outcome)


def _decide(tx: Transaction, report_id: str, state: ReportState, *, by: str, now: float, outcome: str) -> Report:
    report = tx.reports.get(report_id)
    if report is None:
        raise LookupError(report_id)
    decided = replace(report, state=state, decided_at=now, outcome=outcome.strip()[:LONGEST_TEXT], by=by)
    ended = tx.reports.decide(decided)
    if not ended:
        raise LookupError(report_id)
    for one in ended:
        tell_reporter(tx, one, now=now, why=decided.outcome)
    tx.records.add_line(_line(decided, now), report.account)
    return decided


def tell_reporter(tx: Transaction, report: Report, *, now: float, why: str = "") -> None:
    """Say what became of a report that was decided: of the clip no more than its code, of its owner nothing."""
    if report.account is None:
        # An operator took it in, or its writer is forgotten.
        return
    details = {"job": report.code, **({"why": why} if why else {})}
    tx.notices.add(report.account, report.address, Notice(f"report-{report.state}", details, report.locale), now=now)


def _line(report: Report, now: float) -> AuditLine:
    digest = hashlib.sha256(report.job.encode()).hexdigest()
    action = Action.DENY if report.state is ReportState.UPHELD else Action.ALLOW
    category = next((one for one in Category if str(one) == str(report.reason)), None)
    return AuditLine(now, "clip", digest, PRIVATE, action, category, by=report.by, why=report.outcome)
