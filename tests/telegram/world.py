"""Everything that one bot's server holds together."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.telegram.clock import Clock, wall
from tests.telegram.errors import bad, forbidden
from tests.telegram.files import DOWNLOAD_LIMIT, UPLOAD_LIMIT, Files
from tests.telegram.limits import Limits
from tests.telegram.state import Chat, Member, Message, User
from tests.telegram.updates import Updates

Found = TypeVar("Found")


@dataclass(frozen=True)
class Complaint:
    """What the real server lets pass and a user would see go wrong. ``kind`` is ``black square``, ``silent``,
    ``not a video``, ``thumbnail`` or ``another shape``."""

    kind: str
    method: str
    why: str


@dataclass
class Query:
    """Something that waits for the bot's answer: a press, an inline query, a guest's message, a check-out."""

    kind: str
    id: str
    asker: User
    deadline: float
    message: Message | None = None
    data: Any = None
    answer: dict[str, Any] | None = None


@dataclass
class Payment:
    """Stars on their way. ``state`` is ``checking``, ``refused``, ``late``, ``paid`` or ``refunded``."""

    payer: User
    chat: Chat
    invoice: dict[str, Any]
    state: str = "checking"
    charge_id: str = ""
    complaint: str = ""


@dataclass
class World:
    """The state of one bot's Telegram."""

    bot: User
    clock: Clock = wall
    upload_limit: int = UPLOAD_LIMIT
    download_limit: int = DOWNLOAD_LIMIT
    local: Path | None = None
    """Where a server in local mode keeps its files: they are named by their paths, in requests as well."""
    keeps_whispers: bool = True
    """Whether messages for one reader are known; an older server shows them to all."""
    tells_choices: bool = True
    """Whether @BotFather's inline feedback is on: the bot is told which inline result was sent."""
    press_seconds: float = 15.0
    inline_seconds: float = 10.0
    guest_seconds: float = 60.0
    checkout_seconds: float = 10.0
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    inline_messages: dict[str, Message] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    stars: list[dict[str, Any]] = field(default_factory=list)
    """Star transactions, oldest first."""
    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each invoice link asks for."""
    complaints: list[Complaint] = field(default_factory=list)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    """The bot's name and descriptions, by kind and language."""
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    """By scope (its JSON) and language."""
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    updates: Updates = field(default_factory=Updates)
    limits: Limits = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.limits = Limits(self.clock)

    @property
    def date(self) -> int:
        """Now, as messages have it."""
        return int(self.clock())

    def complain(self, kind: str, method: str, why: str) -> None:
        """Note what would go wrong before a user's eyes."""
        self.complaints.append(Complaint(kind, method, why))

    def changed(self) -> None:
        """Wake who waits for something to be seen."""
        self._changed.set()

    async def until(self, seen: Callable[[], Found], seconds: float = 10.0) -> Found:
        """Wait until ``seen`` answers with something true.

        Raises:
            AssertionError: it did not in time; the message shows every chat.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := seen()):
                    self._changed.clear()
                    await _at_most(self._changed.wait(), 0.05)
        except TimeoutError:
            raise AssertionError(f"not seen within {seconds} s\n{self.transcript()}") from None
        return found

    def transcript(self) -> str:
        """Every chat as text."""
        return "\n".join(tell(chat) for chat in self.chats.values() if chat.messages)

    def find_chat(self, chat_id: int | str) -> Chat:
        """The chat of an id or @name.

        Raises:
            Refused: there is none, or it has become a supergroup.
        """
        if isinstance(chat_id, str):
            chat = next((c for c in self.chats.values() if c.username and f"@{c.username}" == chat_id), None)
        else:
            chat = self.chats.get(chat_id)
        if chat is None:
            raise bad("chat not found")
        if chat.migrated_to:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        return chat

    def seat(self, chat: Chat) -> Member:
        """The bot as a member of a chat.

        Raises:
            Refused: 403; it is none, or was blocked.
        """
        if chat.type == "private" and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        seat = chat.members.get(self.bot.id, Member(self.bot, "left"))
        if seat.is_there:
            return seat
        if chat.type == "private":
            raise forbidden("bot was blocked by the user")
        name = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}[chat.type]
        if seat.status == "kicked":
            raise forbidden(f"bot was kicked from the {name}")
        raise forbidden(f"bot is not a member of the {name}")

    def book(self, payment: Payment, side: str) -> None:
        """Keep a transaction: its ``source`` is who paid, its ``receiver`` who was given back."""
        partner = {"type": "user", "transaction_type": "invoice_payment", "user": payment.payer.json(),
                   "invoice_payload": payment.invoice["payload"]}  # fmt: skip
        amount = payment.invoice["total_amount"]
        self.stars.append({"id": payment.charge_id, "amount": amount, "date": self.date, side: partner})

    def ask(self, kind: str, asker: User, seconds: float, message: Message | None = None, data: Any = None) -> Query:
        """Begin to wait for an answer of the bot."""
        query = Query(kind, secrets.token_hex(9), asker, self.clock() + seconds, message, data)
        self.queries[query.id] = query
        return query


async def _at_most(waiting: Any, seconds: float) -> None:
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return


def tell(chat: Chat) -> str:
    """A chat as text, as in a script."""
    lines = [f"── {chat.title or (chat.person.first_name if chat.person else chat.id)} ({chat.type})"]
    for message in chat.shown:
        who = message.sender.first_name if message.sender else chat.title
        kind = "" if message.kind == "text" else f"[{message.kind}] "
        reply = f" (to #{message.reply_to.id})" if message.reply_to else ""
        lines.append(f"#{message.id} {who}{reply}: {kind}{message.text}")
        rows = (message.markup or {}).get("inline_keyboard", [])
        lines += ["    " + " ".join(f"[{button['text']}]" for button in row) for row in rows]
    return "\n".join(lines)
