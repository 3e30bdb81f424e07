"""What the server refuses, in the words of the real one."""

from __future__ import annotations

from typing import Any

GONE_QUERY = "query is too old and response timeout expired or query ID is invalid"
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


class Refused(Exception):
    """An answer with ``ok`` false."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(text: str, **parameters: int) -> Refused:
    """The request cannot be done."""
    return Refused(400, f"Bad Request: {text}", **parameters)


def forbidden(text: str) -> Refused:
    """The bot may not."""
    return Refused(403, f"Forbidden: {text}")


def flood(seconds: int) -> Refused:
    """Too much at once."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
