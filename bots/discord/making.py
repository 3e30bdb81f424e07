"""Turns commands and presses into jobs with receipts, and ends jobs before their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from discord import Attachment, Interaction, Message, app_commands
from discord.app_commands import Choice, Command, ContextMenu

from bots.discord.answering import panel, whisper
from bots.discord.call import Call
from bots.discord.desk import Answers, Desk
from bots.discord.finding import keep_private
from bots.discord.menus import label
from bots.discord.pictures import require_picture
from bots.discord.press import Press
from bots.discord.serving import serve
from bots.discord.suggesting import own_jobs, recipes, unfinished_jobs
from bots.discord.wishes import Wish, grant
from bots.presenter import present_cancelled
from core.errors import DeliveryError, Refusal
from core.types import Job

log = structlog.get_logger(__name__)
Code = app_commands.Range[str, 1, 40]
Words = app_commands.Range[str, 1, 4000]
_SHAPES = {
    "16:9": "option-ratio-landscape",
    "9:16": "option-ratio-portrait",
    "1:1": "option-ratio-square",
    "4:3": "option-ratio-landscape-classic",
    "3:4": "option-ratio-portrait-classic",
}


@app_commands.command()
@app_commands.autocomplete(recipe=recipes)
async def video(
    interaction: Interaction[Any],
    prompt: Words,
    recipe: app_commands.Range[str, 1, 64] | None = None,
    ratio: str | None = None,
    seconds: app_commands.Range[float, 1, 600] | None = None,
    seed: app_commands.Range[int, 0, 4294967295] | None = None,
    negative: app_commands.Range[str, 1, 1000] | None = None,
    image: Attachment | None = None,
    private: bool = False,
) -> None:
    """A new clip."""

    async def do(desk: Desk, call: Call) -> None:
        if image:
            require_picture(image.size, image.content_type, image.filename)
        picture = image.url if image else ""
        wish = Wish("video", "", prompt, picture, recipe, ratio, seconds, seed, negative, call.is_quiet)
        await grant(desk, call, wish)

    await serve(interaction, do, is_quiet=private)


@app_commands.command()
@app_commands.autocomplete(code=own_jobs)
async def again(interaction: Interaction[Any], code: Code, private: bool | None = None) -> None:
    """The same clip once more."""

    async def do(desk: Desk, call: Call) -> None:
        if private is None:
            await keep_private(desk, call, code)
        await grant(desk, call, Wish("again", code, is_quiet=call.is_quiet))

    await serve(interaction, do, is_quiet=bool(private))


@app_commands.command()
@app_commands.autocomplete(code=unfinished_jobs)
async def cancel(interaction: Interaction[Any], code: Code) -> None:
    """Stop a job by its code."""

    async def do(desk: Desk, call: Call) -> None:
        job = await desk.commands.cancel(call.address, code)
        await whisper(call, panel(present_cancelled(call.localiser, job)))
        await show_end(desk, job)

    await serve(interaction, do, is_quiet=True)


@app_commands.context_menu(name=label("menu-video"))
async def of_message(interaction: Interaction[Any], message: Message) -> None:
    """A clip of what somebody wrote."""

    async def do(desk: Desk, call: Call) -> None:
        if not message.content.strip():
            raise Refusal("prompt-empty")
        await grant(desk, call, Wish("video", words=message.content))

    await serve(interaction, do)


def offer_ratios(ratios: Sequence[str]) -> None:
    """Let ``/video`` offer these shapes."""
    app_commands.choices(ratio=[Choice(name=label(_SHAPES[ratio]), value=ratio) for ratio in ratios])(video)


async def press_again(desk: Desk, call: Call, press: Press) -> None:
    """The same clip once more, or (``take``) with another seed."""
    await grant(desk, call, Wish(press.verb, press.code, is_quiet=call.is_quiet))


async def press_original(desk: Desk, call: Call, press: Press) -> None:
    """The prompt as typed, for the engine."""
    receipt = await desk.commands.use_original(call.address, press.code, call.job_key, place=call.place)
    await desk.receipts.show(call, receipt)


async def press_translate(desk: Desk, call: Call, press: Press) -> None:
    """Another translator."""
    receipt = await desk.commands.translate_again(
        call.address, press.code, call.job_key, press.extra or None, place=call.place
    )
    await desk.receipts.show(call, receipt)


async def press_rewrite(desk: Desk, call: Call, press: Press) -> None:
    """The prompt written out."""
    receipt = await desk.commands.rewrite(call.address, press.code, call.job_key, place=call.place)
    await desk.receipts.show(call, receipt)


async def press_cancel(desk: Desk, call: Call, press: Press) -> None:
    """Stop a job; its message says so."""
    job = await desk.commands.cancel(call.address, press.code)
    await desk.receipts.renew(call, job)
    await show_end(desk, job)


async def show_end(desk: Desk, job: Job) -> None:
    """In the job's message; that it has ended is true also where nobody can be told."""
    try:
        await desk.receipts.end(job)
    except DeliveryError as error:
        log.info("discord.end_not_shown", job=job.id, error=error.code)


COMMANDS: Sequence[Command[Any, ..., Any] | ContextMenu] = (video, again, cancel, of_message)
ANSWERS: Answers = {
    "again": press_again,
    "take": press_again,
    "original": press_original,
    "translate": press_translate,
    "rewrite": press_rewrite,
    "cancel": press_cancel,
}
