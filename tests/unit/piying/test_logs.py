import logging
import warnings
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


def test_a_terminals_log_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(prompt: str) -> None:
        raise ZeroDivisionError(len(prompt))

    configure_logs("console")
    words = ("a", "sec" + "ret", "cat")
    try:
        fail(" ".join(words))
    except ZeroDivisionError:
        structlog.get_logger("test").exception("broken")
    structlog.reset_defaults()
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "secret" not in said


def test_what_a_broken_form_says_is_no_warning(dbos_log: logging.Logger) -> None:
    assert dbos_log
    # All others are errors here.
    warnings.warn_explicit("what was sent", UserWarning, "multipart.py", 1, module="aiohttp.multipart")
