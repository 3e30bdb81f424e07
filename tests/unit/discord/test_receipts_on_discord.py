"""How a job stands on Discord: in its one message, seldom enough, and to its end wherever that can still be told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots import edits as edits_
from bots.discord import receipts
from core.errors import RecipientGone
from core.types import Job, JobState, Progress
from tests.discord.people import Person
from tests.discord.permissions import SEND_MESSAGES, VIEW_CHANNEL
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town, videos

EDITS = "PATCH /channels/{channel_id}/messages/{message_id}"


class Seconds:
    """What the receipts take for the time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []
        assert opened.api.misfits == []


@pytest.fixture
def ann(town: Town) -> Person:
    return town.api.person("Ann")


@pytest.fixture
def general(town: Town, ann: Person) -> Channel:
    return town.api.channel(town.api.guild("Zoo", ann), "general")


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    clock = Seconds()
    for module in (receipts, edits_):
        monkeypatch.setattr(module, "_now", clock)
    return clock


def running(town: Town, job: Job) -> Job:
    with town.store.begin() as tx:
        if job.state is JobState.QUEUED:
            tx.jobs.move(job.id, JobState.RUNNING, now=town.clock.now())
        found = tx.jobs.get(job.id)
    assert found
    return found


async def report(town: Town, *jobs: Job, fraction: float = 0.5) -> None:
    await town.adapter.show_progress([(job, Progress("drawing", fraction, 20)) for job in jobs])
    await asyncio.sleep(0.05)


async def fail(town: Town, job: Job) -> None:
    ended = town.settlement.fail(job.id, "engine-fault")
    assert ended
    await town.adapter.show_end(ended)


def edits(town: Town) -> int:
    return sum(request.method == "PATCH" and "/channels/" in request.route for request in town.api.requests)


async def test_progress_is_shown_in_the_receipt_and_not_more_often_than_is_of_use(
    town: Town, ann: Person, general: Channel, seconds: Seconds
) -> None:
    receipt = await ann.finished(ann.runs("video", general, prompt="two cats"))
    job = running(town, await town.job())
    for step in range(50):
        seconds.now += 0.4
        await report(town, job, fraction=step / 50)
    assert 6 <= len(receipt.texts) <= 10
    assert "▰" in receipt.text
    assert edits(town) == 0


async def test_after_the_interaction_the_bot_edits_seldom_and_a_clip_is_never_late(
    town: Town, seconds: Seconds
) -> None:
    crowd = [town.api.person(f"P{number}") for number in range(12)]
    general = town.api.channel(town.api.guild("Zoo", *crowd), "general")
    for one in crowd:
        await one.finished(one.runs("video", general, prompt="a cat"))
    town.later(16 * 60)
    jobs = [running(town, job) for job in town.jobs()]
    counts = []
    for step in range(30):
        seconds.now += 0.4
        await report(town, *jobs, fraction=step / 30)
        counts.append(edits(town))
    # A channel takes five edits in five seconds: two at most are progress.
    per_window = [late - early for early, late in zip(counts, counts[12:], strict=False)]
    assert max(per_window) <= 2
    assert counts[-1] >= 3
    await town.make(jobs[0])
    assert len(videos(crowd[0].reads(general))) == 1


async def test_what_only_its_user_sees_follows_no_more_after_the_interaction_and_ends_in_private(
    town: Town, ann: Person, general: Channel, seconds: Seconds
) -> None:
    await ann.finished(ann.runs("video", general, prompt="two cats", private=True))
    job = running(town, await town.job())
    town.later(16 * 60)
    seconds.now += 60
    before = len(town.api.requests)
    await report(town, job)
    assert len(town.api.requests) == before
    await fail(town, job)
    (told,) = ann.reads()
    assert job.code in told.text
    assert [message.reader for message in ann.reads(general)] == [ann.user]


async def test_a_token_that_dies_early_is_not_tried_again(
    town: Town, ann: Person, general: Channel, seconds: Seconds
) -> None:
    receipt = await ann.finished(ann.runs("video", general, prompt="two cats"))
    job = running(town, await town.job())
    town.api.faults.add("PATCH /webhooks", "status", 99, code=404, error=10015)
    seconds.now += 60
    await report(town, job)
    await fail(town, job)
    assert "Sorry" in receipt.text
    assert sum(way == "status" for _, way in town.api.faults.struck) == 1
    assert "token" not in await town.facts(job)


async def test_a_receipt_that_somebody_deleted_ends_in_a_message_that_calls_its_user(
    town: Town, ann: Person, general: Channel
) -> None:
    receipt = await ann.finished(ann.runs("video", general, prompt="two cats"))
    job = await town.job()
    receipt.gone = True
    await fail(town, job)
    (told,) = ann.reads(general)
    assert told.mentions == [ann.user]
    assert "Sorry" in told.text


async def test_where_the_bot_may_not_write_any_more_the_end_is_told_in_private(
    town: Town, ann: Person, general: Channel
) -> None:
    receipt = await ann.finished(ann.runs("video", general, prompt="two cats"))
    job = await town.job()
    town.later(16 * 60)
    receipt.gone = True
    town.api.deny(general, SEND_MESSAGES | VIEW_CHANNEL)
    await asyncio.sleep(0.1)
    await fail(town, job)
    (told,) = ann.reads()
    assert job.code in told.text


async def test_where_nobody_can_be_told_nothing_breaks(town: Town, ann: Person, general: Channel) -> None:
    await ann.finished(ann.runs("video", general, prompt="two cats"))
    job = await town.job()
    town.later(16 * 60)
    town.api.delete(general)
    ann.user.takes_messages = False
    with pytest.raises(RecipientGone):
        await fail(town, job)


async def test_the_token_is_kept_no_longer_than_the_job(town: Town, ann: Person, general: Channel) -> None:
    asked = ann.runs("video", general, prompt="two cats")
    await ann.finished(asked)
    job = await town.job()
    assert (await town.facts(job))["token"] == asked.token
    assert asked.token not in repr(await town.adapter._desk.board.find(job))
    await town.make(job)
    assert "token" not in await town.facts(job)


async def test_a_press_on_the_receipt_makes_its_interaction_good_for_as_long_again(
    town: Town, ann: Person, general: Channel
) -> None:
    receipt = await ann.finished(ann.runs("video", general, prompt="two cats", private=True))
    job = await town.job()
    town.later(16 * 60)
    ann.presses(receipt, "Cancel")
    await town.see(lambda: "Cancelled" in receipt.text)
    assert ann.reads() == []
    assert job.code in receipt.text


async def test_what_is_cancelled_is_so_also_where_its_message_cannot_say_it(
    town: Town, ann: Person, general: Channel
) -> None:
    await ann.finished(ann.runs("video", general, prompt="two cats"))
    job = await town.job()
    town.later(16 * 60)
    town.api.delete(general)
    ann.user.takes_messages = False
    told = await ann.finished(ann.runs("cancel", code=job.code))
    assert job.code in told.text
    assert town.jobs() == []
