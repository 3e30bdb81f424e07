"""``piying costs``: what vendors take for clips, as sums and as a list, and what is left of the day's budget."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from core.costs import MICRO, Budget, Cost, CostState, Outcome, Spent
from core.quotas.limits import day_bounds
from piying.settings import Settings
from piying.wiring import open_store

_LISTED, _ALL = 200, 10_000_000
_HEADINGS = f"{'when (UTC)':21}{'code':10}{'USD':>10}  {'state':9}credits"
_CREDITS = {True: "charged", False: "not charged", None: "held"}


@dataclass(frozen=True)
class Span:
    """A stretch of time, in seconds since the epoch; ``until`` is no longer in it."""

    name: str
    since: float
    until: float


def show_costs(settings: Settings, *, days: int | None, as_json: bool) -> None:
    """Today's, this month's and all sums; of the last ``days`` days, each day's."""
    budget, now = settings.budget, time.time()
    spans = _spans(now, settings.timezone) if days is None else _days(now, settings.timezone, days)
    with open_store(settings).look() as tx:
        found = [(span, tx.costs.summed(span.since, span.until)) for span in spans]
        spent = tx.costs.since(budget.day_began(now))
    if as_json:
        for span, sums in found:
            for one in sums:
                print(json.dumps(_sum_facts(span, one)))
        print(json.dumps(_budget_facts(budget, spent)))
        return
    Console().print(_sums_table([(span, sums) for span, sums in found if sums or days is None]))
    _say(_left(budget, spent, now))


def list_costs(settings: Settings, *, days: int | None, as_json: bool) -> None:
    """The newest requests, or those of the last ``days`` days, with what became of their jobs."""
    since = 0.0 if days is None else _days(time.time(), settings.timezone, days)[-1].since
    limit = _ALL if as_json or days is not None else _LISTED
    with open_store(settings).look() as tx:
        found = tx.costs.listed(limit=limit, since=since)
        outcomes = tx.costs.outcomes(sorted({cost.job for cost in found}))
    if as_json:
        for cost in found:
            print(json.dumps(_facts(cost, outcomes.get(cost.job))))
        return
    _say(_HEADINGS)
    for cost in found:
        _say(_lines(cost, outcomes.get(cost.job)))


def _spans(now: float, timezone: str) -> list[Span]:
    zone = ZoneInfo(timezone)
    today, ends = day_bounds(now, timezone)
    month = _today(now, zone).replace(day=1)
    # Another machine's clock may be ahead of this one's.
    until = ends.timestamp()
    return [Span("today", today, until), Span("this month", _midnight(month, zone), until), Span("all", 0.0, until)]


def _days(now: float, timezone: str, count: int) -> list[Span]:
    """Newest first."""
    zone = ZoneInfo(timezone)
    days = [_today(now, zone) - timedelta(days=back) for back in range(count)]
    return [Span(str(day), _midnight(day, zone), _midnight(day + timedelta(days=1), zone)) for day in days]


def _today(now: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(now, UTC).astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def _sums_table(found: Iterable[tuple[Span, Sequence[Spent]]]) -> Table:
    figures = [Column(name, justify="right", no_wrap=True) for name in ("requests", "unknown", "USD", "not charged")]
    table = Table(Column("", no_wrap=True), "vendor", Column("model", overflow="fold"), *figures)
    for span, sums in found:
        for row in _span_rows(span, sums):
            table.add_row(*row)
        table.add_section()
    return table


def _span_rows(span: Span, sums: Sequence[Spent]) -> Iterator[tuple[str, ...]]:
    """Each model, and their sum where there are several, or none."""
    rows = list(sums)
    if len(rows) != 1:
        each = zip(*((one.requests, one.unknown, one.usd, one.lost) for one in sums), strict=True)
        rows.append(Spent("together", "", *(map(sum, each) if sums else (0, 0, 0, 0))))
    for number, one in enumerate(rows):
        figures = str(one.requests), str(one.unknown), _money(one.usd), _money(one.lost)
        yield "" if number else span.name, one.vendor, escape(_printable(one.model)), *figures


def _left(budget: Budget, spent: int, now: float) -> str:
    if budget.usd is None:
        return "There is no budget: PIYING_ENGINES__DAILY_BUDGET sets one."
    left = _money(max(0, budget.usd - spent))
    ends = day_bounds(now, budget.timezone)[1].strftime("%Y-%m-%d %H:%M %Z")
    return f"Of today's budget of {_money(budget.usd)} USD there are {left} USD left; the next one begins {ends}."


def _lines(cost: Cost, outcome: Outcome | None) -> str:
    """Two: figures, and what they are for, which is too long for a table's cell."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(cost.at))
    code, credits_ = (outcome.code, _CREDITS[outcome.charged]) if outcome else ("", "")
    told = f"{cost.vendor} {cost.model}, key {cost.key}: {cost.price}" + f", task {cost.task}" * bool(cost.task)
    figures = f"{when:21}{code:10}{_money(_owed(cost)):>10}  {cost.state:9}{credits_}"
    return f"{figures.rstrip()}\n    {_printable(told)}"


def _owed(cost: Cost) -> int:
    return 0 if cost.state is CostState.FREE else cost.usd


def _facts(cost: Cost, outcome: Outcome | None) -> dict[str, object]:
    facts = asdict(cost) | {"usd": _owed(cost) / MICRO, "code": None, "charged": None}
    return facts | ({"code": outcome.code or None, "charged": outcome.charged} if outcome else {})


def _sum_facts(span: Span, one: Spent) -> dict[str, object]:
    facts = {"span": span.name, "since": span.since, "until": span.until, **asdict(one)}
    return facts | {"usd": one.usd / MICRO, "lost": one.lost / MICRO}


def _budget_facts(budget: Budget, spent: int) -> dict[str, object]:
    left = None if budget.usd is None else max(0, budget.usd - spent) / MICRO
    whole = None if budget.usd is None else budget.usd / MICRO
    return {"budget": whole, "spent_today": spent / MICRO, "left": left, "timezone": budget.timezone}


def _say(text: str) -> None:
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


def _money(usd: int) -> str:
    """With tenths of a cent: a cheap second costs a few of them."""
    return f"{usd / MICRO:.3f}"


def _printable(text: str) -> str:
    """A vendor's own words could lead a terminal astray."""
    return "".join(char if char.isprintable() else " " for char in text)
