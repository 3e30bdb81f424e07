"""Turns what Telegram tells into updates, and an update into whose it is: one user's are handled in their order."""

from __future__ import annotations

import structlog
from telegram import Update
from telegram.constants import UpdateType
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

ALLOWED = [
    UpdateType.MESSAGE,
    UpdateType.CHANNEL_POST,
    UpdateType.CALLBACK_QUERY,
    UpdateType.INLINE_QUERY,
    UpdateType.CHOSEN_INLINE_RESULT,
    UpdateType.GUEST_MESSAGE,
    UpdateType.PRE_CHECKOUT_QUERY,
]
"""All that the bot asks to be told."""
_NEWER = frozenset({UpdateType.GUEST_MESSAGE})
"""Those that a Bot API server before 10.0 does not know."""

log = structlog.get_logger(__name__)


class Kinds:
    """What the bot asks a server to tell: all, or what an older one knows."""

    def __init__(self) -> None:
        self.asked = list(ALLOWED)

    def ask_for_fewer(self, error: TelegramError) -> bool:
        """Whether it was refused since the server does not know all of them: fewer are asked for from now on."""
        is_about = isinstance(error, BadRequest) and "allowed_updates" in error.message.lower()
        fewer = [kind for kind in self.asked if kind not in _NEWER]
        if not is_about or fewer == self.asked:
            return False
        log.warning("telegram.older_server", does_not_know=sorted(_NEWER), remedy="update the Bot API server")
        self.asked = fewer
        return True


def read_update(told: object, bot: ExtBot[None]) -> Update | None:
    """One update; None where it cannot be read, now or ever: it is logged and forgotten."""
    if not isinstance(told, dict) or not isinstance(told.get("update_id"), int):
        return None
    try:
        update = Update.de_json(told, bot)
        # The library takes any type for a chat's id; whose an update is has to be known before it is handled.
        hash(subject_of(update))
    except Exception as error:  # noqa: BLE001 - whatever a library makes of what nobody foresaw must stop nothing
        # Its words may quote what somebody wrote.
        log.warning("telegram.update_unreadable", error=type(error).__name__)
        return None
    return update


def subject_of(update: Update) -> tuple[int, int] | None:
    """The chat and the user; None for what waits for nobody, such as the question before a payment."""
    if update.pre_checkout_query or update.inline_query or update.guest_message:
        return None
    chat, user = update.effective_chat, update.effective_user
    return (chat.id if chat else 0, user.id if user else 0) if chat or user else None
