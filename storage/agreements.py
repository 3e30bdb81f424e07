"""What users declared and agreed to, in the rows of one transaction."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from core.safety.agreements import Agreement
from storage.tables import agreements


class SqlAgreements:
    """``core.records.Agreements`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, agreement: Agreement) -> None:
        """See the port."""
        row = asdict(agreement)
        row |= {"account_id": row.pop("account"), "job_id": row.pop("job")}
        self._connection.execute(agreements.insert().values(row))

    def listed(self, *, limit: int) -> list[Agreement]:
        """See the port."""
        query = sa.select(agreements).order_by(agreements.c.agreed_at.desc(), agreements.c.id.desc()).limit(limit)
        return [
            Agreement(row.account_id, row.job_id, row.code, row.matter, row.digest, row.terms, row.agreed_at)
            for row in self._connection.execute(query)
        ]

    def remove_before(self, moment: float) -> int:
        """See the port."""
        return self._connection.execute(agreements.delete().where(agreements.c.agreed_at < moment)).rowcount
