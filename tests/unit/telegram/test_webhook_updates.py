"""What Telegram posts to the webhook is handled before it is answered; what others post is not handled at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from telegram import Update

from bots.telegram.webhook import Webhook
from piying.operations import health_routes
from tests.unit.telegram.clerk import Clerk, open_clerk

HEADER = "X-Telegram-Bot-Api-Secret-Token"
MEBIBYTE = 1 << 20


@dataclass
class Post:
    """The port, and what Telegram was told about it. ``gate`` holds back whoever handles an update."""

    clerk: Clerk
    session: aiohttp.ClientSession
    port: int = 0
    handled: list[Update] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    is_ready: bool = True

    async def handle(self, update: Update) -> None:
        await self.gate.wait()
        if update.update_id < 0:
            raise LookupError("a bug")
        self.handled.append(update)

    @property
    def numbers(self) -> list[int]:
        return [update.update_id for update in self.handled]

    @property
    def told(self) -> dict[str, Any]:
        (fields,) = self.clerk.of("setWebhook")
        return fields

    @property
    def path(self) -> str:
        return "/" + str(self.told["url"]).rpartition("/")[2]

    async def send(self, body: Any, *, path: str | None = None, secret: str | None = None) -> int:
        """The status that a post is answered with; it is as Telegram's, but for what is said here."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {HEADER: self.told["secret_token"] if secret is None else secret}
        url = f"http://127.0.0.1:{self.port}{path or self.path}"
        async with self.session.post(url, data=BytesIO(data), headers=headers) as answer:
            return answer.status

    async def get(self, path: str) -> int:
        async with self.session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.status


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with open_clerk() as (clerk, bot), aiohttp.ClientSession() as session:
        post = Post(clerk, session)
        post.gate.set()
        routes = health_routes(lambda: post.is_ready)
        hook = Webhook(bot, post.handle, url="https://films.example/", host="127.0.0.1", port=0, extra_routes=routes)
        await hook.start()
        post.port = hook.port
        async with asyncio.timeout(5):
            while not clerk.of("setWebhook"):
                await asyncio.sleep(0.01)
        yield post
        post.gate.set()
        await hook.stop()


def update(number: int = 1, text: str = "two cats") -> dict[str, Any]:
    ann = {"id": 5, "is_bot": False, "first_name": "Ann"}
    chat = {"id": 5, "type": "private", "first_name": "Ann"}
    message = {"message_id": 9, "date": 1, "chat": chat, "from": ann, "text": text}
    return {"update_id": number, "message": message}


async def test_telegram_is_told_a_path_and_a_secret_that_do_not_show_the_token(post: Post) -> None:
    url, secret = post.told["url"], post.told["secret_token"]
    assert url.startswith("https://films.example/")
    assert len(post.path) > 40
    assert secret not in url
    assert "loopback" not in url + secret
    assert {"message", "callback_query", "pre_checkout_query"} <= set(post.told["allowed_updates"])


async def test_an_update_is_handled_and_only_then_answered(post: Post) -> None:
    post.gate.clear()
    sent = asyncio.create_task(post.send(update()))
    await asyncio.wait({sent}, timeout=0.1)
    assert not sent.done()
    post.gate.set()
    assert await sent == 200
    assert post.numbers == [1]


async def test_the_same_update_again_is_not_handled_again(post: Post) -> None:
    assert [await post.send(update(3)), await post.send(update(3)), await post.send(update(4))] == [200] * 3
    assert post.numbers == [3, 4]


async def test_one_that_comes_again_while_it_is_in_hand_is_handled_once(post: Post) -> None:
    post.gate.clear()
    sent = [asyncio.create_task(post.send(update(3))) for _ in range(3)]
    await asyncio.wait(sent, timeout=0.1)
    post.gate.set()
    assert await asyncio.gather(*sent) == [200] * 3
    assert post.numbers == [3]


async def test_a_bug_ends_one_update(post: Post) -> None:
    assert await post.send(update(-1)) == 200
    assert await post.send(update(2)) == 200
    assert post.numbers == [2]


@pytest.mark.parametrize("secret", ["", "wrong", "秘密".encode().decode("latin-1")])
async def test_a_wrong_secret_is_refused(post: Post, secret: str) -> None:
    assert await post.send(update(), secret=secret) == 403
    assert post.numbers == []


async def test_a_secret_of_bytes_that_are_no_text_is_refused(post: Post) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", post.port)
    head = f"POST {post.path} HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n{HEADER}: ".encode()
    writer.write(head + b"\xff\xfe\r\n\r\n{}")
    assert b" 403 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("path", ["/", "/webhook", "/telegram", "/77:loopback"])
async def test_a_wrong_path_is_not_there(post: Post, path: str) -> None:
    assert await post.send(update(), path=path) == 404
    assert await post.get(post.path) == 405
    assert post.numbers == []


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"\xff\xfe\x00", b"[]", b"null", b"7", b"{}", b'{"update_id": {}}', b"[" * 100_000,
     b'{"update_id": 1, "message": 7}', b'{"update_id": 1, "message": {"chat": []}}'],
)  # fmt: skip
async def test_garbage_is_taken_once_and_for_all(post: Post, body: bytes) -> None:
    assert await post.send(body) == 200
    assert await post.send(update(2)) == 200
    assert post.numbers[-1:] == [2]


async def test_a_body_that_is_too_large_is_refused(post: Post) -> None:
    assert await post.send(update(text="x" * MEBIBYTE)) == 413
    assert post.numbers == []


async def test_health_is_told_without_a_secret(post: Post) -> None:
    assert (await post.get("/healthz"), await post.get("/readyz")) == (200, 200)
    post.is_ready = False
    assert (await post.get("/healthz"), await post.get("/readyz")) == (200, 503)
