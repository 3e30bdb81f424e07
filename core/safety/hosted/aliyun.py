"""Turns a text into findings at Aliyun's content moderation (Green, TextModerationPlus), signed by ACS3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from core.exchange import Exchange, Reason
from core.ports import Clock
from core.safety.findings import Finding
from core.safety.hosted.labels import as_verdict, category_of
from core.safety.panel import ModeratorDown

VERSION = "2022-03-02"
SERVICE = "llm_query_moderation"

_ALGORITHM, _ACTION = "ACS3-HMAC-SHA256", "TextModerationPlus"
_TYPE = "application/x-www-form-urlencoded"
_BY_RISK = {"none": 0.0, "low": 0.3, "medium": 0.7, "high": 0.95}
_NOTHING = "nonLabel"
_BY_CODE: dict[int, Reason] = {401: "denied", 403: "denied", 408: "denied", 429: "busy", 588: "busy", 400: "rejected"}


class AliyunModerator:
    """``core.safety.panel.TextModerator``. Errors, too, come with status 200 and a ``Code`` of their own."""

    name = "aliyun"
    limit: int | None = 2000

    def __init__(
        self, key_id: str, key: str, *, region: str, clock: Clock, service: str = SERVICE, url: str | None = None
    ) -> None:
        self._key_id, self._key, self._clock, self._service = key_id, key, clock, service
        self._url = (url or f"https://green-cip.{region}.aliyuncs.com").rstrip("/") + "/"
        self.version = f"{VERSION}-{service}"[:64]
        self._exchange = Exchange()

    async def review(self, text: str) -> tuple[Finding, ...]:
        """See the protocol."""
        parameters = json.dumps({"content": text}, ensure_ascii=False)
        body = urlencode({"Service": self._service, "ServiceParameters": parameters}, errors="replace").encode()
        with as_verdict():
            return self._findings(await self._exchange.post(self._url, body, self._headers(body)))

    async def close(self) -> None:
        """Close the connection."""
        await self._exchange.close()

    def _findings(self, answer: dict[str, Any]) -> tuple[Finding, ...]:
        if answer["Code"] != 200:
            raise ModeratorDown(_BY_CODE.get(answer["Code"], "unavailable"))
        data = answer["Data"]
        score, labels = _BY_RISK[data["RiskLevel"]], [str(one["Label"]) for one in data.get("Result") or ()]
        labels = [label for label in labels if label != _NOTHING]
        if not score:
            return ()
        return tuple(Finding(category_of(self.name, label), score, self.name, label) for label in labels or ["unnamed"])

    def _headers(self, body: bytes) -> dict[str, str]:
        moment = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = {
            "content-type": _TYPE,
            "host": urlsplit(self._url).netloc,
            "x-acs-action": _ACTION,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": moment,
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": VERSION,
        }
        return signed | {"Authorization": self._authorization(signed)}

    def _authorization(self, signed: dict[str, str]) -> str:
        names = ";".join(signed)
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        request = "\n".join(("POST", "/", "", lines, names, signed["x-acs-content-sha256"]))
        to_sign = f"{_ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._key.encode(), to_sign.encode(), "sha256").hex()
        return f"{_ALGORITHM} Credential={self._key_id},SignedHeaders={names},Signature={signature}"
