"""Turns a refusal into what its user reads, with buttons for what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from discord import ButtonStyle
from discord.ui import Button, LayoutView, TextDisplay

from bots.discord.answering import panel
from bots.discord.call import Call
from bots.discord.gallery import button
from bots.discord.press import Press
from bots.presenter import present_error
from core.errors import DeclarationNeeded, PiyingError

DECLARE, SOFTER, APPEAL = "declare", "softer", "appeal"
QUIET = "quiet"


def refusal(call: Call, error: PiyingError, asked: Press | str | None) -> LayoutView:
    """Why not, and what can be done. ``asked`` is what was pressed, or the code under which a wish is remembered."""
    return panel(_why(call, error), list(_buttons(call, error, asked)), *_channels(error))


def _channels(error: PiyingError) -> list[TextDisplay[LayoutView]]:
    """Those of the server in which it could be asked for, as links to them."""
    known = str(error.details.get("known", "")).split(", ") if error.code == "chat-not-allowed" else []
    links = [f"<#{channel}>" for channel in known if channel.isdecimal()]
    return [TextDisplay(" ".join(links))] if links else []


def _why(call: Call, error: PiyingError) -> str:
    text = call.localiser.text
    if error.code == "not-yours":
        return text("clip-not-yours")
    why = present_error(call.localiser, error)
    if suggestion := error.details.get("suggestion"):
        return "\n".join((why, text("page-softer"), " ".join(str(suggestion).split())))
    return why


def _once_more(call: Call, asked: Press) -> Press:
    """The same press with the declaration; what it makes is as private as what it was pressed on."""
    return Press(DECLARE, asked.code, f"{asked.verb}:{QUIET}" if call.is_quiet else asked.verb)


def _buttons(call: Call, error: PiyingError, asked: Press | str | None) -> Iterator[Button[LayoutView]]:
    text = call.localiser.text
    if "suggestion" in error.details and isinstance(asked, str):
        yield button(text("page-softer-use"), Press(SOFTER, asked), ButtonStyle.primary)
    if isinstance(error, DeclarationNeeded) and asked:
        again = Press(DECLARE, asked) if isinstance(asked, str) else _once_more(call, asked)
        yield button(text("page-declare"), again, ButtonStyle.primary)
    if "appeal" in error.details:
        yield button(text("page-appeal"), Press(APPEAL, str(error.details["appeal"])))
