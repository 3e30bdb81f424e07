"""What every command, button and event of the bot has at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bots.commands import Commands
from bots.origin import Examiner
from bots.telegram.call import Call
from bots.telegram.packs import Shop
from bots.telegram.post import Board
from bots.telegram.press import Press
from core.ports import Clock
from core.quotas.rate import Rate
from core.types import USUAL_RATIOS

if TYPE_CHECKING:
    from telegram import Message, Update
    from telegram.ext import ExtBot

    from bots.telegram.delivery import Deliveries
    from bots.telegram.quiet import Quiet
    from bots.telegram.receipts import Receipts


@dataclass(frozen=True)
class Desk:
    """``bot`` waits for its turn by itself (``bots.telegram.pace``).

    ``recipes`` and ``ratios`` are those to choose from.
    ``board`` knows where each job is shown, ``receipts`` shows it there, ``deliveries`` shows its clip. ``quiet``
    speaks to one person alone. ``examiner`` says where videos come from, of ``download_limit`` bytes at most and
    so many for each user (``looks``). Of each so many prompts are kept that were only typed (``drafts``). ``shop`` is
    what is sold, None where nothing is.
    """

    bot: ExtBot[None]
    commands: Commands
    clock: Clock
    board: Board
    receipts: Receipts
    deliveries: Deliveries
    quiet: Quiet
    examiner: Examiner
    download_limit: int = 20_000_000
    looks: Rate = field(default_factory=lambda: Rate(burst=10, per_second=0.1))
    drafts: Rate = field(default_factory=lambda: Rate(burst=30, per_second=0.5))
    shop: Shop | None = None
    recipes: Sequence[str] = ()
    ratios: Sequence[str] = USUAL_RATIOS


Verb = Callable[[Desk, Call, "Message", str], Awaitable[None]]
"""A command: the message that holds it, and what comes after its name."""
Button = Callable[[Desk, Call, Press], Awaitable[None]]
Event = Callable[[Desk, "Update"], Awaitable[None]]
"""Anything else that happens. Known by the field of the update (``inline_query``, ``pre_checkout_query``, …), or of
its message (``successful_payment``, ``migrate_to_chat_id``)."""
Verbs = Mapping[str, Verb]
Buttons = Mapping[str, Button]
Events = Mapping[str, Event]
