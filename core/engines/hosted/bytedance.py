"""Turns orders into tasks of ByteDance's Ark, where Seedance is: BytePlus ModelArk abroad, Volcano Ark in China.

The two differ in keys, hosts and names of models. Fields are those of the page on creating a task, as of autumn 2026.
Seedance 2.x takes no seed and no negative prompt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.vendor import (
    Answer,
    Call,
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

_TASKS = "/contents/generations/tasks"
_STATES = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "succeeded": State.DONE,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
    "canceled": State.CANCELLED,
    "expired": State.FAILED,
}
_CODES = (
    ("AccountOverdue", Kind.BALANCE), ("OperationDenied.ServiceOverdue", Kind.BALANCE),
    ("QuotaExceeded", Kind.BALANCE), ("SetLimitExceeded", Kind.BALANCE),
    ("Authentication", Kind.KEY), ("AccessDenied", Kind.KEY), ("InvalidAccountStatus", Kind.KEY),
    ("ModelNotOpen", Kind.MODEL), ("InvalidEndpointOrModel", Kind.MODEL),
    ("OperationDenied.ServiceNotOpen", Kind.MODEL),
    ("RateLimitExceeded", Kind.BUSY), ("ServerOverloaded", Kind.BUSY), ("ModelLoading", Kind.BUSY),
    ("MissingParameter", Kind.REQUEST), ("InvalidParameter", Kind.REQUEST),
)  # fmt: skip
"""Parts of codes; a task that failed has nothing else to go by."""
_BY_STATUS = {400: Kind.REQUEST, 401: Kind.KEY, 403: Kind.KEY, 413: Kind.REQUEST, 429: Kind.BUSY}
_GATEWAY = frozenset({502, 504})
_EXPIRES, _SPREAD = 7200, 7200
"""Seconds after which the vendor gives a task up, by chance somewhere in the spread: 3600 to 259,200 are allowed."""
_SKEW, _LATEST = 60.0, 120.0
_MOST_TOKENS = 1 << 40
_FLAG = re.compile("-{2,}")
_PIXELS = {"480p": 864 * 496, "720p": 1280 * 720, "1080p": 1920 * 1080}
_PIXELS_OF_2_5 = {**_PIXELS, "480p": 854 * 480}
"""Of a 16:9 picture, for which prices are given."""


class ByteDance:
    """``core.engines.hosted.vendor.Vendor``."""

    name = "bytedance"
    hosts: Mapping[Region, str] = {
        "international": "https://ark.ap-southeast.bytepluses.com/api/v3",
        "china": "https://ark.cn-beijing.volces.com/api/v3",
    }

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol."""
        return bearer(key)

    def create(self, order: Order) -> Call:
        """See the protocol. A length is always sent: Seedance 2.5 would choose one itself.

        With a picture the ratio must be left to Seedance 2.5, and may be to 2.0: it takes the picture's, which is ours.
        """
        body = {
            "model": order.model,
            "content": [{"type": "text", "text": _without_flags(order.prompt)}, *_pictures(order)],
            "resolution": order.resolution,
            "ratio": "adaptive" if order.image else order.ratio,
            "duration": order.seconds,
            "execution_expires_after": _expiry(order),
            **given(seed=order.seed, watermark=order.watermark),
            **order.arguments,
        }
        return Call("POST", _TASKS, body=as_json(body), headers={"Content-Type": "application/json"})

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol. There is no key that would make a second request the same one."""
        _require_good(answer, missing=Kind.MODEL)
        return Remote(answer.need("id"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        return Call("GET", f"{_TASKS}/{remote.id}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol. A task that failed comes with HTTP 200."""
        _require_good(answer, missing=Kind.GONE)
        state, url = state_of(answer.need("status"), _STATES), answer.text("content", "video_url")
        if state is State.DONE and not url:
            raise AnswerLost("a task without a video")
        return Status(
            state,
            video=Video(url) if state is State.DONE else None,
            fault=_fault(answer, missing=Kind.DOWN) if state is State.FAILED else None,
            seconds=_billed(answer, remote),
            revised_prompt=answer.text("revised_prompt") or None,
        )

    def cancel(self, remote: Remote) -> Call | None:
        """See the protocol. Of a task that is done, the same request deletes the record."""
        return Call("DELETE", f"{_TASKS}/{remote.id}")

    def stopped(self, answer: Answer) -> bool:
        """See the protocol. A task that runs is refused: 409 ``InvalidAction.RunningTaskDeletion``."""
        return answer.status < 300

    def find(self, order: Order, since: float) -> Call | None:
        """See the protocol. The list holds seven days, the newest first."""
        return Call("GET", _TASKS, query={"page_num": "1", "page_size": "100"})

    def found(self, answer: Answer, order: Order, since: float) -> Sequence[Remote]:
        """See the protocol. No prompt is listed, nor an id of ours; when a task expires is, and no two expire alike."""
        _require_good(answer, missing=Kind.DOWN)
        tasks = answer.table().get("items")
        listed = tasks if isinstance(tasks, list) else []
        return [Remote(str(task["id"]), order.model) for task in listed if _may_be(task, order, since)]

    def probe(self) -> Call:
        """See the protocol."""
        return Call("GET", _TASKS, query={"page_num": "1", "page_size": "1"})

    def proved(self, answer: Answer) -> None:
        """See the protocol. Whether a model is activated shows only when it is used."""
        _require_good(answer, missing=Kind.DOWN)


def _without_flags(prompt: str) -> str:
    """Ark reads ``--dur 30 --rs 1080p`` in a prompt as fields, and would take the money for that."""
    return _FLAG.sub("—", prompt)


def _pictures(order: Order) -> list[dict[str, Any]]:
    told = (("first_frame", order.image), ("last_frame", order.last_image))
    return [_picture(role, picture) for role, picture in told if picture]


def _picture(role: str, picture: Picture) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": picture.data_url}, "role": role}


def _expiry(order: Order) -> int:
    """Tells an order from others with the same fields; and one that is given up does not begin a day later."""
    return _EXPIRES + int(order.mark, 16) % _SPREAD


def _require_good(answer: Answer, *, missing: Kind) -> None:
    if answer.status < 300:
        return
    if answer.status in _GATEWAY or (answer.status >= 500 and not answer.text("error", "code")):
        raise AnswerLost(f"status {answer.status}")
    raise VendorFault(_fault(answer, missing=missing))


def _fault(answer: Answer, *, missing: Kind) -> Fault:
    """``missing``: what a 404 without a better reason means."""
    code = answer.text("error", "code")
    kind = _kind(code) or (missing if answer.status == 404 else _BY_STATUS.get(answer.status, Kind.DOWN))
    return Fault(kind, code or answer.text("status") or str(answer.status), answer.retry_after)


def _kind(code: str) -> Kind | None:
    """Texts, pictures, videos and sounds have codes of their own; ``.PolicyViolation`` is somebody's copyright."""
    if "Sensitive" in code or "RiskDetection" in code:
        return Kind.OUTPUT if code.startswith("Output") else Kind.PROMPT
    return next((kind for part, kind in _CODES if part in code), None)


def _billed(answer: Answer, remote: Remote) -> float | None:
    """Seconds of a 16:9 picture that cost as much. Tokens are billed: width x height x 24 x seconds / 1024."""
    tokens = answer.table("usage").get("completion_tokens")
    pixels = (_PIXELS_OF_2_5 if "seedance-2-5" in remote.model else _PIXELS).get(answer.text("resolution"))
    if not pixels or not isinstance(tokens, int) or not 0 < tokens < _MOST_TOKENS:
        return None
    return tokens * 1024 / (pixels * 24)


def _may_be(task: Any, order: Order, since: float) -> bool:
    if not isinstance(task, Mapping) or not task.get("id"):
        return False
    told = task.get("created_at")
    is_new = not isinstance(told, int | float) or since - _SKEW <= told <= since + _LATEST
    own = {
        "model": order.model,
        "resolution": order.resolution,
        "duration": order.seconds,
        "execution_expires_after": _expiry(order),
    }
    return is_new and all(task.get(name) in (None, value) for name, value in own.items())
