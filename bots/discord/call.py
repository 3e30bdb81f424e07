"""Turns a Discord interaction into who asks, where, and in which language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from discord import ChannelType, Interaction, InteractionType

from bots.discord.places import parent_of, place_of
from bots.discord.post import QUIET
from core.types import Address, Place
from translation.localiser import Localiser, choose_locale

PLATFORM = "discord"
PRESSES = (InteractionType.component, InteractionType.modal_submit)
"""Compared one by one: what Discord tells in place of a type may have no hash."""


@dataclass(frozen=True)
class Call:
    """Somebody asks for something.

    ``key`` makes a clip that comes of it idempotent: the same interaction twice is one job. ``address.chat`` is the
    channel or thread, ``guild`` its server, None of a private message. ``interaction`` is what to answer.
    ``is_quiet``: only whoever asked sees the answer (Discord's *ephemeral*). ``message`` is the one that will hold the
    answer, of a press the one that it was in; None before that was asked for. ``declares``: the user says that they
    may ask for what is in it.
    """

    address: Address
    localiser: Localiser
    key: str
    place: Place
    guild: int | None
    interaction: Interaction[Any] = field(repr=False)
    is_quiet: bool = False
    message: int | None = None
    declares: bool = False

    @property
    def job_key(self) -> str:
        """Of a clip that comes of it. It says whether others may see that, should nothing else be known of it."""
        return f"{self.key}{QUIET}" if self.is_quiet else self.key

    @property
    def channel(self) -> int:
        """The channel or thread."""
        return int(self.address.chat)

    @property
    def parent(self) -> int | None:
        """The channel of a thread; none of a private one, for others read the channel."""
        is_private = getattr(self.interaction.channel, "type", None) is ChannelType.private_thread
        return None if is_private else parent_of(self.interaction)

    @property
    def is_press(self) -> bool:
        """It comes of a component of a message of ours, which can change in answer."""
        return self.interaction.type in PRESSES and self.interaction.message is not None

    @property
    def is_guest(self) -> bool:
        """The bot is no member there: whoever asks brought it along."""
        asked = self.interaction
        is_known = asked.guild_id is not None and asked.client.get_guild(asked.guild_id) is not None
        return not (is_known or asked.is_guild_integration() or asked.context.dm_channel)

    @property
    def is_news(self) -> bool:
        """It is an announcement channel."""
        return getattr(self.interaction.channel, "type", None) is ChannelType.news


def call_of(interaction: Interaction[Any]) -> Call:
    """Who asks, where, by the interaction alone: no member list and no message is read."""
    channel = interaction.channel_id or interaction.user.id
    address = Address(PLATFORM, str(channel), str(interaction.user.id))
    message = interaction.message
    return Call(
        address,
        Localiser(choose_locale(str(interaction.locale.value))),
        f"{PLATFORM}:{interaction.id}",
        place_of(interaction),
        interaction.guild_id,
        interaction,
        is_quiet=bool(message and message.flags.ephemeral),
        message=message.id if message else None,
    )
