"""Turns a refusal into what its user reads, with buttons for what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from discord.ui import Button, LayoutView

from bots.discord.answering import panel
from bots.discord.call import Call
from bots.discord.press import Press
from bots.presenter import present_error
from core.errors import PiyingError


def refusal(call: Call, error: PiyingError, press: Press | None) -> LayoutView:
    """Why not, and what can be done."""
    return panel(_why(call, error, press), list(_buttons(call, error, press)))


def _why(call: Call, error: PiyingError, press: Press | None) -> str:
    if error.code == "not-yours" and press:
        return call.localiser.text("clip-not-yours")
    return present_error(call.localiser, error)


def _buttons(call: Call, error: PiyingError, press: Press | None) -> Iterator[Button[LayoutView]]:
    yield from ()
