"""Turns commands that are the same on every platform into their answers."""

from __future__ import annotations

import json

from telegram import Message

from bots.telegram.call import Call
from bots.telegram.clips import code_of
from bots.telegram.desk import Desk, Verb, Verbs
from bots.telegram.speech import hand, say, whisper
from bots.text_commands import answer

FOR_ALL = ("help", "privacy", "top")
"""Their answers are as good for others of a group."""
FOR_ONE = ("credits", "appeal", "appeals", "showcase", "vote", "remix", "continue", "join")
PRIVATE = ("export", "forget_me", "link")
"""What concerns one person alone is done where nobody else reads it."""


REPLIES = ("continue",)
"""What can be said in reply to a clip, without its code."""


def _verb(name: str) -> Verb:
    async def verb(desk: Desk, call: Call, message: Message, rest: str) -> None:
        if name in REPLIES and (code := await code_of(desk, message)) and not rest.upper().startswith(code):
            rest = f"{code} {rest}"
        if name in PRIVATE and not call.is_private:
            await whisper(desk, call, call.localiser.text("telegram-in-private", command=f"/{name}"))
            return
        await _type(desk, call, f"/{name} {rest}".strip(), is_for_all=name in FOR_ALL)

    return verb


async def typed(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """A command as it is called in Chinese, or a greeting."""
    del message
    await _type(desk, call, rest, is_for_all=True)


async def _type(desk: Desk, call: Call, text: str, *, is_for_all: bool) -> None:
    found = await answer(desk.commands, call.localiser, call.address, text, call.key, place=call.place)
    if found.receipt:
        await desk.receipts.show(call, found.receipt)
    elif found.document is not None:
        content = json.dumps(found.document, ensure_ascii=False, indent=2).encode()
        await hand(desk, call, "piying.json", content, found.text)
    elif is_for_all and not found.refused:
        await say(desk, call, found.text)
    else:
        await whisper(desk, call, found.text)


VERBS: Verbs = {"typed": typed, **{name: _verb(name) for name in (*FOR_ALL, *FOR_ONE, *PRIVATE)}}
