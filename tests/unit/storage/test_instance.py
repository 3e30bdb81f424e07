import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from storage.database import make_engine
from storage.instance import AlreadyRunning, InstanceLock, take_instance_lock
from tests.postgres import PostgresServer

HOLD = """
import sys
from storage.database import make_engine
from storage.instance import take_instance_lock
lock = take_instance_lock(make_engine(sys.argv[1]), "bot-console")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def test_a_name_is_held_until_it_is_released(engine: sa.Engine, database_url: str) -> None:
    second = make_engine(database_url)
    lock = take_instance_lock(engine, "bot-console")
    for other in (engine, second):
        with pytest.raises(AlreadyRunning, match="bot-console"):
            take_instance_lock(other, "bot-console")
    take_instance_lock(second, "bot-telegram").release()
    lock.release()
    take_instance_lock(second, "bot-console").release()
    second.dispose()


def test_a_name_is_free_once_its_process_is_killed(engine: sa.Engine, database_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning):
            take_instance_lock(engine, "bot-console")
        process.kill()
        process.wait()
        take_when_free(engine).release()


def take_when_free(engine: sa.Engine) -> InstanceLock:
    """PostgreSQL needs a moment to see that a connection has ended."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return take_instance_lock(engine, "bot-console")
        except AlreadyRunning:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.slow
def test_a_name_outlives_a_database_that_is_away_for_a_while(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    engine, other = make_engine(url), make_engine(url)
    lock = take_instance_lock(engine, "bot-console")
    lock.keep()
    postgres.stop()
    try:
        for _ in range(3):
            with pytest.raises(sa.exc.OperationalError):
                lock.keep()
    finally:
        postgres.start()
    lock.keep()
    with pytest.raises(AlreadyRunning):
        take_instance_lock(other, "bot-console")
    lock.release()
    take_instance_lock(other, "bot-console").release()
    engine.dispose()
    other.dispose()


@pytest.mark.slow
def test_a_name_that_another_took_meanwhile_is_lost(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    engine, other = make_engine(url), make_engine(url)
    lock = take_instance_lock(engine, "bot-console")
    postgres.stop()
    postgres.start()
    quicker = take_instance_lock(other, "bot-console")
    for _ in range(2):
        with pytest.raises(AlreadyRunning):
            lock.keep()
    quicker.release()
    lock.keep()
    lock.release()
    engine.dispose()
    other.dispose()
