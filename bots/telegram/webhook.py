"""Turns what Telegram posts to us into requests; it is told that an update arrived only once it was handled."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterable

import structlog
from aiohttp import web
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bots.http_log import http_log
from bots.telegram.intray import Handle, Intray
from bots.telegram.updates import Kinds, read_update

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LARGEST = 1 << 20
_CONNECTIONS = 40
_HANDLED_WITHIN = 25.0
_STOP_SECONDS = 10.0
_REMEMBERED = 1000
_PAUSE = 30.0

log = structlog.get_logger(__name__)


class Webhook:
    """A port of this machine that Telegram reaches at ``url``, through a proxy that has its certificate.

    Path and secret are made of the token, so that they are the same after a restart and nobody can guess them.
    """

    def __init__(
        self,
        bot: ExtBot[None],
        handle: Handle,
        *,
        url: str,
        host: str,
        port: int,
        extra_routes: Iterable[web.AbstractRouteDef] = (),
    ) -> None:
        self._bot, self._intray, self._url = bot, Intray(handle), url.rstrip("/")
        self._host, self._port, self._extra = host, port, tuple(extra_routes)
        self._path, self._secret = (_derived(bot.token, use) for use in ("path", "secret"))
        self._kinds, self._handled = Kinds(), dict[int, None]()
        self._runner: web.AppRunner | None = None
        self._telling: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Where it listens, once started."""
        return int(self._runner.addresses[0][1]) if self._runner and self._runner.addresses else self._port

    async def start(self) -> None:
        """Listen, and tell Telegram where.

        Raises:
            OSError: the port is taken.
        """
        app = web.Application(client_max_size=_LARGEST)
        app.add_routes([web.post(f"/{self._path}", self._take), *self._extra])
        self._runner = web.AppRunner(app, access_log=None, logger=http_log(__name__), handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._telling = asyncio.create_task(self._tell())

    async def stop(self) -> None:
        """Take no more; Telegram keeps what it could not deliver."""
        if self._telling:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        await self._intray.finish(_STOP_SECONDS)
        if self._runner:
            await self._runner.cleanup()

    async def _tell(self) -> None:
        while True:
            try:
                await self._bot.set_webhook(
                    f"{self._url}/{self._path}",
                    max_connections=_CONNECTIONS,
                    allowed_updates=self._kinds.asked,
                    secret_token=self._secret,
                )
            except TelegramError as error:
                if self._kinds.ask_for_fewer(error):
                    continue
                log.warning("telegram.webhook_not_set", error=type(error).__name__, again_in=_PAUSE)
                await asyncio.sleep(_PAUSE)
            else:
                return

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret.encode()):
            return web.Response(status=403)
        update = read_update(_json(await request.read()), self._bot)
        if update is None or update.update_id in self._handled:
            # Of one that cannot be read too: Telegram would send it again for ever.
            return web.Response()
        try:
            await asyncio.wait_for(self._intray.take(update).wait(), _HANDLED_WITHIN)
        except TimeoutError:
            # It is still in hand: Telegram asks again, and is told then.
            return web.Response(status=503)
        self._remember(update.update_id)
        return web.Response()

    def _remember(self, number: int) -> None:
        self._handled[number] = None
        if len(self._handled) > _REMEMBERED:
            del self._handled[next(iter(self._handled))]


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        # Brackets without end are no JSON either.
        return None


def _derived(token: str, use: str) -> str:
    return hmac.new(token.encode(), f"piying telegram webhook {use}".encode(), hashlib.sha256).hexdigest()
