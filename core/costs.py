"""Turns what vendors take for clips into entries of the operator's own book: users pay credits, operators pay money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import structlog

from core.errors import Conflict, EngineUnavailable
from core.quotas.limits import day_bounds

if TYPE_CHECKING:
    from core.metrics import Metrics

MICRO = 1_000_000
"""Money is counted in whole millionths of a US dollar."""
MOST = 10**9 * MICRO
"""No clip costs more than a thousand million dollars, whatever a vendor says; sums of such still fit a database."""
GIVEN_UP_SECONDS = 3600.0
"""A cost that is still open so long after its job's end is unknown: whoever was to close it is gone."""
SPENT = "budget-spent"
"""The code of an error for which no other vendor is asked: the bound is the operator's own."""
_TOLD_EVERY = 600.0

log = structlog.get_logger(__name__)


class CostState(StrEnum):
    """How sure a cost is. All but ``FREE`` count against the day's budget, for they may have to be paid."""

    OPEN = "open"
    """The vendor was asked, or is about to be; the amount is what the price list says."""
    FINAL = "final"
    """The clip was made, at this amount."""
    UNKNOWN = "unknown"
    """Nobody can say whether the vendor made anything: its answer was lost."""
    FREE = "free"
    """Nothing is to be paid: the vendor refused, or failed and takes nothing for that."""


@dataclass(frozen=True)
class Cost:
    """What one request to a vendor costs. ``id`` is ours, one for each request; ``task`` is the vendor's, once known.

    ``key`` is the number of the operator's key at that vendor, from 1. ``usd`` are millionths of a US dollar, at the
    rate that was in force; ``price`` is the same in the vendor's own words, such as "5 s x 0.72 CNY". ``job`` is the
    id of the job that the clip is for; empty where it is for none.
    """

    id: str
    vendor: str
    model: str
    key: int
    usd: int
    state: CostState
    at: float
    price: str = ""
    task: str = ""
    job: str = ""


@dataclass(frozen=True)
class Spent:
    """What was spent on one model: how many requests, how many of them unknown, and millionths of a US dollar.

    Requests that were free count as requests. ``lost`` is the part of ``usd`` for jobs whose users got their credits
    back.
    """

    vendor: str
    model: str
    requests: int
    unknown: int
    usd: int
    lost: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of a job. ``code`` is empty once the job is no longer kept.

    ``charged`` tells whether its user paid the credits or got them back; None while they are held.
    """

    code: str
    charged: bool | None


class Costs(Protocol):
    """What vendors take, in one transaction."""

    def put(self, cost: Cost) -> None:
        """Store it, or in place of the one with its id; its ``at`` stays what it was first.

        ``usd`` is brought between 0 and ``MOST``: one that could not be stored would be paid unseen.
        """

    def get(self, cost_id: str) -> Cost | None: ...
    def of_task(self, vendor: str, task: str) -> Cost | None:
        """Who has a vendor's task already."""

    def lock(self) -> None:
        """Let whoever else asks for this wait until the transaction has ended."""

    def since(self, moment: float) -> int:
        """Millionths of a US dollar that may have to be paid for requests at or after the moment."""

    def listed(self, *, limit: int, since: float = 0.0) -> Sequence[Cost]:
        """Newest first, those of requests at or after the moment."""

    def outcomes(self, job_ids: Sequence[str]) -> Mapping[str, Outcome]:
        """What became of those of the jobs that are known, by their ids."""

    def summed(self, since: float, until: float) -> Sequence[Spent]:
        """By vendor and model, what cost most first: of requests at or after ``since`` and before ``until``."""

    def doubt_before(self, moment: float) -> int:
        """Make unknown what is open still, asked for before the moment for a job that had ended by then; how many."""

    def remove_before(self, moment: float) -> int:
        """For retention: forget those of before the moment; how many."""


@dataclass(frozen=True)
class Budget:
    """What may be spent a day: ``usd`` in millionths of a US dollar, None is without end; whose day, ``timezone``."""

    usd: int | None = None
    timezone: str = "UTC"

    @classmethod
    def of_dollars(cls, dollars: float | None, timezone: str) -> Budget:
        """The same in whole dollars and parts of one."""
        return cls(None if dollars is None else round(dollars * MICRO), timezone)

    def day_began(self, now: float) -> float:
        """The beginning of the day, in seconds since the epoch."""
        return day_bounds(now, self.timezone)[0]

    def book(self, costs: Costs, cost: Cost) -> None:
        """Store a cost. What the vendor has begun already is stored whatever it comes to: it has to be paid.

        Raises:
            EngineUnavailable: ``budget-spent``: it is new, and beyond what is left of its day's budget.
            Conflict: the vendor's task is another job's.
        """
        costs.lock()
        owner = costs.of_task(cost.vendor, cost.task)
        if owner is not None and owner.job != cost.job:
            raise Conflict
        if self._is_beyond(costs, cost):
            raise EngineUnavailable(SPENT)
        costs.put(cost)

    def _is_beyond(self, costs: Costs, cost: Cost) -> bool:
        if self.usd is None or cost.state is not CostState.OPEN or cost.usd <= 0:
            return False
        known = costs.get(cost.id)
        is_new = known is None or known.state is CostState.FREE
        return is_new and costs.since(self.day_began(cost.at)) + cost.usd > self.usd


NO_BUDGET = Budget()


class Purse:
    """Lets costs through until the day's budget is spent, and tells the operator once it is."""

    def __init__(self, budget: Budget, metrics: Metrics) -> None:
        self._budget, self._refused = budget, metrics.budget_refused
        self._told_at: float | None = None

    def book(self, costs: Costs, cost: Cost) -> None:
        """Store a cost.

        Raises:
            EngineUnavailable: as ``Budget.book``.
            Conflict: … so, too.
        """
        try:
            self._budget.book(costs, cost)
        except EngineUnavailable:
            self._refused.labels(cost.vendor).inc()
            self._tell(cost)
            raise

    def _tell(self, cost: Cost) -> None:
        """Each job's own line has the code already; this one is for whoever is to be woken."""
        if self._told_at is not None and cost.at - self._told_at < _TOLD_EVERY:
            return
        self._told_at = cost.at
        dollars = (self._budget.usd or 0) / MICRO
        log.error("costs.budget_spent", vendor=cost.vendor, model=cost.model, budget_usd=dollars)
