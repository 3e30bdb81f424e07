"""Turns what is published in a chat into what its pages are told of it."""

from __future__ import annotations

from bots.commands import Commands
from bots.console.mapping import Wire
from bots.post_text import post_text
from core.types import Address
from translation.localiser import Localiser


def post_wire(localiser: Localiser, code: str, text: str) -> Wire:
    """A post as a page shows it."""
    alt = localiser.text("post-alt", code=code)
    return {"type": "post", "code": code, "text": text, "clip": f"/posts/{code}", "alt": alt}


def gone_wire(_localiser: Localiser, code: str) -> Wire:
    """A post that was taken away."""
    return {"type": "unpost", "code": code}


async def standing_wires(localiser: Localiser, commands: Commands, address: Address) -> list[Wire]:
    """What stands in a visitor's chat, the oldest first."""
    views = await commands.posts_in(address)
    return [post_wire(localiser, one.publication.code, post_text(one.publication, one.channel)) for one in views]
