"""Turns the address of a finished video, which a vendor names, into a file; nothing about it is believed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import aiohttp
from aiohttp.abc import AbstractResolver
from multidict import CIMultiDict
from yarl import URL

from core.engines.hosted.addresses import Gate, PublicNames
from core.errors import EngineFault
from core.exchange import Proxies, seconds_of

_NO_HEADERS: Mapping[str, str] = {}
_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({403, 404, 410})
_LATER = frozenset({408, 425, 429})
_BUSY = frozenset({429, 503})
_CONNECTING = 15.0
"""Seconds for name, connection and encryption together."""
_CHUNK = 1 << 20
"""Bytes that aiohttp reads ahead; it stops at twice as many."""
_BEGINNING = 8
_AT_ONCE = 50
"""Fewer than the 100 connections that aiohttp opens: who waits for one of those is on the clock."""


class LinkGone(Exception):
    """The link has expired or its file is not there; the vendor may give a fresh one."""


class FetchFailed(Exception):
    """It did not come, this time; ``retry_after``: seconds that the server asks to be left alone."""

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Downloads:
    """Fetches videos. Who asks repeats what is worth it.

    An address must be https, on the usual ports, and every place that its name leads to must be public; only the
    operator's ``own`` origin may be http on any port, and its host private. Redirects are followed by hand and
    checked alike. The connection goes to the places that were checked. Where the environment names a proxy, it is the
    proxy that looks names up: then addresses are checked, and names as far as they can be looked up here as well; a
    proxy that reaches private places should refuse those itself.

    ``own``: the vendor's base address, as the operator set it. ``largest``: bytes of a video. ``seconds``: for all of
    it, redirects included; ``pause``: between two reads. ``at_once``: so many together, the others wait for as long as
    that takes. ``resolver`` asks for names and ``tls`` says whom to trust, where those are not the system's.

    Raises:
        ValueError: ``own`` is no address of a server.
    """

    def __init__(
        self,
        own: str,
        *,
        largest: int,
        seconds: float,
        pause: float = 30.0,
        at_once: int = _AT_ONCE,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._gate = Gate(own)
        self._largest, self._seconds, self._pause = largest, seconds, pause
        self._resolver, self._tls = resolver, tls
        self._turns = asyncio.Semaphore(at_once)
        self._proxies = Proxies()
        self._names: PublicNames | None = None
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def fetch(self, url: str, target: Path, *, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        """Write the video at ``url`` to ``target``, which is there only once it is whole.

        ``headers`` are sent to the operator's own origin alone, and not any more once a redirect has led elsewhere.

        Raises:
            LinkGone: the link is not good any more.
            FetchFailed: it did not come, or not all of it; another try may go better.
            EngineFault: ``clip-invalid``: it may not be fetched, is too large, or is no video.
            OSError: it cannot be written.
        """
        async with self._turns:
            limit = asyncio.timeout(self._seconds)
            try:
                async with limit:
                    await self._fetch(url, target, headers)
            except TimeoutError as error:
                if not limit.expired():
                    raise
                raise FetchFailed(f"not in {self._seconds:g} seconds") from error

    async def close(self) -> None:
        """Close what is open."""
        while self._sessions:
            await self._sessions.popitem()[1].close()
        if self._names:
            await self._names.close()
            self._names = None

    async def _fetch(self, url: str, target: Path, headers: Mapping[str, str]) -> None:
        at = self._gate.admit(url)
        for _ in range(1 + _REDIRECTS):
            headers = headers if self._gate.is_own(at) else _NO_HEADERS
            async with await self._ask(at, headers) as response:
                if response.status not in _MOVED:
                    return await self._keep(response, target)
                at = self._gate.follow(at, response.headers.get("Location", ""))
        raise EngineFault("clip-invalid", detail=f"{at.raw_host}: more than {_REDIRECTS} redirects")

    async def _ask(self, at: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        proxy = self._proxies.of(str(at))
        if proxy:
            await self._look_up(at)
        sent = CIMultiDict(headers)
        # What is packed could be far larger than it says; nothing here unpacks it, and packed it is no video.
        sent["Accept-Encoding"] = "identity"
        with _network(at):
            return await self._opened(is_proxied=bool(proxy)).get(at, headers=sent, allow_redirects=False, proxy=proxy)

    async def _look_up(self, at: URL) -> None:
        # Behind a proxy it is common that outside names cannot be looked up: then nothing can be told.
        with suppress(OSError):
            async with asyncio.timeout(_CONNECTING):
                await self._resolving().resolve(at.raw_host or "", at.port or 0)

    def _opened(self, *, is_proxied: bool) -> aiohttp.ClientSession:
        if is_proxied not in self._sessions:
            self._sessions[is_proxied] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    # A proxy is the operator's, and may be private.
                    resolver=None if is_proxied else self._resolving(),
                    ssl=self._tls or True,
                    use_dns_cache=False,
                    force_close=True,
                ),
                timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECTING, sock_read=self._pause),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                read_bufsize=_CHUNK,
            )
        return self._sessions[is_proxied]

    def _resolving(self) -> PublicNames:
        if self._names is None:
            self._names = PublicNames(self._resolver or aiohttp.ThreadedResolver(), self._gate.host)
        return self._names

    async def _keep(self, response: aiohttp.ClientResponse, target: Path) -> None:
        await _require_success(response)
        self._require_small(response, response.content_length or 0)
        chunk, taken = await _beginning(response), 0
        with _whole(target) as file:
            while chunk:
                taken += len(chunk)
                self._require_small(response, taken)
                await asyncio.to_thread(file.write, chunk)
                chunk = await _read(response)

    def _require_small(self, response: aiohttp.ClientResponse, size: int) -> None:
        if size > self._largest:
            detail = f"{response.url.raw_host}: more than {self._largest} bytes"
            raise EngineFault("clip-invalid", detail=detail)


async def _require_success(response: aiohttp.ClientResponse) -> None:
    status, told = response.status, f"{response.url.raw_host}: HTTP {response.status}"
    if status == 200:
        return
    if status in _GONE or (status == 400 and _is_told(await _read(response))):
        raise LinkGone(told)
    if status < 300 or status in _LATER or status >= 500:
        rest = seconds_of(response.headers.get("Retry-After")) if status in _BUSY else None
        raise FetchFailed(told, retry_after=rest)
    raise EngineFault("clip-invalid", detail=told)


def _is_told(body: bytes) -> bool:
    """Whether it is a store's own error; with some, an expired link is one of those."""
    return body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"<?xml", b"<Error"))


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """The first bytes of a video; pages that tell of an error come with a status of 200 as well."""
    begun = b""
    while len(begun) < _BEGINNING and (more := await _read(response)):
        begun += more
    # ISO/IEC 14496-12 (MP4, MOV) and RFC 8794 (WebM, Matroska).
    if begun[4:8] != b"ftyp" and not begun.startswith(b"\x1a\x45\xdf\xa3"):
        raise EngineFault("clip-invalid", detail=f"{response.url.raw_host}: no video")
    return begun


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """What has come; b"" at the end, which aiohttp tells from the connection's."""
    with _network(response.url):
        return await response.content.readany()


@contextmanager
def _network(at: URL) -> Iterator[None]:
    try:
        yield
    except (aiohttp.ClientError, OSError) as error:
        # aiohttp's own text may hold the whole address, and with it the signature of a link.
        raise FetchFailed(f"{at.raw_host}: {type(error).__name__}") from None


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file beside ``target`` that takes its place at the end; when anything fails, there is neither."""
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
