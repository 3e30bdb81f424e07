"""Answers what follows the first response: the original's changes, and further messages, while the token lives."""

from __future__ import annotations

from typing import Any

from tests.discord.answering import CHOICES, DEFER, new_message
from tests.discord.call import Call
from tests.discord.content import change, fill
from tests.discord.errors import Refused
from tests.discord.interaction import Interaction
from tests.discord.state import LOADING, Message


def _asked(call: Call) -> Interaction:
    """The interaction whose token it is.

    Raises:
        Refused: there is none, it has no answer yet, or its 15 minutes are over.
    """
    world = call.world
    asked = world.interactions.get(call.params["webhook_token"])
    if asked is None:
        raise Refused(50027)
    if call.params["webhook_id"] != str(world.app_id) or asked.answer in {0, CHOICES}:
        raise Refused(10015)
    if world.clock() - asked.at > world.token_seconds:
        asked.refusals.append(50027)
        raise Refused(50027)
    return asked


def _found(call: Call, asked: Interaction) -> Message:
    number = call.params.get("message_id", "@original")
    mine = [asked.original, *asked.follow_ups]
    message = asked.original if number == "@original" else next((m for m in mine if m and str(m.id) == number), None)
    if asked.channel.gone:
        raise Refused(10003)
    if message is None or message.gone:
        raise Refused(10008)
    return message


def get(call: Call) -> tuple[int, Any]:
    return 200, call.world.message(_found(call, _asked(call)))


def edit(call: Call) -> tuple[int, Any]:
    asked = _asked(call)
    message = _found(call, asked)
    change(call, message, call.body, asked.file_limit)
    call.world.publish("MESSAGE_UPDATE", message)
    return 200, call.world.message(message)


def delete(call: Call) -> tuple[int, Any]:
    message = _found(call, _asked(call))
    message.gone = True
    call.world.publish("MESSAGE_DELETE", message)
    return 204, None


def follow(call: Call) -> tuple[int, Any]:
    """A further message; right after a deferral it becomes the answer itself."""
    asked, world = _asked(call), call.world
    if asked.channel.gone:
        raise Refused(10003)
    waiting = asked.original
    if asked.answer == DEFER and waiting and waiting.flags & LOADING and not waiting.gone:
        change(call, waiting, call.body, asked.file_limit)
        world.publish("MESSAGE_UPDATE", waiting)
        return 200, world.message(waiting)
    if not asked.is_member and len(asked.follow_ups) >= world.follow_ups:
        asked.refusals.append(40094)
        raise Refused(40094)
    message = new_message(call, asked, call.body)
    fill(call, message, call.body, asked.file_limit, ephemeral=True)
    asked.follow_ups.append(world.add_message(message))
    return 200, world.message(message)


_ONE = "/webhooks/{webhook_id}/{webhook_token}/messages"
ROUTES = {
    "POST /webhooks/{webhook_id}/{webhook_token}": follow,
    **{f"{verb} {_ONE}/{which}": do for which in ("@original", "{message_id}")
       for verb, do in (("GET", get), ("PATCH", edit), ("DELETE", delete))},
}  # fmt: skip
