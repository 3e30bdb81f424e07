"""Turns an error of Qianfan's, or of those whose models it resells, into what went wrong."""

from __future__ import annotations

from core.engines.hosted.faults import Kind

_BY_NUMBER = {
    # Kling.
    "1200": Kind.REQUEST, "1201": Kind.REQUEST, "1202": Kind.REQUEST, "1203": Kind.REQUEST,
    "1301": Kind.PROMPT, "1302": Kind.BUSY, "1303": Kind.BUSY,
    "5000": Kind.DOWN, "5001": Kind.DOWN, "5002": Kind.DOWN,
    # MiniMax.
    "1000": Kind.DOWN, "1001": Kind.DOWN, "1002": Kind.BUSY, "1008": Kind.BALANCE, "1024": Kind.DOWN,
    "1026": Kind.PROMPT, "1027": Kind.OUTPUT, "1033": Kind.DOWN, "1042": Kind.REQUEST, "2013": Kind.REQUEST,
}  # fmt: skip
"""Source: Baidu's page of 11 November 2026 on errors of videos. The two do not overlap there."""
_BY_PART: tuple[tuple[str, Kind], ...] = (
    ("output_unsafe", Kind.OUTPUT), ("creationpolicy", Kind.OUTPUT),
    ("unsafe", Kind.PROMPT), ("policyviolation", Kind.PROMPT), ("auditsubmitillegal", Kind.PROMPT),
    ("risk_system", Kind.DOWN),
    ("concurrency", Kind.BUSY), ("rate_limit", Kind.BUSY), ("throttl", Kind.BUSY),
    ("arrear", Kind.BALANCE), ("overdue", Kind.BALANCE), ("insufficient", Kind.BALANCE), ("balance", Kind.BALANCE),
    ("quota", Kind.BALANCE),
    ("iam_token", Kind.KEY), ("access_denied", Kind.KEY), ("accessdenied", Kind.KEY), ("unauthorized", Kind.KEY),
    ("permission", Kind.KEY),
    ("invalid_model", Kind.MODEL), ("model_not", Kind.MODEL),
    ("argument", Kind.REQUEST), ("invalid_request", Kind.REQUEST), ("badrequest", Kind.REQUEST),
)  # fmt: skip
"""The first part that a code or its type has, in small letters. Words run together are Vidu's, whose codes Baidu's
pages refer to and do not list."""
_BY_STATUS = {
    400: Kind.REQUEST, 401: Kind.KEY, 402: Kind.BALANCE, 403: Kind.KEY, 404: Kind.GONE, 413: Kind.REQUEST,
    422: Kind.REQUEST, 429: Kind.BUSY,
}  # fmt: skip
_MODERATED = ("风控", "审核", "敏感", "违规", "sensitive", "unsafe", "policy")


def kind_of(code: str, named: str, message: str, status: int) -> Kind | None:
    """By the code, else by the HTTP status, else by what the message says; None where all of it is new."""
    if known := _BY_NUMBER.get(code):
        return known
    by_part = next((kind for part, kind in _BY_PART if part in named.lower()), None)
    by_message = Kind.PROMPT if any(word in message.lower() for word in _MODERATED) else None
    return by_part or _BY_STATUS.get(status) or by_message
