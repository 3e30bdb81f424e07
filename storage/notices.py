"""Notices in the rows of one transaction."""

from __future__ import annotations

import sqlalchemy as sa

from core.notices import Untold
from core.types import Address, Notice
from storage.tables import notices


class SqlNotices:
    """``core.notices.Notices`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, account: str, address: Address, notice: Notice, *, now: float) -> None:
        """See the port."""
        row = {"account_id": account, "platform": address.platform, "chat": address.chat, "user": address.user}
        row |= {"locale": notice.locale, "code": notice.code}
        when = {"created_at": now, "due_at": now, "tries": 0, "told_at": None}
        self._connection.execute(notices.insert().values(row | when | {"details": dict(notice.details)}))

    def due(self, platform: str, *, now: float, limit: int) -> list[Untold]:
        """See the port."""
        query = sa.select(notices).where(
            notices.c.told_at.is_(None), notices.c.platform == platform, notices.c.due_at <= now
        )
        return [_untold(row) for row in self._connection.execute(query.order_by(notices.c.id).limit(limit)).mappings()]

    def told(self, notice_id: int, *, now: float) -> None:
        """See the port. Nobody's words stay, a moderator's neither."""
        self._set(notice_id, told_at=now, details={})

    def put_off(self, notice_id: int, *, until: float) -> None:
        """See the port."""
        self._set(notice_id, due_at=until, tries=notices.c.tries + 1)

    def remove_before(self, moment: float) -> int:
        """See the port."""
        return self._connection.execute(notices.delete().where(notices.c.created_at < moment)).rowcount

    def _set(self, notice_id: int, **values: object) -> None:
        self._connection.execute(notices.update().where(notices.c.id == notice_id).values(values))


def _untold(row: sa.RowMapping) -> Untold:
    address = Address(row["platform"], row["chat"], row["user"])
    notice = Notice(row["code"], row["details"], row["locale"])
    return Untold(row["id"], address, notice, row["created_at"], row["tries"])
