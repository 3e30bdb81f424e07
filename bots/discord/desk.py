"""What every command, component and modal of the bot has at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from bots.commands import Commands
from bots.discord.call import Call
from bots.discord.hearing import Hearing
from bots.discord.post import Board
from bots.discord.press import Press
from bots.fitting import Fitting
from bots.origin import Examiner
from core.ports import Clock
from core.quotas.rate import Rate
from core.types import USUAL_RATIOS

if TYPE_CHECKING:
    from discord import Client, Interaction

    from bots.discord.delivery import Deliveries
    from bots.discord.receipts import Receipts
    from bots.discord.shop import Shop


@dataclass(frozen=True)
class Desk:
    """``recipes`` and ``ratios`` are those to choose from; ``examiner`` says where videos come from.

    ``board`` knows where each job is shown, ``receipts`` shows it there, ``deliveries`` shows its clip.
    ``fitting`` has clips that are shown once more, ``shown`` how often that is for each user.
    ``hearing`` lets first answers go before all else.
    ``in_hand`` are what is being answered and sent. ``shop`` is what is sold, None where nothing is.
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
    ratios: Sequence[str] = USUAL_RATIOS
    shop: Shop | None = None
    in_hand: set[asyncio.Task[Any]] = field(default_factory=set)
    hearing: Hearing = field(default_factory=Hearing)
    shown: Rate = field(default_factory=lambda: Rate(burst=5, per_second=0.1))

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Within it whoever stops the bot waits for this task."""
        task = asyncio.current_task()
        assert task is not None
        self.in_hand.add(task)
        try:
            yield
        finally:
            self.in_hand.discard(task)


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
