"""Turns the settings of Discord into its adapter; discord.py is loaded only where there is a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.posts import PostBook
from piying.mistake import Mistake

if TYPE_CHECKING:
    from bots.discord.adapter import DiscordAdapter
    from piying.wiring import Process

DISCORD = "discord"


def make_discord(process: Process) -> DiscordAdapter:
    """The bot.

    Raises:
        Mistake: there is no token.
    """
    told = process.settings.discord
    token = told.secret()
    if token is None:
        raise Mistake("there is no token: set PIYING_DISCORD__TOKEN or …__TOKEN_FILE; the Developer Portal gives it")
    from bots.discord.adapter import DiscordAdapter, Line

    return DiscordAdapter(
        process.commands,
        line=Line(token, told.api_url, told.gateway_url, told.upload_floor, told.shards),
        posts=PostBook(process.store),
        clock=process.clock,
        examiner=process.examiner,
        fitting=process.fitting,
        recipes=process.catalogue.recipes,
        ratios=process.catalogue.ratios,
        notes=process.settings.data_folder / "discord-menu",
        shop=told.premium.shop(),
    )
