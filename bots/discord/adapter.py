"""Turns a token into a bot on Discord: its interactions on one side, Commands on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import structlog
import yarl
from discord import ConnectionClosed, DiscordException, LoginFailure, Object
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.adapter import Delivery
from bots.commands import Commands
from bots.discord.answering import panel
from bots.discord.call import PLATFORM
from bots.discord.client import make_client
from bots.discord.delivery import Deliveries
from bots.discord.desk import Desk
from bots.discord.faults import as_delivery_errors
from bots.discord.mail import Mail
from bots.discord.post import Board
from bots.discord.premium import Premium
from bots.discord.receipts import Receipts
from bots.discord.shop import Shop
from bots.fitting import Fitting
from bots.origin import Examiner
from bots.presenter import present_notice
from core.errors import DeliveryDelayed
from core.ports import Clock
from core.posts import PostBook
from core.types import USUAL_RATIOS, Address, Job, Notice, Progress
from translation.localiser import Localiser

DISCORDS_GATEWAY = "wss://gateway.discord.gg"
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_REVOKED, _TOO_MANY_SERVERS = 4004, frozenset({4010, 4011})
"""Codes that the gateway closes with."""
_LAST_WORDS = 10.0
"""Seconds for what is being answered when the bot is told to stop."""
_FAULTS = (DiscordException, aiohttp.ClientError, OSError, TimeoutError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Line:
    """How Discord is reached. ``upload_limit`` are the bytes that a file may have where Discord does not say.

    The addresses hold for the whole process: the library has no others.
    """

    token: str
    api_url: str
    gateway_url: str
    upload_limit: int
    shards: int | None = None

    def point(self) -> None:
        """Let the library call these addresses."""
        Route.BASE = self.api_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.gateway_url)


class DiscordAdapter:
    """The bot."""

    platform = PLATFORM

    def __init__(
        self,
        commands: Commands,
        *,
        line: Line,
        posts: PostBook,
        examiner: Examiner,
        fitting: Fitting,
        clock: Clock,
        recipes: Sequence[str],
        ratios: Sequence[str] = USUAL_RATIOS,
        notes: Path | None = None,
        shop: Shop | None = None,
    ) -> None:
        """Nothing is connected before ``start``. ``notes`` is a file of its own; ``shop`` is what is sold."""
        self._line = line
        self.client = make_client(line.shards, stays=line.gateway_url != DISCORDS_GATEWAY, ratios=ratios)
        self.client.notes = notes
        # Where nothing is sold any more, subscriptions have ended that somebody may still have.
        self._premium = self.client.premium = Premium(self.client, commands, clock, shop or Shop({}))
        board = Board(posts)
        mail = Mail(self.client, board, clock)
        self._deliveries = Deliveries(self.client, commands, board, clock, line.upload_limit)
        self._receipts = Receipts(mail, commands, board, clock)
        self._desk = self.client.desk = Desk(
            client=self.client,
            commands=commands,
            clock=clock,
            board=board,
            receipts=self._receipts,
            deliveries=self._deliveries,
            examiner=examiner,
            fitting=fitting,
            recipes=recipes,
            ratios=ratios,
            shop=shop,
        )
        self._connecting: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def start(self) -> None:
        """Connect by and by: a Discord that is away, or refuses the token, keeps no other chat from its work."""
        self._connecting = asyncio.create_task(self._stay_connected())

    async def stop(self) -> None:
        """Take no more; say what is being said."""
        self._is_stopping = True
        if self._connecting:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if in_hand := tuple(self._desk.in_hand):
            await asyncio.wait(in_hand, timeout=_LAST_WORDS)
        await self._receipts.stop()
        await self._premium.stop()
        await self.client.close()

    def upload_limit(self, address: Address) -> int | None:
        """See the protocol."""
        return self._deliveries.limit(address)

    async def deliver(self, delivery: Delivery) -> None:
        """See the protocol."""
        with self._speaking():
            await self._receipts.settle(delivery.job)
            await self._deliveries.deliver(delivery)

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """See the protocol."""
        if self.client.can_speak and not self.client.invalid.are_many:
            await self._receipts.report(reports)

    async def show_end(self, job: Job) -> None:
        """See the protocol."""
        with self._speaking():
            await self._receipts.end(job)

    async def tell(self, address: Address, notice: Notice) -> None:
        """See the protocol. What concerns one person is told in private."""
        with self._speaking():
            locale = (await self._desk.commands.user_settings(address)).locale
            text = present_notice(Localiser(locale or notice.locale), notice)
            with as_delivery_errors():
                channel = await self.client.create_dm(Object(int(address.user)))
                await channel.send(view=panel(text))

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Within it something is sent, which ``stop`` waits for.

        Raises:
            DeliveryDelayed: the bot is not connected, or is being stopped.
        """
        if self._is_stopping or not self.client.can_speak:
            raise DeliveryDelayed(retry_after=_SHORTEST_PAUSE)
        if self.client.invalid.are_too_many:
            raise DeliveryDelayed(retry_after=_LONGEST_PAUSE)
        with self._desk.holding():
            yield

    async def _stay_connected(self) -> None:
        """The library connects again and resumes by itself; this is for what it gives up at."""
        pause = _SHORTEST_PAUSE
        while True:
            self._line.point()
            try:
                await self.client.login(self._line.token)
                pause = _SHORTEST_PAUSE
                await self.client.connect()
            except _FAULTS as error:
                pause = _told(error, pause)
            except Exception as error:
                log.exception("discord.connection_failed", error=type(error).__name__)
            await self.client.close()
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)
            self.client.clear()


def _told(error: BaseException, pause: float) -> float:
    """Say in the log what is the matter and what to do; after how many seconds to try again."""
    code = error.code if isinstance(error, ConnectionClosed) else None
    if isinstance(error, LoginFailure) or code == _REVOKED:
        remedy = (
            "in the Developer Portal make a new one (Bot, Reset Token), and set PIYING_DISCORD__TOKEN or …__TOKEN_FILE"
        )
        log.error("discord.token_refused", remedy=remedy, again_in=_LONGEST_PAUSE)
        return _LONGEST_PAUSE
    if code in _TOO_MANY_SERVERS:
        log.error("discord.shards_needed", remedy="set PIYING_DISCORD__SHARDS to 0", again_in=_LONGEST_PAUSE)
        return _LONGEST_PAUSE
    log.warning("discord.not_connected", error=type(error).__name__, code=code, again_in=pause)
    return pause
