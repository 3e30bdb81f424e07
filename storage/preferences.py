"""Settings of users and chats in the rows of one transaction."""

from __future__ import annotations

import zlib

import sqlalchemy as sa

from core.preferences import ChatSettings, Settings, UserSettings, from_json, to_json
from storage.chat_tables import preferences
from storage.upsert import insert

_USER, _CHAT = "user", "chat"


class SqlPreferences:
    """``core.records.Preferences`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def user(self, platform: str, user: str, *, for_change: bool = False) -> UserSettings:
        """See the port."""
        return self._read(UserSettings, platform, _USER, user, for_change=for_change)

    def chat(self, platform: str, chat: str, *, for_change: bool = False) -> ChatSettings:
        """See the port."""
        return self._read(ChatSettings, platform, _CHAT, chat, for_change=for_change)

    def set_user(self, platform: str, user: str, settings: UserSettings, *, now: float) -> None:
        """See the port."""
        self._write(settings, platform, _USER, user, now)

    def set_chat(self, platform: str, chat: str, settings: ChatSettings, *, now: float) -> None:
        """See the port."""
        self._write(settings, platform, _CHAT, chat, now)

    def move_chat(self, platform: str, old: str, new: str) -> None:
        """Give a chat's settings to the one that it became, unless that has some."""
        if self.chat(platform, new, for_change=True) == ChatSettings():
            self._connection.execute(preferences.delete().where(_row(platform, _CHAT, new)))
            moved = preferences.update().where(_row(platform, _CHAT, old))
            self._connection.execute(moved.values(id=new))
        self._connection.execute(preferences.delete().where(_row(platform, _CHAT, old)))

    def _read(self, kind: type[Settings], platform: str, scope: str, name: str, *, for_change: bool) -> Settings:
        if for_change:
            self._lock(platform, scope, name)
        query = sa.select(preferences.c.settings).where(_row(platform, scope, name))
        stored = self._connection.execute(query).scalar()
        return from_json(kind, stored) if stored else kind()

    def _write(self, settings: UserSettings | ChatSettings, platform: str, scope: str, name: str, now: float) -> None:
        values = {"settings": to_json(settings), "changed_at": now}
        row = insert(self._connection, preferences).values(platform=platform, scope=scope, id=name, **values)
        self._connection.execute(row.on_conflict_do_update(index_elements=["platform", "scope", "id"], set_=values))

    def _lock(self, platform: str, scope: str, name: str) -> None:
        """There may be no row to lock yet; SQLite has one writer and needs none."""
        if self._connection.dialect.name == "postgresql":
            number = zlib.crc32(f"preferences\0{platform}\0{scope}\0{name}".encode())
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _row(platform: str, scope: str, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(preferences.c.platform == platform, preferences.c.scope == scope, preferences.c.id == name)
