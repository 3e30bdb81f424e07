"""Turns what needs words, or a picture, into a form, and the form into a job."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from discord import Attachment, Interaction, Message, TextStyle, app_commands
from discord.app_commands import Command, ContextMenu
from discord.ui import FileUpload, Label, Modal, TextInput

from bots.discord.answering import ask, panel, whisper
from bots.discord.call import Call
from bots.discord.desk import Answers, Desk
from bots.discord.finding import find
from bots.discord.forms import typed
from bots.discord.making import Words
from bots.discord.menus import label
from bots.discord.pictures import picture_in, require_picture, sent_with
from bots.discord.press import Press
from bots.discord.serving import FOR_ALL, open_form, serve
from bots.discord.wishes import Wish, grant, recall, remember
from core.errors import Refusal
from core.types import Job

_WORDS, _PICTURE = "words", "picture"
_LONGEST = 4000
_PATIENCE = 1.2
"""Seconds of the three that a form may take, for looking up what it shall begin with."""
log = structlog.get_logger(__name__)


@app_commands.command()
async def animate(interaction: Interaction[Any], image: Attachment | None = None, prompt: Words | None = None) -> None:
    """A clip that begins with a picture; a form asks for what is missing."""

    async def do(desk: Desk, call: Call) -> None:
        if image is None or prompt is None:
            raise Refusal("prompt-empty")
        await _grant_picture(desk, call, image, prompt)

    if image and prompt:
        await serve(interaction, do)
    else:
        await open_form(interaction, None, lambda desk, call: _ask_for_rest(desk, call, image, prompt or ""))


async def _grant_picture(desk: Desk, call: Call, image: Attachment, prompt: str) -> None:
    require_picture(image.size, image.content_type, image.filename)
    await grant(desk, call, Wish("video", words=prompt, picture=image.url))


async def _ask_for_rest(desk: Desk, call: Call, image: Attachment | None, words: str) -> None:
    code = ""
    if image:
        require_picture(image.size, image.content_type, image.filename)
        code = await remember(desk, call, Wish("video", picture=image.url))
    await ask(call, _animate_form(call, code, words))


@app_commands.context_menu(name=label("menu-animate"))
async def of_picture(interaction: Interaction[Any], message: Message) -> None:
    """A clip that begins with somebody's picture."""

    async def do(desk: Desk, call: Call) -> None:
        picture = picture_in(message)
        if not picture:
            raise Refusal("image-invalid")
        code = await remember(desk, call, Wish("video", picture=picture))
        await ask(call, _animate_form(call, code, ""))

    await open_form(interaction, None, do)


async def open_words(desk: Desk, call: Call, press: Press) -> None:
    """Ask for the words: those for the engine (``edit``), or another prompt (``remix``)."""
    job = await _in_time(desk, call, press.code)
    is_edit = press.verb == "edit"
    if job and is_edit and job.address.user != call.address.user:
        raise Refusal("not-yours", job=job.code)
    begin = "" if job is None else job.spec.prompt if is_edit else job.prompt
    title = call.localiser.text("discord-edit-title" if is_edit else "discord-remix-title", code=press.code)
    await ask(call, _form(title, press, _words_field(call, begin, "edit" if is_edit else "remix")))


async def take_words(desk: Desk, call: Call, press: Press) -> None:
    """What was filled in."""
    await grant(desk, call, Wish(press.verb, press.code, typed(call).get(_WORDS, ""), is_quiet=call.is_quiet))


async def take_animate(desk: Desk, call: Call, press: Press) -> None:
    """What was filled in, with the picture that came with it or before it."""
    words = typed(call).get(_WORDS, "")
    if not press.code:
        await grant(desk, call, Wish("video", words=words, picture=sent_with(call)))
        return
    try:
        wish, _ = await recall(desk, call, press.code)
    except LookupError:
        await whisper(call, panel(call.localiser.text("ask-again")))
        return
    await grant(desk, call, replace(wish, words=words))


async def _in_time(desk: Desk, call: Call, code: str) -> Job | None:
    """The job; None where it takes too long to find: then the form begins with nothing."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await find(desk, call, code)
    except TimeoutError:
        log.warning("discord.form_without_words")
        return None


def _animate_form(call: Call, code: str, words: str) -> Modal:
    text = call.localiser.text
    upload: FileUpload[Modal] = FileUpload(custom_id=_PICTURE, required=True, min_values=1, max_values=1)
    picture = [] if code else [Label[Modal](text=text("discord-animate-picture"), component=upload)]
    field = _words_field(call, words, "animate")
    return _form(text("discord-animate-title"), Press("animate", code, FOR_ALL), *picture, field)


def _words_field(call: Call, begin: str, which: str) -> Label[Modal]:
    field: TextInput[Modal] = TextInput(
        custom_id=_WORDS, style=TextStyle.paragraph, default=begin[:_LONGEST] or None, max_length=_LONGEST
    )
    return Label(text=call.localiser.text(f"discord-{which}-words"), component=field)


def _form(title: str, press: Press, *labels: Label[Modal]) -> Modal:
    modal = Modal(title=title, custom_id=press.pack(), timeout=None)
    for one in labels:
        modal.add_item(one)
    return modal


COMMANDS: Sequence[Command[Any, ..., Any] | ContextMenu] = (animate, of_picture)
FORMS: Answers = {"edit": open_words, "remix": open_words}
ANSWERS: Answers = {"edit": take_words, "remix": take_words, "animate": take_animate}
