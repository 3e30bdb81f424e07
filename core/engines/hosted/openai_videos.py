"""Turns orders into OpenAI's protocol ``/v1/videos``, as SGLang, vLLM-Omni, FastVideo, gateways and Piying speak it.

OpenAI's own service, Sora, ended on 24 September 2026; the protocol outlived it. Servers differ: vLLM-Omni takes
multipart alone, answers the poll of a failed job with an HTTP error and the whole job in it, and stops a job that is
deleted; SGLang forgets a deleted job and goes on working; gateways put the file's address into the job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Fault, Kind, VendorFault
from core.engines.hosted.vendor import (
    Answer,
    Call,
    Field,
    Order,
    Remote,
    State,
    Status,
    Video,
    bearer,
    state_of,
)

_STATES = {
    "queued": State.QUEUED,
    "in_progress": State.RUNNING,
    "completed": State.DONE,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
}
_POLICY = ("moderation", "content_policy", "sensitive")
"""Parts of codes; the historic one is ``moderation_blocked``."""
_BY_STATUS = {
    400: Kind.REQUEST, 401: Kind.KEY, 402: Kind.BALANCE, 403: Kind.KEY, 404: Kind.GONE, 409: Kind.REQUEST,
    413: Kind.REQUEST, 422: Kind.REQUEST, 429: Kind.BUSY, 503: Kind.BUSY,
}  # fmt: skip
_GATEWAY = frozenset({502, 504})
"""Somebody on the way gave up; the server may have taken the order."""
_SKEW = 60.0
"""Seconds by which a server's clock may be off when its list is compared with ours."""


class OpenAiVideos:
    """``core.engines.hosted.vendor.Vendor``. There is no usual address."""

    name = "openai_videos"
    hosts: Mapping[Region, str] = {}

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol. Servers on one's own network often have no key."""
        return bearer(key) if key else {}

    def create(self, order: Order) -> Call:
        """See the protocol. Numbers are texts in a form."""
        fields = [
            Field("model", order.model),
            Field("prompt", order.prompt),
            Field("seconds", str(order.seconds)),
            Field("size", f"{order.width}x{order.height}"),
            *(Field(name, str(value)) for name, value in order.arguments.items()),
        ]
        if order.seed is not None:
            fields.append(Field("seed", str(order.seed)))
        if order.negative_prompt:
            fields.append(Field("negative_prompt", order.negative_prompt))
        if order.image:
            fields.append(Field("input_reference", order.image.data, "first.jpg", order.image.mime))
        return Call("POST", "/v1/videos", form=tuple(fields))

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol. What is not there is the model, or the whole protocol at this address."""
        if answer.status == 404:
            raise VendorFault(Fault(Kind.MODEL, answer.text("error", "code") or "404"))
        _require_good(answer)
        return Remote(answer.need("id"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        return Call("GET", f"/v1/videos/{remote.id}")

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol. A job in an error's body counts for more than the error's number."""
        word = answer.text("status")
        if not word or "id" not in answer.table():
            _require_good(answer)
            raise AnswerLost("a job without a state")
        state = state_of(word, _STATES)
        return Status(
            state,
            progress=_fraction(answer.body.get("progress")),
            video=Video(*_file(answer, remote)) if state is State.DONE else None,
            fault=_fault(answer) if state is State.FAILED else None,
            revised_prompt=answer.text("revised_prompt") or None,
        )

    def cancel(self, remote: Remote) -> Call | None:
        """See the protocol."""
        return Call("DELETE", f"/v1/videos/{remote.id}")

    def stopped(self, answer: Answer) -> bool:
        """See the protocol. A server of one's own takes no money, so what matters is that it has let go."""
        return answer.status < 300

    def find(self, order: Order, since: float) -> Call | None:
        """See the protocol."""
        return Call("GET", "/v1/videos", query={"limit": "100", "order": "desc"})

    def found(self, answer: Answer, order: Order, since: float) -> Sequence[Remote]:
        """See the protocol. Servers that list no prompt leave no more to go by than model, size and time."""
        _require_good(answer)
        jobs = answer.table().get("data")
        listed = jobs if isinstance(jobs, list) else []
        return [Remote(str(job["id"]), order.model) for job in listed if _may_be(job, order, since)]

    def probe(self) -> Call:
        """See the protocol."""
        return Call("GET", "/v1/videos", query={"limit": "1"})

    def proved(self, answer: Answer) -> None:
        """See the protocol. A server without a list answers 404 or 405, which a wrong key does not."""
        if answer.status not in {404, 405}:
            _require_good(answer)


def _require_good(answer: Answer) -> None:
    if answer.status in _GATEWAY:
        raise AnswerLost(f"status {answer.status}")
    if answer.status >= 300:
        raise VendorFault(_fault(answer))


def _fault(answer: Answer) -> Fault:
    """``error.code`` is a word, or with vLLM-Omni a number; FastAPI's own errors have ``detail`` alone."""
    code, message = answer.text("error", "code"), answer.text("error", "message")
    if any(part in f"{code} {message}".lower() for part in _POLICY):
        return Fault(Kind.PROMPT, code)
    if "insufficient" in code or "quota" in code:
        return Fault(Kind.BALANCE, code)
    kind = _BY_STATUS.get(answer.status, Kind.DOWN)
    return Fault(kind, code or str(answer.status), answer.retry_after)


def _file(answer: Answer, remote: Remote) -> tuple[str, bool]:
    """Where the file is: where the job says, or where the protocol has it, which takes the key."""
    for path in (("url",), ("video_url",), ("metadata", "url")):
        if (url := answer.text(*path)).startswith(("https://", "http://")):
            return url, False
    return f"/v1/videos/{remote.id}/content", True


def _fraction(progress: Any) -> float | None:
    """A number that is none, and one beyond every measure, tell nothing."""
    return progress / 100 if isinstance(progress, int | float) and 0 <= progress <= 100 else None


def _may_be(job: Any, order: Order, since: float) -> bool:
    if not isinstance(job, Mapping) or "id" not in job or str(job.get("model", order.model)) != order.model:
        return False
    told = job.get("created_at")
    is_new = not isinstance(told, int | float) or since - _SKEW <= told <= since + _SKEW + 60
    return is_new and job.get("prompt", order.prompt) == order.prompt and job.get("size", _size(order)) == _size(order)


def _size(order: Order) -> str:
    return f"{order.width}x{order.height}"
