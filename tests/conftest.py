"""What tests of every kind share: databases to run against."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.needs import need
from tests.postgres import PostgresServer, find_binaries


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A test that sets logs up writes to the standard error of its own time: nobody after it shall."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    binaries = find_binaries()
    need(binaries, "PostgreSQL (Debian package postgresql)")
    assert binaries is not None
    # Not pytest's own folder: the server's user must be able to enter it.
    with tempfile.TemporaryDirectory(prefix="piying-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(binaries, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'piying.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()
