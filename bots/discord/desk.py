"""What every command, component and modal of the bot has at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from bots.commands import Commands
from bots.discord.call import Call
from bots.discord.post import Board
from bots.discord.press import Press
from bots.fitting import Fitting
from bots.origin import Examiner
from core.ports import Clock
from core.quotas.rate import Rate

if TYPE_CHECKING:
    from discord import Client, Interaction

    from bots.discord.delivery import Deliveries
    from bots.discord.receipts import Receipts
    from bots.discord.shop import Shop


AT_ONCE = 16
"""Interactions that are worked on at once, once they were heard: with all of a crowd, some are heard too late."""


@dataclass(frozen=True)
class Desk:
    """``recipes`` are those to choose from; ``examiner`` says where videos come from.

    ``board`` knows where each job is shown, ``receipts`` shows it there, ``deliveries`` shows its clip.
    ``fitting`` has clips that are shown once more, ``shown`` how often that is for each user.
    ``turns`` are for whatever comes after the first answer.
    ``in_hand`` are the interactions that are being answered. ``shop`` is what is sold, None where nothing is.
    """

    client: Client
    commands: Commands
    clock: Clock
    board: Board
    receipts: Receipts
    deliveries: Deliveries
    examiner: Examiner
    fitting: Fitting
    recipes: Sequence[str] = ()
    shop: Shop | None = None
    in_hand: set[asyncio.Task[Any]] = field(default_factory=set)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    shown: Rate = field(default_factory=lambda: Rate(burst=5, per_second=0.1))


class Serves(Protocol):
    """A client of ours."""

    desk: Desk


def desk_of(interaction: Interaction[Any]) -> Desk:
    """The desk of the bot that was asked."""
    return cast("Serves", interaction.client).desk


Answer = Callable[[Desk, Call, Press], Awaitable[None]]
"""What a pressed button, a chosen option or a sent modal does; ``call.interaction.data`` holds what was typed."""
Answers = Mapping[str, Answer]
"""By ``Press.verb``."""
