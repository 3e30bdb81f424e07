"""Tencent's Cloud API 3.0 (vclm): one path, signed requests, and status 200 for whatever it says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from aiohttp import web
from PIL import Image

from core.catalogue.hosted import Region
from core.engines.hosted.faults import Kind
from core.engines.hosted.tencent_cloud import TencentCloud
from tests.vendors.server import Reply, VendorServer, Wrong

_ACTIONS = {"SubmitHunyuanToVideoJob": "create", "DescribeHunyuanToVideoJob": "poll"}
_KNOWN = {"Prompt", "Image", "Resolution", "LogoAdd", "LogoParam"}
_WORDS = {"queued": "WAIT", "running": "RUN", "done": "DONE", "failed": "FAIL"}
_SIZES = {1.0: (960, 960), 1.33: (1104, 832), 0.75: (832, 1104), 1.78: (1280, 720), 0.56: (720, 1280)}


def error(code: str) -> Reply:
    """An error of the API's."""
    return Reply(200, {"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "r"}})


class TencentCloudServer(VendorServer):
    """``requests`` are the headers and bodies of all that came."""

    vendor = TencentCloud()
    cards = ("hunyuan-video-cloud", "hunyuan-video-cloud-i2v")
    region: ClassVar[Region] = "china"
    create_errors: ClassVar = {
        Kind.PROMPT: (error("FailedOperation.ModerationFailed"), error("FailedOperation.ModerationAudioFailed")),
        Kind.KEY: (
            error("AuthFailure"),
            error("AuthFailure.SignatureFailure"),
            error("AuthFailure.SecretIdNotFound"),
            error("UnauthorizedOperation"),
        ),
        Kind.BALANCE: (
            error("ResourceInsufficient"),
            error("ResourcesSoldOut.ChargeStatusException"),
            error("ResourceUnavailable.IsOpening"),
            error("ResourceUnavailable.NotExist"),
        ),
        Kind.BUSY: (error("RequestLimitExceeded.JobNumExceed"), error("RequestLimitExceeded")),
        Kind.REQUEST: (
            error("InvalidParameter"),
            error("InvalidParameter.InvalidParameter"),
            error("InvalidParameterValue"),
            error("InvalidParameterValue.InvalidImageAspectRatio"),
            error("InvalidParameterValue.UrlIllegal"),
            error("FailedOperation.ImageDecodeFailed"),
            error("FailedOperation.ImageSizeExceed"),
            error("MissingParameter"),
            error("UnknownParameter"),
            error("UnsupportedRegion"),
            Reply(403, "<html>"),
        ),
        Kind.MODEL: (
            error("InvalidParameterValue.InvalidModel"),
            error("InvalidAction"),
            error("ActionOffline"),
        ),
        Kind.DOWN: (
            error("InternalError"),
            error("FailedOperation.InnerError"),
            error("FailedOperation.ServerError"),
            error("FailedOperation.RequestTimeout"),
            error("FailedOperation.DriverFailed"),
            error("FailedOperation.ModerationResponseError"),
            error("Whatever.New"),
        ),
    }
    task_errors: ClassVar = {
        Kind.PROMPT: ("FailedOperation.ModerationFailed", "FailedOperation.ModerationAudioFailed"),
        Kind.BUSY: ("RequestLimitExceeded.JobNumExceed",),
        Kind.BALANCE: ("ResourcesSoldOut.ChargeStatusException",),
        Kind.REQUEST: ("FailedOperation.ImageDecodeFailed", "InvalidParameterValue.InvalidImageFormat"),
        Kind.DOWN: (
            "FailedOperation.DriverFailed",
            "FailedOperation.InnerError",
            "FailedOperation.ModerationResponseError",
            "InternalError",
            "Whatever.New",
        ),
    }
    key = "AKIDloopback:secret"
    zone = "ap-guangzhou"

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[Mapping[str, str], bytes]] = []

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/", self.act)]

    def kind_of(self, request: web.Request) -> str:
        return _ACTIONS.get(request.headers.get("X-TC-Action", ""), super().kind_of(request))

    def new_id(self) -> str:
        return str(1387262242604040192 + next(self.numbers))

    async def act(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): text for name, text in request.headers.items()}
        self.requests.append((headers, body))
        self.let_in(headers, body)
        self.expect(headers["x-tc-version"] == "2024-05-23", "another version", error("NoSuchVersion"))
        self.expect(headers.get("x-tc-region") == self.zone, "another region", error("UnsupportedRegion"))
        told = self.create(json.loads(body)) if self.kind_of(request) == "create" else self.poll(json.loads(body))
        return web.json_response({"Response": {**told, "RequestId": "r"}})

    def let_in(self, headers: Mapping[str, str], body: bytes) -> None:
        stamp = int(headers["x-tc-timestamp"])
        self.expect(abs(time.time() - stamp) <= 300, "an old signature", error("AuthFailure.SignatureExpire"))
        self.expect(headers["host"] == urlsplit(self.url).netloc, "another host", error("InvalidParameter"))
        secret_id, _, secret = self.key.partition(":")
        told = headers["authorization"]
        self.expect(f"Credential={secret_id}/" in told, "another id", error("AuthFailure.SecretIdNotFound"))
        expected = _signature(secret, stamp, headers, body)
        scope = f"{_day(stamp)}/vclm/tc3_request"
        self.expect(
            told == f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, "
            f"SignedHeaders=content-type;host, Signature={expected}",
            "a wrong signature",
            error("AuthFailure.SignatureFailure"),
        )

    def create(self, order: dict[str, Any]) -> dict[str, Any]:
        bad = error("InvalidParameterValue")
        self.expect(order.keys() <= _KNOWN, f"unknown fields {order.keys() - _KNOWN}", error("UnknownParameter"))
        prompt = order.get("Prompt")
        self.expect(isinstance(prompt, str) and prompt.strip(), "no prompt", error("MissingParameter"))
        self.expect(len(str(prompt).strip()) <= 200, "too long", bad)
        self.expect(order.get("Resolution", "720p") == "720p", "720p alone", bad)
        self.expect(type(order.get("LogoAdd", 1)) is int, "a mark that is no number", bad)
        size = (1280, 720)
        if "Image" in order:
            size = self.shape(order["Image"])
        return {"JobId": self.begin(order, size, 5).id}

    def shape(self, image: dict[str, str]) -> tuple[int, int]:
        bad = error("FailedOperation.ImageDecodeFailed")
        self.expect(image.keys() == {"Base64"}, "one picture in base64", bad)
        self.expect(len(image["Base64"]) <= 8 << 20, "too large", error("FailedOperation.ImageSizeExceed"))
        with Image.open(io.BytesIO(base64.b64decode(image["Base64"], validate=True))) as picture:
            width, height = picture.size
        self.expect(min(width, height) >= 50 and max(width, height) <= 5000, "sides", bad)
        return _SIZES[round(width / height, 2)]

    def poll(self, question: dict[str, Any]) -> dict[str, Any]:
        self.expect(question.keys() == {"JobId"}, "only the job", error("UnknownParameter"))
        task = self.tasks.get(question["JobId"])
        if task is None:
            raise Wrong("no such job", error("FailedOperation.JobNotExist"))
        state = self.state(task)
        failed = state == "failed"
        return {
            "Status": _WORDS[state],
            "ErrorCode": task.error if failed else "",
            "ErrorMessage": "no" if failed else "",
            "ResultVideoUrl": self.link(task) if state == "done" else "",
        }


def _day(stamp: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(stamp))


def _signature(secret: str, stamp: int, headers: Mapping[str, str], body: bytes) -> str:
    """As Tencent's documentation of TC3-HMAC-SHA256 has it, step by step."""
    day = _day(stamp)
    canonical = (
        f"POST\n/\n\ncontent-type:{headers['content-type']}\nhost:{headers['host']}\n\ncontent-type;host\n"
        f"{hashlib.sha256(body).hexdigest()}"
    )
    text = f"TC3-HMAC-SHA256\n{stamp}\n{day}/vclm/tc3_request\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret}".encode()
    for part in (day, "vclm", "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
