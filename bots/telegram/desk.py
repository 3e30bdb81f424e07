"""What every command and button of the bot has at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bots.commands import Commands
from bots.telegram.call import Call
from bots.telegram.press import Press
from core.ports import Clock

if TYPE_CHECKING:
    from telegram import Message
    from telegram.ext import ExtBot


@dataclass(frozen=True)
class Desk:
    """``bot`` waits for its turn by itself (``bots.telegram.pace``); ``recipes`` are those to choose from."""

    bot: ExtBot[None]
    commands: Commands
    clock: Clock
    recipes: Sequence[str] = ()


Verb = Callable[[Desk, Call, "Message", str], Awaitable[None]]
"""A command: the message that holds it, and what comes after its name."""
Button = Callable[[Desk, Call, Press], Awaitable[None]]
Verbs = Mapping[str, Verb]
Buttons = Mapping[str, Button]
