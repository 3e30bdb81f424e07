"""What tests of the console need to speak to it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bots.console.adapter import ConsoleAdapter
from bots.origin import Examiner
from core.media.verify import Trust
from piying.clock import SystemClock
from tests.unit.console.fake_commands import FakeCommands

Wire = dict[str, Any]
NOBODY = Trust()
_ids = itertools.count(1)


def make_adapter(
    commands: FakeCommands,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    token: SecretStr | str | None = None,
    extra: tuple[web.RouteDef, ...] = (),
    trust: Trust = NOBODY,
) -> ConsoleAdapter:
    return ConsoleAdapter(
        commands,
        host=host,
        port=port,
        token=token,
        clip_path=commands.clip_path,
        examiner=Examiner(lambda: trust),
        recipes=("standard", "hd"),
        clock=SystemClock(),
        version="0.0-test",
        extra_routes=extra,
    )


class Page:
    """An open line, as a browser's page has it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, **message: object) -> None:
        await self.socket.send_json(message)

    async def hear(self, *types: str) -> Wire:
        """The next message, or the next of one of these types."""
        async with asyncio.timeout(10):
            while True:
                message: Wire = await self.socket.receive_json()
                if not types or message["type"] in types:
                    return message

    async def ask(self, type_: str, **fields: object) -> Wire:
        """Send a message that has an id, and wait for the answer that carries it."""
        message_id = f"m{next(_ids)}"
        await self.say(type=type_, id=message_id, **fields)
        while (answer := await self.hear()).get("id") != message_id:
            pass
        return answer


@dataclass
class Console:
    adapter: ConsoleAdapter
    commands: FakeCommands
    client: aiohttp.ClientSession

    @asynccontextmanager
    async def page(self, locale: str = "en", headers: dict[str, str] | None = None) -> AsyncIterator[Page]:
        async with self.client.ws_connect("/ws", headers=headers) as socket:
            page = Page(socket)
            await page.say(type="hello", locale=locale)
            await page.hear("welcome")
            yield page

    async def make(self, page: Page, prompt: str) -> Wire:
        """Submit and do the work; the job as the page is told of it at its end."""
        receipt = await page.ask("submit", prompt=prompt)
        code = receipt["job"]["code"]
        while not self.commands.jobs[code].state.ended:
            await self.commands.step(self.adapter, self.commands.jobs[code])
        while (job := await page.hear("job"))["code"] != code:
            pass
        return job
