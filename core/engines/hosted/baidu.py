"""Turns orders into Baidu's Qianfan: its own MuseSteamer, which needs a picture, and others' models that it resells.

Four families, each with a body of its own. Their answers differ too, by family and by year, so they are read by their
shape. Source: Baidu's pages of January to November 2026; its pages spell the same codes in several ways ("genration",
"interal"), so codes are known by parts of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core.catalogue.hosted import Region
from core.engines.hosted.baidu_codes import kind_of
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

_OWN, _RESOLD = "/video/generations", "/beta/video/generations/qianfan-video"
_STATES = {
    "pending": State.QUEUED, "created": State.QUEUED, "queued": State.QUEUED, "queueing": State.QUEUED,
    "submitted": State.QUEUED, "running": State.RUNNING, "processing": State.RUNNING,
    "succeeded": State.DONE, "succeed": State.DONE, "success": State.DONE,
    "failed": State.FAILED, "failure": State.FAILED, "fail": State.FAILED, "expired": State.FAILED,
    "terminated": State.CANCELLED, "cancelled": State.CANCELLED,
}  # fmt: skip
_LOST = frozenset({502, 504})
_NO_CODE = frozenset({"", "0"})
"""Of Kling's answers that are good, ``code`` is the number 0."""


class Baidu(NoList):
    """``core.engines.hosted.vendor.Vendor``. It is in China alone.

    The list of tasks has neither prompts nor ids of ours, and not all models: an order is not looked for in it.
    """

    name = "baidu"
    hosts: Mapping[Region, str] = {"china": "https://qianfan.baidubce.com"}

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol."""
        return bearer(key) | ({"Content-Type": "application/json"} if call.body else {})

    def create(self, order: Order) -> Call:
        """See the protocol."""
        model = order.model.lower()
        if model.startswith("musesteamer"):
            return _post(_OWN, _muse(order))
        if model.startswith("wan"):
            return _post(_OWN, _wan(order))
        kind, parameters = _kling(order) if model.startswith("k") else _vidu(order)
        return _post(_RESOLD, {"type": kind, "model": order.model, "model_parameters": parameters})

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol. Where there is a task, it was begun, whatever else the answer says."""
        if answer.status < 300 and (task := _task(answer)):
            return Remote(task, order.model, _OWN if _is_own(order.model) else _RESOLD)
        _require_good(answer, missing=Kind.MODEL)
        raise AnswerLost("no task in the answer")

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        named = {} if remote.path == _OWN else {"model": remote.model}
        return Call("GET", remote.path, query={"task_id": remote.id, **named})

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol."""
        word = answer.text("data", "task_status") or answer.text("status")
        if answer.status >= 300 or not word:
            _require_good(answer)
            raise AnswerLost("a task without a state")
        state = state_of(word.lower(), _STATES)
        return Status(
            state,
            video=Video(_url(answer)) if state is State.DONE else None,
            fault=_fault(answer, Kind.DOWN) if state is State.FAILED else None,
        )

    def cancel(self, remote: Remote) -> Call | None:
        """See the protocol. Resold tasks cannot be called back."""
        return Call("DELETE", _OWN, query={"task_id": remote.id}) if remote.path == _OWN else None

    def stopped(self, answer: Answer) -> bool:
        """See the protocol. Only tasks that have not begun can be stopped."""
        return answer.status < 300 and answer.text("status").lower() == "terminated"

    def probe(self) -> Call:
        """See the protocol."""
        return Call("GET", f"{_OWN}/list", query={"page_num": "1", "page_size": "1"})

    def proved(self, answer: Answer) -> None:
        """See the protocol. That the list has another address or wants other fields takes a good key to be told."""
        try:
            _require_good(answer)
        except VendorFault as error:
            if error.fault.kind not in {Kind.GONE, Kind.REQUEST}:
                raise


def _is_own(model: str) -> bool:
    return model.lower().startswith(("musesteamer", "wan"))


def _post(path: str, body: Mapping[str, Any]) -> Call:
    return Call("POST", path, body=as_json(body))


def _muse(order: Order) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": order.prompt}]
    if order.image:
        content.append({"type": "image_url", "image_url": {"url": order.image.data_url}})
    body = given(model=order.model, content=content, duration=order.seconds, watermark=order.watermark)
    return body | dict(order.arguments)


def _wan(order: Order) -> dict[str, Any]:
    body = given(
        model=order.model,
        prompt=order.prompt,
        negative_prompt=order.negative_prompt or None,
        ratio=order.ratio,
        duration=order.seconds,
        seed=order.seed,
    )
    return body | dict(order.arguments)


def _vidu(order: Order) -> tuple[str, dict[str, Any]]:
    """The models that Baidu calls VQ, of words."""
    body = given(
        prompt=order.prompt,
        duration=order.seconds,
        seed=order.seed,
        aspect_ratio=order.ratio,
        resolution=order.resolution,
    )
    return "text2video", body | dict(order.arguments)


def _kling(order: Order) -> tuple[str, dict[str, Any]]:
    """``k3.0-turbo``. A picture goes without a header, as pages of other K models say, and the clip takes its shape."""
    settings: dict[str, Any] = {"resolution": order.resolution, "duration": order.seconds}
    body: dict[str, Any] = {"prompt": order.prompt}
    if order.image:
        frame = {"type": "first_frame", "url": order.image.base64}
        body = {"contents": [{"type": "prompt", "text": order.prompt}, frame]}
    else:
        settings["aspect_ratio"] = order.ratio
    if order.watermark is not None:
        body["options"] = {"watermark_info": {"enabled": order.watermark}}
    return "img2video" if order.image else "text2video", body | {"settings": settings | dict(order.arguments)}


def _task(answer: Answer) -> str:
    """``id`` alone is a task's only where it is not the request's, which begins with "as-" or comes with an error."""
    bare = answer.text("id")
    is_request = bare.startswith("as-") or _code(answer) != ""
    return answer.text("task_id") or answer.text("data", "task_id") or ("" if is_request else bare)


def _require_good(answer: Answer, *, missing: Kind = Kind.GONE) -> None:
    if answer.status in _LOST or (answer.status >= 500 and not answer.table()):
        raise AnswerLost(f"status {answer.status}")
    code = _code(answer)
    if answer.status >= 300 or code:
        raise VendorFault(_fault(answer, Kind.DOWN, missing))


def _code(answer: Answer) -> str:
    codes = (answer.text(*path) for path in (("error", "code"), ("err_code",), ("code",)))
    return next((code for code in codes if code not in _NO_CODE), "")


def _fault(answer: Answer, otherwise: Kind, missing: Kind = Kind.GONE) -> Fault:
    code = _code(answer)
    named = f"{code} {answer.text('error', 'type')} {answer.text('type')}"
    messages = (answer.text(*path) for path in (("data", "task_status_msg"), ("error", "message"), ("message",)))
    kind = kind_of(code, named, next(filter(None, messages), ""), answer.status) or otherwise
    return Fault(missing if kind is Kind.GONE else kind, code or str(answer.status), answer.retry_after)


def _url(answer: Answer) -> str:
    """Kling's file with a mark, where one was asked for; else the only one."""
    vidu, kling = _first(answer.table().get("creations")), _first(answer.table("data", "task_result").get("videos"))
    told = (answer.table("content").get("video_url"), vidu.get("url"), kling.get("watermark_url"), kling.get("url"))
    url = next((url for url in told if isinstance(url, str) and url), None)
    if url is None:
        raise AnswerLost("a finished task without a file")
    return _encrypted(url)


def _first(found: Any) -> Mapping[str, Any]:
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, Mapping) else {}


def _encrypted(url: str) -> str:
    """Older pages show files of Baidu's storage by plain http, by which nothing is fetched; newer ones by https."""
    is_storage = url.startswith("http://") and (urlsplit(url).hostname or "").endswith(".bcebos.com")
    return f"https://{url.removeprefix('http://')}" if is_storage else url
