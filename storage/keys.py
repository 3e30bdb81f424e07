"""API keys in the rows of one transaction."""

from __future__ import annotations

import sqlalchemy as sa

from core.types import ApiKey
from storage.tables import api_keys


class SqlKeys:
    """Keys on one open connection: only their digests."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, key: ApiKey) -> None:
        """Store a new key."""
        row = {column.name: getattr(key, column.name) for column in api_keys.columns}
        self._connection.execute(api_keys.insert().values(row))

    def get(self, key_id: str) -> ApiKey | None:
        """A key, in force or revoked."""
        row = self._connection.execute(sa.select(api_keys).where(api_keys.c.id == key_id)).mappings().first()
        return ApiKey(**row) if row else None

    def all(self) -> list[ApiKey]:
        """Newest first."""
        query = sa.select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
        return [ApiKey(**row) for row in self._connection.execute(query).mappings()]

    def revoke(self, key_id: str, *, now: float) -> bool:
        """Take a key out of force; False where there is none in force."""
        mine = sa.and_(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
        return self._connection.execute(api_keys.update().where(mine).values(revoked_at=now)).rowcount == 1
