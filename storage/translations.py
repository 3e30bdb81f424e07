"""Translations in the rows of one transaction."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.types import TranslationKey
from storage.tables import translations


class SqlTranslations:
    """``core.records.Translations`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, key: TranslationKey) -> str | None:
        """See the port."""
        is_it = sa.and_(*(translations.c[name] == value for name, value in asdict(key).items()))
        return self._connection.execute(sa.select(translations.c.text).where(is_it)).scalar()

    def keep(self, key: TranslationKey, text: str, *, now: float) -> None:
        """See the port."""
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        row = asdict(key) | {"text": text, "created_at": now}
        self._connection.execute(insert(translations).values(row).on_conflict_do_nothing())

    def remove_before(self, moment: float) -> int:
        """See the port."""
        return self._connection.execute(translations.delete().where(translations.c.created_at < moment)).rowcount

    def oldest(self) -> float | None:
        """See the port."""
        return self._connection.execute(sa.select(sa.func.min(translations.c.created_at))).scalar()
