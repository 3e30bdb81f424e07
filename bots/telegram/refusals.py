"""Turns a refusal into what its user reads, with buttons for what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from telegram import InlineKeyboardButton

from bots.presenter import present_error
from bots.telegram import asks
from bots.telegram.call import Call
from bots.telegram.desk import Buttons, Desk
from bots.telegram.incoming import Asked
from bots.telegram.press import Press
from bots.telegram.slip import button, rows
from bots.telegram.speech import acknowledge, say, whisper
from core.errors import DeclarationNeeded, PiyingError, Refusal
from core.types import Request

DECLARE, SOFTER, APPEAL = "declare", "softer", "appeal"


async def refuse(desk: Desk, asked: Asked, error: PiyingError) -> None:
    """Say why not, to whoever asked alone."""
    needs = isinstance(error, DeclarationNeeded) and asked.message
    ask = await asks.keep(desk, asked.call, asked.message) if needs and asked.message else ""
    buttons = list(_buttons(asked, error, ask))
    await whisper(desk, asked.call, _why(asked, error), rows(buttons, 1) if buttons else None)


async def press_softer(desk: Desk, call: Call, press: Press) -> None:
    """Make the harmless version, which is the last line of what was said."""
    words = ((call.held.text if call.held else "") or "").rpartition("\n")[2]
    if press.extra != _sign(call) or not words:
        raise Refusal("not-yours", job="")
    request = Request(call.key, call.address, words, call.localiser.locale, place=call.place)
    receipt = await desk.commands.video(request)
    await acknowledge(desk, call)
    await desk.receipts.show(call, receipt)


async def press_appeal(desk: Desk, call: Call, press: Press) -> None:
    """Have people look at the refusal; only its own user can."""
    appeal = await desk.commands.appeal(call.address, press.code)
    await acknowledge(desk, call)
    await (say if call.is_private else whisper)(
        desk, call, call.localiser.text(f"appeal-{appeal.state}", appeal=appeal.id)
    )


def _why(asked: Asked, error: PiyingError) -> str:
    text = asked.call.localiser.text
    if error.code == "not-yours" and asked.press:
        return text("clip-not-yours")
    why = present_error(asked.call.localiser, error)
    if suggestion := error.details.get("suggestion"):
        return "\n".join((why, text("page-softer"), " ".join(str(suggestion).split())))
    return why


def _buttons(asked: Asked, error: PiyingError, ask: str) -> Iterator[InlineKeyboardButton]:
    call, text = asked.call, asked.call.localiser.text
    if "suggestion" in error.details:
        yield button(text("page-softer-use"), Press(SOFTER, "", _sign(call)))
    if isinstance(error, DeclarationNeeded):
        again = Press(DECLARE, asked.press.code, asked.press.verb) if asked.press else Press(DECLARE, ask)
        yield button(text("page-declare"), again)
    if "appeal" in error.details:
        yield button(text("page-appeal"), Press(APPEAL, str(error.details["appeal"])))


def _sign(call: Call) -> str:
    return format(call.user, "x")


BUTTONS: Buttons = {SOFTER: press_softer, APPEAL: press_appeal}
