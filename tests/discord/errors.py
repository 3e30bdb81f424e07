"""What the server refuses, with the codes and in the words of the real one."""

from __future__ import annotations

from typing import Any

WORDS = {
    0: "401: Unauthorized",
    10002: "Unknown Application",
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10029: "Unknown Entitlement",
    10062: "Unknown interaction",
    10087: "Unknown Tag",
    30034: "Max number of daily application command creates has been reached (200)",
    40005: "Request entity too large",
    40033: "This message has already been crossposted.",
    40060: "Interaction has already been acknowledged.",
    40067: "A tag is required to create a forum post in this channel",
    40094: "This interaction has hit the maximum number of follow up messages",
    50001: "Missing Access",
    50003: "Cannot execute action on a DM channel",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50008: "Cannot send messages in a non-text channel",
    50013: "Missing Permissions",
    50024: "Cannot execute action on this channel type",
    50027: "Invalid Webhook Token",
    50033: "Invalid Recipient(s)",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    50109: "The request body contains invalid JSON.",
    160004: "A thread has already been created for this message",
}
STATUS = {
    0: 401, 40005: 413, 40094: 400, 50001: 403, 50003: 403, 50005: 403, 50007: 403, 50013: 403, 50027: 401,
}  # fmt: skip


class Refused(Exception):
    """An answer that is no success. ``errors`` tells which fields are wrong."""

    def __init__(self, code: int, *, status: int | None = None, message: str = "", errors: Any = None) -> None:
        super().__init__(message or WORDS.get(code, ""))
        self.code = code
        self.status = status or STATUS.get(code, 404 if 10000 <= code < 20000 else 400)
        self.errors = errors

    def json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"message": str(self), "code": self.code}
        return body | ({"errors": self.errors} if self.errors else {})


def invalid(path: str, message: str, code: str = "BASE_TYPE_BAD") -> Refused:
    """A field is wrong; ``path`` is dotted, as in ``components.0.custom_id``."""
    errors: Any = {"_errors": [{"code": code, "message": message}]}
    for part in reversed([part for part in path.split(".") if part]):
        errors = {part: errors}
    return Refused(50035, errors=errors)


def too_long(path: str, most: int) -> Refused:
    """A text or list is too long."""
    return invalid(path, f"Must be {most} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
