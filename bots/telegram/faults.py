"""Turns what Telegram answers in place of a result into errors of ours, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from core.errors import DeliveryDelayed, DeliveryError, RecipientGone, TooLarge

_GONE = (
    "chat not found", "user is deactivated", "peer_id_invalid", "have no rights", "not enough rights",
    "chat_write_forbidden", "group chat was deactivated", "need administrator rights", "bot is not a member",
)  # fmt: skip
_LARGE = ("request entity too large", "file is too big", "(413)")
_PAUSE = 2.0


@contextmanager
def as_delivery_errors() -> Iterator[None]:
    """Within it an error of the library's is a DeliveryError of ours.

    Raises:
        DeliveryError: what was sent did not arrive, or nobody knows whether it did.
    """
    try:
        yield
    except TelegramError as error:
        raise delivery_error(error) from error


def delivery_error(error: TelegramError) -> DeliveryError:
    """What it means for a delivery: later, never there, or smaller."""
    words = error.message.lower()
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return DeliveryDelayed(retry_after=float(after) if isinstance(after, int) else after.total_seconds())
    if any(word in words for word in _LARGE):
        return TooLarge()
    if isinstance(error, Forbidden) or any(word in words for word in _GONE):
        return RecipientGone()
    return DeliveryDelayed(retry_after=_PAUSE)


def is_passing(error: TelegramError) -> bool:
    """The same request may well do in a while: it was no answer of Telegram's to what it says."""
    return isinstance(error, RetryAfter) or (
        isinstance(error, NetworkError) and not isinstance(error, BadRequest) and not is_too_large(error)
    )


def is_too_large(error: TelegramError) -> bool:
    """It would have to be smaller."""
    return any(word in error.message.lower() for word in _LARGE)


def is_unchanged(error: TelegramError) -> bool:
    """An edit that would change nothing: what was wanted is there."""
    return isinstance(error, BadRequest) and "not modified" in error.message.lower()


def has_no_topic(error: TelegramError) -> bool:
    """Its topic was deleted or closed, or the server is one that knows no topics."""
    words = error.message.lower()
    unknown = ("thread not found", "topic_", "message_thread_id")
    return isinstance(error, BadRequest) and any(word in words for word in unknown)


def lacks_method(error: TelegramError) -> bool:
    """The server is one that cannot do what was asked for, now or ever: older than it, or somebody else's."""
    words = error.message.lower()
    return not isinstance(error, BadRequest) and ("method not found" in words or "not implemented" in words)


def has_no_message(error: TelegramError) -> bool:
    """The message to be edited, or answered, is not there any more or can't be changed."""
    words = error.message.lower()
    gone = ("message to edit not found", "message can't be edited", "message to be replied not found",
            "message_id_invalid", "message to delete not found")  # fmt: skip
    return isinstance(error, BadRequest) and any(word in words for word in gone)


def new_chat(error: TelegramError) -> int | None:
    """Where a group went."""
    return error.new_chat_id if isinstance(error, ChatMigrated) else None
