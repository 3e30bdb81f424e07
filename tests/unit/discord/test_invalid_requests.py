"""Discord shuts out a bot that asks in vain too often: what can be left out is, and what can wait does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bots.discord import invalid_requests, receipts
from core.errors import DeliveryDelayed, RecipientGone
from core.types import Address, Job, JobState, Notice, Progress
from tests.discord.faults import Way
from tests.discord.people import Person
from tests.unit.discord.town import Town, open_town, videos

NOTICE = Notice("appeal-upheld", {"appeal": "K7QM2XD", "why": "no harm"})


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(invalid_requests, "_MANY", 3)
    monkeypatch.setattr(invalid_requests, "_TOO_MANY", 5)
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []


@pytest.fixture
def ann(town: Town) -> Person:
    return town.api.person("Ann")


async def refuse(town: Town, ann: Person, times: int) -> None:
    """So many private messages that Ann does not take."""
    town.api.faults.add("POST /channels/{channel_id}/messages", "status", times, code=403, error=50007)
    for _ in range(times):
        with pytest.raises(RecipientGone):
            await town.adapter.tell(Address("discord", "1", str(ann.id)), NOTICE)


async def shows_progress(town: Town, job: Job, done: float) -> bool:
    """Whether a report leads to an edit."""
    before = len(town.api.requests)
    await town.adapter.show_progress([(job, Progress("drawing", done))])
    await asyncio.gather(*town.adapter._receipts._edits._tasks.values())
    return len(town.api.requests) > before


async def test_progress_gives_way_before_answers_do_and_all_goes_on_when_time_has_passed(
    town: Town, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    general = town.api.channel(town.api.guild("Zoo", ann), "general")
    # What is told last is the receipt: from then on an edit waits its time.
    await ann.finished(ann.runs("video", general, prompt="two cats"))
    job = await town.job()
    with town.store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=town.clock.now())
    (job,) = town.jobs()
    await asyncio.sleep(receipts._EVERY)
    assert await shows_progress(town, job, 0.1)
    await asyncio.sleep(receipts._EVERY)
    with capture_logs() as logs:
        await refuse(town, ann, 3)
        assert not await shows_progress(town, job, 0.2)
        await refuse(town, ann, 2)
    assert [line["times"] for line in logs if line["event"] == "discord.refused_often"] == [3, 5]
    with pytest.raises(DeliveryDelayed) as delayed:
        await town.adapter.tell(job.address, NOTICE)
    assert delayed.value.details["retry_after"] == 60
    # Whoever asks meanwhile is answered.
    assert (await ann.finished(ann.runs("queue", general))).text
    monkeypatch.setattr(invalid_requests, "_WINDOW", 0.0)
    await town.make(job)
    assert len(videos(ann.reads(general))) == 1


@pytest.mark.parametrize(("way", "counted"), [("flood", 2), ("crowded", 0)])
async def test_a_limit_that_others_share_is_no_fault_of_the_bot(
    town: Town, ann: Person, way: Way, counted: int
) -> None:
    town.api.faults.add("POST /channels/{channel_id}/messages", way, 2, seconds=0.01)
    await town.adapter.tell(Address("discord", "1", str(ann.id)), NOTICE)
    assert town.adapter.client.invalid._count() == counted
