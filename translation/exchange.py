"""Turns a request to a translation service into the JSON it answers, and what goes wrong there into our own error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from translation.ports import Failure, TranslatorFailed

_LARGEST = 1 << 20
"""Bytes of an answer that are read; a translation has far fewer."""
_LONGEST_REST = 600.0

_BY_STATUS: dict[int, Failure] = {
    401: "denied", 402: "spent", 403: "denied", 408: "timed-out", 429: "busy", 456: "spent", 503: "busy", 529: "busy",
}  # fmt: skip


class Exchange:
    """One connection to one service, opened when first needed. Whoever asks sets the time limit."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object that the service answers with.

        Raises:
            TranslatorFailed: it cannot be reached, answers with an error, or with anything but a JSON object.
        """
        try:
            # A redirect would carry the text, and with some services the key, to somebody else.
            async with self._opened().post(
                url, data=body, headers=headers, allow_redirects=False, proxy=_proxy_for(url)
            ) as response:
                answer = await _read(response)
        except (aiohttp.ClientError, OSError) as error:
            raise TranslatorFailed("timed-out" if isinstance(error, TimeoutError) else "unavailable") from error
        if response.status != 200:
            raise TranslatorFailed(_reason(response.status), retry_after=_rest(response.headers.get("Retry-After")))
        return _object(answer)

    async def close(self) -> None:
        """Close the connection."""
        if self._session:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=None), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _proxy_for(url: str) -> str | None:
    """What the environment names, as for every other program. aiohttp would take passwords from ~/.netrc as well."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > _LARGEST:
            raise TranslatorFailed("unreadable")
    return bytes(read)


def _reason(status: int) -> Failure:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "rejected" if 400 <= status < 500 else "unavailable"


def _rest(header: str | None) -> float | None:
    """Seconds; a date, which the header may hold too, is not worth reading."""
    return min(float(header), _LONGEST_REST) if header and header.isascii() and header.isdecimal() else None


def _object(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise TranslatorFailed("unreadable") from error
    if not isinstance(found, dict):
        raise TranslatorFailed("unreadable")
    return found
