"""Hands updates to the bot, by long poll or by webhook, until it has acknowledged them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.telegram.errors import Refused, bad

KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "guest_message", "inline_query",
    "chosen_inline_result", "callback_query", "pre_checkout_query", "my_chat_member", "chat_member",
    "message_reaction", "stopped_message_generation",
)  # fmt: skip
_ON_REQUEST = {"chat_member", "message_reaction"}
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass
class Entry:
    """An update on its way. ``again`` is one that was acknowledged and comes once more."""

    body: dict[str, Any]
    again: bool = False

    @property
    def id(self) -> int:
        """Its number."""
        return int(self.body["update_id"])


@dataclass
class Webhook:
    """Where updates are posted."""

    url: str
    secret: str = ""
    connections: int = 40
    certificate: bool = False
    error: str = ""
    error_date: int = 0


@dataclass
class Updates:
    """The queue of one bot."""

    waiting: list[Entry] = field(default_factory=list)
    allowed: frozenset[str] = frozenset(set(KINDS) - _ON_REQUEST)
    webhook: Webhook | None = None
    next_id: int = 300_000_001
    sent: list[dict[str, Any]] = field(default_factory=list)
    """Every update that ever was queued."""
    retry_seconds: float = 0.05
    _held: list[Entry] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: asyncio.Future[None] | None = None
    _posting: asyncio.Task[None] | None = None

    def add(self, kind: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Queue an update; None where the bot asked for none of its kind."""
        if kind not in self.allowed:
            return None
        update = {"update_id": self.next_id, kind: body}
        self.next_id += 1
        self.sent.append(update)
        self._queue(Entry(update))
        return update

    def repeat(self, update: dict[str, Any], *, new_id: bool = False) -> None:
        """Send an update once more, as after a lost acknowledgement; or the same content under a new number."""
        if new_id:
            update = {**update, "update_id": self.next_id}
            self.next_id += 1
        self._queue(Entry(update, again=True))

    def _queue(self, entry: Entry) -> None:
        target = self.waiting if self._held is None else self._held
        target.append(entry)
        self._news.set()

    @contextlib.contextmanager
    def reordered(self) -> Iterator[None]:
        """Keep what comes within, and send it in the reverse order."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            self.waiting += reversed(held)
            self._news.set()

    def allow(self, kinds: Sequence[str] | None) -> None:
        """What the bot asked for; it holds until it asks again."""
        if kinds is None:
            return
        self.allowed = frozenset(kinds) or frozenset(set(KINDS) - _ON_REQUEST)

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """What ``getUpdates`` answers. A second poller ends the first one's wait.

        Raises:
            Refused: a webhook is set, or another poller came.
        """
        if self.webhook:
            raise Refused(409, _WEBHOOK_ACTIVE)
        if not 1 <= limit <= 100:
            raise bad("limit must be 1-100")
        if self._poll and not self._poll.done():
            self._poll.set_exception(Refused(409, _CONFLICT))
        turn = self._poll = asyncio.get_running_loop().create_future()
        self._acknowledge(offset)
        try:
            await self._until_news(turn, seconds)
        finally:
            turn.cancel()
        batch = self.waiting[:limit]
        for entry in batch:
            entry.again = False
        return [entry.body for entry in batch]

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            self.waiting = self.waiting[offset:]
        else:
            self.waiting = [entry for entry in self.waiting if entry.id >= offset or entry.again]

    async def _until_news(self, turn: asyncio.Future[None], seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.waiting:
                    self._news.clear()
                    news: asyncio.Future[Any] = asyncio.ensure_future(self._news.wait())
                    turns: list[asyncio.Future[Any]] = [turn, news]
                    try:
                        await asyncio.wait(turns, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        news.cancel()
                    if turn.done():
                        break
        if turn.done():
            turn.result()

    async def set_webhook(self, webhook: Webhook | None) -> None:
        """Post to another address from now on, or to none."""
        await self.stop()
        self.webhook = webhook
        if webhook:
            self._posting = asyncio.create_task(self._post_all(webhook))

    async def stop(self) -> None:
        """Post no more."""
        if self._posting:
            self._posting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._posting
            self._posting = None

    async def _post_all(self, webhook: Webhook) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            while True:
                batch = self.waiting[: webhook.connections]
                if not batch:
                    self._news.clear()
                    await self._news.wait()
                    continue
                done = await asyncio.gather(*(self._post(session, webhook, entry) for entry in batch))
                self.waiting = [entry for entry in self.waiting if all(entry is not other for other in done)]
                if any(entry is None for entry in done):
                    await asyncio.sleep(self.retry_seconds)

    async def _post(self, session: aiohttp.ClientSession, webhook: Webhook, entry: Entry) -> Entry | None:
        """The entry where the bot took it; None where it is to be sent again."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            async with session.post(webhook.url, json=entry.body, headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return entry
                webhook.error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            webhook.error = f"Connection failed: {type(error).__name__}"
        return None
