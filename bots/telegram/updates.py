"""Turns an update into whose it is: those of one user in one chat are handled in their order."""

from __future__ import annotations

from telegram import Update
from telegram.constants import UpdateType

ALLOWED = [
    UpdateType.MESSAGE,
    UpdateType.CHANNEL_POST,
    UpdateType.CALLBACK_QUERY,
    UpdateType.INLINE_QUERY,
    UpdateType.GUEST_MESSAGE,
    UpdateType.PRE_CHECKOUT_QUERY,
]
"""All that the bot asks to be told."""


def subject_of(update: Update) -> tuple[int, int] | None:
    """The chat and the user; None for what waits for nobody, such as the question before a payment."""
    if update.pre_checkout_query or update.inline_query or update.guest_message:
        return None
    chat, user = update.effective_chat, update.effective_user
    return (chat.id if chat else 0, user.id if user else 0) if chat or user else None
