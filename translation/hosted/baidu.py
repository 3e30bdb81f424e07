"""Turns a prompt into another language at Baidu Fanyi (its general text API)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

from translation.exchange import Exchange
from translation.hosted.variables import from_variables, to_variables
from translation.ports import Failure, TranslatorFailed

URL = "https://fanyi-api.baidu.com/api/trans/vip/translate"

_LANGUAGES = frozenset({"zh", "en"})
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
_LONGEST = 6000
"""Bytes of UTF-8 in one request."""
_BY_CODE: dict[str, Failure] = {
    "52001": "timed-out", "52002": "unavailable", "52003": "denied", "54000": "rejected", "54001": "denied",
    "54003": "busy", "54004": "spent", "54005": "busy", "58000": "denied", "58001": "rejected", "58002": "denied",
    "58003": "denied", "90107": "denied", "20003": "rejected",
}  # fmt: skip


class BaiduTranslator:
    """``translation.ports.TextTranslator``; errors come with status 200 and a code of their own."""

    name = "baidu"
    version = "vip"

    def __init__(self, app_id: str, key: str, *, url: str = URL) -> None:
        self._app_id, self._key, self._url = app_id, key, url
        self._exchange = Exchange()

    def takes(self, source: str, target: str) -> bool:
        """See the port."""
        return source != target and {source, target} <= _LANGUAGES

    async def translate(self, text: str, source: str, target: str) -> str:
        """See the port."""
        query = to_variables(text)
        if len(query.encode()) > _LONGEST:
            raise TranslatorFailed("rejected")
        answer = await self._exchange.post(self._url, self._form(query, source, target), _HEADERS)
        return from_variables(_translation(answer))

    async def close(self) -> None:
        """See the port."""
        await self._exchange.close()

    def _form(self, query: str, source: str, target: str) -> bytes:
        salt = secrets.token_hex(8)
        signed = f"{self._app_id}{query}{salt}{self._key}".encode()
        # MD5 is what the protocol has for a signature.
        sign = hashlib.md5(signed, usedforsecurity=False).hexdigest()
        fields = {"q": query, "from": source, "to": target, "appid": self._app_id, "salt": salt, "sign": sign}
        return urlencode(fields).encode()


def _translation(answer: dict[str, Any]) -> str:
    code = str(answer.get("error_code", "52000"))
    if code != "52000":
        raise TranslatorFailed(_BY_CODE.get(code, "unavailable"))
    try:
        # One entry for each line of the query.
        lines = [entry["dst"] for entry in answer["trans_result"]]
        if lines:
            return "\n".join(lines)
    except (LookupError, TypeError) as error:
        raise TranslatorFailed("unreadable") from error
    raise TranslatorFailed("unreadable")
