"""Whatever is sent, there is an answer and the console stays up."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.console.wire import AskQuote, GuessTimezone, Inbound, read_message
from core.errors import Refusal
from tests.unit.console.console_stage import Console, make_adapter
from tests.unit.console.fake_commands import FakeCommands

TYPES = [
    "hello", "quote", "submit", "cancel", "again", "reword",
    "history", "locale", "timezone", "link_offer", "link_accept",
]  # fmt: skip
FIELDS = [
    "id", "prompt", "options", "code", "another_take",
    "before", "locale", "timezone", "surplus", "words", "kind", "text",
]  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["en", "x", "/again X"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["ratio", "seed", "seconds", "own", "original", "translator"]), inner),
    ),
    max_leaves=5,
)
MESSAGES = st.builds(
    lambda type_, fields: {"type": type_, **fields},
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6),
)
ODD_PROMPTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\x00\u202e\u200b\u0301🐱ａ１竖屏秒")),
    max_size=200,
)
SUBMISSIONS = st.builds(
    lambda type_, prompt: {"type": type_, "id": "x", "prompt": prompt},
    st.sampled_from(["quote", "submit"]),
    ODD_PROMPTS,
)
PATHS = st.lists(
    st.one_of(
        st.sampled_from(
            ["clips", "static", "..", "%2e%2e", "login", "ws", "app.js", "A.mp4", "%00", "%ff", "?download"]
        ),
        st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=12),
    ),
    max_size=4,
).map("/".join)

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(
    st.one_of(
        st.text(max_size=300), MESSAGES.map(json.dumps), st.binary(max_size=100).map(lambda b: b.decode("latin-1"))
    )
)
def test_reading_gives_a_message_or_a_refusal(text: str) -> None:
    try:
        message = read_message(text)
    except Refusal:
        return
    assert isinstance(message, Inbound)


def _with_console(play: Callable[[Console], Awaitable[None]]) -> None:
    async def stage() -> None:
        with tempfile.TemporaryDirectory() as folder:
            commands = FakeCommands(Path(folder), pace=0, balance=10**9)
            adapter = make_adapter(commands)
            await adapter.start()
            async with aiohttp.ClientSession(adapter.url) as client:
                await play(Console(adapter, commands, client))
            await adapter.stop()

    asyncio.run(stage())


@quick
@given(st.lists(st.one_of(MESSAGES, SUBMISSIONS), min_size=1, max_size=12))
def test_every_message_is_answered(messages: list[dict[str, Any]]) -> None:
    kinds = [_kind(message) for message in messages]
    asked = AskQuote in kinds

    async def play(console: Console) -> None:
        async with console.client.ws_connect("/ws") as line, asyncio.timeout(10):
            for message, kind in zip(messages, kinds, strict=True):
                await line.send_str(json.dumps(message | {"id": "question"} if kind is AskQuote else message))
            await line.send_json({"type": "submit", "id": "the-last", "prompt": "/help"})
            answers: list[dict[str, Any]] = []
            while "the-last" not in (ids := [answer.get("id") for answer in answers]) or (
                asked and "question" not in ids
            ):
                answers.append(await line.receive_json())
        assert all(answer.get("code") != "engine-fault" for answer in answers)
        in_turn = [answer for answer in answers if answer.get("id") not in {"question", "the-last"}]
        told = [
            answer for answer in in_turn if answer["type"] != "account" and answer.get("code") != "timezone-unknown"
        ]
        assert len(told) == sum(kind not in {AskQuote, GuessTimezone} for kind in kinds)

    _with_console(play)


def _kind(message: dict[str, Any]) -> type | None:
    try:
        return type(read_message(json.dumps(message)))
    except Refusal:
        return None


@quick
@given(st.lists(st.one_of(st.binary(max_size=64), st.text(max_size=64)), min_size=1, max_size=8))
def test_any_frame_is_survived(frames: list[bytes | str]) -> None:
    async def play(console: Console) -> None:
        async with console.client.ws_connect("/ws") as line:
            for frame in frames:
                if line.closed:
                    break
                opcode = aiohttp.WSMsgType.TEXT
                await line.send_frame(
                    frame if isinstance(frame, bytes) else frame.encode("utf-8", "surrogatepass"), opcode
                )
        async with console.page() as page:
            assert (await page.ask("quote", prompt="a cat"))["type"] == "quote"

    _with_console(play)


@quick
@given(st.lists(st.tuples(st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS"]), PATHS), min_size=1, max_size=8))
def test_no_path_breaks_it(asked: list[tuple[str, str]]) -> None:
    async def play(console: Console) -> None:
        port = int(console.adapter.url.rsplit(":", 1)[1].strip("/"))
        for method, path in asked:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            line = f"{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            writer.write(line.encode())
            status = (await asyncio.wait_for(reader.readline(), 10)).split()[1]
            assert status[:1] in b"234", (method, path, status)
            writer.close()
            await writer.wait_closed()

    _with_console(play)


@pytest.mark.parametrize(
    "raw", [b"\r\n\r\n", b"\x00" * 100, b"GET / HTTP/9\r\n\r\n", b"GET /" + b"a" * 20_000, b"\x16\x03\x01"]
)
async def test_what_is_no_http_is_survived(console: Console, raw: bytes) -> None:
    port = int(console.adapter.url.rsplit(":", 1)[1].strip("/"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    writer.write_eof()
    await asyncio.wait_for(reader.read(), 10)
    writer.close()
    async with console.client.get("/") as answer:
        assert answer.status == 200
