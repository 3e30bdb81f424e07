"""Turns what an HTTP server reports of requests into lines of a log that quote nothing of what was sent."""

from __future__ import annotations

import logging
import traceback

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

_UNREAD = (HttpProcessingError, RequestPayloadError)


class _Discreet(logging.Filter):
    """Of an error, its name and where it was: its words may quote a key, a token or a prompt."""

    def filter(self, record: logging.LogRecord) -> bool:
        error, trace = (record.exc_info[0], record.exc_info[2]) if record.exc_info else (None, None)
        if error is None:
            return True
        where = "" if issubclass(error, _UNREAD) else "\n" + "".join(traceback.format_tb(trace)).rstrip()
        record.msg, record.args, record.exc_info = f"a request was not read: {error.__name__}{where}", (), None
        # Who hangs up is no error.
        return not issubclass(error, ConnectionError)


_DISCREET = _Discreet()


def http_log(name: str) -> logging.Logger:
    """The logger for aiohttp's server."""
    logger = logging.getLogger(name)
    logger.addFilter(_DISCREET)
    return logger
