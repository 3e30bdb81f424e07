"""Turns the buttons below a refusal into a clip after all, or into another look at the refusal."""

from __future__ import annotations

from dataclasses import replace

from bots.discord.answering import panel, whisper
from bots.discord.call import PLATFORM, Call
from bots.discord.desk import Answers, Desk
from bots.discord.press import Press
from bots.discord.refusals import APPEAL, DECLARE, SOFTER
from bots.discord.wishes import grant, loudly, recall


async def press_declare(desk: Desk, call: Call, press: Press) -> None:
    """What was refused for want of a declaration, once more with it."""
    try:
        wish, _ = await recall(desk, call, press.code)
    except LookupError:
        await whisper(call, panel(call.localiser.text("ask-again")))
        return
    await grant(desk, replace(_once(loudly(call, wish), press), declares=True), wish)


async def press_softer(desk: Desk, call: Call, press: Press) -> None:
    """Make the harmless version."""
    try:
        wish, words = await recall(desk, call, press.code)
    except LookupError:
        await whisper(call, panel(call.localiser.text("ask-again")))
        return
    way = "remix" if wish.way in {"again", "take"} else wish.way
    await grant(desk, _once(loudly(call, wish), press), replace(wish, way=way, words=words))


async def press_appeal(desk: Desk, call: Call, press: Press) -> None:
    """Have people look at the refusal; only its own user can."""
    appeal = await desk.commands.appeal(call.address, press.code)
    await whisper(call, panel(call.localiser.text(f"appeal-{appeal.state}", appeal=appeal.id)))


def _once(call: Call, press: Press) -> Call:
    """The button stays where it is: pressed again, it is the same wish, and no second clip."""
    return replace(call, key=f"{PLATFORM}:{press.verb}:{press.code}")


ANSWERS: Answers = {DECLARE: press_declare, SOFTER: press_softer, APPEAL: press_appeal}
