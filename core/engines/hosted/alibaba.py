"""Turns orders into Alibaba's DashScope (Model Studio, 百炼), which makes Wan's and HappyHorse's videos.

Wan up to 2.6 has other fields than what came later: ``size`` with a star, and pictures by names of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.vendor import (
    Answer,
    Call,
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

_CREATE = "/api/v1/services/aigc/video-generation/video-synthesis"
_TASKS = "/api/v1/tasks/"
_LEGACY = ("wan2.6", "wan2.5", "wan2.2", "wanx2.1")
_STATES = {
    "PENDING": State.QUEUED,
    "SUSPENDED": State.QUEUED,
    "RUNNING": State.RUNNING,
    "SUCCEEDED": State.DONE,
    "FAILED": State.FAILED,
    "CANCELED": State.CANCELLED,
    "UNKNOWN": State.GONE,
}
_BY_CODE = (
    ("DataInspectionFailed", Kind.PROMPT),
    ("InvalidParameter.DataInspection", Kind.PROMPT),
    ("IPInfringementSuspect", Kind.PROMPT),
    ("InvalidParameter", Kind.REQUEST),
    ("InvalidURL", Kind.REQUEST),
    ("BadRequest", Kind.REQUEST),
    ("Arrearage", Kind.BALANCE),
    ("AllocationQuota", Kind.BALANCE),
    ("Throttling.AllocationQuota", Kind.BALANCE),
    ("Throttling", Kind.BUSY),
    ("InvalidApiKey", Kind.KEY),
    ("AccessDenied", Kind.KEY),
    ("Model.AccessDenied", Kind.MODEL),
    ("ModelNotFound", Kind.MODEL),
    ("InternalError", Kind.DOWN),
)
"""What codes begin with; the first that fits counts."""
_BY_STATUS = {
    400: Kind.REQUEST, 401: Kind.KEY, 403: Kind.KEY, 404: Kind.MODEL, 413: Kind.REQUEST, 429: Kind.BUSY,
}  # fmt: skip
_GATEWAY = frozenset({502, 504})
"""Somebody on the way gave up; the vendor may have taken the order."""
_EARLIER, _LATER = 60.0, 120.0
"""Seconds by which a listed task may have begun before and after we ordered: clocks differ."""


class Alibaba:
    """``core.engines.hosted.vendor.Vendor``. Newer keys have a host of their workspace: the address is a setting."""

    name = "alibaba"
    hosts: Mapping[Region, str] = {
        "international": "https://dashscope-intl.aliyuncs.com",
        "china": "https://dashscope.aliyuncs.com",
    }

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol."""
        return bearer(key)

    def create(self, order: Order) -> Call:
        """See the protocol. Without the second header the vendor refuses."""
        body = {"model": order.model, "input": _input(order), "parameters": _parameters(order)}
        headers = {"Content-Type": "application/json", "X-DashScope-Async": "enable"}
        return Call("POST", _CREATE, body=as_json(body), headers=headers)

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol."""
        _require_good(answer)
        return Remote(answer.need("output", "task_id"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol. All keys of an account may ask 20 times a second together."""
        return Call("GET", f"{_TASKS}{remote.id}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol. A task that failed is told with status 200; after 24 hours its word is ``UNKNOWN``."""
        word = answer.text("output", "task_status")
        if not word:
            if answer.status == 404:
                raise VendorFault(Fault(Kind.GONE, answer.text("code")))
            _require_good(answer)
            raise AnswerLost("a task without a state")
        state, url = state_of(word, _STATES), answer.text("output", "video_url")
        return Status(
            state,
            video=Video(url) if state is State.DONE and url else None,
            fault=_fault(answer, "output") if state is State.FAILED else None,
            seconds=_seconds(answer.table("usage").get("duration")),
            prompt=answer.text("output", "orig_prompt") or None,
            revised_prompt=answer.text("output", "actual_prompt") or None,
        )

    def cancel(self, remote: Remote) -> Call | None:
        """See the protocol. Only what is still queued can be cancelled."""
        return Call("POST", f"{_TASKS}{remote.id}/cancel")

    def stopped(self, answer: Answer) -> bool:
        """See the protocol. Of a task that runs the vendor says ``UnsupportedOperation``."""
        return answer.status < 300 and not answer.text("code")

    def find(self, order: Order, since: float) -> Call | None:
        """See the protocol. The list is of the last 24 hours, and of all keys of the account."""
        return Call("GET", _TASKS, query={"model_name": order.model, "page_no": "1", "page_size": "50"})

    def found(self, answer: Answer, order: Order, since: float) -> Sequence[Remote]:
        """See the protocol. Prompts are not listed: each task is asked for its own, once it is done at the latest."""
        _require_good(answer)
        # The reference lists them as ``data``, the vendor's SDK 2.0 reads ``tasks``, within ``output`` or without.
        places = (answer.table(), answer.table("output"))
        listed = [entry for place in places for name in ("data", "tasks") for entry in _list(place.get(name))]
        return [Remote(str(entry["task_id"]), order.model) for entry in listed if _may_be(entry, order, since)]

    def probe(self) -> Call:
        """See the protocol."""
        return Call("GET", _TASKS, query={"page_no": "1", "page_size": "1"})

    def proved(self, answer: Answer) -> None:
        """See the protocol."""
        _require_good(answer)


def _input(order: Order) -> dict[str, Any]:
    words = given(prompt=order.prompt, negative_prompt=order.negative_prompt or None)
    pictures = {"first_frame": order.image, "last_frame": order.last_image}
    media = [{"type": name, "url": picture.data_url} for name, picture in pictures.items() if picture]
    if media and order.model.startswith(_LEGACY):
        return words | {"img_url": media[0]["url"]}
    return words | ({"media": media} if media else {})


def _parameters(order: Order) -> dict[str, Any]:
    told = given(duration=order.seconds, seed=order.seed, watermark=order.watermark)
    return _shape(order) | told | dict(order.arguments)


def _shape(order: Order) -> dict[str, str]:
    """A video that begins with a picture has its shape: those models take no ratio, and Wan 3.0 wants this word."""
    resolution = {"resolution": order.resolution.upper()}
    if order.image is None:
        is_legacy = order.model.startswith(_LEGACY)
        return {"size": f"{order.width}*{order.height}"} if is_legacy else resolution | {"ratio": order.ratio}
    return resolution | ({"ratio": "adaptive"} if order.model.startswith("wan3") else {})


def _require_good(answer: Answer) -> None:
    """A refusal may also come with status 200."""
    code = answer.text("code")
    if answer.status in _GATEWAY or (answer.status >= 500 and not code):
        raise AnswerLost(f"status {answer.status}")
    if answer.status >= 300 or code:
        raise VendorFault(_fault(answer))


def _fault(answer: Answer, *place: str) -> Fault:
    code, message = answer.text(*place, "code"), answer.text(*place, "message")
    known = next((kind for prefix, kind in _BY_CODE if code.startswith(prefix)), None)
    kind = known or _BY_STATUS.get(answer.status, Kind.DOWN)
    if kind is Kind.PROMPT and "output" in message.lower():
        kind = Kind.OUTPUT
    return Fault(kind, code or str(answer.status), answer.retry_after)


def _seconds(told: Any) -> float | None:
    """What is taken for: with 2.7 and later it may be more than what was ordered."""
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return float(told) if is_number and 0 < told < 3600 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _may_be(entry: Any, order: Order, since: float) -> bool:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("task_id"), str):
        return False
    began = entry.get("gmt_create")
    is_new = isinstance(began, int) and since - _EARLIER <= began // 1000 <= since + _LATER
    return is_new and entry.get("model_name") == order.model
