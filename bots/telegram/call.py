"""Turns a Telegram update into who asks, where, and in which language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.types import Address, Place
from translation.localiser import Localiser

if TYPE_CHECKING:
    from telegram import Message

PLATFORM = "telegram"


@dataclass(frozen=True)
class Call:
    """Somebody asks for something.

    ``key`` makes a clip that comes of it idempotent: the same message, or the same press, twice is one job. ``thread``
    is the topic to answer in, ``message`` the message to answer to (of a press: the one that holds the button).
    ``query`` is the callback query to answer, of a press. ``name`` is what the user is called. ``is_channel``: it is a
    channel, where nobody talks with the bot. ``declares``: the user says that they may ask for what is in it. ``held``
    is the message of a pressed button, as far as Telegram still has it. ``inline`` is the message instead where it was
    sent through the bot into a chat that the bot does not know: ``chat`` is then the user's private one.
    """

    address: Address
    localiser: Localiser
    key: str
    chat: int
    user: int
    is_private: bool
    thread: int | None = None
    message: int | None = None
    query: str | None = None
    name: str = ""
    is_channel: bool = False
    declares: bool = False
    inline: str = ""
    held: Message | None = field(default=None, repr=False)

    @property
    def place(self) -> Place:
        """For the policy."""
        return Place("private" if self.is_private else "channel" if self.is_channel else "group")
