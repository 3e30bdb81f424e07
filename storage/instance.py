"""Turns an executor's name into a lock, so that no second process runs under the same name."""

from __future__ import annotations

import fcntl
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa


class AlreadyRunning(RuntimeError):
    """Another process holds the name."""


class InstanceLock(Protocol):
    """Held until released or until the process ends, however it ends."""

    def keep(self) -> None:
        """Make sure that it is still held.

        Raises:
            AlreadyRunning: it was lost, and another process has it.
        """

    def release(self) -> None: ...


def take_instance_lock(engine: sa.Engine, name: str) -> InstanceLock:
    """Lock a name in the database (PostgreSQL) or beside it (SQLite).

    Raises:
        AlreadyRunning: another process has it.
    """
    if engine.dialect.name == "postgresql":
        return _PostgresLock(engine, name)
    return _FileLock(Path(str(engine.url.database)).with_suffix(f".{name}.lock"), name)


def is_held(engine: sa.Engine, name: str) -> bool:
    """Whether a process runs under the name at this moment."""
    try:
        take_instance_lock(engine, name).release()
    except AlreadyRunning:
        return True
    return False


class _FileLock:
    def __init__(self, path: Path, name: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise AlreadyRunning(name) from None

    def keep(self) -> None:
        """See the protocol. A file's lock lives as long as the process."""

    def release(self) -> None:
        os.close(self._file)


class _PostgresLock:
    """A session's advisory lock: the server drops it when the connection goes."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine, self._name = engine, name
        self._number = zlib.crc32(f"piying\0{name}".encode())
        self._connection: sa.Connection | None = self._take()

    def keep(self) -> None:
        """See the protocol. The session went with the database's restart: take the name anew, as soon as it is back."""
        try:
            if self._connection is not None:
                self._connection.execute(sa.select(1))
                return
        except sa.exc.SQLAlchemyError:
            self._drop()
        self._connection = self._take()

    def release(self) -> None:
        # The server notices only after a while that a connection is gone, and the next process may wait for the name.
        with suppress(sa.exc.SQLAlchemyError):
            if self._connection is not None:
                self._connection.execute(sa.select(sa.func.pg_advisory_unlock(self._number)))
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _take(self) -> sa.Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        held = False
        try:
            held = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(self._number))).scalar())
        finally:
            if not held:
                connection.close()
        if not held:
            raise AlreadyRunning(self._name)
        return connection
