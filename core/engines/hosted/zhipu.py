"""Turns orders into Zhipu's (Z.ai, 智谱) asynchronous interface, which makes CogVideoX-3's videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.vendor import (
    Answer,
    Call,
    NoCancel,
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

_RESULT = "/api/paas/v4/async-result/"
_NOBODYS = "0"
"""A task that does not exist."""
_STATES = {"PROCESSING": State.RUNNING, "SUCCESS": State.DONE, "FAIL": State.FAILED}
_IN_USE = "1231"
"""This request was sent before: whether it began a clip is not said."""
_BY_CODE: Mapping[str, Kind] = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "1110", "1111", "1112", "1121"), Kind.KEY),
    **dict.fromkeys(("1113", "1304", "1308", "1309"), Kind.BALANCE),
    **dict.fromkeys(("1210", "1213", "1214", "1215", "1261"), Kind.REQUEST),
    **dict.fromkeys(("1211", "1212", "1220", "1221", "1222"), Kind.MODEL),
    **dict.fromkeys(("1300", "1301"), Kind.PROMPT),
    **dict.fromkeys(("1302", "1303", "1305"), Kind.BUSY),
    **dict.fromkeys(("500", "1100", "1120", "1200", "1230", "1234"), Kind.DOWN),
}
_BY_STATUS = {
    400: Kind.REQUEST, 401: Kind.KEY, 403: Kind.KEY, 404: Kind.MODEL, 413: Kind.REQUEST, 429: Kind.BUSY,
}  # fmt: skip
_GATEWAY = frozenset({502, 504})
"""Somebody on the way gave up; the vendor may have taken the order."""


class Zhipu(NoCancel, NoList):
    """``core.engines.hosted.vendor.Vendor``.

    A task is asked for by its own id alone, not by ``request_id``, which is ours.
    """

    name = "zhipu"
    hosts: Mapping[Region, str] = {"international": "https://api.z.ai", "china": "https://open.bigmodel.cn"}

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol. Errors' texts come in Chinese or English; only their codes are read."""
        return bearer(key)

    def create(self, order: Order) -> Call:
        """See the protocol. With a last picture there is the fast mode alone."""
        pictures = [picture.data_url for picture in (order.image, order.last_image) if picture]
        body = given(
            model=order.model,
            prompt=order.prompt,
            size=f"{order.width}x{order.height}",
            duration=order.seconds,
            image_url=pictures or None,
            request_id=order.mark,
            watermark_enabled=order.watermark,
        )
        mode = {"quality": "speed"} if order.last_image else {}
        content = as_json(body | dict(order.arguments) | mode)
        return Call(
            "POST", "/api/paas/v4/videos/generations", body=content, headers={"Content-Type": "application/json"}
        )

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol."""
        if answer.text("error", "code") == _IN_USE:
            raise AnswerLost("the request is known already")
        _require_good(answer)
        return Remote(answer.need("id"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        return Call("GET", f"{_RESULT}{remote.id}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol. There is no word for a task that waits."""
        word = answer.text("task_status")
        if not word:
            _require_known(answer)
            raise AnswerLost("a task without a state")
        state, url = state_of(word, _STATES), _url(answer)
        return Status(
            state,
            video=Video(url) if state is State.DONE and url else None,
            fault=_failure(answer) if state is State.FAILED else None,
        )

    def probe(self) -> Call:
        """See the protocol. There is nothing cheaper than asking for a task that does not exist."""
        return Call("GET", f"{_RESULT}{_NOBODYS}")

    def proved(self, answer: Answer) -> None:
        """See the protocol. Whoever is told that there is no such task was let in."""
        try:
            _require_known(answer)
        except VendorFault as error:
            if error.fault.kind is not Kind.GONE:
                raise


def _require_good(answer: Answer) -> None:
    code = answer.text("error", "code")
    if answer.status in _GATEWAY or (answer.status >= 500 and not code):
        raise AnswerLost(f"status {answer.status}")
    if answer.status >= 300 or code:
        raise VendorFault(_fault(answer))


def _require_known(answer: Answer) -> None:
    """A question about a task holds its id and nothing else: if something is wrong with it, that is."""
    try:
        _require_good(answer)
    except VendorFault as error:
        if error.fault.kind in {Kind.REQUEST, Kind.MODEL}:
            raise VendorFault(Fault(Kind.GONE, error.fault.code)) from error
        raise


def _fault(answer: Answer) -> Fault:
    code = answer.text("error", "code")
    kind = _BY_CODE.get(code) or _BY_STATUS.get(answer.status, Kind.DOWN)
    return Fault(kind, code or str(answer.status), answer.retry_after)


def _failure(answer: Answer) -> Fault:
    """No place for a reason is documented: where errors have theirs is looked at."""
    code = answer.text("error", "code")
    return Fault(_BY_CODE.get(code, Kind.DOWN), code or "FAIL")


def _url(answer: Answer) -> str:
    results: Any = answer.table().get("video_result")
    first = results[0] if isinstance(results, list) and results else None
    url = first.get("url") if isinstance(first, Mapping) else None
    return url if isinstance(url, str) else ""
