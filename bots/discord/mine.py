"""Turns ``/my``, ``/queue`` and ``/show`` into lists of a user's clips, a page at a time, and into one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Command, ContextMenu
from discord.ui import Button, LayoutView, Section, TextDisplay

from bots.discord.answering import change, panel, say
from bots.discord.call import Call
from bots.discord.clips import show_clip
from bots.discord.desk import Answers, Desk
from bots.discord.finding import find, keep_private
from bots.discord.gallery import button
from bots.discord.making import Code, show_end
from bots.discord.plain import plain_line
from bots.discord.press import Press
from bots.discord.serving import serve
from bots.discord.suggesting import own_jobs
from bots.presenter import present_place, present_state
from bots.text_commands import answer
from bots.units import cut
from core.types import Job, JobState

_PAGE = 8
_MOST_UNFINISHED = 20
_LONGEST_PROMPT = 120


@app_commands.command()
async def my(interaction: Interaction[Any]) -> None:
    """The newest of one's own, of all chats, for one's own eyes."""

    async def do(desk: Desk, call: Call) -> None:
        await say(call, await _page(desk, call, None))

    await serve(interaction, do, is_quiet=True)


@app_commands.command()
async def queue(interaction: Interaction[Any]) -> None:
    """What is unfinished, and its place."""

    async def do(desk: Desk, call: Call) -> None:
        await say(call, await _unfinished(desk, call))

    await serve(interaction, do, is_quiet=True)


@app_commands.command()
@app_commands.autocomplete(code=own_jobs)
async def show(interaction: Interaction[Any], code: Code, private: bool | None = None) -> None:
    """How a job stands, in words; of one that is done the clip itself."""

    async def do(desk: Desk, call: Call) -> None:
        if private is None:
            await keep_private(desk, call, code)
        await _show(desk, call, code)

    await serve(interaction, do, is_quiet=bool(private))


async def press_my(desk: Desk, call: Call, press: Press) -> None:
    """Another page; whoever presses sees their own."""
    await change(call, await _page(desk, call, press.code or None))


async def press_show(desk: Desk, call: Call, press: Press) -> None:
    """One of a page, for whoever looks at it."""
    await _show(desk, call, press.code)


async def press_stop(desk: Desk, call: Call, press: Press) -> None:
    """Stop a job in the list of those that are unfinished."""
    job = await desk.commands.cancel(call.address, press.code)
    await change(call, await _unfinished(desk, call))
    await show_end(desk, job)


async def _show(desk: Desk, call: Call, code: str) -> None:
    job = await find(desk, call, code)
    if await show_clip(desk, call, job):
        return
    told = await answer(desk.commands, call.localiser, call.address, f"/show {job.code}", call.key)
    await say(call, panel(told.text))


async def _page(desk: Desk, call: Call, after: str | None) -> LayoutView:
    found = await desk.commands.history_of(call.address, limit=_PAGE + 1, after=after)
    jobs, text = found[:_PAGE], call.localiser.text
    if not jobs:
        return panel(text("command-my-none"))
    steps = [button(text("button-newest"), Press("my"))] if after else []
    if len(found) > _PAGE:
        steps.append(button(text("button-older"), Press("my", jobs[-1].code)))
    return panel(text("command-my"), steps, *(_entry(call, job) for job in jobs))


def _entry(call: Call, job: Job) -> Section[LayoutView]:
    """A clip in the list, with the button that shows it."""
    text = call.localiser.text
    line = f"**{job.code}** · {text(f'state-{job.state}-short')}\n{plain_line(job.prompt, _LONGEST_PROMPT)}"
    return Section(TextDisplay(line), accessory=button(text("button-show"), Press("show", job.code)))


async def _unfinished(desk: Desk, call: Call) -> LayoutView:
    jobs = [job for job in await desk.commands.history_of(call.address) if not job.state.ended][:_MOST_UNFINISHED]
    if not jobs:
        return panel(call.localiser.text("queue-none"))
    jobs.reverse()
    lines = [f"{job.code} · {await _standing(desk, call, job)}" for job in jobs]
    return panel("\n".join(lines), [_stop(call, job) for job in jobs])


def _stop(call: Call, job: Job) -> Button[LayoutView]:
    return button(cut(f"{call.localiser.text('button-cancel')} {job.code}", 80), Press("stop", job.code))


async def _standing(desk: Desk, call: Call, job: Job) -> str:
    if job.state is JobState.QUEUED:
        return present_place(call.localiser, await desk.commands.position(job))
    return present_state(call.localiser, job)


COMMANDS: Sequence[Command[Any, ..., Any] | ContextMenu] = (my, queue, show)
ANSWERS: Answers = {"my": press_my, "show": press_show, "stop": press_stop}
