"""Decisions, appeals, rulings and strikes in the rows of one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.safety.appeals import Appeal, AppealState, Ruling, Sealed, Strike
from core.safety.audit import AuditLine
from core.types import Address, Category
from storage.tables import appeals, audit, forgotten_strikes, refusals, rulings, strikes

_ALLOW, _DENY = "allow", "deny"
_DAY = 86400


class SqlRecords:
    """``core.records.Records`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_line(self, line: AuditLine, account: str | None) -> None:
        """See the port."""
        self._connection.execute(
            audit.insert().values(
                at=line.at,
                account_id=account,
                subject=line.subject,
                digest=line.digest,
                line=json.loads(line.to_json()),
            )
        )

    def lines(self, *, since: float = 0.0) -> Iterator[AuditLine]:
        """See the port."""
        query = sa.select(audit.c.line).where(audit.c.at >= since).order_by(audit.c.id)
        for line in self._connection.execute(query).scalars():
            yield AuditLine.from_json(json.dumps(line))

    def remove_before(self, moment: float) -> int:
        """See the port."""
        old = (audit.c.at < moment, strikes.c.at < moment, appeals.c.decided_at < moment)
        tables = (audit, strikes, appeals)
        forgotten = forgotten_strikes.delete().where(forgotten_strikes.c.day < int(moment // _DAY))
        return self._connection.execute(forgotten).rowcount + sum(
            self._connection.execute(table.delete().where(is_old)).rowcount
            for table, is_old in zip(tables, old, strict=True)
        )

    def add_strike(self, strike: Strike) -> None:
        """See the port."""
        row = {"account_id": strike.account, "digest": strike.digest, "category": strike.category, "at": strike.at}
        insert = _insert(self._connection)(strikes).values(row)
        self._connection.execute(insert.on_conflict_do_nothing())

    def strikes_since(self, account: str, moment: float) -> list[float]:
        """See the port."""
        mine = sa.and_(strikes.c.account_id == account, strikes.c.at >= moment)
        return list(self._connection.execute(sa.select(strikes.c.at).where(mine).order_by(strikes.c.at)).scalars())

    def take_strike_back(self, account: str, digest: str) -> None:
        """See the port."""
        mine = sa.and_(strikes.c.account_id == account, strikes.c.digest == digest)
        self._connection.execute(strikes.delete().where(mine))


class SqlAppeals:
    """``core.records.Appeals`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, appeal: Appeal) -> Appeal:
        """See the port."""
        row = {name: getattr(appeal, name) for name in _PLAIN} | {
            "account_id": appeal.account,
            "platform": appeal.address.platform,
            "chat": appeal.address.chat,
            "user": appeal.address.user,
        }
        self._connection.execute(_insert(self._connection)(appeals).values(row).on_conflict_do_nothing())
        same = sa.and_(appeals.c.account_id == appeal.account, appeals.c.digest == appeal.digest)
        return next(self._read(same))

    def get(self, appeal_id: str) -> Appeal | None:
        """See the port."""
        return next(self._read(appeals.c.id == appeal_id), None)

    def of(self, account: str | None, *, limit: int) -> list[Appeal]:
        """See the port."""
        if account is None:
            return list(self._read(appeals.c.state == AppealState.OPEN, appeals.c.created_at, limit))
        return list(self._read(appeals.c.account_id == account, appeals.c.created_at.desc(), limit))

    def decide(self, appeal: Appeal, ruling: Ruling, *, why: str = "") -> bool:
        """See the port."""
        state = AppealState.OVERTURNED if ruling.allows else AppealState.UPHELD
        is_open = sa.and_(appeals.c.id == appeal.id, appeals.c.state == AppealState.OPEN)
        values = {"state": state, "decided_at": ruling.at, "by": ruling.by, "text": None, "fragment": None}
        values["why"] = why or None
        if self._connection.execute(appeals.update().where(is_open).values(values)).rowcount != 1:
            return False
        row = {"category": ruling.category, "by": ruling.by, "at": ruling.at}
        row["action"] = _ALLOW if ruling.allows else _DENY
        insert = _insert(self._connection)(rulings).values(digest=ruling.digest, **row)
        self._connection.execute(insert.on_conflict_do_update(index_elements=["digest"], set_=row))
        return True

    def ruling(self, digest: str) -> Ruling | None:
        """See the port."""
        row = self._connection.execute(sa.select(rulings).where(rulings.c.digest == digest)).first()
        return Ruling(row.digest, row.action == _ALLOW, _category(row.category), row.by, row.at) if row else None

    def keep_refusal(self, refusal: Sealed, *, most: int) -> None:
        """See the port."""
        row = {"digest": refusal.digest, "account_id": refusal.account, "sealed": refusal.sealed, "at": refusal.at}
        self._connection.execute(refusals.insert().values(row))
        mine = sa.select(refusals.c.digest).where(refusals.c.account_id == refusal.account)
        kept = mine.order_by(refusals.c.at.desc(), refusals.c.digest).limit(most)
        old = sa.and_(refusals.c.account_id == refusal.account, refusals.c.digest.not_in(kept))
        self._connection.execute(refusals.delete().where(old))

    def refusal(self, digest: str) -> Sealed | None:
        """See the port."""
        row = self._connection.execute(sa.select(refusals).where(refusals.c.digest == digest)).first()
        return Sealed(row.digest, row.account_id, row.sealed, row.at) if row else None

    def drop_refusals(self, moment: float) -> int:
        """See the port."""
        return self._connection.execute(refusals.delete().where(refusals.c.at < moment)).rowcount

    def _read(self, where: Any, order: Any = None, limit: int | None = None) -> Iterator[Appeal]:
        query = sa.select(appeals).where(where).order_by(order).limit(limit)
        for row in self._connection.execute(query).mappings():
            yield _appeal(row)


_PLAIN = ("id", "digest", "text", "category", "fragment", "state", "created_at", "decided_at", "by", "why", "locale")


def _appeal(row: Any) -> Appeal:
    said = {name: row[name] for name in _PLAIN}
    said |= {"category": _category(row["category"]), "state": AppealState(row["state"])}
    said["locale"] = row["locale"] or "en"
    return Appeal(account=row["account_id"], address=Address(row["platform"], row["chat"], row["user"]), **said)


def _category(name: str | None) -> Category | None:
    return None if name is None else Category(name)


def _insert(connection: sa.Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
