"""Pictures that users send, fetched from Discord's own servers of files and from nowhere else."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from discord.http import Route

from bots.discord import pictures
from bots.discord.pictures import PICTURE_BYTES, fetch
from core.errors import Refusal

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def _whole(request: web.Request) -> web.StreamResponse:
    return web.Response(body=PNG, headers={"Set-Cookie": "a=b; Path=/"})


@dataclass
class Shelf:
    """A server of files that stands in for Discord."""

    url: str
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = _whole
    seen: list[web.BaseRequest] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        return await self.answer(request)


@pytest.fixture
async def shelf(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shelf]:
    found = Shelf("")
    app = web.Application()
    app.router.add_get("/{path:.*}", found.serve)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setattr(Route, "BASE", f"{found.url}/api/v10")
    yield found
    await runner.cleanup()


async def refused(url: str) -> None:
    with pytest.raises(Refusal, match="image-invalid"):
        await fetch(url)


async def test_a_picture_comes_with_nothing_of_ours_sent(shelf: Shelf) -> None:
    for _ in range(2):
        assert await fetch(f"{shelf.url}/cat.png") == PNG
    assert [{"Cookie", "Authorization"} & set(one.headers) for one in shelf.seen] == [set(), set()]


@pytest.mark.parametrize(
    "url",
    [
        "", "cat.png", "https://[", "file:///etc/passwd", "http://169.254.169.254/latest/meta-data",
        "http://cdn.discordapp.com/attachments/1/2/cat.png", "https://cdn.discordapp.com.example.org/cat.png",
        "https://cdn.discordapp.com@10.0.0.1/cat.png", "https://ann@cdn.discordapp.com/cat.png",
        "https://cdn.discordapp.com:22/cat.png", "https://cdn.discordapp.com\\@10.0.0.1/cat.png",
        "https://example.org/cdn.discordapp.com/cat.png",
        "http://discord.com/cat.png",
    ],
)  # fmt: skip
async def test_addresses_that_are_not_discords(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(Route, "BASE", "https://discord.com/api/v10")
    monkeypatch.setattr(pictures, "_download", None)
    await refused(url)


async def test_no_redirect_is_followed(shelf: Shelf) -> None:
    async def moved(request: web.Request) -> web.StreamResponse:
        return (
            await _whole(request)
            if request.path == "/elsewhere"
            else web.Response(status=302, headers={"Location": "/elsewhere"})
        )

    shelf.answer = moved
    await refused(f"{shelf.url}/cat.png")
    assert [one.path for one in shelf.seen] == ["/cat.png"]


async def test_a_picture_without_an_end_is_not_read_to_it(shelf: Shelf) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(1 << 20))
            sent += 1 << 20

    shelf.answer = endless
    await refused(f"{shelf.url}/cat.png")
    assert PICTURE_BYTES / 2 < sent < 2 * PICTURE_BYTES


async def test_what_is_packed_is_not_unpacked(shelf: Shelf) -> None:
    packed = gzip.compress(bytes(PICTURE_BYTES))

    async def gzipped(request: web.Request) -> web.StreamResponse:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    shelf.answer = gzipped
    assert await fetch(f"{shelf.url}/cat.png") == packed
    assert shelf.seen[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_picture_that_is_not_there(shelf: Shelf, status: int) -> None:
    async def gone(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=PNG)

    shelf.answer = gone
    await refused(f"{shelf.url}/cat.png")


async def test_a_picture_that_does_not_come_in_time(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    shelf.answer = silent
    monkeypatch.setattr(pictures, "_PATIENCE", 0.1)
    await refused(f"{shelf.url}/cat.png")


async def test_a_server_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:9/api/v10")
    await refused("http://127.0.0.1:9/cat.png")
