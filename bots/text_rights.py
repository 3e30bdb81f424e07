"""Turns what people type about their rights (``/report``, ``/privacy``, ``/export``, …) into sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

from bots.command_texts import in_all_languages
from bots.commands import Commands
from bots.rewording import translator_name
from core.reports import Report, ReportReason
from core.types import Address
from translation.localiser import Localiser
from translation.views import simplify

_DAY = 86400.0
_SHOWN = 3


@dataclass(frozen=True)
class Said:
    """An answer. ``document`` is for a file, as JSON takes it; ``refused``: nothing was done."""

    text: str
    refused: bool = False
    document: Mapping[str, Any] | None = None


async def report(commands: Commands, localiser: Localiser, address: Address, typed: str) -> Said:
    """``typed`` is a code, and what is wrong with the clip: a reason by its name, words, or both."""
    code, _, words = typed.partition(" ")
    if not words.strip():
        reasons = _listed(localiser, [reason_name(localiser, reason) for reason in ReportReason])
        return Said(localiser.text("command-needs-reason", code=code, reasons=reasons), refused=True)
    reason, text = _read_reason(words.strip())
    made = await commands.report(address, code, reason, text, locale=localiser.locale)
    return Said(localiser.text("command-reported", code=made.code, reason=reason_name(localiser, reason)))


async def privacy(commands: Commands, localiser: Localiser, *, rights: str = "privacy-rights") -> Said:
    """What is kept, how long, and who else reads prompts; ``rights`` is the sentence that says what one can do."""
    facts = commands.privacy
    kept = {
        "clips": facts.kept.clips,
        "prompts": facts.kept.prompts,
        "translations": facts.kept.translations,
        "reports": facts.kept.reports,
        "agreements": facts.kept.agreements,
        "ledger": facts.kept.ledger,
    }
    lines = [localiser.text(f"privacy-{kind}", days=round(seconds / _DAY)) for kind, seconds in kept.items()]
    translators = [translator_name(localiser, name) for name in facts.translators]
    moderators = [localiser.text(f"moderator-{name}") for name in facts.moderators]
    go = [*_go(localiser, "translators", translators), *_go(localiser, "moderators", moderators)]
    go += _go(localiser, "engines", list(facts.engines))
    lines.append(localiser.text("privacy-waiting"))
    lines += go or [localiser.text("privacy-here")]
    return Said("\n".join((localiser.text("privacy"), *lines, localiser.text(rights))))


async def export(commands: Commands, localiser: Localiser, address: Address) -> Said:
    """All of the user's own data."""
    told = await commands.export(address)
    return Said(localiser.text("command-exported", clips=len(told["jobs"]), entries=len(told["ledger"])), document=told)


async def forget_me(commands: Commands, localiser: Localiser, address: Address, typed: str) -> Said:
    """Ask for the word, then erase."""
    if not is_forget_word(typed):
        balance = (await commands.account(address)).balance
        return Said(localiser.text("command-forget-sure", word=localiser.text("forget-word"), balance=balance))
    count = await commands.forget(address)
    return Said(localiser.text("command-forgotten", clips=count))


def is_forget_word(typed: str) -> bool:
    """Whether it is the word that has all erased, in any language."""
    return simplify(typed.strip().casefold()) in _words("forget-word")


async def unlabelled_terms(commands: Commands, localiser: Localiser, address: Address, code: str) -> str:
    """What is to be agreed to before a clip is made without its label, and how."""
    job = await commands.may_unlabel(address, code)
    return localiser.text("unlabelled-terms", code=job.code, price=job.price, word=localiser.text("unlabelled-word"))


def is_agreed(typed: str) -> bool:
    """Whether it is the word that agrees, in any language."""
    return simplify(typed.strip().casefold()) in _words("unlabelled-word")


async def removed_lines(commands: Commands, localiser: Localiser, address: Address) -> list[str]:
    """The clips of this user that were removed after reports, the newest first."""
    found = {one.code: one for one in reversed(await commands.taken_down(address))}
    return [removed_line(localiser, one) for one in list(reversed(found.values()))[:_SHOWN]]


def removed_line(localiser: Localiser, report_: Report) -> str:
    """That a clip was removed, and why."""
    return localiser.text("command-removed", code=report_.code, reason=reason_name(localiser, report_.reason))


def reason_name(localiser: Localiser, reason: ReportReason) -> str:
    """What users call a reason."""
    return localiser.text(f"report-reason-{reason}")


def _listed(localiser: Localiser, names: Sequence[str]) -> str:
    return reduce(lambda first, second: localiser.text("list-of-two", first=first, second=second), names)


def _go(localiser: Localiser, who: str, names: Sequence[str]) -> list[str]:
    return [localiser.text(f"privacy-{who}", names=_listed(localiser, names))] if names else []


def _read_reason(words: str) -> tuple[ReportReason, str]:
    """A reason that the words begin with, and the rest; without one, all of them."""
    plain = simplify(words.casefold())
    for name, reason in _reasons():
        if plain.startswith(name) and not plain[len(name) : len(name) + 1].isalpha():
            return reason, words[len(name) :].strip(" ,:;.–—-，：；。、")
    return ReportReason.OTHER, words


@cache
def _reasons() -> tuple[tuple[str, ReportReason], ...]:
    """By every name, the longest first."""
    named = [
        (simplify(name.casefold()), reason)
        for reason in ReportReason
        for name in (str(reason), *in_all_languages(f"report-reason-{reason}").values())
    ]
    return tuple(sorted(named, key=lambda pair: -len(pair[0])))


@cache
def _words(message_id: str) -> frozenset[str]:
    """What confirms, in any language: who set another one may have read it there."""
    return frozenset(simplify(word.casefold()) for word in in_all_languages(message_id).values())
