"""A desk of Telegram's on loopback: checks each request against the Bot API's schema, and answers as it is told to.

For tests of one thing at a time, which want to say what Telegram answers next.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from tests.telegram.errors import Refused
from tests.telegram.schema import Schema, load
from tests.telegram.validation import Raw, Upload, file_of, read_request

ME: dict[str, Any] = {
    "id": 77,
    "is_bot": True,
    "first_name": "Piying",
    "username": "piying_bot",
    "supports_inline_queries": True,
}
TOKEN = "77:loopback"


@dataclass
class Asked:
    """A request as it came, with the bytes of its files in place of their names."""

    method: str
    fields: dict[str, Any]


@dataclass
class Clerk:
    """``faults`` are what the next requests of a method are answered with: None lets one through.

    An Exception in it is raised after the request has been done: the answer is lost on its way. ``wrong`` is what was
    asked for that no Telegram takes.
    """

    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, list[Refused | ConnectionError | None]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, bytes] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    schema: Schema = field(default_factory=lambda: load().with_newer(), repr=False)
    numbers: Any = field(default_factory=lambda: itertools.count(100))
    url: str = ""

    def of(self, method: str) -> list[dict[str, Any]]:
        """The requests of a method."""
        return [one.fields for one in self.asked if one.method == method]

    @property
    def methods(self) -> list[str]:
        """What was asked for, in order."""
        return [one.method for one in self.asked if one.method != "getMe"]

    async def handle(self, request: web.Request) -> web.Response:
        """One request."""
        method = request.match_info["method"]
        try:
            fields = self._heard(method, await _raw(request))
            self.asked.append(Asked(method, fields))
            fault = self.faults[method].pop(0) if self.faults[method] else None
            if isinstance(fault, Refused):
                raise fault
            if isinstance(fault, ConnectionError):
                assert request.transport
                request.transport.close()
            if method == "getUpdates":
                # Nobody writes.
                await asyncio.sleep(fields.get("timeout", 0))
            return web.json_response({"ok": True, "result": self._answer(method, fields)})
        except Refused as refused:
            return web.json_response(refused.json(), status=refused.code)

    async def fetch(self, request: web.Request) -> web.Response:
        """A file."""
        self.fetched.append(request.match_info["path"])
        return web.Response(body=self.files[request.match_info["path"]])

    def _heard(self, method: str, raw: Raw) -> dict[str, Any]:
        try:
            return self._read(method, raw)
        except Refused as refused:
            self.wrong.append(f"{method}: {refused.description}")
            raise

    def _read(self, method: str, raw: Raw) -> dict[str, Any]:
        parsed = read_request(self.schema, method, raw)
        media = parsed.get("media")
        for holder in (parsed, media if isinstance(media, dict) else {}):
            for name in ("media", "video", "photo", "thumbnail", "document"):
                if isinstance(holder.get(name), (str, Upload)):
                    file = file_of(raw, holder[name])
                    holder[name] = file.data if isinstance(file, Upload) else file
        return parsed

    def _answer(self, method: str, fields: dict[str, Any]) -> Any:
        if method == "getMe":
            return ME
        if method == "getFile":
            size = len(self.files[fields["file_id"]])
            return {
                "file_id": fields["file_id"],
                "file_unique_id": "u",
                "file_size": size,
                "file_path": fields["file_id"],
            }
        if method == "getChatMember":
            return {"status": "member", "user": {"id": int(fields["user_id"]), "is_bot": False, "first_name": "…"}}
        if method == "getWebhookInfo":
            return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        if method == "getUpdates":
            return []
        if method == "answerGuestQuery":
            return {"inline_message_id": "inline-1"}
        if not method.startswith(("send", "edit")):
            return True
        number = fields.get("message_id") or next(self.numbers)
        chat = int(fields["chat_id"])
        kind = "private" if chat > 0 else "supergroup"
        message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": kind}, "from": ME, "text": "…"}
        if method in {"sendVideo", "editMessageMedia"}:
            message["video"] = {
                "file_id": f"file-{number}", "file_unique_id": "u", "width": 1, "height": 1, "duration": 1,
            }  # fmt: skip
        return message


async def _raw(request: web.Request) -> dict[str, str | Upload]:
    if request.content_type == "application/json":
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in (await request.json()).items()
        }
    found: dict[str, str | Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            data = await asyncio.to_thread(value.file.read)
            found[name] = Upload(value.filename, data, value.content_type)
        else:
            assert isinstance(value, str)
            found[name] = value
    return found


@asynccontextmanager
async def open_clerk() -> AsyncIterator[tuple[Clerk, ExtBot[None]]]:
    """A clerk, and a bot of python-telegram-bot's that talks to it."""
    clerk = Clerk()
    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", f"/bot{TOKEN}/{{method}}", clerk.handle)
    app.router.add_get(f"/file/bot{TOKEN}/{{path}}", clerk.fetch)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    clerk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bot: ExtBot[None] = ExtBot(
        TOKEN, f"{clerk.url}/bot", f"{clerk.url}/file/bot", request=HTTPXRequest(), get_updates_request=HTTPXRequest()
    )
    try:
        async with bot:
            yield clerk, bot
    finally:
        await runner.cleanup()
