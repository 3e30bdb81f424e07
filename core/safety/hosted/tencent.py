"""Turns a text into findings at Tencent Cloud's Text Moderation System (API 3.0)."""

from __future__ import annotations

import base64
import json
from typing import Any

from core.exchange import Exchange, Reason
from core.ports import Clock
from core.safety.findings import Finding
from core.safety.hosted.labels import as_verdict, category_of
from core.safety.panel import ModeratorDown
from core.tc3 import Tc3

URL = "https://tms.tencentcloudapi.com"
VERSION = "2020-12-29"

_BASE = {"Pass": 0.0, "Review": 0.5, "Block": 0.75}
_SPAN = {"Pass": 0.499, "Review": 0.2499, "Block": 0.25}
_PASSED = "Normal"
_BY_CODE: tuple[tuple[str, Reason], ...] = (
    ("AuthFailure", "denied"),
    ("UnauthorizedOperation", "denied"),
    ("RequestLimitExceeded", "busy"),
    ("LimitExceeded", "busy"),
    ("ResourceInsufficient", "spent"),
    ("InternalError", "unavailable"),
    ("InvalidParameter", "rejected"),
    ("MissingParameter", "rejected"),
)
"""The first that a code begins with."""


class TencentModerator:
    """``core.safety.panel.TextModerator``; ``biz_type`` names a policy of the account's, None the standard one."""

    name, version = "tencent", VERSION
    limit: int | None = 10_000

    def __init__(
        self, secret_id: str, secret_key: str, *, region: str, clock: Clock, biz_type: str | None = None, url: str = URL
    ) -> None:
        self._url, self._clock, self._biz_type = url, clock, biz_type
        self._signer = Tc3(secret_id, secret_key, "tms", "TextModeration", VERSION, region, url)
        self._exchange = Exchange()

    async def review(self, text: str) -> tuple[Finding, ...]:
        """See the protocol."""
        content = base64.b64encode(text.encode("utf-8", "replace")).decode()
        language = "en" if text.isascii() else "zh"
        fields = {"Content": content, "SourceLanguage": language}
        body = json.dumps(fields | ({"BizType": self._biz_type} if self._biz_type else {})).encode()
        with as_verdict():
            headers = self._signer.headers(body, int(self._clock.now()))
            return self._findings((await self._exchange.post(self._url, body, headers))["Response"])

    async def close(self) -> None:
        """Close the connection."""
        await self._exchange.close()

    def _findings(self, response: dict[str, Any]) -> tuple[Finding, ...]:
        if error := response.get("Error"):
            raise ModeratorDown(_reason(str(error["Code"])))
        suggestion, label, score = response["Suggestion"], response["Label"], response["Score"]
        if not isinstance(label, str) or not 0 <= score <= 100:
            raise ValueError("no label, or no score")
        found = _BASE[suggestion] + _SPAN[suggestion] * score / 100
        if label == _PASSED and suggestion == "Pass":
            return ()
        return (Finding(category_of(self.name, label), found, self.name, label),)


def _reason(code: str) -> Reason:
    return next((reason for begin, reason in _BY_CODE if code.startswith(begin)), "unavailable")
