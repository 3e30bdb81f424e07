"""``piying appeals …``: what moderators see of refusals, and what they decide about them."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from core.safety.appeals import Appeal, AppealState
from core.safety.casework import decide_appeal
from core.types import Category
from piying.mistake import Mistake
from piying.settings import Settings
from piying.wiring import open_store

_LISTED = 200
_CUT = 60


def print_past(settings: Settings) -> None:
    """Print every decision that is on record, as lines of JSON."""
    with open_store(settings).look() as tx:
        for line in tx.records.lines():
            print(line.to_json())


def list_appeals(settings: Settings) -> None:
    """The appeals that wait for a decision, the oldest first."""
    with open_store(settings).look() as tx:
        found = tx.appeals.of(None, limit=_LISTED)
    if not found:
        print("no appeal is open")
        return
    table = Table(Column("appeal", no_wrap=True), "when (UTC)", "category", "about", "prompt")
    for appeal in found:
        text = " ".join(_printable(appeal.text or "").split())
        about = escape(_printable(appeal.fragment or ""))
        table.add_row(appeal.id, _moment(appeal.created_at), str(appeal.category), about, escape(text[:_CUT]))
    Console().print(table)


def show_appeal(settings: Settings, appeal_id: str) -> None:
    """One appeal, with the whole prompt while it is open."""
    with open_store(settings).look() as tx:
        appeal = tx.appeals.get(appeal_id.upper())
    _show(_found(appeal, appeal_id))


def decide(settings: Settings, appeal_id: str, *, allows: bool, by: str) -> None:
    """Decide an appeal, and show what came of it.

    Raises:
        Mistake: there is none of that id, it is about minors, or was decided before.
    """
    with open_store(settings).begin() as tx:
        appeal = _found(tx.appeals.get(appeal_id.upper()), appeal_id)
        if not decide_appeal(tx, appeal, allows=allows, by=by, now=time.time()):
            is_never = appeal.category is Category.MINORS
            raise Mistake(f"{appeal.id} was decided before" if not is_never else "minors are never allowed")
        appeal = _found(tx.appeals.get(appeal.id), appeal_id)
    _show(appeal)


def _show(appeal: Appeal) -> None:
    rows = {
        "appeal": appeal.id,
        "state": _STATES[appeal.state],
        "account": appeal.account,
        "platform": appeal.address.platform,
        "category": str(appeal.category or "-"),
        "about": _printable(appeal.fragment or "-"),
        "sent": f"{_moment(appeal.created_at)} UTC",
        "decided": f"{_moment(appeal.decided_at)} UTC by {appeal.by}" if appeal.decided_at else "-",
    }
    for name, value in rows.items():
        print(f"{name:10}{value}")
    if appeal.text is not None:
        print(_printable(appeal.text))


_STATES = {
    AppealState.OPEN: "open",
    AppealState.UPHELD: "upheld: the prompt stays refused",
    AppealState.OVERTURNED: "overturned: the prompt is allowed",
}


def _found(appeal: Appeal | None, appeal_id: str) -> Appeal:
    if appeal is None:
        raise Mistake(f"no appeal {appeal_id}: `piying appeals list` shows those that are open")
    return appeal


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(at))


def _printable(text: str) -> str:
    """What a stranger wrote must not steer a moderator's terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
