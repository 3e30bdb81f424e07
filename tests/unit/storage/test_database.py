import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import SqlStore, make_engine, make_queue_engine
from tests.fakes import make_job
from tests.stores import ALICE, held_job, open_account, open_store


def pragma(engine: sa.Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_sqlite_loses_no_commit_and_waits_for_other_writers(tmp_path: Path) -> None:
    for make in (make_engine, make_queue_engine):
        engine = make(f"sqlite:///{tmp_path / 'piying.db'}")
        assert pragma(engine, "journal_mode") == "wal"
        assert pragma(engine, "synchronous") == 2
        assert pragma(engine, "busy_timeout") == 30000
        assert pragma(engine, "foreign_keys") == 1
        engine.dispose()


def test_a_transaction_sees_what_it_read_until_its_end(tmp_path: Path) -> None:
    """Reading takes the write lock: a second process cannot write in between."""
    url = f"sqlite:///{tmp_path / 'piying.db'}"
    with open_store(url) as store:
        account = _open(store)
        other = SqlStore(make_engine(url))
        entered, wrote = threading.Event(), threading.Event()

        def write() -> None:
            entered.set()
            with other.begin() as tx:
                tx.ledger.grant(account, 1, now=0, note="")
            wrote.set()

        thread = threading.Thread(target=write)
        with store.begin() as tx:
            before = tx.ledger.account(account)
            thread.start()
            entered.wait()
            assert not wrote.wait(0.1)
            assert tx.ledger.account(account) == before
        thread.join()
        assert wrote.is_set()
        other.close()


def _open(store: SqlStore) -> str:
    with store.begin() as tx:
        return open_account(tx, ALICE).id


def test_errors_do_not_show_what_was_to_be_written(store: SqlStore) -> None:
    job = make_job(account="nobody", prompt="a very private wish", clip=None, tier="x")
    with pytest.raises(sa.exc.IntegrityError) as failed, store.begin() as tx:
        tx.connection.execute(sa.text("INSERT INTO jobs (id, prompt) VALUES (:id, :prompt)"), vars(job))
    # PostgreSQL's own message tells the row; ours does not repeat it in the parameters.
    assert "[parameters" not in str(failed.value)


def test_it_says_whether_the_database_answers(store: SqlStore) -> None:
    assert store.ready() is True


def test_many_threads_take_turns(store: SqlStore) -> None:
    account = held_job(store, credits_=1000).account

    def spend() -> None:
        for _ in range(10):
            with store.begin() as tx:
                tx.ledger.grant(account, -1, now=0, note="")

    threads = [threading.Thread(target=spend) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.begin() as tx:
        found = tx.ledger.account(account)
    assert found is not None
    assert found.balance == 1000 - 3 - 200
