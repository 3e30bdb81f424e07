"""Turns a Discord interaction into who asks, where, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.types import Address, Place
from translation.localiser import Localiser, choose_locale

if TYPE_CHECKING:
    from discord import Client, Interaction

PLATFORM = "discord"


@dataclass(frozen=True)
class Call:
    """Somebody asks for something.

    ``key`` makes a clip that comes of it idempotent: the same interaction twice is one job. ``address.chat`` is the
    channel or thread, ``guild`` its server, None of a private message. ``interaction`` is what to answer.
    """

    address: Address
    localiser: Localiser
    key: str
    place: Place
    guild: int | None
    interaction: Interaction[Client]


def call_of(interaction: Interaction[Client]) -> Call:
    """Who asks, where, by the interaction alone: no member list and no message is read."""
    channel = interaction.channel_id or interaction.user.id
    address = Address(PLATFORM, str(channel), str(interaction.user.id))
    is_private = interaction.guild_id is None
    nsfw = bool(getattr(interaction.channel, "nsfw", False))
    return Call(
        address,
        Localiser(choose_locale(str(interaction.locale))),
        f"{PLATFORM}:{interaction.id}",
        Place("private" if is_private else "group", nsfw=nsfw),
        interaction.guild_id,
        interaction,
    )
