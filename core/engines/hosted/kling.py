"""Turns orders into tasks of Kling's API ``/v1/videos``, with a plain key, or a pair of keys and a token made of it.

Kling has announced paths of another kind (``/text-to-video/kling-3.0``) for later models; these are not spoken here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.vendor import (
    Answer,
    Call,
    NoCancel,
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

_WORDS, _PICTURE = "/v1/videos/text2video", "/v1/videos/image2video"
_MODES = {"720p": "std", "1080p": "pro"}
"""There is no field for a resolution."""
_STATES = {
    "submitted": State.QUEUED,
    "processing": State.RUNNING,
    "succeed": State.DONE,
    "succeeded": State.DONE,
    "failed": State.FAILED,
}
_CODES = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "1100", "1304"), Kind.KEY),
    **dict.fromkeys(("1101", "1102"), Kind.BALANCE),
    **dict.fromkeys(("1103", "1203"), Kind.MODEL),
    **dict.fromkeys(("1200", "1201", "1202"), Kind.REQUEST),
    **dict.fromkeys(("1300", "1301"), Kind.PROMPT),
    **dict.fromkeys(("1302", "1303"), Kind.BUSY),
    **dict.fromkeys(("5000", "5001", "5002"), Kind.DOWN),
}
_BY_STATUS = {400: Kind.REQUEST, 401: Kind.KEY, 403: Kind.KEY, 404: Kind.MODEL, 413: Kind.REQUEST, 429: Kind.BUSY}
_NO_TASK = frozenset({"1201", "1203"})
"""What a question for an unknown task is answered with: by the documentation 1203, by reports 1201 and HTTP 400."""
_RULES = ("risk", "sensitive", "policy", "security", "moderation", "violat", "敏感", "违规", "审核", "风控", "安全")
"""Parts of the text that a failed task has in place of a code."""
_GATEWAY = frozenset({502, 504})
"""504 is Kling's own 5002, too: a time-out within, after which nobody can say."""
_LASTS, _SKEW = 1800, 5
"""Seconds that a token is good for, and that it reaches back: as in Kling's own examples."""


class Kling(NoCancel):
    """``core.engines.hosted.vendor.Vendor``."""

    name = "kling"
    hosts: Mapping[Region, str] = {
        "international": "https://api-singapore.klingai.com",
        "china": "https://api-beijing.klingai.com",
    }

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol. A key with a colon is a pair, ``access:secret``; each request has a token of its own."""
        access, colon, secret = key.partition(":")
        return bearer(_token(access, secret, int(now)) if colon else key)

    def create(self, order: Order) -> Call:
        """See the protocol. A length is a text; with a picture the clip takes the picture's shape."""
        shape = _pictures(order) if order.image else {"aspect_ratio": order.ratio}
        body = {
            "model_name": order.model,
            "prompt": _without_tags(order.prompt),
            "mode": _MODES[order.resolution],
            "duration": str(order.seconds),
            "external_task_id": order.mark,
            **shape,
            **given(
                negative_prompt=_without_tags(order.negative_prompt) or None,
                watermark_info=None if order.watermark is None else {"enabled": order.watermark},
            ),
            **order.arguments,
        }
        return Call("POST", _path(order), body=as_json(body), headers={"Content-Type": "application/json"})

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol."""
        _require_good(answer)
        return Remote(answer.need("data", "task_id"), order.model, _path(order))

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        return Call("GET", f"{remote.path}/{remote.id}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol. A failed task comes with code 0 and a reason in words."""
        if _is_missing(answer):
            raise VendorFault(Fault(Kind.GONE, answer.text("code")))
        _require_good(answer)
        state = state_of(answer.need("data", "task_status"), _STATES)
        return Status(
            state,
            video=Video(_file(answer)) if state is State.DONE else None,
            fault=_reason(answer.text("data", "task_status_msg")) if state is State.FAILED else None,
        )

    def find(self, order: Order, since: float) -> Call | None:
        """See the protocol. A task can be asked for by the id that we gave it, too."""
        return Call("GET", f"{_path(order)}/{order.mark}")

    def found(self, answer: Answer, order: Order, since: float) -> Sequence[Remote]:
        """See the protocol."""
        if _is_missing(answer):
            return []
        _require_good(answer)
        task = answer.text("data", "task_id")
        is_ours = answer.text("data", "task_info", "external_task_id") in {"", order.mark}
        return [Remote(task, order.model, _path(order))] if task and is_ours else []

    def probe(self) -> Call:
        """See the protocol."""
        return Call("GET", _WORDS, query={"pageNum": "1", "pageSize": "1"})

    def proved(self, answer: Answer) -> None:
        """See the protocol."""
        _require_good(answer)


def _token(access: str, secret: str, now: int) -> str:
    """A JSON web token, signed with HMAC-SHA256: RFC 7519 and 7515."""
    head = {"alg": "HS256", "typ": "JWT"}
    claims = {"iss": access, "exp": now + _LASTS, "nbf": now - _SKEW}
    text = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return f"{text}.{_encoded(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _without_tags(prompt: str) -> str:
    """Kling reads ``<<<voice_1>>>`` and the like as what was sent along, and refuses what was not."""
    return prompt.replace("<<<", "‹").replace(">>>", "›")


def _path(order: Order) -> str:
    return _PICTURE if order.image else _WORDS


def _pictures(order: Order) -> dict[str, Any]:
    """In base64 without anything before it."""
    return given(
        image=order.image.base64 if order.image else None,
        image_tail=order.last_image.base64 if order.last_image else None,
    )


def _require_good(answer: Answer) -> None:
    """Code 0 is good; whatever else comes with HTTP 200 is not."""
    code = answer.text("code")
    if answer.status in _GATEWAY or (answer.status >= 500 and not code):
        raise AnswerLost(f"status {answer.status}")
    if answer.status < 300 and not code:
        raise AnswerLost("an answer without a code")
    if answer.status >= 300 or code != "0":
        kind = _CODES.get(code) or _BY_STATUS.get(answer.status, Kind.DOWN)
        raise VendorFault(Fault(kind, code or str(answer.status), answer.retry_after))


def _is_missing(answer: Answer) -> bool:
    return answer.status == 404 or answer.text("code") in _NO_TASK


def _reason(told: str) -> Fault:
    """The text itself may hold the prompt, and goes nowhere."""
    if any(part in told.lower() for part in _RULES):
        return Fault(Kind.OUTPUT, "rules")
    return Fault(Kind.DOWN, "failed")


def _file(answer: Answer) -> str:
    """The one with Kling's mark in it where that was asked for: the other has none even then."""
    videos = answer.table("data", "task_result").get("videos")
    video = videos[0] if isinstance(videos, list) and videos else None
    told = video if isinstance(video, Mapping) else {}
    is_marked = answer.table("data", "watermark_info").get("enabled") is True
    url = (is_marked and told.get("watermark_url")) or told.get("url")
    if not isinstance(url, str) or not url:
        raise AnswerLost("a task without a video")
    return url
