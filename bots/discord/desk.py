"""What every command, component and modal of the bot has at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bots.commands import Commands
from bots.discord.call import Call
from bots.discord.press import Press
from bots.origin import Examiner
from core.ports import Clock

if TYPE_CHECKING:
    from discord import Client


@dataclass(frozen=True)
class Desk:
    """``recipes`` are those to choose from; ``examiner`` says where videos come from."""

    client: Client
    commands: Commands
    clock: Clock
    examiner: Examiner
    recipes: Sequence[str] = ()


Answer = Callable[[Desk, Call, Press], Awaitable[None]]
"""What a pressed button, a chosen option or a sent modal does; ``call.interaction.data`` holds what was typed."""
Answers = Mapping[str, Answer]
"""By ``Press.verb``."""
