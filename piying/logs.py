"""Sets structlog up: readable lines on a terminal, JSON elsewhere."""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog

_CANCEL = "DBOSAwaitedWorkflowCancelledError"


def configure_logs(form: Literal["auto", "json", "console"], level: int = logging.INFO) -> None:
    """Write to standard error. Never log prompts, tokens or raw user ids."""
    logging.getLogger("dbos").addFilter(_is_no_cancel)
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if readable:
        processors.append(structlog.dev.ConsoleRenderer())
    else:
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def _is_no_cancel(record: logging.LogRecord) -> bool:
    """The queue logs each cancelled job as an error, with a traceback or two; to us it is a user's wish."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ != _CANCEL
