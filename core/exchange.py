"""Turns a request to a service on the network into the JSON it answers, and what goes wrong into our own error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

Reason = Literal["timed-out", "unavailable", "busy", "denied", "spent", "rejected", "unreadable"]
"""Why a service gave nothing: no answer in time, not there, too many requests, no right to ask, no credit left, a text
that it does not take, or an answer that is none."""

_LARGEST = 1 << 20
"""Bytes of an answer that are read; a translation or a verdict has far fewer."""
_LONGEST_REST = 600.0
_HOSTS = 64

_BY_STATUS: dict[int, Reason] = {
    401: "denied", 402: "spent", 403: "denied", 408: "timed-out", 429: "busy", 456: "spent", 503: "busy", 529: "busy",
}  # fmt: skip


class ServiceFailed(Exception):
    """A service gave nothing, for a ``reason``; ``retry_after``: seconds that it asks to be left alone."""

    def __init__(self, reason: Reason, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


class Exchange:
    """One connection to one service, opened when first needed. Whoever asks sets the time limit."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._proxies = Proxies()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object that the service answers with.

        Raises:
            ServiceFailed: it cannot be reached, answers with an error, or with anything but a JSON object.
        """
        try:
            # A redirect would carry the text, and with some services the key, to somebody else.
            async with self._opened().post(
                url, data=body, headers=headers, allow_redirects=False, proxy=self._proxies.of(url)
            ) as response:
                answer = await _read(response)
        except (aiohttp.ClientError, OSError) as error:
            raise ServiceFailed("timed-out" if isinstance(error, TimeoutError) else "unavailable") from error
        if response.status != 200:
            raise ServiceFailed(_reason(response.status), retry_after=seconds_of(response.headers.get("Retry-After")))
        return _object(answer)

    async def close(self) -> None:
        """Close the connection."""
        if self._session:
            await self._session.close()
            self._session, self._proxies = None, Proxies()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=None), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


class Proxies:
    """What the environment names, as for every other program; remembered, for to look takes as long as to ask.

    aiohttp's own way would take passwords from ~/.netrc as well.
    """

    def __init__(self) -> None:
        self._of = lru_cache(_HOSTS)(_proxy_for)

    def of(self, url: str) -> str | None:
        """The proxy to go by; None where there is none."""
        parts = urlsplit(url)
        return self._of(parts.scheme, parts.hostname or "")


def _proxy_for(scheme: str, host: str) -> str | None:
    return None if proxy_bypass(host) else getproxies().get(scheme)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > _LARGEST:
            raise ServiceFailed("unreadable")
    return bytes(read)


def _reason(status: int) -> Reason:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "rejected" if 400 <= status < 500 else "unavailable"


def seconds_of(header: str | None) -> float | None:
    """Seconds; a date, which the header may hold too, is not worth reading."""
    return min(float(header), _LONGEST_REST) if header and header.isascii() and header.isdecimal() else None


def _object(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ServiceFailed("unreadable") from error
    if not isinstance(found, dict):
        raise ServiceFailed("unreadable")
    return found
