"""Reports in the rows of one transaction."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from core.reports import Report, ReportReason, ReportState
from core.types import Address
from storage.tables import reports


class SqlReports:
    """``core.records.Reports`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, report: Report) -> Report:
        """See the port."""
        mine = sa.and_(
            reports.c.job_id == report.job,
            reports.c.account_id == report.account,
            reports.c.state == str(ReportState.OPEN),
        )
        there = read_reports(self._connection, sa.select(reports).where(mine)) if report.account else []
        if there:
            return there[0]
        self._connection.execute(reports.insert().values(_to_row(report)))
        return report

    def get(self, report_id: str) -> Report | None:
        """See the port."""
        return next(iter(read_reports(self._connection, sa.select(reports).where(reports.c.id == report_id))), None)

    def listed(self, *, is_open: bool, limit: int) -> list[Report]:
        """See the port."""
        if is_open:
            query = sa.select(reports).where(reports.c.state == str(ReportState.OPEN)).order_by(reports.c.due_at)
        else:
            query = sa.select(reports).where(reports.c.state != str(ReportState.OPEN))
            query = query.order_by(reports.c.decided_at.desc())
        return read_reports(self._connection, query.limit(limit))

    def open_of(self, job_id: str) -> list[Report]:
        """See the port. Locks their rows."""
        mine = sa.select(reports).where(reports.c.job_id == job_id, reports.c.state == str(ReportState.OPEN))
        return read_reports(self._connection, mine.order_by(reports.c.id).with_for_update())

    def decide(self, report: Report) -> list[Report]:
        """See the port."""
        open_now = self.open_of(report.job)
        # A job's other reports must not be decided by one that was decided before.
        if all(one.id != report.id for one in open_now):
            return []
        if report.state is not ReportState.UPHELD:
            open_now = [one for one in open_now if one.id == report.id]
        values = {"state": str(report.state), "decided_at": report.decided_at, "outcome": report.outcome}
        ids = [one.id for one in open_now]
        changed = reports.update().where(reports.c.id.in_(ids)).values(values | {"by": report.by or None})
        self._connection.execute(changed)
        return [
            replace(one, state=report.state, decided_at=report.decided_at, outcome=report.outcome, by=report.by)
            for one in open_now
        ]

    def counts(self, now: float) -> tuple[int, int]:
        """See the port."""
        late = sa.func.coalesce(sa.func.sum(sa.case((reports.c.due_at < now, 1), else_=0)), 0)
        query = sa.select(sa.func.count(), late).where(reports.c.state == str(ReportState.OPEN))
        waiting, overdue = self._connection.execute(query).one()
        return int(waiting), int(overdue)

    def remove_before(self, moment: float) -> int:
        """See the port."""
        return self._connection.execute(reports.delete().where(reports.c.decided_at < moment)).rowcount


def read_reports(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[Report]:
    """The reports that a query over all columns of the table finds."""
    return [_from_row(row) for row in connection.execute(query).mappings()]


def _to_row(report: Report) -> dict[str, object]:
    return {
        "id": report.id,
        "job_id": report.job,
        "code": report.code,
        "account_id": report.account,
        "platform": report.address.platform,
        "chat": report.address.chat,
        "user": report.address.user,
        "reason": str(report.reason),
        "text": report.text,
        "state": str(report.state),
        "created_at": report.created_at,
        "due_at": report.due_at,
        "decided_at": report.decided_at,
        "outcome": report.outcome,
        "by": report.by or None,
        "locale": report.locale,
    }


def _from_row(row: sa.RowMapping) -> Report:
    return Report(
        id=row["id"],
        job=row["job_id"],
        code=row["code"],
        account=row["account_id"],
        address=Address(row["platform"], row["chat"], row["user"]),
        reason=ReportReason(row["reason"]),
        text=row["text"],
        created_at=row["created_at"],
        due_at=row["due_at"],
        state=ReportState(row["state"]),
        decided_at=row["decided_at"],
        outcome=row["outcome"],
        by=row["by"] or "",
        locale=row["locale"] or "en",
    )
