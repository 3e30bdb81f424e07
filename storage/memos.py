"""What adapters remember for a while, in the rows of one transaction."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from core.memos import MOST_MEMOS, Memo
from storage.chat_tables import memos
from storage.upsert import insert

_KEY = ("platform", "kind", "code")


class SqlMemos:
    """``core.memos.Memos`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, memo: Memo, *, now: float, most: int = MOST_MEMOS) -> None:
        """See the port."""
        self.remove_before(now)
        row = asdict(memo) | {"facts": dict(memo.facts)}
        new = insert(self._connection, memos).values(row)
        kept = {name: value for name, value in row.items() if name not in _KEY}
        self._connection.execute(new.on_conflict_do_update(index_elements=_KEY, set_=kept))
        mine = [getattr(memos.c, name) == getattr(memo, name) for name in ("platform", "user", "kind")]
        order = (memos.c.until.desc(), memos.c.code)
        codes = self._connection.execute(sa.select(memos.c.code).where(*mine).order_by(*order)).scalars().all()
        if len(codes) > most:
            self._connection.execute(memos.delete().where(*mine, memos.c.code.in_(codes[most:])))

    def find(self, platform: str, kind: str, code: str, *, now: float) -> Memo | None:
        """See the port."""
        this = [memos.c.platform == platform, memos.c.kind == kind, memos.c.code == code, memos.c.until > now]
        row = self._connection.execute(sa.select(memos).where(*this)).mappings().first()
        return Memo(**row) if row else None

    def remove_before(self, moment: float) -> int:
        """See the port."""
        return self._connection.execute(memos.delete().where(memos.c.until < moment)).rowcount
