"""Turns what somebody asks for into a job with a receipt, or into an offer to ask again in the way that is allowed."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bots.discord.answering import whisper
from bots.discord.call import PLATFORM, Call
from bots.discord.desk import Desk
from bots.discord.finding import find
from bots.discord.pictures import fetch
from bots.discord.refusals import refusal
from bots.discord.slip import end_slip
from core.errors import DeclarationNeeded, Refusal
from core.intake import Receipt
from core.types import Options, Request

_KIND = "wish"
_SUGGESTION = "suggestion"


@dataclass(frozen=True)
class Wish:
    """``way`` says what is to be done (a key of ``_WAYS``) with the job of ``code``, or anew.

    ``words`` is the prompt, or what the engine is to read; ``picture`` an address of Discord's. The rest is as of
    ``Options``. ``is_quiet``: nobody else is to see it.
    """

    way: str
    code: str = ""
    words: str = ""
    picture: str = ""
    recipe: str | None = None
    ratio: str | None = None
    seconds: float | None = None
    seed: int | None = None
    negative: str | None = None
    is_quiet: bool = False


async def grant(desk: Desk, call: Call, wish: Wish) -> None:
    """Take it in, and show the receipt. Where it was refused, and another way is allowed, offer that.

    Raises:
        Refusal: there is no other way.
    """
    if wish.code:
        await find(desk, call, wish.code)
    try:
        receipt = await _WAYS[wish.way](desk, call, wish)
    except Refusal as error:
        if not (isinstance(error, DeclarationNeeded) or _SUGGESTION in error.details):
            raise
        code = await remember(desk, call, wish, str(error.details.get(_SUGGESTION, "")))
        await whisper(call, refusal(call, error, code))
        return
    if receipt.duplicate and receipt.job.state.ended:
        await whisper(call, end_slip(call.localiser, receipt.job))
        return
    await desk.receipts.show(call, receipt)


async def remember(desk: Desk, call: Call, wish: Wish, suggestion: str = "") -> str:
    """Keep it for a while, for a button or a form; under which code."""
    code = secrets.token_urlsafe(9)
    await desk.commands.remember(call.address, _KIND, code, {**asdict(wish), _SUGGESTION: suggestion})
    return code


async def recall(desk: Desk, call: Call, code: str) -> tuple[Wish, str]:
    """What was kept, for whoever asked for it, with the harmless words that were offered.

    Raises:
        Refusal: it is somebody else's.
        LookupError: it is forgotten.
    """
    memo = await desk.commands.remembered(PLATFORM, _KIND, code)
    if memo is None:
        raise LookupError(code)
    if memo.user != call.address.user:
        raise Refusal("not-yours", job="")
    return _read(memo.facts), str(memo.facts.get(_SUGGESTION, ""))


def _read(facts: Mapping[str, Any]) -> Wish:
    known = {one.name for one in fields(Wish)}
    return Wish(**{name: value for name, value in facts.items() if name in known})


async def _anew(desk: Desk, call: Call, wish: Wish) -> Receipt:
    image = await fetch(wish.picture) if wish.picture else None
    options = Options(
        recipe=wish.recipe, ratio=wish.ratio, seconds=wish.seconds, seed=wish.seed, negative_prompt=wish.negative
    )
    request = Request(
        call.job_key,
        call.address,
        wish.words,
        call.localiser.locale,
        options,
        image,
        declares=call.declares,
        place=call.place,
    )
    return await desk.commands.video(request)


async def _again(desk: Desk, call: Call, wish: Wish) -> Receipt:
    return await desk.commands.again(
        call.address,
        wish.code,
        call.job_key,
        another_take=wish.way == "take",
        declares=call.declares,
        place=call.place,
    )


async def _remix(desk: Desk, call: Call, wish: Wish) -> Receipt:
    return await desk.commands.remix(
        call.address,
        wish.code,
        call.job_key,
        wish.words,
        call.localiser.locale,
        declares=call.declares,
        place=call.place,
    )


async def _go_on(desk: Desk, call: Call, wish: Wish) -> Receipt:
    return await desk.commands.go_on(
        call.address,
        wish.code,
        call.job_key,
        wish.words,
        call.localiser.locale,
        declares=call.declares,
        place=call.place,
    )


async def _edit(desk: Desk, call: Call, wish: Wish) -> Receipt:
    return await desk.commands.edit(
        call.address, wish.code, call.job_key, wish.words, declares=call.declares, place=call.place
    )


_WAYS: Mapping[str, Callable[[Desk, Call, Wish], Awaitable[Receipt]]] = {
    "video": _anew,
    "again": _again,
    "take": _again,
    "remix": _remix,
    "continue": _go_on,
    "edit": _edit,
}


def loudly(call: Call, wish: Wish) -> Call:
    """The call as the wish was first made: a button that only its user saw may lead to what all may see."""
    return replace(call, is_quiet=wish.is_quiet)
