"""Turns long calls to Telegram into updates that are handled before Telegram forgets them."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import structlog
from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bots.telegram.intray import Handle, Intray
from bots.telegram.updates import Kinds, read_update

_WAIT = 30
"""Seconds for which Telegram holds a call that has nothing to answer."""
_LOOK_AGAIN = 0.3
"""Seconds after which others are fetched while an update is still in hand."""
_AT_ONCE = 100
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_ANSWER_SECONDS = 20.0
_STOP_SECONDS = 10.0
_NOTICED_AFTER = 0.5

log = structlog.get_logger(__name__)


class Polling:
    """Fetches until it is stopped. What is not handled yet is fetched again, and taken once."""

    def __init__(self, bot: ExtBot[None], handle: Handle) -> None:
        self._bot, self._intray = bot, Intray(handle)
        self._next, self._kinds = 0, Kinds()
        self._seen: set[int] = set()
        self._fetching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to fetch."""
        # The library would rather read all of an answer itself, or nothing of it.
        warnings.filterwarnings("ignore", message=r"Please use 'Bot\.get_?[Uu]pdates'")
        self._fetching = asyncio.create_task(self._fetch())

    async def stop(self) -> None:
        """Fetch no more, let what is in hand end, and tell Telegram what has been handled."""
        if self._fetching is None:
            return
        self._fetching.cancel()
        await asyncio.gather(self._fetching, return_exceptions=True)
        await self._intray.finish(_STOP_SECONDS)
        if self._next and not self._intray.in_hand:
            await self._confirm()

    async def _confirm(self) -> None:
        for pause in (_NOTICED_AFTER, 0.0):
            try:
                await self._bot.get_updates(self._next, limit=1, timeout=0)
            except Conflict:
                # A server that has not noticed yet that the call before was given up.
                await asyncio.sleep(pause)
            except TelegramError as error:
                log.info("telegram.not_confirmed", error=type(error).__name__)
                return
            else:
                return
        log.info("telegram.not_confirmed", error=Conflict.__name__)

    async def _fetch(self) -> None:
        pause = _SHORTEST_PAUSE
        await self._forget_webhook()
        while True:
            try:
                await self._fetch_once()
                pause = _SHORTEST_PAUSE
            except TelegramError as error:
                if self._kinds.ask_for_fewer(error):
                    continue
                wait = told(error, pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
                await asyncio.sleep(wait)
            except Exception:
                # Whatever it is: a bot that fetches no more would be silent for ever.
                log.exception("telegram.fetching_failed")
                await asyncio.sleep(_LONGEST_PAUSE)

    async def _forget_webhook(self) -> None:
        """Of an earlier setting: while there is one, Telegram lets nobody fetch. What waits stays."""
        try:
            if (await self._bot.get_webhook_info()).url:
                await self._bot.delete_webhook()
        except Exception as error:  # noqa: BLE001 - whatever a server answers: the first call for updates tells more
            log.warning("telegram.webhook_unknown", error=type(error).__name__)

    async def _fetch_once(self) -> None:
        await self._intray.wait(_LOOK_AGAIN)
        in_hand = self._intray.in_hand
        offset = min(in_hand, default=self._next)
        self._seen = {number for number in self._seen if number >= offset}
        seconds = 0 if in_hand else _WAIT
        # As JSON: the library would stop at one update that it cannot read, and log what is in it.
        found = await self._bot.do_api_request(
            "getUpdates",
            {"offset": offset, "limit": _AT_ONCE, "timeout": seconds, "allowed_updates": self._kinds.asked},
            read_timeout=seconds + _ANSWER_SECONDS,
        )
        for told_update in found if isinstance(found, list) else ():
            self._take(told_update)

    def _take(self, told_update: dict[str, Any]) -> None:
        number = int(told_update["update_id"])
        self._next = max(self._next, number + 1)
        if number in self._seen:
            return
        self._seen.add(number)
        if update := read_update(told_update, self._bot):
            self._intray.take(update)


def told(error: TelegramError, pause: float) -> float:
    """Say what is wrong and what to do; the seconds until the next attempt."""
    if isinstance(error, Conflict):
        log.error("telegram.polled_twice", remedy="another process fetches with this token, or a webhook is set")
        return _LONGEST_PAUSE / 2
    if isinstance(error, (InvalidToken, EndPointNotFound)):
        log.error("telegram.token_refused", remedy="see PIYING_TELEGRAM__TOKEN; @BotFather has the token")
        return _LONGEST_PAUSE
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return float(after) if isinstance(after, int) else after.total_seconds()
    log.warning("telegram.not_reached", error=type(error).__name__, again_in=pause)
    return pause
