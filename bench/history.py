"""Turns one finished job into many: rows in every table of the product and of the queue, in SQL."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from core.jobs.codes import new_code, new_id
from core.types import Job
from storage.tables import accounts, holds, identities, jobs, ledger_entries

HEAVY = 10
"""Accounts, the ones that will submit, that have made a third of all clips between them."""
LIGHT = 2000
DAYS = 30
"""Retention's default: what is older has gone."""

_OWN = ("id", "code", "key", "account_id", "user", "chat")
_MOMENTS = ("_at", "_epoch_ms", "_timestamp")
"""DBOS's, in milliseconds."""

_copies = sa.Table(
    "bench_copies",
    sa.MetaData(),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(16)),
    sa.Column("key", sa.String(300)),
    sa.Column("account_id", sa.String(32)),
    sa.Column("user", sa.String(128)),
    sa.Column("chat", sa.String(128)),
    sa.Column("ago", sa.Double),
)


def fill(engine: sa.Engine, job: Job, count: int) -> None:
    """Copy a finished job ``count`` times, over many accounts and the last ``DAYS`` days.

    Ids, codes and times are as random as real ones; every row the job has in any table is copied with them.
    """
    now = time.time()
    with engine.begin() as connection:
        _copies.create(connection)
        users = list(_open_accounts(connection, job))
        shuffled = random.Random(1)
        connection.execute(_copies.insert(), [_copy(shuffled, users, number) for number in range(count)])
        for table in (jobs, holds, ledger_entries):
            _copy_rows(connection, table, job, now)
        for table in _queue_tables(connection):
            _copy_rows(connection, table, job, now)
        _copies.drop(connection)
    if engine.dialect.name == "postgresql":
        # Autovacuum would have come by in thirty days; SQLite has nothing of the kind.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))


def _open_accounts(connection: sa.Connection, job: Job) -> Iterator[tuple[str, str]]:
    """The heavy accounts first; each with the user it belongs to."""
    template = connection.execute(sa.select(accounts).where(accounts.c.id == job.account)).mappings().one()
    for number in range(HEAVY + LIGHT):
        account_id, user = secrets.token_hex(8), f"user-{number}"
        connection.execute(accounts.insert().values(dict(template) | {"id": account_id}))
        connection.execute(identities.insert().values(platform=job.address.platform, user=user, account_id=account_id))
        yield account_id, user


def _copy(shuffled: random.Random, users: list[tuple[str, str]], number: int) -> dict[str, object]:
    some = users[:HEAVY] if number % 3 == 0 else users[HEAVY:]
    account_id, user = shuffled.choice(some)
    key = f"history:{number}"
    return {
        "id": new_id(key),
        "code": f"{new_code()}{number}",  # among so many, two of seven letters would be the same
        "key": key,
        "account_id": account_id,
        "user": user,
        "chat": user.replace("user", "chat"),
        "ago": shuffled.uniform(0, DAYS * 86400),
    }


def _queue_tables(connection: sa.Connection) -> list[sa.Table]:
    """DBOS's tables that have rows for each workflow."""
    schema = "dbos" if connection.dialect.name == "postgresql" else None
    found = sa.MetaData()
    found.reflect(connection, schema=schema)
    mine = {jobs.name, holds.name, ledger_entries.name, _copies.name}
    return [table for table in found.sorted_tables if "workflow_uuid" in table.c and table.name not in mine]


def _copy_rows(connection: sa.Connection, table: sa.Table, job: Job, now: float) -> None:
    """All the job's rows of a table, once for each copy, with the copy's names and times in place of the job's."""
    of_job = table.c.get("workflow_uuid", table.c.get("job_id", table.c.get("id")))
    assert of_job is not None
    replaced = {column.name: _replaced(table, column, job, now) for column in table.columns}
    if table is ledger_entries:
        del replaced["id"]
    chosen = sa.select(*replaced.values()).select_from(table.join(_copies, sa.true())).where(of_job.startswith(job.id))
    connection.execute(table.insert().from_select(list(replaced), chosen))


def _replaced(table: sa.Table, column: sa.Column[Any], job: Job, now: float) -> sa.ColumnElement[Any]:
    shift = (now - job.created_at) - _copies.c.ago
    if column.name in _OWN and (table is jobs or column.name == "account_id"):
        return _copies.c[column.name]
    if isinstance(column.type, sa.Double) and column.name.endswith("_at"):
        return column + shift
    if isinstance(column.type, sa.Integer) and column.name.endswith(_MOMENTS):
        return column + sa.cast(shift * 1000, sa.BigInteger)
    if isinstance(column.type, sa.String):
        return sa.func.replace(sa.func.replace(column, job.id, _copies.c.id), job.account, _copies.c.account_id)
    return column
