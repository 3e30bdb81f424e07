"""Turns what Discord answers in place of a result into errors of ours, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from discord import ClientException, DiscordServerError, HTTPException, RateLimited

from core.errors import DeliveryDelayed, DeliveryError, RecipientGone, TooLarge

FAULTS = (HTTPException, ClientException, RateLimited, aiohttp.ClientError, OSError, TimeoutError)
"""All that a request can raise."""
_NO_CHANNEL, _NO_GUILD, _NO_MESSAGE, _NO_USER, _NO_WEBHOOK = 10003, 10004, 10008, 10013, 10015
_NO_INTERACTION, _ANSWERED, _TOO_LARGE, _BAD_TOKEN = 10062, 40060, 40005, 50027
_NO_ACCESS, _NO_DM, _NO_PERMISSION, _ARCHIVED = 50001, 50007, 50013, 50083
_GONE = frozenset({_NO_CHANNEL, _NO_GUILD, _NO_USER, _NO_ACCESS, _NO_DM, _NO_PERMISSION, _ARCHIVED, 50278, 40333})
"""50278 and 40333: nobody there may be written to by the bot."""
_CLOSED = "is closed"
"""How aiohttp says so of a session, which is none of its own errors."""
_PAUSE, _LONG_PAUSE = 2.0, 60.0


@contextmanager
def as_delivery_errors() -> Iterator[None]:
    """Within it an error of the library's is a DeliveryError of ours.

    Raises:
        DeliveryError: what was sent did not arrive, or nobody knows whether it did.
    """
    try:
        yield
    except FAULTS as error:
        raise delivery_error(error) from error
    except RuntimeError as error:
        if not str(error).endswith(_CLOSED):
            raise
        # The bot is being stopped, or connects anew.
        raise DeliveryDelayed(retry_after=_PAUSE) from error


def delivery_error(error: BaseException) -> DeliveryError:
    """What it means for a delivery: later, never there, or smaller."""
    if isinstance(error, RateLimited):
        return DeliveryDelayed(retry_after=error.retry_after)
    if not isinstance(error, HTTPException) or isinstance(error, DiscordServerError):
        return DeliveryDelayed(retry_after=_PAUSE)
    if is_too_large(error):
        return TooLarge()
    if error.status in {401, 429}:
        # The bot's token was revoked, or it must be silent for a while: asking on would only make it longer.
        return DeliveryDelayed(retry_after=_LONG_PAUSE)
    return RecipientGone() if is_closed(error) else DeliveryDelayed(retry_after=_PAUSE)


def is_too_large(error: BaseException) -> bool:
    """It would have to be smaller."""
    return isinstance(error, HTTPException) and (error.status == 413 or error.code == _TOO_LARGE)


def is_closed(error: BaseException) -> bool:
    """The channel, thread or person is not there, or not for the bot."""
    return isinstance(error, HTTPException) and (error.code in _GONE or error.status == 403)


def has_no_message(error: BaseException) -> bool:
    """The message to be edited is not there any more."""
    return isinstance(error, HTTPException) and error.code == _NO_MESSAGE


def has_no_token(error: BaseException) -> bool:
    """The interaction can no longer be answered, whatever the clock says."""
    if not isinstance(error, HTTPException):
        return False
    return error.code in {_NO_WEBHOOK, _BAD_TOKEN, _NO_INTERACTION} or error.status == 401


def is_late(error: BaseException) -> bool:
    """The first answer to an interaction came after its three seconds: its user was told that the bot is silent."""
    return isinstance(error, HTTPException) and error.code == _NO_INTERACTION


def is_answered(error: BaseException) -> bool:
    """The interaction has its first answer already: by a request that was repeated, or it came twice."""
    return isinstance(error, HTTPException) and error.code == _ANSWERED
