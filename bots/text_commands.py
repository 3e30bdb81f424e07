"""Turns a typed command such as ``/cancel K7QM2XD`` into a call on Commands and a sentence, on any platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache

from bots import text_channels, text_films, text_moderation, text_rights, text_showcase
from bots.command_texts import command_text
from bots.commands import Commands
from bots.presenter import chips, engine_label, present_balance, present_cancelled, present_receipt, present_state
from bots.rewording import Kind, present_wording, translator_name
from bots.text_answers import Answer, Call, cut, split
from core.intake import Receipt
from core.types import Address, Job, Place
from translation.localiser import Localiser
from translation.views import simplify

__all__ = ["COMMANDS", "Answer", "answer", "is_command"]

_SLASHES = ("/", "／")
_HELLOS = frozenset({"help", "帮助", "说明", "?", "hi", "hello", "hey", "你好", "您好", "嗨"})
_LISTED = 10
_LONGEST_HELLO = 20
_LONGEST_NAME = 40


def is_command(text: str) -> bool:
    """It begins with a slash, narrow or wide, or is nothing but a greeting or a call for help."""
    return text.lstrip().startswith(_SLASHES) or _is_hello(text)


async def answer(
    commands: Commands, localiser: Localiser, address: Address, text: str, key: str, *, place: Place | None = None
) -> Answer:
    """Do what a text for which ``is_command`` holds says; ``key`` makes a clip that comes of it idempotent.

    Moderators' commands work in private alone: by ``place``, or where the chat has its user's own id.

    Raises:
        Refusal: the user may not or cannot.
    """
    name, code = _read(text)
    call = Call(commands, localiser, address, key, code, place)
    if _is_hello(text):
        return Answer("\n".join((localiser.text("command-hello"), (await _help(call)).text)))
    is_private = place.chat == "private" if place else address.chat == address.user
    if text_moderation.is_for_moderators(name) and is_private and commands.is_moderator(address):
        return _said(await text_moderation.moderate(commands, localiser, address, name, code))
    if text_channels.is_for_channels(call, name):
        return await text_channels.answer(call, name)
    if name not in _VERBS:
        return Answer(localiser.text("command-unknown", command=f"/{name}"[:40]), refused=True)
    verb, usage = _VERBS[name]
    if usage and not code:
        return Answer(localiser.text(_NEEDS.get(usage, "command-needs-code"), command=f"/{name}"), refused=True)
    return await verb(call)


def _is_hello(text: str) -> bool:
    if len(text) > _LONGEST_HELLO:
        return False
    word = simplify(text.strip().casefold()).replace("？", "?")
    return word in _HELLOS or word.rstrip("!！.。~～") in _HELLOS


def _read(text: str) -> tuple[str, str]:
    name, _, rest = text.strip()[1:].strip().partition(" ")
    name = name.partition("@")[0].casefold()  # in groups Telegram writes /help@the_bot
    return _aliases().get(simplify(name[:_LONGEST_NAME]), name), rest.strip()


async def _help(call: Call) -> Answer:
    return Answer("\n".join((_help_text(call.localiser), *text_channels.help_lines(call))))


def _help_text(localiser: Localiser) -> str:
    return "\n".join((localiser.text("command-help"), *(_help_line(localiser, name) for name in _VERBS)))


def _help_line(localiser: Localiser, key: str) -> str:
    """A command as it is typed, in this language as well, and what it does."""
    typed = [f"/{name}" for name in dict.fromkeys((key, localiser.text(f"command-name-{key}")))]
    if usage := _VERBS[key][1]:
        typed = [localiser.text(usage, command=command) for command in typed]
    command = typed[0] if len(typed) == 1 else localiser.text("command-either", one=typed[0], other=typed[1])
    return localiser.text("command-line", command=command, about=localiser.text(f"command-about-{key}"))


async def _my(call: Call) -> Answer:
    jobs = (await call.commands.history(call.address))[:_LISTED]
    removed = await text_rights.removed_lines(call.commands, call.localiser, call.address)
    if not jobs:
        return Answer("\n".join((call.localiser.text("command-my-none"), *removed)))
    lines = [f"{job.code} · {call.localiser.text(f'state-{job.state}-short')} · {cut(job.prompt)}" for job in jobs]
    return Answer("\n".join((call.localiser.text("command-my"), *lines, *removed)))


async def _credits(call: Call) -> Answer:
    account = await call.commands.account(call.address)
    balance = present_balance(call.localiser, account.balance)
    if not account.held:
        return Answer(balance)
    return Answer(call.localiser.text("command-credits-held", balance=balance, held=account.held))


async def _link(call: Call) -> Answer:
    if not call.code:
        offered = await call.commands.offer_link(call.address)
        return Answer(call.localiser.text("command-link-offer", code=offered))
    account = await call.commands.accept_link(call.address, call.code)
    return Answer(call.localiser.text("command-link-done", balance=present_balance(call.localiser, account.balance)))


async def _appeal(call: Call) -> Answer:
    appeal = await call.commands.appeal(call.address, call.code)
    return Answer(call.localiser.text(f"appeal-{appeal.state}", appeal=appeal.id))


async def _appeals(call: Call) -> Answer:
    found = (await call.commands.appeals(call.address))[:_LISTED]
    if not found:
        return Answer(call.localiser.text("command-appeals-none"))
    lines = [call.localiser.text(f"appeal-{appeal.state}", appeal=appeal.id) for appeal in found]
    return Answer("\n".join((call.localiser.text("command-appeals"), *lines)))


async def _cancel(call: Call) -> Answer:
    job = await call.commands.cancel(call.address, call.code)
    return Answer(present_cancelled(call.localiser, job), job=job)


async def _again(call: Call) -> Answer:
    receipt = await call.commands.again(call.address, call.code, call.key, another_take=False, place=call.place)
    place = present_receipt(call.localiser, receipt)
    text = call.localiser.text("command-again", code=receipt.job.code, place=place)
    return Answer(text, job=receipt.job, receipt=receipt)


async def _show(call: Call) -> Answer:
    job = await call.commands.show(call.address, call.code)
    facts = " · ".join(chip.text for chip in chips(call.localiser, job))
    lines = (cut(job.prompt), present_state(call.localiser, job), facts, engine_label(call.localiser, job.spec))
    return Answer("\n".join((job.code, *lines, *_words(call, job))), job=job)


async def _original(call: Call) -> Answer:
    if not await _can(call, call.code, "original"):
        return _not_so(call, call.code)
    return _reworded(call, await call.commands.use_original(call.address, call.code, call.key))


async def _edit(call: Call) -> Answer:
    code, words = split(call.code)
    if not words:
        return Answer(call.localiser.text("command-needs-words", code=code), refused=True)
    return _reworded(call, await call.commands.edit(call.address, code, call.key, words))


async def _translate(call: Call) -> Answer:
    code, typed = split(call.code)
    if not await _can(call, code, "translate"):
        return _not_so(call, code)
    names = {translator_name(call.localiser, name): name for name in call.commands.rewordings.translators}
    return _reworded(
        call, await call.commands.translate_again(call.address, code, call.key, names.get(typed, typed) or None)
    )


async def _rewrite(call: Call) -> Answer:
    if not await _can(call, call.code, "rewrite"):
        return _not_so(call, call.code)
    return _reworded(call, await call.commands.rewrite(call.address, call.code, call.key))


async def _can(call: Call, code: str, kind: Kind) -> bool:
    """Whether it would change anything: what would not must cost nothing."""
    job = await call.commands.show(call.address, code)
    choices = present_wording(call.localiser, job, call.commands.rewordings).choices
    return kind in {choice.kind for choice in choices}


def _not_so(call: Call, code: str) -> Answer:
    return Answer(call.localiser.text("command-words-fixed", code=code.upper()), refused=True)


def _reworded(call: Call, receipt: Receipt) -> Answer:
    place = present_receipt(call.localiser, receipt)
    text = call.localiser.text("command-reworded", code=receipt.job.code, place=place)
    return Answer("\n".join((text, *_words(call, receipt.job))), job=receipt.job, receipt=receipt)


def _words(call: Call, job: Job) -> tuple[str, ...]:
    return present_wording(call.localiser, job, call.commands.rewordings).lines


async def _report(call: Call) -> Answer:
    return _said(await text_rights.report(call.commands, call.localiser, call.address, call.code))


async def _privacy(call: Call) -> Answer:
    return _said(await text_rights.privacy(call.commands, call.localiser))


async def _export(call: Call) -> Answer:
    return _said(await text_rights.export(call.commands, call.localiser, call.address))


async def _forget_me(call: Call) -> Answer:
    return _said(await text_rights.forget_me(call.commands, call.localiser, call.address, call.code))


async def _verify(call: Call) -> Answer:
    return Answer(call.localiser.text("command-verify"), asks_video=True)


async def _unlabelled(call: Call) -> Answer:
    code, word = split(call.code)
    if not text_rights.is_agreed(word):
        return Answer(await text_rights.unlabelled_terms(call.commands, call.localiser, call.address, code))
    receipt = await call.commands.unlabelled(call.address, code, call.key, place=call.place)
    place = present_receipt(call.localiser, receipt)
    text = call.localiser.text("command-unlabelled", code=receipt.job.code, place=place)
    return Answer(text, job=receipt.job, receipt=receipt)


def _said(said: text_rights.Said) -> Answer:
    return Answer(said.text, refused=said.refused, document=said.document)


_CODE, _REFUSAL = "command-with-code", "command-with-refusal"
_NEEDS = {_REFUSAL: "command-needs-refusal", "command-with-codes": "command-needs-codes"}
_VERBS: dict[str, tuple[Callable[[Call], Awaitable[Answer]], str]] = {
    "help": (_help, ""),
    "my": (_my, ""),
    "show": (_show, _CODE),
    "again": (_again, _CODE),
    "cancel": (_cancel, _CODE),
    "original": (_original, _CODE),
    "edit": (_edit, "command-with-words"),
    "translate": (_translate, _CODE),
    "rewrite": (_rewrite, _CODE),
    "credits": (_credits, ""),
    "link": (_link, ""),
    "appeal": (_appeal, _REFUSAL),
    "appeals": (_appeals, ""),
    "report": (_report, "command-with-reason"),
    "remix": (text_showcase.remix, "command-with-prompt"),
    "continue": (text_films.go_on, "command-with-prompt"),
    "join": (text_films.join, "command-with-codes"),
    "showcase": (text_showcase.showcase, "command-with-showcase"),
    "vote": (text_showcase.vote, _CODE),
    "top": (text_showcase.top, ""),
    "verify": (_verify, ""),
    "unlabelled": (_unlabelled, _CODE),
    "privacy": (_privacy, ""),
    "export": (_export, ""),
    "forget_me": (_forget_me, ""),
}
"""What each does, and the sentence that says what comes after its name."""
COMMANDS = tuple(_VERBS)
"""Every command that can be typed."""
_ALIASES = {
    "start": "help", "?": "help", "导出": "export",
    "说明": "help", "检视": "show", "点数": "credits", "连结": "link", "汇出": "export",
}  # fmt: skip
"""Other names, in simplified characters; those of the last line are what one says in Taiwan."""


@cache
def _aliases() -> dict[str, str]:
    """The key of a command by every name that it has, in simplified characters."""
    names = {simplify(name): key for key in _VERBS for name in command_text(key).names.values()}
    return names | _ALIASES
