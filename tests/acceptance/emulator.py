"""A Bot API that others wrote (PyPI ``lo-bot-api-emulator``) on loopback, and what a bot shows there.

It is as it comes. That it is in this process lets us hear what it was asked and what it answered; people speak to it
by its own HTTP control. What it knows less of than Telegram does is what an older Bot API server knows.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from aiohttp import ClientSession, web
from lo_bot_api_emulator import LoBotApiEmulator
from lo_bot_api_emulator.journal import verdict

TOKEN = "7:emulated"
Found = TypeVar("Found")


@dataclass(frozen=True)
class Heard:
    """A request and its answer; ``files`` are what was uploaded, ``result`` is None where it was refused."""

    method: str
    fields: Mapping[str, Any]
    files: Mapping[str, bytes]
    result: Any


@dataclass
class Shown:
    """A message of the bot's as its chat has it. ``texts``: all that it ever said; ``buttons``: data by label."""

    number: int
    chat: int
    texts: list[str]
    buttons: dict[str, str] = field(default_factory=dict)
    video: str = ""
    answers: int | None = None


class Emulator(LoBotApiEmulator):  # type: ignore[misc]  # it tells no types
    """``async with Emulator(folder) as api``: running, with a journal of its own in the folder."""

    token = TOKEN

    def __init__(self, folder: Path) -> None:
        super().__init__(journal=folder / "journal.jsonl", enable_control=True, allow_insecure_loopback_webhooks=True)
        self.heard: list[Heard] = []
        self._numbers = itertools.count(1001)
        self._runner: web.AppRunner | None = None
        self._address = ""

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        """As it does; noted."""
        given, files = dict(fields), {name: upload["data"] for name, upload in uploads.items()}
        result = None
        try:
            result = super().validate(method, fields, uploads)
        finally:
            self.heard.append(Heard(method, given, files, result))
        return result

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        return f"{self._address}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self._address}/file/bot"

    def calls(self, method: str) -> list[Heard]:
        """What was asked of a method, and not refused."""
        return [one for one in self.heard if one.method == method and one.result is not None]

    async def until(self, seen: Callable[[], Found], seconds: float = 10.0) -> Found:
        """Wait until ``seen`` answers with something true, and return that."""
        deadline = time.monotonic() + seconds
        while not (found := seen()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not seen within {seconds} s\n{self._transcript()}")
            await asyncio.sleep(0.05)
        return found

    async def says(self, person: dict[str, Any], chat: dict[str, Any], text: str, **more: Any) -> int:
        """Somebody writes; the number of the message."""
        number = next(self._numbers)
        told = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person, "text": text, **more}
        await self._tell(message=told)
        return number

    async def presses(self, person: dict[str, Any], chat: dict[str, Any], shown: Shown, label: str) -> str:
        """Somebody presses a button; the number of the press."""
        query = str(next(self._numbers))
        message = {"message_id": shown.number, "date": 1, "chat": chat, "from": {"id": 7, "is_bot": True,
                   "first_name": "Fixture"}, "text": shown.texts[-1]}  # fmt: skip
        data = shown.buttons[label]
        press = {"id": query, "from": person, "chat_instance": "1", "data": data, "message": message}
        await self._tell(callback_query=press)
        return query

    async def fetch(self, file: str) -> bytes:
        """A file as any client of the Bot API fetches it."""
        async with ClientSession() as client:
            async with client.post(f"{self.base_url}{TOKEN}/getFile", json={"file_id": file}) as response:
                path = (await response.json())["result"]["file_path"]
            async with client.get(f"{self.base_file_url}{TOKEN}/{path}") as response:
                assert response.status == 200
                return await response.read()

    def shown(self, chat: int) -> list[Shown]:
        """What the bot wrote in a chat and has not deleted, in its order."""
        messages: dict[int, Shown] = {}
        for one in self.heard:
            if one.result is None or str(one.fields.get("chat_id")) != str(chat):
                continue
            if one.method == "deleteMessage":
                messages.pop(int(one.fields["message_id"]), None)
            elif one.method in {"sendMessage", "sendVideo"} or one.method.startswith("editMessage"):
                _show(messages, one)
        return list(messages.values())

    def verdict(self, *refused: str) -> dict[str, Any]:
        """What it says itself of the bot; ``refused`` are the refusals (``METHOD:STATUS``) that were to be met."""
        assert self.journal
        told: dict[str, Any] = verdict(self.journal, require_response=True, allowed_refusals=refused)
        return told

    async def waiting(self) -> int:
        """Updates that nobody has taken yet."""
        async with (
            ClientSession() as client,
            client.post(f"{self.base_url}{TOKEN}/getWebhookInfo") as response,
        ):
            return int((await response.json())["result"]["pending_update_count"])

    async def _tell(self, **update: Any) -> None:
        async with (
            ClientSession() as client,
            client.post(f"{self._address}/__fixture/updates", json={"token": TOKEN, "update": update}) as response,
        ):
            assert response.status == 200, await response.text()

    def _transcript(self) -> str:
        return "\n".join(f"{one.method} {dict(one.fields)} -> {one.result}" for one in self.heard[-20:])


def _show(messages: dict[int, Shown], one: Heard) -> None:
    number = int(one.result["message_id"])
    reply = json.loads(one.fields.get("reply_parameters") or "{}").get("message_id")
    message = messages.setdefault(number, Shown(number, int(one.fields["chat_id"]), [], answers=reply))
    text = one.fields.get("text") or one.fields.get("caption")
    if text:
        message.texts.append(text)
    rows = json.loads(one.fields.get("reply_markup") or "{}").get("inline_keyboard", [])
    message.buttons = {button["text"]: button.get("callback_data", "") for row in rows for button in row}
    message.video = one.result.get("video", {}).get("file_id", "")
