"""Turns a token into a bot on Telegram: its updates on one side, Commands on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
import structlog
from aiohttp import web
from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bots.adapter import Delivery
from bots.commands import Commands
from bots.origin import Examiner
from bots.presenter import present_notice
from bots.telegram import menus, routes
from bots.telegram.call import PLATFORM
from bots.telegram.delivery import Deliveries
from bots.telegram.desk import Desk
from bots.telegram.faults import as_delivery_errors
from bots.telegram.incoming import Me
from bots.telegram.pace import Limits, Pace
from bots.telegram.packs import Shop
from bots.telegram.polling import Polling
from bots.telegram.polling import told as told_of_fault
from bots.telegram.post import Board
from bots.telegram.quiet import Quiet
from bots.telegram.receipts import Receipts
from bots.telegram.stars_book import Rounds, StarsBook
from bots.telegram.units import MESSAGE
from bots.telegram.webhook import Webhook
from bots.units import cut
from core.errors import DeliveryDelayed
from core.ports import Clock
from core.posts import PostBook
from core.types import USUAL_RATIOS, Address, Job, Notice, Progress
from translation.localiser import Localiser

_CONNECTIONS = 128
_IDLE_CONNECTIONS, _IDLE_SECONDS = 20, 60.0
"""Connections kept open, and for how long: each request looks through all that are idle, and a new one is slow."""
_TIMEOUT, _UPLOAD_TIMEOUT, _TURN_TIMEOUT = 20.0, 600.0, 120.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0

log = structlog.get_logger(__name__)


class Source(Protocol):
    """Where updates come from."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Hook:
    """Where Telegram shall post updates to (``url``), and where that ends here; ``routes`` are served beside."""

    url: str
    host: str
    port: int
    routes: Sequence[web.AbstractRouteDef] = ()


@dataclass(frozen=True)
class Line:
    """How Telegram is reached. The limits are bytes; the base addresses are those of python-telegram-bot.

    ``local``: a Bot API server in its local mode, which sees the same files here under the same paths.
    """

    token: str
    base_url: str
    base_file_url: str
    upload_limit: int
    download_limit: int = 20_000_000
    webhook: Hook | None = None
    local: bool = False

    def bot(self, pace: Pace) -> ExtBot[None]:
        """A bot that has not spoken yet."""
        return ExtBot(
            self.token,
            self.base_url,
            self.base_file_url,
            request=_request(_CONNECTIONS),
            get_updates_request=_request(2),
            rate_limiter=pace,
            local_mode=self.local,
        )


class TelegramAdapter:
    """The bot. ``notes`` is a file of its own; ``shop`` is what is sold; ``profile``: it names and describes itself."""

    platform = PLATFORM

    def __init__(
        self,
        commands: Commands,
        *,
        line: Line,
        posts: PostBook,
        examiner: Examiner,
        clock: Clock,
        recipes: Sequence[str],
        ratios: Sequence[str] = USUAL_RATIOS,
        notes: Path,
        limits: Limits | None = None,
        shop: Shop | None = None,
        profile: bool = True,
        rounds: Rounds | None = None,
    ) -> None:
        """Nothing is connected before ``start``."""
        self._pace, self._profile = Pace(limits), profile
        self._bot = line.bot(self._pace)
        board = Board(posts)
        self._receipts = Receipts(self._bot, commands, board, self._pace)
        self._deliveries = Deliveries(self._bot, commands, board, clock, line.upload_limit)
        self._quiet = Quiet(self._bot, clock, notes=notes)
        self._desk = Desk(
            bot=self._bot,
            commands=commands,
            clock=clock,
            board=board,
            receipts=self._receipts,
            deliveries=self._deliveries,
            quiet=self._quiet,
            examiner=examiner,
            download_limit=line.download_limit,
            shop=shop,
            recipes=recipes,
            ratios=ratios,
        )
        self._stars = StarsBook(self._desk, rounds)
        hook = line.webhook
        self._source: Source = (
            Webhook(self._bot, self._handle, url=hook.url, host=hook.host, port=hook.port, extra_routes=hook.routes)
            if hook
            else Polling(self._bot, self._handle)
        )
        self._connecting: asyncio.Task[None] | None = None
        self._me: Me | None = None

    async def start(self) -> None:
        """Connect by and by: a Telegram that is away, or refuses the token, keeps no other chat from its work."""
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """Take no more; say what is being said."""
        if self._connecting:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._me is None:
            return
        await self._source.stop()
        await self._stars.stop()
        await self._receipts.stop()
        await self._quiet.stop()
        await self._bot.shutdown()

    def upload_limit(self, address: Address) -> int | None:  # noqa: ARG002
        """The same in every chat."""
        return self._deliveries.limit

    async def deliver(self, delivery: Delivery) -> None:
        """See the protocol."""
        if self._me is None:
            raise DeliveryDelayed(retry_after=_SHORTEST_PAUSE)
        await self._receipts.settle(delivery.job)
        await self._deliveries.deliver(delivery)

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """See the protocol."""
        if self._me:
            await self._receipts.report(reports)

    async def show_end(self, job: Job) -> None:
        """See the protocol."""
        await self._receipts.end(job)

    async def tell(self, address: Address, notice: Notice) -> None:
        """See the protocol. What concerns one person is told in private, where they have ever written to the bot."""
        if self._me is None:
            raise DeliveryDelayed(retry_after=_SHORTEST_PAUSE)
        locale = (await self._desk.commands.user_settings(address)).locale
        text = present_notice(Localiser(locale or notice.locale), notice)
        with as_delivery_errors():
            await self._bot.send_message(int(address.user), cut(text, MESSAGE))

    async def _connect(self) -> None:
        pause = _SHORTEST_PAUSE
        while self._me is None:
            try:
                await self._bot.initialize()
                self._me = Me(self._bot.id, self._bot.username or "")
            except TelegramError as error:
                wait = told_of_fault(error, pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
                await asyncio.sleep(wait)
        await self._quiet.start()
        await self._source.start()
        log.info("telegram.connected", bot=self._me.username)
        sells = bool(self._desk.shop and self._desk.shop.packs)
        await menus.publish(self._bot, sells=sells, profile=self._profile)
        await self._stars.start()

    async def _handle(self, update: Update) -> None:
        assert self._me is not None
        await routes.handle(self._desk, update, self._me)


def _request(connections: int) -> HTTPXRequest:
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=_IDLE_CONNECTIONS, keepalive_expiry=_IDLE_SECONDS
    )
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=_TIMEOUT,
        write_timeout=_TIMEOUT,
        connect_timeout=_TIMEOUT,
        pool_timeout=_TURN_TIMEOUT,
        media_write_timeout=_UPLOAD_TIMEOUT,
        httpx_kwargs={"limits": limits},
    )
