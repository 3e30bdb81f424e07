"""Turns orders into jobs of OpenRouter's ``/videos``, where one key opens the models of many vendors.

It looks like OpenAI's protocol and is another: JSON, other fields, other words for states. There is no list of jobs,
and no cancelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.vendor import (
    Answer,
    Call,
    NoCancel,
    NoList,
    Order,
    Picture,
    Remote,
    State,
    Status,
    Video,
    as_json,
    bearer,
    given,
    state_of,
)

_STATES = {
    "pending": State.QUEUED,
    "in_progress": State.RUNNING,
    "completed": State.DONE,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
    "expired": State.FAILED,
}
_BY_STATUS = {
    400: Kind.REQUEST, 401: Kind.KEY, 402: Kind.BALANCE, 403: Kind.KEY, 413: Kind.REQUEST, 422: Kind.REQUEST,
    429: Kind.BUSY, 503: Kind.BUSY,
}  # fmt: skip
"""503 is that none of the model's providers can take it now."""
_NOBODY_KNOWS = frozenset({408, 499, 502, 504})
"""The provider behind OpenRouter did not answer, or not sensibly: it may have begun."""
_CODES = frozenset(map(str, {*_BY_STATUS, *_NOBODY_KNOWS, 404}))
_RULES = ("moderat", "flagged", "content policy", "content_policy", "sensitive", "safety", "prohibited", "copyright")
"""Parts of texts: each provider refuses in words of its own."""
_FLAG = re.compile("-{2,}")
_MOST = 100_000
"""US dollars for a clip that are believed."""


class OpenRouter(NoCancel, NoList):
    """``core.engines.hosted.vendor.Vendor``."""

    name = "openrouter"
    hosts: Mapping[Region, str] = {"international": "https://openrouter.ai/api/v1"}

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol."""
        return bearer(key)

    def create(self, order: Order) -> Call:
        """See the protocol. With a picture the clip takes the picture's shape. There is no field for a watermark.

        Seedance would read ``--dur 30`` in a prompt as a field, and OpenRouter take the money for that.
        """
        body = {
            "model": order.model,
            "prompt": _FLAG.sub("—", order.prompt),
            "duration": order.seconds,
            "resolution": order.resolution,
            **({"frame_images": _pictures(order)} if order.image else {"aspect_ratio": order.ratio}),
            **given(seed=order.seed),
            **order.arguments,
        }
        return Call("POST", "/videos", body=as_json(body), headers={"Content-Type": "application/json"})

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol."""
        _require_good(answer, missing=Kind.MODEL)
        return Remote(answer.need("id"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        return Call("GET", f"/videos/{remote.id}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol. What a clip cost is said in US dollars."""
        _require_good(answer, missing=Kind.GONE)
        state = state_of(answer.need("status"), _STATES)
        return Status(
            state,
            video=_file(answer, remote) if state is State.DONE else None,
            fault=_reason(answer) if state is State.FAILED else None,
            amount=_cost(answer),
        )

    def probe(self) -> Call:
        """See the protocol. The list of models would be given to anybody."""
        return Call("GET", "/key")

    def proved(self, answer: Answer) -> None:
        """See the protocol. A key may have a limit of its own, and have reached it."""
        _require_good(answer, missing=Kind.DOWN)
        left = answer.table("data").get("limit_remaining")
        if isinstance(left, int | float) and left <= 0:
            raise VendorFault(Fault(Kind.BALANCE, "limit_remaining"))


def _pictures(order: Order) -> list[dict[str, Any]]:
    told = (("first_frame", order.image), ("last_frame", order.last_image))
    return [_picture(frame, picture) for frame, picture in told if picture]


def _picture(frame: str, picture: Picture) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": picture.data_url}, "frame_type": frame}


def _require_good(answer: Answer, *, missing: Kind) -> None:
    """``missing``: what a 404 means. OpenRouter may put an error into an answer that looks good."""
    code, is_told = answer.text("error", "code"), bool(answer.table("error"))
    if answer.status < 300 and not is_told:
        return
    status = int(code) if answer.status < 300 and code in _CODES else answer.status
    if status in _NOBODY_KNOWS or (status >= 500 and not is_told):
        raise AnswerLost(f"status {status}")
    kind = missing if status == 404 else _BY_STATUS.get(status, Kind.DOWN)
    if kind in {Kind.REQUEST, Kind.KEY} and _is_refused(answer):
        kind = Kind.PROMPT
    raise VendorFault(Fault(kind, code or str(status), answer.retry_after))


def _is_refused(answer: Answer) -> bool:
    """By its rules: with reasons, or in words."""
    metadata = answer.table("error", "metadata")
    is_flagged = bool(metadata.get("reasons") or metadata.get("flagged_input"))
    return is_flagged or _breaks_rules(answer.text("error", "message") + str(metadata.get("raw", "")))


def _breaks_rules(text: str) -> bool:
    return any(part in text.lower() for part in _RULES)


def _reason(answer: Answer) -> Fault:
    """A failed job has a text and no code; it may hold the prompt, and goes nowhere."""
    told = answer.text("error") or answer.text("error", "message")
    if not _breaks_rules(told):
        return Fault(Kind.DOWN, answer.text("status"))
    is_input = "input" in told.lower() or "prompt" in told.lower()
    return Fault(Kind.PROMPT if is_input else Kind.OUTPUT, "rules")


def _file(answer: Answer, remote: Remote) -> Video:
    """A signed address, where OpenRouter keeps a copy; else one that takes the key, which is always there."""
    for name, with_key in (("urls", False), ("unsigned_urls", True)):
        told = answer.table().get(name)
        if isinstance(told, list) and told and isinstance(told[0], str) and told[0]:
            return Video(told[0], with_key)
    return Video(f"videos/{remote.id}/content?index=0", with_key=True)


def _cost(answer: Answer) -> Decimal | None:
    """With a provider's key of one's own OpenRouter takes a fee alone: the list price is nearer then."""
    usage = answer.table("usage")
    cost = usage.get("cost")
    if usage.get("is_byok") is True or isinstance(cost, bool) or not isinstance(cost, int | float):
        return None
    return Decimal(str(cost)) if 0 < cost < _MOST else None
