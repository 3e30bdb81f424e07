import logging
from collections.abc import Iterator

import pytest
import structlog
from dbos import error as dbos_error

from piying.logs import configure_logs


@pytest.fixture
def dbos_log() -> Iterator[logging.Logger]:
    log = logging.getLogger("dbos")
    before = log.filters[:]
    configure_logs("json")
    yield log
    log.filters[:] = before
    structlog.reset_defaults()


def kept(log: logging.Logger, error: Exception) -> bool:
    record = log.makeRecord("dbos", logging.ERROR, "", 0, "x", (), (type(error), error, None))
    return bool(log.filter(record))


def test_a_cancel_is_no_error_in_the_log(dbos_log: logging.Logger) -> None:
    assert not kept(dbos_log, dbos_error.DBOSAwaitedWorkflowCancelledError("id"))
    assert kept(dbos_log, RuntimeError("a bug"))
