"""Turns a request to Tencent Cloud's API 3.0 into the headers that sign it (TC3-HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

_ALGORITHM, _SIGNED = "TC3-HMAC-SHA256", "content-type;host"
_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Tc3:
    """One action of one service at ``url``, and who asks for it."""

    secret_id: str
    secret_key: str = field(repr=False)
    service: str
    action: str
    version: str
    region: str
    url: str

    def headers(self, body: bytes, now: int) -> dict[str, str]:
        """All headers of a request; ``now`` is in seconds since the epoch, and good for five minutes."""
        return {
            "Authorization": self._authorization(body, now),
            "Content-Type": _TYPE,
            "Host": self._host,
            "X-TC-Action": self.action,
            "X-TC-Version": self.version,
            "X-TC-Timestamp": str(now),
            "X-TC-Region": self.region,
        }

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc

    def _authorization(self, body: bytes, now: int) -> str:
        date = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
        scope = f"{date}/{self.service}/tc3_request"
        headers = f"content-type:{_TYPE}\nhost:{self._host}\n"
        request = "\n".join(("POST", "/", "", headers, _SIGNED, _digest(body)))
        to_sign = "\n".join((_ALGORITHM, str(now), scope, _digest(request.encode())))
        key = f"TC3{self.secret_key}".encode()
        for part in (date, self.service, "tc3_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        return f"{_ALGORITHM} Credential={self.secret_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
