"""``piying reports …``, ``piying account export`` and ``… forget``: what an operator does about people's rights."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from core.errors import Refusal
from core.reports import Report, ReportReason, make_report, reject, uphold
from core.rights import export, forget, remove_files
from core.types import Address
from piying.mistake import Mistake
from piying.settings import Settings
from piying.wiring import open_store
from storage.clips import FolderClipStore

_LISTED = 200
_HOUR = 3600.0
_CUT = 60
_OPERATOR = Address("operator", "", "")


def list_reports(settings: Settings, *, decided: bool) -> None:
    """Those that wait, the overdue first; or those decided, the last first."""
    now = time.time()
    with open_store(settings).look() as tx:
        found = tx.reports.listed(is_open=not decided, limit=_LISTED)
    table = Table(Column("report", no_wrap=True), Column("code", no_wrap=True), "reason", "state", "due", "text")
    for one in found:
        text = " ".join(_printable(one.text).split())
        table.add_row(one.id, one.code, str(one.reason), str(one.state), _due(one, now), escape(text[:_CUT]))
    Console().print(table)


def show_report(settings: Settings, report_id: str) -> None:
    """One report, and what it is about.

    Raises:
        Mistake: there is none of that id.
    """
    with open_store(settings).look() as tx:
        report = tx.reports.get(report_id)
        job = tx.jobs.get(report.job) if report else None
    if report is None:
        raise _no_report(report_id)
    lines = {
        "report": report.id, "code": report.code, "reason": str(report.reason), "state": str(report.state),
        "came (UTC)": _moment(report.created_at), "due": _due(report, time.time()), "by account": report.account or "-",
        "from": report.address.platform, "text": report.text or "-", "outcome": report.outcome or "-",
        "prompt": job.prompt if job else "-",
        "clip": str(settings.clips / job.clip.video) if job and job.clip else "-",
    }  # fmt: skip
    for name, value in lines.items():
        print(f"{name}: {_printable(value)}")


def add_report(settings: Settings, code: str, reason: str, text: str) -> None:
    """Take in what reached the operator otherwise, by mail say; its clock begins now.

    Raises:
        Mistake: there is no clip of that code, or no such reason.
    """
    if reason not in set(ReportReason):
        raise Mistake(f"{reason} is no reason: {', '.join(ReportReason)}")
    with open_store(settings).begin() as tx:
        job = tx.jobs.by_code(code.strip().upper())
        if job is None:
            raise Mistake(f"no clip {code}: it may be gone already")
        report = tx.reports.add(make_report(job, None, _OPERATOR, ReportReason(reason), text, now=time.time()))
    print(f"{report.id}: to be decided by {_moment(report.due_at)} UTC")


def uphold_report(settings: Settings, report_id: str, outcome: str) -> None:
    """Remove the clip, its files too, and decide every open report of it.

    Raises:
        Mistake: there is no open report of that id.
    """
    with open_store(settings).begin() as tx:
        try:
            report = tx.reports.get(report_id)
            uphold(tx, report_id, now=time.time(), outcome=outcome)
        except LookupError as error:
            raise _no_report(report_id) from error
    if report:
        remove_files(FolderClipStore(settings.clips), [report.job])
        print(f"{report.code} is removed; its owner is told, and whoever reported it")


def reject_report(settings: Settings, report_id: str, outcome: str) -> None:
    """Leave the clip where it is.

    Raises:
        Mistake: there is no open report of that id.
    """
    with open_store(settings).begin() as tx:
        try:
            report = reject(tx, report_id, now=time.time(), outcome=outcome)
        except LookupError as error:
            raise _no_report(report_id) from error
    print(f"{report.code} stays; whoever reported it is told")


def export_account(settings: Settings, account: str, output: Path | None) -> None:
    """All that is kept of an account as JSON, on standard output or in a file that nobody else can read.

    Raises:
        Mistake: there is no such account.
    """
    with open_store(settings).look() as tx:
        try:
            told = export(tx, account)
        except LookupError as error:
            raise _no_account(account) from error
    text = json.dumps(told, ensure_ascii=False, indent=2)
    if output is None:
        print(text)
        return
    output.write_text(f"{text}\n", "utf-8")
    print(f"clips: {len(told['jobs'])}, entries: {len(told['ledger'])}, in {output}", file=sys.stderr)


def forget_account(settings: Settings, account: str, *, is_sure: bool) -> None:
    """Erase an account, a blocked one too.

    Raises:
        Mistake: there is no such account; nobody said ``--yes``; a clip of it is just being sent.
    """
    if not is_sure:
        raise Mistake(f"this erases {account} for good, with its credits: add --yes")
    with open_store(settings).begin() as tx:
        try:
            forgotten = forget(tx, account, now=time.time())
        except LookupError as error:
            raise _no_account(account) from error
        except Refusal as error:
            raise Mistake(f"{error.details['job']} is just being sent: try again in a minute") from error
    remove_files(FolderClipStore(settings.clips), forgotten.jobs)
    print(f"{account} is erased; clips: {len(forgotten.jobs)}. A running bot drops what its queue has of them.")


def _due(report: Report, now: float) -> str:
    if report.decided_at is not None:
        return f"decided {_moment(report.decided_at)}"
    hours = (report.due_at - now) / _HOUR
    return f"in {hours:.0f} h" if hours >= 0 else f"OVERDUE by {-hours:.0f} h"


def _moment(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment))


def _printable(text: str) -> str:
    """Without what could steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _no_report(report_id: str) -> Mistake:
    return Mistake(f"no open report {report_id}: `piying reports list` shows them")


def _no_account(account: str) -> Mistake:
    return Mistake(f"no account {account}: `piying account list` shows them")
