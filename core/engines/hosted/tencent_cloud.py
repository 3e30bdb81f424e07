"""Turns orders into Tencent's Cloud API 3.0, where every request is signed and errors come with status 200.

Source: SubmitHunyuanToVideoJob and DescribeHunyuanToVideoJob of vclm, version 2024-05-23, in Tencent's SDK 3.1.127.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    given,
    state_of,
)
from core.tc3 import Tc3

_SERVICE, _VERSION = "vclm", "2024-05-23"
_ACTION = "X-TC-Action"
_STATES = {
    "WAIT": State.QUEUED,
    "RUN": State.RUNNING,
    "DONE": State.DONE,
    "FAIL": State.FAILED,
}
_NOBODYS = "0"
"""A job that nobody has: whoever asks for it with a good key is told that it is not there."""
_PROVEN = frozenset({Kind.GONE, Kind.REQUEST})
"""What only somebody with a good key is told."""


class TencentCloud(NoCancel, NoList):
    """``core.engines.hosted.vendor.Vendor``. A key is a secret's id and the secret itself, with a colon between them.

    ``zone`` is what Tencent calls a region. There is no list of jobs, no id of ours, and no cancelling.
    """

    name = "tencent_cloud"
    hosts: Mapping[Region, str] = {"china": "https://vclm.tencentcloudapi.com"}

    def __init__(self, zone: str = "ap-guangzhou") -> None:
        self._zone = zone

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """See the protocol.

        Raises:
            VendorFault: the key has no colon.
        """
        secret_id, colon, secret = key.partition(":")
        if not colon:
            raise VendorFault(Fault(Kind.KEY, "write it as id:secret"))
        url = f"https://{call.host}"
        signer = Tc3(secret_id, secret, _SERVICE, call.headers[_ACTION], _VERSION, self._zone, url)
        return signer.headers(call.body, int(now))

    def create(self, order: Order) -> Call:
        """See the protocol. The shape cannot be asked for; with a picture it is the picture's."""
        body = given(
            Prompt=order.prompt,
            Image={"Base64": order.image.base64} if order.image else None,
            Resolution=order.resolution,
            LogoAdd=None if order.watermark is None else int(order.watermark),
        )
        return _call("SubmitHunyuanToVideoJob", body | dict(order.arguments))

    def created(self, answer: Answer, order: Order) -> Remote:
        """See the protocol."""
        _require_good(answer)
        return Remote(answer.need("Response", "JobId"), order.model)

    def poll(self, remote: Remote) -> Call:
        """See the protocol."""
        return _call("DescribeHunyuanToVideoJob", {"JobId": remote.id})

    def status(self, answer: Answer, remote: Remote) -> Status:
        """See the protocol."""
        _require_good(answer)
        state = state_of(answer.need("Response", "Status"), _STATES)
        code = answer.text("Response", "ErrorCode")
        return Status(
            state,
            video=Video(answer.need("Response", "ResultVideoUrl")) if state is State.DONE else None,
            fault=Fault(kind_of(code) or Kind.DOWN, code) if state is State.FAILED else None,
        )

    def probe(self) -> Call:
        """See the protocol."""
        return self.poll(Remote(_NOBODYS, ""))

    def proved(self, answer: Answer) -> None:
        """See the protocol."""
        try:
            _require_good(answer)
        except VendorFault as error:
            if error.fault.kind not in _PROVEN:
                raise


def _call(action: str, body: Mapping[str, Any]) -> Call:
    return Call("POST", "/", body=as_json(body), headers={_ACTION: action})


def _require_good(answer: Answer) -> None:
    """An answer without the API's envelope is somebody's on the way; what it refuses itself did not come through."""
    if code := answer.text("Response", "Error", "Code"):
        raise VendorFault(Fault(kind_of(code) or Kind.DOWN, code, answer.retry_after))
    if 400 <= answer.status < 500:
        kind = Kind.BUSY if answer.status == 429 else Kind.REQUEST
        raise VendorFault(Fault(kind, str(answer.status), answer.retry_after))
    if answer.status >= 300 or not answer.table("Response"):
        raise AnswerLost(f"status {answer.status}")
