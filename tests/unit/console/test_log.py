"""What the page's server says of requests: nothing that was sent."""

import asyncio
from pathlib import Path

import pytest

from tests.unit.console.console_stage import Console


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nCookie: piying_visitor=SECRET\x00\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\ntoken=SECRET\r\n",
    ],
)
async def test_what_is_no_http_ends_in_no_log(locked: Console, caplog: pytest.LogCaptureFixture, sent: bytes) -> None:
    port = int(locked.adapter.url.rstrip("/").rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    assert b" 400 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.1)
    assert "a request was not read" in caplog.text
    assert "SECRET" not in caplog.text


async def test_a_bug_is_found_by_its_place(
    console: Console, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError(tmp_path)

    monkeypatch.setattr(console.commands, "show", broken)
    async with console.client.get("/clips/AAAAAAA.mp4") as answer:
        assert answer.status == 500
    assert "ZeroDivisionError" in caplog.text
    assert "in broken" in caplog.text
    assert str(tmp_path) not in caplog.text
