"""Turns orders into Tencent's TokenHub, where Hunyuan video takes a plain key.

Source: Tencent's pages 1823/137202 (video) and 1823/131595 (errors of the gateway). What a failed task says was never
published: its code is looked up among those of the Cloud API, and its message for words about moderation.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.tencent_codes import kind_of
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

_PATH = "/v1/wand/hunyuan-video"
_STATES = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "succeeded": State.DONE,
    "failed": State.FAILED,
}
_BY_STATUS = {
    400: Kind.REQUEST, 401: Kind.KEY, 402: Kind.BALANCE, 403: Kind.KEY, 404: Kind.GONE, 413: Kind.REQUEST,
    422: Kind.REQUEST, 429: Kind.BUSY, 451: Kind.PROMPT, 503: Kind.BUSY,
}  # fmt: skip
_LOST = frozenset({502, 504})
"""The gateway's word for a model behind it that failed or is slow: the order may have come through."""
_MODERATED = ("content_filter", "moderation", "sensitive", "safety policy", "审核", "敏感", "违规")
_NOBODYS = "0"
"""A task that nobody has: whoever asks for it with a good key is told that it is not there."""


class Tencent(NoCancel, NoList):
    """``core.engines.hosted.vendor.Vendor``. There is no list of tasks, no id of ours, and no cancelling.

    The address outside China is known for chat alone, so China comes first.
    """

    name = "tencent"
    hosts: Mapping[Region, str] = {
        "china": "https://tokenhub.tencentmaas.com",
        "international": "https://tokenhub-intl.tencentcloudmaas.com",
    }

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol."""
        return bearer(key) | ({"Content-Type": "application/json"} if call.body else {})

    def create(self, order: Order) -> Call:
        """See the protocol. With a picture the shape is the picture's, and naming one is refused."""
        body = given(
            model=order.model,
            prompt=order.prompt,
            negative_prompt=order.negative_prompt or None,
            image=order.image.base64 if order.image else None,
            aspect_ratio=None if order.image else order.ratio,
            duration=order.seconds,
            resolution=order.resolution,
            n=1,
        )
        return Call("POST", f"{_PATH}/generation", body=as_json(body | dict(order.arguments)))

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol. What is not there when a task is begun is the model, not the task."""
        _require_good(answer, missing=Kind.MODEL)
        return Remote(answer.need("task_id"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        return Call("GET", f"{_PATH}/tasks/{quote(remote.id, safe='')}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol."""
        word = answer.text("status")
        if answer.status >= 300 or not word:
            _require_good(answer)
            raise AnswerLost("a task without a state")
        state = state_of(word, _STATES)
        return Status(
            state,
            video=Video(_url(answer)) if state is State.DONE else None,
            fault=_fault(answer, Kind.DOWN) if state is State.FAILED else None,
        )

    def probe(self) -> Call:
        """See the protocol."""
        return self.poll(Remote(_NOBODYS, ""))

    def proved(self, answer: Answer) -> None:
        """See the protocol. That the task is not there, or that its id makes no sense, takes a good key to be told."""
        try:
            _require_good(answer)
        except VendorFault as error:
            if error.fault.kind not in {Kind.GONE, Kind.REQUEST}:
                raise


def _require_good(answer: Answer, *, missing: Kind = Kind.GONE) -> None:
    """An error may come with status 200 as well: there is no envelope."""
    if answer.status in _LOST:
        raise AnswerLost(f"status {answer.status}")
    if answer.status >= 300 or answer.table("error"):
        raise VendorFault(_fault(answer, _BY_STATUS.get(answer.status, Kind.DOWN), missing))


def _fault(answer: Answer, otherwise: Kind, missing: Kind = Kind.GONE) -> Fault:
    """A code of the service behind the gateway says more than the gateway's own, which repeats the status."""
    codes = [answer.text("error", name) for name in ("upstream_code", "code", "type")]
    said = " ".join((*codes, answer.text("error", "message"))).lower()
    code = next(filter(None, codes), str(answer.status))
    known = next(filter(None, map(kind_of, codes)), None)
    if known is None and any(word in said for word in _MODERATED):
        return Fault(Kind.PROMPT, code)
    kind = known or otherwise
    return Fault(missing if kind is Kind.GONE else kind, code, answer.retry_after)


def _url(answer: Answer) -> str:
    videos = answer.table().get("videos")
    first = videos[0] if isinstance(videos, list) and videos else None
    url = first.get("url") if isinstance(first, Mapping) else None
    if not isinstance(url, str) or not url:
        raise AnswerLost("a finished task without a file")
    return url
