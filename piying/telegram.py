"""Turns the settings of Telegram into its adapter; python-telegram-bot is loaded only where there is a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.posts import PostBook
from piying.mistake import Mistake
from piying.operations import health_routes

if TYPE_CHECKING:
    from bots.telegram.adapter import TelegramAdapter
    from piying.wiring import Process

TELEGRAM = "telegram"


def make_telegram(process: Process) -> TelegramAdapter:
    """The bot.

    Raises:
        Mistake: there is no token.
    """
    from bots.telegram.adapter import Hook, Line, TelegramAdapter
    from bots.telegram.pace import Limits

    settings, told = process.settings, process.settings.telegram
    token = told.secret()
    if token is None:
        raise Mistake("there is no token: set PIYING_TELEGRAM__TOKEN or …__TOKEN_FILE; @BotFather gives it")
    way = told.webhook
    hook = Hook(way.url, way.host, way.port, health_routes(process.ready)) if way.url else None
    return TelegramAdapter(
        process.commands,
        line=Line(token, told.base_url, told.base_file_url, told.largest_upload, told.download_limit, hook, told.local),
        posts=PostBook(process.store),
        clock=process.clock,
        examiner=process.examiner,
        recipes=process.catalogue.recipes,
        ratios=process.catalogue.ratios,
        notes=settings.data_folder / "telegram.json",
        limits=Limits(told.pace.each_second, told.pace.burst, told.pace.group_each_minute),
        shop=told.stars.shop(),
        profile=told.profile,
    )
