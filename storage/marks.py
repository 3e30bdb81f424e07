"""Turns a platform's user into the mark that is left of them once they are forgotten: a salted digest."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.safety.audit import salted
from storage.tables import forgotten, forgotten_strikes, salts

_SALT = "forgotten"
_DAY = 86400
_SEEN, _BLOCKED, _PAYMENT, _STRIKES = "seen", "blocked", "payment", "strikes"


def digest_account(connection: sa.Connection, account_id: str) -> str:
    """The id that takes the place of an account's: 32 hexadecimal digits."""
    return salted(_salt(connection), f"account\0{account_id}")[:32]


def digest_payment(connection: sa.Connection, platform: str, payment_id: str) -> str:
    """What takes the place of a payment's id once its payer is forgotten."""
    return _digest(_salt(connection), _PAYMENT, platform, payment_id)


def find_digest(connection: sa.Connection, platform: str, payment_id: str) -> str | None:
    """The same, for reading: None where nobody was ever forgotten."""
    salt = _known_salt(connection)
    return _digest(salt, _PAYMENT, platform, payment_id) if salt else None


def mark_forgotten(
    connection: sa.Connection, users: Sequence[tuple[str, str]], *, is_blocked: bool, now: float
) -> None:
    """Remember of each (platform, user) that they were here, and whether they were blocked; the day, no moment."""
    salt, kinds = _salt(connection), (_SEEN, _BLOCKED) if is_blocked else (_SEEN,)
    rows = [{"digest": _digest(salt, kind, *user), "day": int(now // _DAY)} for user in users for kind in kinds]
    if rows:
        connection.execute(_insert(connection, forgotten).on_conflict_do_nothing(), rows)


def find_marks(connection: sa.Connection, platform: str, user: str) -> tuple[bool, bool]:
    """Whether this user was forgotten before, and whether they were blocked then."""
    salt = _known_salt(connection)
    if salt is None:
        return False, False
    seen, blocked = (_digest(salt, kind, platform, user) for kind in (_SEEN, _BLOCKED))
    query = sa.select(forgotten.c.digest).where(forgotten.c.digest.in_((seen, blocked)))
    found = set(connection.execute(query).scalars())
    return seen in found, blocked in found


def mark_strikes(
    connection: sa.Connection,
    account_id: str,
    users: Sequence[tuple[str, str]],
    found: Sequence[sa.Row[tuple[Any, ...]]],
) -> None:
    """Remember an account's strikes (their digests, categories and moments) of each (platform, user) that it had.

    The account's id goes into the digests, and is kept nowhere: so they lead to no text.
    """
    salt = _salt(connection)
    rows = [
        {
            "user_digest": _digest(salt, _STRIKES, *user),
            "digest": salted(salt, f"strike\0{account_id}\0{strike.digest}"),
            "category": strike.category,
            "day": int(strike.at // _DAY),
        }
        for user in users
        for strike in found
    ]
    if rows:
        connection.execute(_insert(connection, forgotten_strikes).on_conflict_do_nothing(), rows)


def take_strikes(connection: sa.Connection, platform: str, user: str) -> list[dict[str, object]]:
    """Strikes of before this user was forgotten, as columns of the table of strikes but for the account.

    They are kept here no longer: the account has them again, and would leave each twice when it is forgotten again.
    """
    salt = _known_salt(connection)
    if salt is None:
        return []
    mine = forgotten_strikes.c.user_digest == _digest(salt, _STRIKES, platform, user)
    found = connection.execute(sa.select(forgotten_strikes).where(mine)).all()
    connection.execute(forgotten_strikes.delete().where(mine))
    return [{"digest": row.digest, "category": row.category, "at": float(row.day * _DAY)} for row in found]


def remove_marks(connection: sa.Connection, moment: float) -> int:
    """For retention: those of days before the moment's; how many."""
    return connection.execute(forgotten.delete().where(forgotten.c.day < int(moment // _DAY))).rowcount


def _salt(connection: sa.Connection) -> bytes:
    """Made when first needed; the first that is stored stays."""
    row = {"name": _SALT, "value": secrets.token_hex(32)}
    connection.execute(_insert(connection, salts).values(row).on_conflict_do_nothing())
    return bytes.fromhex(connection.execute(sa.select(salts.c.value).where(salts.c.name == _SALT)).scalar_one())


def _known_salt(connection: sa.Connection) -> bytes | None:
    salt = connection.execute(sa.select(salts.c.value).where(salts.c.name == _SALT)).scalar()
    return bytes.fromhex(salt) if salt else None


def _digest(salt: bytes, kind: str, platform: str, user: str) -> str:
    return salted(salt, f"{kind}\0{platform}\0{user}")


def _insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
