"""Turns what people type about the showcase (``/showcase``, ``/vote``, ``/top``, ``/remix``) into answers."""

from __future__ import annotations

from bots.presenter import present_receipt
from bots.text_answers import Answer, Call, cut, split
from core.showcase.exhibits import Entry, Exhibit, Period
from core.types import Job
from translation.localiser import Localiser
from translation.views import simplify

_ON = frozenset({"on", "yes", "开", "公开", "展示"})
_OFF = frozenset({"off", "no", "关", "撤下", "取消", "撤回"})
_REMIX = frozenset({"remix", "改编", "可改编", "允许改编"})
_PERIODS = {
    "day": Period.DAY, "today": Period.DAY, "日": Period.DAY, "今天": Period.DAY, "今日": Period.DAY,
    "week": Period.WEEK, "周": Period.WEEK, "本周": Period.WEEK,
    "month": Period.MONTH, "月": Period.MONTH, "本月": Period.MONTH,
}  # fmt: skip
_LISTED = 10


async def showcase(call: Call) -> Answer:
    """``CODE``, then nothing, ``off``, or ``on`` with ``remix`` and a title, both as one likes."""
    code, rest = split(call.code)
    word, title = split(rest) if rest else ("", "")
    if _is(word, _OFF):
        job = await call.commands.take_off(call.address, code)
        return Answer(call.localiser.text("showcase-off", code=job.code))
    if not _is(word, _ON):
        job, shown = await call.commands.exhibit(call.address, code)
        return Answer(_standing(call, job, shown), refused=bool(word))
    first, others = split(title) if title else ("", "")
    remix = _is(first, _REMIX)
    entry = await call.commands.show_off(call.address, code, title=others if remix else title, remix=remix)
    return Answer(_shown(call, entry))


async def vote(call: Call) -> Answer:
    """``CODE``, and ``off`` to take the vote back."""
    code, word = split(call.code)
    exhibit, changed = await call.commands.vote(call.address, code, takes_back=_is(word, _OFF))
    said = ("vote-off" if changed else "vote-none") if _is(word, _OFF) else ("vote-on" if changed else "vote-twice")
    return Answer(call.localiser.text(said, code=exhibit.job.code, votes=exhibit.entry.votes), refused=not changed)


async def top(call: Call) -> Answer:
    """The best of a week, or of the period that is named."""
    period = _PERIODS.get(simplify(call.code.strip().casefold()), Period.WEEK)
    found = await call.commands.top(period, limit=_LISTED)
    text = call.localiser.text
    if not found:
        return Answer(text(f"top-none-{period}"))
    lines = [_line(call.localiser, number, one) for number, one in enumerate(found, 1)]
    link = [text("top-gallery", url=call.commands.gallery_url)] if call.commands.gallery_url else []
    return Answer("\n".join((text(f"top-{period}"), *lines, text("top-how"), *link)))


async def remix(call: Call) -> Answer:
    """``CODE``, and the prompt of a new clip with all else as it is."""
    code, words = split(call.code)
    if not words:
        return Answer(call.localiser.text("command-needs-prompt", code=code), refused=True)
    locale = call.localiser.locale
    receipt = await call.commands.remix(call.address, code, call.key, words, locale, place=call.place)
    place = present_receipt(call.localiser, receipt)
    text = call.localiser.text("remix-made", code=receipt.job.code, place=place)
    return Answer(text, job=receipt.job, receipt=receipt)


def _standing(call: Call, job: Job, entry: Entry | None) -> str:
    if entry:
        return _shown(call, entry)
    public = [call.localiser.text("showcase-public")] if call.commands.gallery_url else []
    return "\n".join((call.localiser.text("showcase-not", code=job.code), *public))


def _shown(call: Call, entry: Entry) -> str:
    """That it is in the showcase, what others may do with it, and how it comes out again."""
    text = call.localiser.text
    url = call.commands.gallery_url
    lines = [
        text("showcase-on", code=entry.code, votes=entry.votes),
        text("showcase-remix" if entry.remix else "showcase-no-remix"),
        *([text("showcase-link", url=f"{url}/{entry.code}")] if url else []),
        text("showcase-how", code=entry.code),
    ]
    return "\n".join(lines)


def _line(localiser: Localiser, number: int, exhibit: Exhibit) -> str:
    entry = exhibit.entry
    name = entry.title or cut(exhibit.job.prompt)
    return localiser.text("top-line", number=number, code=entry.code, votes=entry.votes, name=name)


def _is(word: str, words: frozenset[str]) -> bool:
    return simplify(word.casefold()) in words
