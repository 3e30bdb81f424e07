"""Turns a code of Tencent's, of TokenHub or of the Cloud API 3.0, into what went wrong."""

from __future__ import annotations

from core.engines.hosted.faults import Kind

_BY_BEGINNING: tuple[tuple[str, Kind], ...] = (
    # The check itself did not answer.
    ("FailedOperation.ModerationResponseError", Kind.DOWN),
    ("FailedOperation.Moderation", Kind.PROMPT),
    ("FailedOperation.JobNot", Kind.GONE),
    ("FailedOperation.Image", Kind.REQUEST),
    ("FailedOperation", Kind.DOWN),
    ("RequestLimitExceeded", Kind.BUSY),
    ("LimitExceeded", Kind.BUSY),
    # Not activated, or nothing left to pay with.
    ("ResourceInsufficient", Kind.BALANCE),
    ("ResourcesSoldOut", Kind.BALANCE),
    ("ResourceUnavailable", Kind.BALANCE),
    ("AuthFailure", Kind.KEY),
    ("UnauthorizedOperation", Kind.KEY),
    ("InvalidParameterValue.InvalidModel", Kind.MODEL),
    ("InvalidAction", Kind.MODEL),
    ("ActionOffline", Kind.MODEL),
    ("InvalidParameter", Kind.REQUEST),
    ("MissingParameter", Kind.REQUEST),
    ("UnknownParameter", Kind.REQUEST),
    ("UnsupportedRegion", Kind.REQUEST),
    ("UnsupportedOperation", Kind.REQUEST),
    ("InternalError", Kind.DOWN),
)
"""The first that a code begins with. Source: the error codes of Tencent's SDK for vclm, 3.1.127."""


def kind_of(code: str) -> Kind | None:
    """What a code means; None for one that nobody listed."""
    return next((kind for beginning, kind in _BY_BEGINNING if code.startswith(beginning)), None)
