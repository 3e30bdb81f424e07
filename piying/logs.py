"""Sets a process's logs up: ours, and the queue's, which are less than it would say."""

from __future__ import annotations

import logging
import warnings

from core import logs
from core.logs import LogFormat

_CANCEL = "DBOSAwaitedWorkflowCancelledError"


def configure_logs(form: LogFormat, level: int = logging.INFO) -> None:
    """Write to standard error. Never log prompts, tokens or raw user ids."""
    logging.getLogger("dbos").addFilter(_is_no_cancel)
    # Of a form that is none, its words are what was sent; and Python would remember each.
    warnings.filterwarnings("ignore", module=r"aiohttp\.multipart")
    logs.configure_logs(form, level)


def _is_no_cancel(record: logging.LogRecord) -> bool:
    """The queue logs each cancelled job as an error, with a traceback or two; to us it is a user's wish."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ != _CANCEL
