"""Turns a prompt into another language at Tencent Cloud (Machine Translation, API 3.0)."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from core.ports import Clock
from translation.exchange import Exchange
from translation.hosted.variables import from_variables, to_variables
from translation.ports import Failure, TranslatorFailed

URL = "https://tmt.tencentcloudapi.com"

_ACTION, _VERSION, _SERVICE = "TextTranslate", "2018-03-21", "tmt"
_ALGORITHM, _SIGNED = "TC3-HMAC-SHA256", "content-type;host"
_TYPE = "application/json; charset=utf-8"
_LANGUAGES = frozenset({"zh", "en"})
_BY_CODE: tuple[tuple[str, Failure], ...] = (
    ("AuthFailure", "denied"),
    ("UnauthorizedOperation", "denied"),
    ("FailedOperation.UserNotRegistered", "denied"),
    ("FailedOperation.StopUsing", "denied"),
    ("FailedOperation.ErrorUserArea", "denied"),
    ("FailedOperation.NoFreeAmount", "spent"),
    ("FailedOperation.ServiceIsolate", "spent"),
    ("RequestLimitExceeded", "busy"),
    ("LimitExceeded", "busy"),
    ("InternalError.BackendTimeout", "timed-out"),
    ("InvalidParameter", "rejected"),
    ("MissingParameter", "rejected"),
    ("UnsupportedOperation", "rejected"),
    ("FailedOperation.LanguageRecognitionErr", "rejected"),
)
"""The first that a code begins with."""


class TencentTranslator:
    """``translation.ports.TextTranslator``; errors come with status 200 and a code of their own."""

    name = "tencent"
    version = _VERSION

    def __init__(self, secret_id: str, secret_key: str, *, region: str, clock: Clock, url: str = URL) -> None:
        self._secret_id, self._secret_key, self._region, self._clock = secret_id, secret_key, region, clock
        self._url, self._host = url, urlsplit(url).netloc
        self._exchange = Exchange()

    def takes(self, source: str, target: str) -> bool:
        """See the port."""
        return source != target and {source, target} <= _LANGUAGES

    async def translate(self, text: str, source: str, target: str) -> str:
        """See the port."""
        fields = {"SourceText": to_variables(text), "Source": source, "Target": target, "ProjectId": 0}
        body = json.dumps(fields).encode()
        return from_variables(_translation(await self._exchange.post(self._url, body, self._headers(body))))

    async def close(self) -> None:
        """See the port."""
        await self._exchange.close()

    def _headers(self, body: bytes) -> dict[str, str]:
        now = int(self._clock.now())
        return {
            "Authorization": self._authorization(body, now),
            "Content-Type": _TYPE,
            "Host": self._host,
            "X-TC-Action": _ACTION,
            "X-TC-Version": _VERSION,
            "X-TC-Timestamp": str(now),
            "X-TC-Region": self._region,
        }

    def _authorization(self, body: bytes, now: int) -> str:
        date = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
        scope = f"{date}/{_SERVICE}/tc3_request"
        headers = f"content-type:{_TYPE}\nhost:{self._host}\n"
        request = "\n".join(("POST", "/", "", headers, _SIGNED, _digest(body)))
        to_sign = "\n".join((_ALGORITHM, str(now), scope, _digest(request.encode())))
        key = f"TC3{self._secret_key}".encode()
        for part in (date, _SERVICE, "tc3_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        return f"{_ALGORITHM} Credential={self._secret_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _translation(answer: dict[str, Any]) -> str:
    response = answer.get("Response")
    if not isinstance(response, dict):
        raise TranslatorFailed("unreadable")
    if error := response.get("Error"):
        raise TranslatorFailed(_reason(str(error.get("Code")) if isinstance(error, dict) else ""))
    if not isinstance(text := response.get("TargetText"), str):
        raise TranslatorFailed("unreadable")
    return text


def _reason(code: str) -> Failure:
    return next((reason for begin, reason in _BY_CODE if code.startswith(begin)), "unavailable")
