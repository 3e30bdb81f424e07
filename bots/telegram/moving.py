"""Turns the news that a group goes on as a supergroup into one that keeps its clips and settings."""

from __future__ import annotations

import structlog
from telegram import Update

from bots.telegram.call import PLATFORM
from bots.telegram.desk import Desk, Events

log = structlog.get_logger(__name__)


async def moved(desk: Desk, update: Update) -> None:
    """Told in both: by the old group where it goes, and by the new one where it comes from."""
    message = update.message
    if message is None:
        return
    old = message.migrate_from_chat_id or message.chat.id
    new = message.migrate_to_chat_id or message.chat.id
    jobs = await desk.commands.move_chat(PLATFORM, str(old), str(new))
    log.info("telegram.group_moved", jobs=jobs)


EVENTS: Events = {"migrate_to_chat_id": moved, "migrate_from_chat_id": moved}
