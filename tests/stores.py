"""A store with its tables made, and the few steps that many tests begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.types import Account, Address, Job
from storage.database import SqlStore, SqlTransaction, make_engine
from storage.tables import metadata
from tests.fakes import make_job

ALICE = Address("console", "alice", "alice")
BOB = Address("console", "bob", "bob")
NOW = 1_760_000_000.0
_SQLITE = "sqlite:///"


@cache
def _empty() -> bytes:
    """A database with all tables: copying it takes no time."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = make_engine(f"{_SQLITE}{file}")
        metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


@contextmanager
def open_store(url: str) -> Iterator[SqlStore]:
    """Without migrations, which another test holds to the same tables."""
    file = Path(url.removeprefix(_SQLITE))
    if url.startswith(_SQLITE) and not file.exists():
        file.write_bytes(_empty())
    engine = make_engine(url)
    metadata.create_all(engine)
    store = SqlStore(engine)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    with open_store(database_url) as opened:
        yield opened


def open_account(tx: SqlTransaction, address: Address = ALICE, *, credits_: int = 10) -> Account:
    """The address's account, made with these credits when first seen."""
    return tx.ledger.account_for(address.platform, address.user, now=NOW, timezone="Asia/Shanghai", welcome=credits_)


def held_job(store: SqlStore, address: Address = ALICE, *, credits_: int = 10, **changes: object) -> Job:
    """A stored job whose price is held."""
    with store.begin() as tx:
        account = open_account(tx, address, credits_=credits_)
        job = make_job(**({"account": account.id, "address": address} | changes))
        tx.jobs.add(job)
        tx.ledger.hold(account.id, job.id, job.price, now=job.created_at)
    return job


def account_of(store: SqlStore, address: Address = ALICE) -> Account:
    """The account as it stands."""
    with store.begin() as tx:
        return open_account(tx, address, credits_=0)


def state_of(store: SqlStore, job_id: str) -> tuple[str, str | None]:
    """A job's state and error."""
    with store.begin() as tx:
        job = tx.jobs.get(job_id)
    assert job is not None
    return str(job.state), job.error
