"""Turns orders into MiniMax's second video interface (``/v2``), which makes the videos of MiniMax-H3 (Hailuo 03)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.vendor import (
    Answer,
    Call,
    NoList,
    Order,
    Remote,
    State,
    Status,
    Video,
    as_json,
    bearer,
    given,
    state_of,
)

_RESOLUTIONS = {"480p": "480P", "720p": "768P"}
_STATES = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "succeeded": State.DONE,
    "failed": State.FAILED,
    "expired": State.FAILED,
    "cancelled": State.CANCELLED,
}
_BY_CODE = {
    "1000": Kind.DOWN,
    "1001": Kind.DOWN,
    "1002": Kind.BUSY,
    "1004": Kind.KEY,
    "1008": Kind.BALANCE,
    "1024": Kind.DOWN,
    "1026": Kind.PROMPT,
    "1027": Kind.OUTPUT,
    "1033": Kind.DOWN,
    "1039": Kind.BUSY,
    "1041": Kind.BUSY,
    "2013": Kind.REQUEST,
    "2045": Kind.BUSY,
    "2049": Kind.KEY,
    "2056": Kind.BALANCE,
}
_BY_TYPE = {
    "authorized_error": Kind.KEY,
    "bad_request_error": Kind.REQUEST,
    "insufficient_balance_error": Kind.BALANCE,
    "overloaded_error": Kind.BUSY,
    "rate_limit_error": Kind.BUSY,
    "server_error": Kind.DOWN,
    "unprocessable_entity_error": Kind.PROMPT,
}
_BY_STATUS = {
    400: Kind.REQUEST, 401: Kind.KEY, 402: Kind.BALANCE, 403: Kind.KEY, 404: Kind.MODEL, 413: Kind.REQUEST,
    422: Kind.PROMPT, 429: Kind.BUSY, 529: Kind.BUSY,
}  # fmt: skip
_GATEWAY = frozenset({502, 504})
"""Somebody on the way gave up; the vendor may have taken the order."""
_CODE = re.compile(r"\((\d{4})\)\s*$")
"""An error has its code only at the end of its message."""


class MiniMax(NoList):
    """``core.engines.hosted.vendor.Vendor``.

    Its list names neither a prompt nor anything of ours: a task of the same model and shape may be anybody's.
    """

    name = "minimax"
    hosts: Mapping[Region, str] = {"international": "https://api.minimax.io", "china": "https://api.minimaxi.com"}

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol."""
        return bearer(key)

    def create(self, order: Order) -> Call:
        """See the protocol. A clip that begins or ends with a picture has its shape, whatever ratio is asked for."""
        body = given(
            model=order.model,
            content=_content(order),
            resolution=_RESOLUTIONS[order.resolution],
            duration=order.seconds,
            ratio=None if order.image else order.ratio,
            # H3-Max refuses the field.
            aigc_watermark=None if order.model.endswith("-Max") else order.watermark,
        )
        content = as_json(body | dict(order.arguments))
        return Call("POST", "/v2/video_generation", body=content, headers={"Content-Type": "application/json"})

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol."""
        _require_good(answer)
        return Remote(answer.need("task_id"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol. Tasks are known for seven days, and each answer has a new link."""
        return Call("GET", f"/v2/query/video_generation/{remote.id}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol."""
        word = answer.text("task", "status")
        if not word:
            if answer.status == 404 or "record not found" in _message(answer).lower():
                # An unknown task comes as a fault of the server's own, with status 500.
                raise VendorFault(Fault(Kind.GONE, _code(answer)))
            _require_good(answer)
            raise AnswerLost("a task without a state")
        state, url = state_of(word, _STATES), answer.text("task", "content", "url")
        return Status(
            state,
            video=Video(url) if state is State.DONE and url else None,
            fault=_failure(answer, word) if state is State.FAILED else None,
            seconds=_seconds(answer.table("task", "usage").get("total_seconds")),
        )

    def cancel(self, remote: Remote) -> Call | None:
        """See the protocol. Of a task that is over, the record is deleted by this."""
        return Call("DELETE", f"/v2/video_generation/{remote.id}")

    def stopped(self, answer: Answer) -> bool:
        """See the protocol. A task that runs is not stopped: an error says so; ``deleted`` was over already."""
        return answer.status < 300 and answer.text("status") == "cancelled"

    def probe(self) -> Call:
        """See the protocol."""
        return Call("GET", "/v2/query/video_generation", query={"page_num": "1", "page_size": "1"})

    def proved(self, answer: Answer) -> None:
        """See the protocol."""
        _require_good(answer)


def _content(order: Order) -> list[dict[str, Any]]:
    pictures = {"first_frame": order.image, "last_frame": order.last_image}
    return [
        {"type": "text", "text": order.prompt},
        *(
            {"type": "image_url", "image_url": {"url": picture.data_url}, "role": role}
            for role, picture in pictures.items()
            if picture
        ),
    ]


def _require_good(answer: Answer) -> None:
    """The first interface refused with status 200 and ``base_resp``; the second one shares its gateway."""
    if answer.status in _GATEWAY or (answer.status >= 500 and not answer.table("error")):
        raise AnswerLost(f"status {answer.status}")
    if answer.status >= 300 or answer.text("base_resp", "status_code") not in {"", "0"}:
        raise VendorFault(_fault(answer))


def _fault(answer: Answer) -> Fault:
    code, word = _code(answer), answer.text("error", "type")
    kind = _BY_CODE.get(code) or _BY_TYPE.get(word) or _BY_STATUS.get(answer.status, Kind.DOWN)
    return Fault(kind, code or word or str(answer.status), answer.retry_after)


def _failure(answer: Answer, word: str) -> Fault:
    code = answer.text("task", "error", "code")
    return Fault(_BY_CODE.get(code, Kind.DOWN), code or word)


def _code(answer: Answer) -> str:
    found = _CODE.search(_message(answer))
    return found[1] if found else answer.text("base_resp", "status_code")


def _message(answer: Answer) -> str:
    return answer.text("error", "message")


def _seconds(told: Any) -> float | None:
    """What is taken for."""
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return float(told) if is_number and 0 < told < 3600 else None
