"""Who gets in, and by which name."""

from __future__ import annotations

import asyncio
import io
import re

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bots.console.door import COOKIE, NEWCOMERS_AN_HOUR, Door, DoorFull, is_loopback
from tests.fakes import FakeClock
from tests.unit.console.console_stage import Console


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST", "localhost."])
def test_names_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_other_names(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("name", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::2]", "[", "a b"])
async def test_a_foreign_name_for_this_machine_is_turned_away(console: Console, name: str) -> None:
    for path in ("/", "/ws", "/static/app.js", "/clips/ABC.mp4"):
        async with console.client.get(path, headers={"Host": name}) as answer:
            assert answer.status in {400, 421}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://[", ""])
async def test_pages_from_elsewhere_cannot_open_a_line(console: Console, origin: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await console.client.ws_connect("/ws", headers={"Origin": origin})
    assert refused.value.status == 403


async def test_the_page_itself_can(console: Console) -> None:
    async with console.page(headers={"Origin": console.adapter.url.rstrip("/")}) as page:
        assert (await page.ask("quote", prompt="a cat"))["type"] == "quote"


async def test_every_answer_carries_the_guards(console: Console) -> None:
    for path in ("/", "/static/style.css", "/nothing", "/clips/ABC.mp4"):
        async with console.client.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_the_page_loads_nothing_from_elsewhere_and_is_small(console: Console) -> None:
    total = 0
    names = ["index.html", "app.js", "composer.js", "turn.js", "words.js", "line.js", "dom.js", "style.css", "mark.svg"]
    for name in names:
        async with console.client.get("/" if name == "index.html" else f"/static/{name}") as answer:
            assert answer.status == 200
            text = await answer.text()
        total += len(text.encode())
        elsewhere = [url for url in re.findall(r"https?://[^\s\"'<>]+", text) if url != "http://www.w3.org/2000/svg"]
        assert elsewhere == []
        assert "innerHTML" not in text
    assert total < 66_000


async def test_files_are_sent_once(console: Console) -> None:
    async with console.client.get("/static/app.js") as answer:
        etag = answer.headers["ETag"]
    async with console.client.get("/static/app.js", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    for path in ("/static/login.html", "/static/..%2fadapter.py", "/static/"):
        async with console.client.get(path) as answer:
            assert answer.status == 404


async def test_without_the_token_there_is_only_the_gate(locked: Console) -> None:
    async with locked.client.get("/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
    for path in ("/clips/ABC.mp4", "/previews/ABC"):
        async with locked.client.get(path) as answer:
            assert answer.status == 401
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await locked.client.ws_connect("/ws")
    assert refused.value.status == 401
    async with locked.client.get("/login", headers={"Accept-Language": "zh-TW,en;q=0.5"}) as answer:
        assert "访问令牌" in await answer.text()


async def _log_in(client: aiohttp.ClientSession, url: str, token: str, **headers: str) -> tuple[int, str]:
    async with client.post(f"{url}login", data={"token": token}, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Set-Cookie", "")


async def test_the_token_opens_and_each_visitor_has_an_own_room(locked: Console) -> None:
    url = locked.adapter.url
    async with (
        aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as one,
        aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as other,
    ):
        status, cookie = await _log_in(one, url, "open sesame")
        assert status == 303
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "sesame" not in cookie
        await _log_in(other, url, "open sesame")
        async with Console(locked.adapter, locked.commands, one).page() as page:
            job = await locked.make(page, "a cat")
        async with one.get(job["clip"] + ".mp4") as answer:
            assert answer.status == 200
        async with other.get(job["clip"] + ".mp4") as answer:
            assert answer.status == 404
        async with Console(locked.adapter, locked.commands, other).page() as page:
            await page.say(type="cancel", code=job["code"])
            assert (await page.hear("error"))["code"] == "not-yours"
        visitor = locked.commands.jobs[job["code"]].address.user
        await _log_in(one, url, "open sesame")
        async with Console(locked.adapter, locked.commands, one).page() as page:
            await page.ask("submit", prompt="a cat")
    assert re.fullmatch("[0-9a-f]{32}", visitor)
    assert {each.address.user for each in locked.commands.jobs.values()} == {visitor}


@pytest.mark.parametrize("cookie", ["local", "local.", ".", "0" * 32, "0" * 32 + "." + "0" * 64, "é.é"])
async def test_forged_cookies_open_nothing(locked: Console, cookie: str) -> None:
    headers = {"Cookie": f"piying_visitor={cookie}"}
    async with locked.client.get("/", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303


@pytest.mark.parametrize(
    "cookie", [b"a.\xff", b"a\xff.b\xfe", b"\xc3\xa9." + b"0" * 64, b"0" * 32 + b"." + b"\xff" * 64]
)
async def test_cookies_of_any_bytes_open_nothing(locked: Console, cookie: bytes) -> None:
    port = int(locked.adapter.url.rsplit(":", 1)[1].strip("/"))
    for path, status in ((b"/", b"303"), (b"/login", b"200"), (b"/clips/ABC.mp4", b"401"), (b"/ws", b"401")):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\nCookie: piying_visitor=%s\r\n\r\n" % (path, cookie))
        assert (await asyncio.wait_for(reader.readline(), 10)).split()[1] == status
        writer.close()
        await writer.wait_closed()


def _login(cookie: str = "") -> web.Request:
    return make_mocked_request("POST", "/login", headers={"Cookie": f"{COOKIE}={cookie}"} if cookie else {})


def _cookie(response: web.Response) -> str:
    return response.cookies[COOKIE].value


def _crowd_in(door: Door, clock: FakeClock) -> None:
    for _ in range(NEWCOMERS_AN_HOUR):
        clock.time += 6
        door.let_in(_login(), "sesame", web.Response())


def test_the_token_brings_in_a_number_of_newcomers_an_hour() -> None:
    clock = FakeClock()
    door = Door(host="0.0.0.0", token="sesame", clock=clock)
    cookies = []
    for number in range(NEWCOMERS_AN_HOUR):
        clock.time += 6  # slower than guessing
        # A name chosen by the visitor, without its proof, is as new as none.
        response = web.Response()
        assert door.let_in(_login(f"{number:032x}.{'0' * 64}" if number % 2 else ""), "sesame", response)
        cookies.append(_cookie(response))
    assert len(set(cookies)) == NEWCOMERS_AN_HOUR
    clock.time += 6
    assert not door.let_in(_login(), "guess", web.Response())
    with pytest.raises(DoorFull) as full:
        _crowd_in(door, clock)
    assert 0 < full.value.seconds <= 120
    clock.time += 6
    known = web.Response()
    assert door.let_in(_login(cookies[3]), "sesame", known)
    assert _cookie(known) == cookies[3]
    clock.time += 120
    assert door.let_in(_login(), "sesame", web.Response())


async def test_a_full_door_says_when_to_come_back(locked: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bool:
        raise DoorFull(61)

    monkeypatch.setattr(Door, "let_in", full)
    headers = {"Accept-Language": "zh"}
    async with locked.client.post("/login", data={"token": "open sesame"}, headers=headers) as answer:
        assert answer.status == 429
        assert "请过 2 分钟再试" in await answer.text()


async def test_guessing_is_slow(locked: Console) -> None:
    url = locked.adapter.url
    tries = [await _log_in(locked.client, url, f"guess {number}") for number in range(8)]
    assert [status for status, _ in tries] == [403] * 5 + [429] * 3
    assert all(not cookie for _, cookie in tries)
    assert (await _log_in(locked.client, url, "open sesame"))[0] == 429


async def test_a_page_from_elsewhere_cannot_log_in(locked: Console) -> None:
    assert (await _log_in(locked.client, locked.adapter.url, "open sesame", Origin="http://evil.example"))[0] == 403


async def test_odd_logins_are_refused(locked: Console) -> None:
    url = f"{locked.adapter.url}login"
    async with locked.client.post(url, data=b"\xff\xfe=\x00") as answer:
        assert answer.status == 403
    async with locked.client.post(url, data={"token": io.BytesIO(b"file")}) as answer:
        assert answer.status in {400, 403}
    async with locked.client.post(url, data={"token": "x" * 100_000}) as answer:
        assert answer.status == 413
