"""Turns what one open page says into calls on Commands, and the answers into messages to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bots.commands import Commands
from bots.console import mapping, wire
from bots.console.mapping import Wire
from bots.console.outbox import Outbox
from bots.console.post_wires import standing_wires
from bots.text_commands import answer, is_command
from core.errors import EngineFault, PiyingError, Refusal
from core.intake import Receipt
from core.ports import Clock
from core.quotas.rate import Rate
from core.types import Address, Job, Locale, Request
from translation.localiser import Localiser

_log = structlog.get_logger(__name__)

Telling = Callable[[Localiser], Wire]


@dataclass(frozen=True)
class Desk:
    """What all pages share. ``rate`` limits messages of a visitor, over all open pages."""

    commands: Commands
    clock: Clock
    rate: Rate
    recipes: Sequence[str]
    version: str


class Others(Protocol):
    """The visitor's other open pages."""

    def tell(self, visitor: str, kind: str, telling: Telling, *, besides: Session | None = None) -> None:
        """Tell each in its own language."""


class Session:
    """One open page, from its WebSocket's opening to its end."""

    def __init__(
        self, socket: web.WebSocketResponse, desk: Desk, others: Others, address: Address, locale: Locale
    ) -> None:
        self._socket, self._desk, self._others, self.address = socket, desk, others, address
        self._localiser, self._rewordings = Localiser(locale), desk.commands.rewordings
        self._outbox = Outbox()
        self._questions: asyncio.Queue[wire.AskQuote] = asyncio.Queue(maxsize=1)
        self._close_code = WSCloseCode.OK
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Read and write until either side has enough."""
        tasks = [asyncio.create_task(work()) for work in (self._read, self._write, self._quote, self._ended.wait)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            await self._socket.close(code=self._close_code)
        for end in ends:
            if isinstance(end, Exception) and not isinstance(end, ConnectionError):
                raise end

    def leave(self, code: WSCloseCode) -> None:
        """End it; the page will come back by itself."""
        self._close_code = code
        self._ended.set()

    def tell(self, kind: str, telling: Telling) -> None:
        """News the page did not ask for. One that is too far behind is ended: it comes back and reads the history."""
        if not self._outbox.tell(kind, telling(self._localiser)):
            self.leave(WSCloseCode.TRY_AGAIN_LATER)

    async def _write(self) -> None:
        while True:
            message = await self._outbox.take()
            await self._socket.send_str(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    async def _read(self) -> None:
        async for frame in self._socket:
            if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return
            # What is in no text says nothing, and counts all the same.
            await self._take(frame.data if frame.type is WSMsgType.TEXT else "")

    async def _take(self, text: str) -> None:
        try:
            self._desk.rate.check(self.address.chat, self._desk.clock.now())
            message = wire.read_message(text)
        except Refusal as refusal:
            await self._outbox.reply(mapping.error_wire(self._localiser, wire.id_in(text), refusal))
            return
        if isinstance(message, wire.AskQuote):
            self._ask(message)
        else:
            await self._respond(message)

    def _ask(self, question: wire.AskQuote) -> None:
        """One at a time is answered; of those that wait only the newest, since the page has moved on."""
        if self._questions.full():
            self._questions.get_nowait()
        self._questions.put_nowait(question)

    async def _quote(self) -> None:
        while True:
            await self._respond(await self._questions.get())

    async def _respond(self, message: wire.Inbound) -> None:
        message_id = getattr(message, "id", None)
        try:
            reply = await self._answer(message)
        except PiyingError as error:
            reply = mapping.error_wire(self._localiser, message_id, error)
        except Exception as bug:  # noqa: BLE001 - a bug ends one message, not the page; it is logged and told
            _log.exception("console.message_failed", message_type=message.type)
            reply = mapping.error_wire(self._localiser, message_id, _fault_from(bug))
        await self._outbox.reply(reply)

    async def _answer(self, message: wire.Inbound) -> Wire:
        match message:
            case wire.Hello() | wire.SwitchLocale():
                return await self._welcome(message.locale)
            case wire.AskQuote() if is_command(message.prompt):
                return mapping.no_quote_wire(message.id)
            case wire.AskQuote():
                quote = await self._desk.commands.quote(self._request(message))
                return mapping.quote_wire(self._localiser, message.id, quote, self._rewordings)
            case wire.Older():
                jobs = await self._desk.commands.history(self.address, message.before)
                return mapping.history_wire(self._localiser, jobs, self._rewordings)
            case wire.GuessTimezone():
                account = await self._desk.commands.set_timezone(self.address, message.timezone)
                return mapping.account_wire(self._localiser, account)
            case _:
                reply = await self._act(message)
                await self._tell_balance()
                return reply

    async def _act(
        self, message: wire.Submit | wire.Again | wire.Reword | wire.Cancel | wire.LinkOffer | wire.LinkAccept
    ) -> Wire:
        match message:
            case wire.Submit() if is_command(message.prompt):
                return await self._type(message.id, message.prompt)
            case wire.Submit():
                return self._receive(message.id, await self._desk.commands.video(self._request(message)))
            case wire.Again() | wire.Reword():
                return self._receive(message.id, await self._once_more(message))
            case wire.Cancel(code=code):
                job = await self._desk.commands.cancel(self.address, code)
                self._tell_others(job)
                return mapping.job_wire(self._localiser, job, self._rewordings)
            case wire.LinkOffer():
                return await self._type(message.id, "/link")
            case wire.LinkAccept(code=code):
                return await self._type(message.id, f"/link {code}")

    async def _welcome(self, locale: Locale) -> Wire:
        self._localiser = Localiser(locale)
        account = await self._desk.commands.account(self.address)
        jobs = await self._desk.commands.history(self.address)
        welcome = mapping.welcome_wire(
            self._localiser, account, jobs, self._rewordings, self._desk.recipes, self._desk.version
        )
        return {**welcome, "posts": await standing_wires(self._localiser, self._desk.commands, self.address)}

    def _request(self, message: wire.AskQuote | wire.Submit) -> Request:
        return mapping.to_request(self.address, self._localiser.locale, message)

    async def _once_more(self, message: wire.Again | wire.Reword) -> Receipt:
        commands, code, key = self._desk.commands, message.code, mapping.to_key(self.address, message.id)
        match message:
            case wire.Again(another_take=take):
                return await commands.again(self.address, code, key, another_take=take, declares=message.declares)
            case wire.Reword(kind="original"):
                return await commands.use_original(self.address, code, key)
            case wire.Reword(kind="edit", text=text):
                return await commands.edit(self.address, code, key, text, declares=message.declares)
            case wire.Reword(kind="translate", translator=translator):
                return await commands.translate_again(self.address, code, key, translator or None)
            case _:
                return await commands.rewrite(self.address, code, key)

    def _receive(self, message_id: str, receipt: Receipt) -> Wire:
        self._tell_others(receipt.job)
        if receipt.replaced:
            self._tell_all(receipt.replaced)
        return mapping.receipt_wire(self._localiser, message_id, receipt, self._rewordings)

    async def _type(self, message_id: str, text: str) -> Wire:
        key = mapping.to_key(self.address, message_id)
        found = await answer(self._desk.commands, self._localiser, self.address, text, key)
        if found.job:
            self._tell_others(found.job)
        if found.receipt and found.receipt.replaced:
            self._tell_all(found.receipt.replaced)
        return mapping.answer_wire(self._localiser, message_id, found, self._rewordings)

    async def _tell_balance(self) -> None:
        account = await self._desk.commands.account(self.address)
        self._others.tell(self.address.chat, "account", lambda localiser: mapping.account_wire(localiser, account))

    def _tell_others(self, job: Job) -> None:
        self._others.tell(self.address.chat, f"job:{job.code}", self._telling(job), besides=self)

    def _tell_all(self, job: Job) -> None:
        self._others.tell(self.address.chat, f"job:{job.code}", self._telling(job))

    def _telling(self, job: Job) -> Telling:
        return partial(mapping.job_wire, job=job, rewordings=self._rewordings)


def _fault_from(bug: Exception) -> EngineFault:
    fault = EngineFault()
    fault.__cause__ = bug
    return fault
