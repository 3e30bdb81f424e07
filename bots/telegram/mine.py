"""Turns ``/my`` and ``/queue`` into lists of a user's clips, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup, Message

from bots.presenter import present_place, present_state
from bots.telegram.call import Call
from bots.telegram.desk import Buttons, Desk, Verbs
from bots.telegram.press import Press
from bots.telegram.slip import button, rows
from bots.telegram.speech import acknowledge, change, say
from core.errors import Refusal
from core.types import Job, JobState

_PAGE = 8
_LONGEST_PROMPT = 60


async def my(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """The newest of one's own, of all chats where nobody looks on, else of this one."""
    del message, rest
    text, keyboard = await _page(desk, call, None)
    await say(desk, call, text, keyboard)


async def press_my(desk: Desk, call: Call, press: Press) -> None:
    """Another page, for whoever asked for the first."""
    if press.extra != _sign(call):
        raise Refusal("not-yours", job=press.code)
    text, keyboard = await _page(desk, call, press.code or None)
    await acknowledge(desk, call)
    await change(desk, call, text, keyboard)


async def queue(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """What is unfinished, and its place."""
    del message, rest
    jobs = [job for job in await desk.commands.history(call.address) if not job.state.ended]
    own = [job for job in jobs if job.address.user == call.address.user]
    lines = [f"{job.code} · {await _standing(desk, call, job)}" for job in reversed(own)]
    keyboard = rows(
        [
            button(f"{call.localiser.text('button-cancel')} {job.code}", Press("cancel", job.code))
            for job in reversed(own)
        ]
    )
    await say(desk, call, "\n".join(lines) or call.localiser.text("queue-none"), keyboard if own else None)


async def _page(desk: Desk, call: Call, after: str | None) -> tuple[str, InlineKeyboardMarkup | None]:
    found = await _jobs(desk, call, after)
    jobs, text = found[:_PAGE], call.localiser.text
    if not jobs:
        return text("command-my-none"), None
    lines = [f"{job.code} · {text(f'state-{job.state}-short')} · {_cut(job.prompt)}" for job in jobs]
    sign = _sign(call)
    steps = [button(text("button-newest"), Press("my", "", sign))] if after else []
    if len(found) > _PAGE:
        steps.append(button(text("button-older"), Press("my", jobs[-1].code, sign)))
    return "\n".join((text("command-my"), *lines)), rows(steps) if steps else None


async def _jobs(desk: Desk, call: Call, after: str | None) -> Sequence[Job]:
    if call.is_private:
        return await desk.commands.history_of(call.address, limit=_PAGE + 1, after=after)
    return await desk.commands.page(call.address, _PAGE + 1, after=after)


async def _standing(desk: Desk, call: Call, job: Job) -> str:
    if job.state is JobState.QUEUED:
        return present_place(call.localiser, await desk.commands.position(job))
    return present_state(call.localiser, job)


def _sign(call: Call) -> str:
    """Whose list it is. It grants nothing: what is shown, its chat may see."""
    return format(call.user, "x")


def _cut(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= _LONGEST_PROMPT else f"{line[: _LONGEST_PROMPT - 1]}…"


VERBS: Verbs = {"my": my, "queue": queue}
BUTTONS: Buttons = {"my": press_my}
