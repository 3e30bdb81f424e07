"""Turns a prompt into another language at Tencent Cloud (Machine Translation, API 3.0)."""

from __future__ import annotations

import json
from typing import Any

from core.ports import Clock
from core.tc3 import Tc3
from translation.exchange import Exchange
from translation.hosted.variables import from_variables, to_variables
from translation.ports import Failure, TranslatorFailed

URL = "https://tmt.tencentcloudapi.com"

_ACTION, _VERSION, _SERVICE = "TextTranslate", "2018-03-21", "tmt"
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
        self._url, self._clock = url, clock
        self._signer = Tc3(secret_id, secret_key, _SERVICE, _ACTION, _VERSION, region, url)
        self._exchange = Exchange()

    def takes(self, source: str, target: str) -> bool:
        """See the port."""
        return source != target and {source, target} <= _LANGUAGES

    async def translate(self, text: str, source: str, target: str) -> str:
        """See the port."""
        fields = {"SourceText": to_variables(text), "Source": source, "Target": target, "ProjectId": 0}
        body = json.dumps(fields).encode()
        headers = self._signer.headers(body, int(self._clock.now()))
        return from_variables(_translation(await self._exchange.post(self._url, body, headers)))

    async def close(self) -> None:
        """See the port."""
        await self._exchange.close()


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
