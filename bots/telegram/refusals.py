"""Turns a refusal into what its user reads, with buttons for what can be done about it."""

from __future__ import annotations

from bots.presenter import present_error
from bots.telegram.desk import Desk
from bots.telegram.incoming import Asked
from bots.telegram.speech import whisper
from core.errors import PiyingError
from translation.localiser import Localiser


async def refuse(desk: Desk, asked: Asked, error: PiyingError) -> None:
    """Say why not, to whoever asked alone."""
    call = asked.call
    await whisper(desk, call, _why(call.localiser, asked, error))


def _why(localiser: Localiser, asked: Asked, error: PiyingError) -> str:
    if error.code == "not-yours" and asked.press:
        return localiser.text("telegram-not-yours")
    return present_error(localiser, error)
