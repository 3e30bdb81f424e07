"""What comes before the receipt, where much is asked for at once: progress, or the clip itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from core.intake import Receipt
from core.types import Request
from tests.unit.telegram.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.complaints == []


def held_back(town: Town) -> asyncio.Event:
    """A job is stored, and whoever took it in goes on only once that is set."""
    go_on, video = asyncio.Event(), town.commands.video
    real: Callable[[Request], Awaitable[Receipt]] = video

    async def slow(request: Request) -> Receipt:
        receipt = await real(request)
        await go_on.wait()
        return receipt

    town.commands.video = slow  # type: ignore[method-assign]
    return go_on


async def test_progress_that_is_quicker_is_the_receipt(town: Town) -> None:
    ann, go_on = town.api.person("Ann"), held_back(town)
    ann.says("two cats")
    job = await town.job()
    await town.progress(job, "drawing", 0.5)
    await town.see(ann.chat.last)
    go_on.set()
    ann.says("/help")
    await town.see(lambda: ann.chat.saying("/help – "))
    assert len([one for one in ann.chat.from_bot if job.code in one.text]) == 1
    await town.make(job)
    assert len([one for one in ann.chat.from_bot if job.code in one.text]) == 1


async def test_progress_on_its_way_is_the_receipt(town: Town) -> None:
    ann, go_on = town.api.person("Ann"), held_back(town)
    ann.says("two cats")
    job = await town.job()
    town.api.faults.add("sendMessage", "slow", 1, seconds=1.0)
    await town.progress(job, "drawing", 0.5)
    await asyncio.sleep(0.1)
    go_on.set()
    ann.says("/help")
    await town.see(lambda: ann.chat.saying("/help – "))
    await town.see(lambda: ann.chat.saying(job.code))
    assert len([one for one in ann.chat.from_bot if job.code in one.text]) == 1


async def test_a_clip_that_is_quicker_gets_no_receipt(town: Town) -> None:
    ann, go_on = town.api.person("Ann"), held_back(town)
    ann.says("two cats")
    await town.make(await town.job())
    go_on.set()
    ann.says("/help")
    await town.see(lambda: ann.chat.saying("/help – "))
    assert [one.kind for one in ann.chat.from_bot] == ["video", "text"]
