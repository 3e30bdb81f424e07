"""What vendors take, in the rows of one transaction."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from core.costs import MOST, Cost, CostState, Outcome, Spent
from storage.cost_tables import costs
from storage.tables import holds, jobs
from storage.upsert import insert

_LOCK = zlib.crc32(b"costs")
_CHARGED, _RELEASED = "charged", "released"
_BATCH = 500
_LONGEST = 200


class SqlCosts:
    """``core.costs.Costs`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, cost: Cost) -> None:
        """See the port."""
        row = {_COLUMNS.get(name, name): value for name, value in asdict(cost).items()}
        row |= {"state": str(cost.state), "usd": max(0, min(cost.usd, MOST))}
        row |= {name: _storable(row[name]) for name in ("model", "price")} | {"task": _named(cost.task)}
        changed = {name: value for name, value in row.items() if name not in {"id", "at"}}
        new = insert(self._connection, costs).values(row)
        self._connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=changed))

    def get(self, cost_id: str) -> Cost | None:
        """See the port."""
        return self._first(costs.c.id == cost_id)

    def of_task(self, vendor: str, task: str) -> Cost | None:
        """See the port."""
        return self._first(sa.and_(costs.c.vendor == vendor, costs.c.task == _named(task))) if task else None

    def lock(self) -> None:
        """See the port. On PostgreSQL what was summed needs a lock to stay true; SQLite has one writer."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))

    def since(self, moment: float) -> int:
        """See the port."""
        query = sa.select(sa.func.coalesce(sa.func.sum(costs.c.usd), 0))
        counted = sa.and_(costs.c.at >= moment, costs.c.state != str(CostState.FREE))
        return int(self._connection.execute(query.where(counted)).scalar_one())

    def listed(self, *, limit: int, since: float = 0.0) -> list[Cost]:
        """See the port."""
        query = sa.select(costs).where(costs.c.at >= since).order_by(costs.c.at.desc(), costs.c.id).limit(limit)
        return [_from_row(row) for row in self._connection.execute(query).mappings()]

    def outcomes(self, job_ids: Sequence[str]) -> dict[str, Outcome]:
        """See the port."""
        found: dict[str, Outcome] = {}
        for start in range(0, len(job_ids), _BATCH):
            found |= self._outcomes(job_ids[start : start + _BATCH])
        return found

    def summed(self, since: float, until: float) -> list[Spent]:
        """See the port."""
        paid = sa.case((costs.c.state != str(CostState.FREE), costs.c.usd), else_=0)
        usd = sa.func.sum(paid)
        unknown = sa.func.sum(sa.case((costs.c.state == str(CostState.UNKNOWN), 1), else_=0))
        lost = sa.func.sum(sa.case((holds.c.state == _RELEASED, paid), else_=0))
        query = (
            sa.select(costs.c.vendor, costs.c.model, sa.func.count(), unknown, usd, lost)
            .select_from(costs.outerjoin(holds, holds.c.job_id == costs.c.job_id))
            .where(costs.c.at >= since, costs.c.at < until)
            .group_by(costs.c.vendor, costs.c.model)
            .order_by(usd.desc(), costs.c.vendor, costs.c.model)
        )
        return [Spent(row[0], row[1], *map(int, row[2:])) for row in self._connection.execute(query)]

    def doubt_before(self, moment: float) -> int:
        """See the port."""
        # One that is no longer kept ended long ago.
        is_alive = sa.or_(jobs.c.finished_at.is_(None), jobs.c.finished_at >= moment)
        alive = sa.exists().where(jobs.c.id == costs.c.job_id, is_alive)
        left = sa.and_(costs.c.state == str(CostState.OPEN), costs.c.at < moment, ~alive)
        return self._connection.execute(costs.update().where(left).values(state=str(CostState.UNKNOWN))).rowcount

    def remove_before(self, moment: float) -> int:
        """See the port."""
        return self._connection.execute(costs.delete().where(costs.c.at < moment)).rowcount

    def _first(self, where: sa.ColumnElement[bool]) -> Cost | None:
        row = self._connection.execute(sa.select(costs).where(where).order_by(costs.c.at)).mappings().first()
        return _from_row(row) if row else None

    def _outcomes(self, job_ids: Sequence[str]) -> dict[str, Outcome]:
        codes = sa.select(jobs.c.id, jobs.c.code).where(jobs.c.id.in_(job_ids))
        states = sa.select(holds.c.job_id, holds.c.state).where(holds.c.job_id.in_(job_ids))
        code = {row.id: row.code for row in self._connection.execute(codes)}
        paid = {row.job_id: _PAID.get(row.state) for row in self._connection.execute(states)}
        return {job_id: Outcome(code.get(job_id, ""), paid.get(job_id)) for job_id in code | paid}


_COLUMNS = {"job": "job_id"}
_PAID = {_CHARGED: True, _RELEASED: False}


def _named(task: str) -> str:
    """A task by as much of its name as there is room for, which must not make it one with others that begin alike."""
    if len(task) <= _LONGEST:
        return _storable(task)
    digest = hashlib.sha256(task.encode("utf-8", "replace")).hexdigest()
    return f"{_storable(task[: _LONGEST - len(digest) - 1])}~{digest}"


def _storable(text: str) -> str:
    """A vendor's words as either database takes them: a cost that could not be stored would be paid unseen."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:_LONGEST]


def _from_row(row: sa.RowMapping) -> Cost:
    values = {name: row[_COLUMNS.get(name, name)] for name in Cost.__dataclass_fields__}
    return Cost(**values | {"state": CostState(row["state"])})
