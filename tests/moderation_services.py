"""Moderation services on loopback, each as strict as its documentation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs

from tests.services import Answer, ChatService, Service, TencentService, as_json

BAD = "forbidden"
"""A text with this in it is what the services object to."""


class OpenAiService(Service):
    """``/v1/moderations``."""

    path = "/v1/moderations"

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers.get("authorization") != "Bearer sk-1":
            return as_json({"error": {"message": "no"}}, 401)
        request = json.loads(body)
        self.demand(request.keys() == {"model", "input"}, "other fields")
        self.demand(request["model"] == "omni-moderation-latest", "another model")
        self.asked.append(request["input"])
        bad = BAD in request["input"]
        flags = {"sexual": False, "sexual/minors": False, "violence/graphic": bad, "illicit": None}
        scores = {"sexual": 0.98, "sexual/minors": 0.0, "violence/graphic": 0.9 if bad else 0.1, "illicit": 0.0}
        result = {"flagged": bad, "categories": flags, "category_scores": scores}
        return as_json({"id": "m", "model": request["model"], "results": [result]})


class AzureService(Service):
    """``text:analyze``."""

    path = "/contentsafety/text:analyze?api-version=2024-09-01"

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers.get("ocp-apim-subscription-key") != "k":
            return as_json({"error": {"code": "401"}}, 401)
        request = json.loads(body)
        self.demand(request.keys() == {"text", "categories", "outputType"}, "other fields")
        self.demand(sorted(request["categories"]) == ["Hate", "SelfHarm", "Sexual", "Violence"], "other categories")
        self.demand(request["outputType"] == "FourSeverityLevels", "other levels")
        self.demand(len(request["text"]) <= 10_000, "too long")
        self.asked.append(request["text"])
        severities = {"Hate": 0, "SelfHarm": 2, "Sexual": 0, "Violence": 4 if BAD in request["text"] else 0}
        return as_json({"categoriesAnalysis": [{"category": k, "severity": v} for k, v in severities.items()]})


class TmsService(TencentService):
    """API 3.0, action TextModeration."""

    service = "tms"

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        stamp = int(headers["x-tc-timestamp"])
        if abs(self.now() - stamp) > 300:
            return self.error("AuthFailure.SignatureExpire")
        if headers["authorization"] != self.sign(stamp, headers, body):
            return self.error("AuthFailure.SignatureFailure")
        self.demand(headers["x-tc-action"] == "TextModeration", "another action")
        self.demand(headers["x-tc-version"] == "2020-12-29", "another version")
        self.demand(headers["x-tc-region"] == "ap-guangzhou", "another region")
        request = json.loads(body)
        self.demand(request.keys() == {"Content", "SourceLanguage", "BizType"}, "other fields")
        self.demand(request["SourceLanguage"] in {"zh", "en"}, "another language")
        text = base64.b64decode(request["Content"], validate=True).decode()
        self.demand(len(text) <= 10_000, "too long")
        self.asked.append(text)
        found = ("Block", "Terror", 90) if BAD in text else ("Pass", "Normal", 0)
        return as_json(
            {"Response": {**dict(zip(("Suggestion", "Label", "Score"), found, strict=True)), "RequestId": "r"}}
        )

    def sign(self, stamp: int, headers: Mapping[str, str], body: bytes) -> str:
        date = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")
        lines = f"content-type:{headers['content-type']}\nhost:{headers['host']}\n"
        request = f"POST\n/\n\n{lines}\ncontent-type;host\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{date}/tms/tc3_request"
        text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = b"TC3" + self.key.encode()
        for part in (date, "tms", "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return f"TC3-HMAC-SHA256 Credential={self.id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"


class GreenService(Service):
    """Aliyun's TextModerationPlus: every answer has status 200. ``now`` is the service's time."""

    _signed: ClassVar = (
        "content-type", "host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce",
        "x-acs-version",
    )  # fmt: skip

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.now = now
        self.nonces: list[str] = []

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers["authorization"] != self.sign(headers):
            return as_json({"Code": 403, "Message": "SignatureDoesNotMatch"})
        self.demand(headers["x-acs-content-sha256"] == hashlib.sha256(body).hexdigest(), "another body was signed")
        self.demand(headers["x-acs-action"] == "TextModerationPlus", "another action")
        self.demand(headers["x-acs-version"] == "2022-03-02", "another version")
        moment = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
        self.demand(abs(moment - self.now()) < 900, "another day")
        self.demand(headers["x-acs-signature-nonce"] not in self.nonces, "a nonce that was used before")
        self.nonces.append(headers["x-acs-signature-nonce"])
        fields = {name: values[0] for name, values in parse_qs(body.decode(), strict_parsing=True).items()}
        self.demand(fields.keys() == {"Service", "ServiceParameters"}, "other fields")
        self.demand(fields["Service"] == "llm_query_moderation", "another service")
        text = json.loads(fields["ServiceParameters"])["content"]
        self.demand(len(text) <= 2000, "too long")
        self.asked.append(text)
        found = ("high", "violent_extremist") if BAD in text else ("none", "nonLabel")
        result = [{"Label": found[1], "Confidence": 99.0}]
        return as_json(
            {"Code": 200, "Message": "OK", "RequestId": "r", "Data": {"RiskLevel": found[0], "Result": result}}
        )

    def sign(self, headers: Mapping[str, str]) -> str:
        lines = "".join(f"{name}:{headers[name]}\n" for name in self._signed)
        request = f"POST\n/\n\n{lines}\n{';'.join(self._signed)}\n{headers['x-acs-content-sha256']}"
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.new(b"shh", text.encode(), hashlib.sha256).hexdigest()
        return f"ACS3-HMAC-SHA256 Credential=LTAI1,SignedHeaders={';'.join(self._signed)},Signature={signature}"


class GuardService(ChatService):
    """A guard model behind ``/v1/chat/completions``; it says what ``say`` makes of the text."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        self.demand(headers.get("authorization") == "Bearer sk-1", "the wrong key")
        request: dict[str, Any] = json.loads(body)
        self.demand(request.keys() == self.usual, "other fields")
        self.demand(request["temperature"] == 0 and request["stream"] is False, "not the likeliest answer at once")
        *system, user = request["messages"]
        self.demand(user["role"] == "user" and all(one["role"] == "system" for one in system), "roles")
        self.demand(
            not re.search(r"<\||<end_of_turn>|<start_of_turn>|\[INST\]", user["content"]), "a model's own marks"
        )
        self.asked.append(user["content"])
        self.requests.append(request)
        return self.answer(self.say(user["content"]))
