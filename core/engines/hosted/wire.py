"""Turns a call into a vendor's answer, or into what can be said of one that never came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from core.engines.hosted.faults import AnswerLost, NotSent
from core.engines.hosted.vendor import Answer, Call
from core.exchange import Proxies

_CONNECT_SECONDS, _ANSWER_SECONDS = 10.0, 60.0
"""A create carries a picture of some megabytes, and some vendors read the prompt before they answer."""
_LARGEST = 4 << 20
"""Bytes of an answer that are read: a list of tasks is the largest."""


class Wire:
    """Connections to one vendor at ``base``, opened when first needed."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self._proxies = Proxies()
        self.host = urlsplit(self.base).netloc
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def send(self, call: Call, headers: Mapping[str, str]) -> Answer:
        """Send it once; nothing is repeated here.

        Raises:
            NotSent: no connection came about.
            AnswerLost: the answer did not come, or not whole.
        """
        data: Any = _form(call) if call.form else call.body or None
        query = f"?{urlencode(call.query)}" if call.query else ""
        url = f"{self.base}{call.path}{query}"
        session = self._session(fresh=call.method == "POST")
        try:
            # A redirect would carry the key and the prompt to somebody else.
            async with session.request(
                call.method, url, data=data, headers=headers, allow_redirects=False, proxy=self._proxies.of(url)
            ) as response:
                body = await _read(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, OSError) as error:
            raise AnswerLost(type(error).__name__) from error
        return Answer(response.status, _json(body), {name.lower(): text for name, text in response.headers.items()})

    async def close(self) -> None:
        """Close the connections."""
        while self._sessions:
            _, session = self._sessions.popitem()
            await session.close()

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        """With a ``fresh`` connection for each request a create is never lost to one that the vendor had closed."""
        if fresh not in self._sessions:
            self._sessions[fresh] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=fresh, limit=0 if fresh else 100),
                timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS, connect=_CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._sessions[fresh]


def _form(call: Call) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for field in call.form:
        form.add_field(field.name, field.value, filename=field.filename, content_type=field.mime)
    return form


async def _read(response: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > _LARGEST:
            raise AnswerLost("an answer without an end")
    return bytes(read)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
