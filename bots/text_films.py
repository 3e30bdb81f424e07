"""Turns what people type about several clips (``/continue``, ``/join``) into answers."""

from __future__ import annotations

import re

from bots.presenter import present_receipt
from bots.text_answers import Answer, Call, split
from translation.views import simplify

_FADES = frozenset({
    "fade", "fades", "crossfade", "cross-fade", "dissolve", "淡化", "淡入淡出", "叠化", "渐变", "交叉淡化",
})  # fmt: skip
_CUTS = frozenset({"cut", "cuts", "硬切", "直切"})
_BETWEEN = re.compile(r"[\s,+，、＋]+")


async def go_on(call: Call) -> Answer:
    """``CODE``, and the prompt of a clip that goes on from it."""
    code, words = split(call.code)
    if not words:
        return Answer(call.localiser.text("continue-needs-prompt", code=code[:40]), refused=True)
    locale = call.localiser.locale
    receipt = await call.commands.go_on(call.address, code, call.key, words, locale, place=call.place)
    place = present_receipt(call.localiser, receipt)
    text = call.localiser.text("continue-taken", code=receipt.job.code, before=code.upper(), place=place)
    return Answer(text, job=receipt.job, receipt=receipt)


async def join(call: Call) -> Answer:
    """Codes in their order, and a word that has each pass over into the next, before, between or after them."""
    codes, fades = codes_in(call.code)
    receipt = await call.commands.join(
        call.address, codes, call.key, call.localiser.locale, fades=fades, place=call.place
    )
    place = present_receipt(call.localiser, receipt)
    text = call.localiser.text("join-taken", code=receipt.job.code, count=len(codes), place=place)
    return Answer(text, job=receipt.job, receipt=receipt)


def codes_in(typed: str) -> tuple[list[str], bool]:
    """The codes, and whether there is a word that has each clip pass over into the next."""
    words = [word for word in _BETWEEN.split(typed) if word]
    plain = [simplify(word.casefold()) for word in words]
    codes = [word for word, name in zip(words, plain, strict=True) if name not in _FADES | _CUTS]
    return codes, bool(_FADES & set(plain))
