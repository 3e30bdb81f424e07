"""Turns a code into a job that whoever names it may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import Refusal

if TYPE_CHECKING:
    from bots.discord.call import Call
    from bots.discord.desk import Desk
    from core.types import Job


async def find(desk: Desk, call: Call, code: str) -> Job:
    """One's own from anywhere, or one that was made in this channel for all to see.

    Raises:
        Refusal: there is none. One that its user alone may see is none to others, also where they know its code.
    """
    job = await desk.commands.show(call.address, code)
    if job.address.user != call.address.user and (await desk.board.find(job)).is_quiet:
        raise Refusal("job-unknown", job=code)
    return job


async def keep_private(desk: Desk, call: Call, code: str) -> None:
    """That what was for its user alone is not shown to all by a command that does not say so.

    Raises:
        Refusal: ``clip-private``, or there is none.
    """
    job = await find(desk, call, code)
    if not call.is_quiet and call.place.chat != "private" and (await desk.board.find(job)).is_quiet:
        raise Refusal("clip-private", job=job.code)
