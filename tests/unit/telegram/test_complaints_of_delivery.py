"""What users of other bots complained about when clips were to arrive, each as a case here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.adapter import Delivery
from bots.telegram.captions import keyboard_of
from bots.telegram.units import CAPTION
from bots.units import units
from core.errors import DeliveryDelayed
from core.media.verify import Trust, examine
from core.types import Job
from tests.fakes import make_job
from tests.telegram.errors import Refused, bad
from tests.unit.telegram.stage import IN_GROUP, Stage, open_stage
from translation.localiser import Localiser


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


async def _in_topic(stage: Stage) -> Job:
    return await stage.job(IN_GROUP, key="telegram:-100:9", chat=-100, asked=9, thread=3, name="Ann")


async def test_delivery_3_charged_and_nothing_delivered(stage: Stage) -> None:
    """What did not arrive is an error to whoever charges, also where nobody knows whether it arrived."""
    job = await stage.job(receipt=10)
    for fault in (Refused(500, "Internal Server Error"), Refused(504, "Gateway Timeout"), ConnectionResetError()):
        stage.clerk.faults["editMessageMedia"].append(fault)
        with pytest.raises(DeliveryDelayed):
            await stage.deliver(job)
    assert (await stage.board.find(job)).clip is None


async def test_delivery_5_no_notice_when_done(stage: Stage) -> None:
    """After a long wait a new message answers whoever asked: that rings, where an edit does not."""
    job = await stage.job(asked=9, receipt=10)
    stage.clock.time += 600
    await stage.deliver(job)
    (line,) = stage.clerk.of("sendMessage")
    assert line["reply_parameters"]["message_id"] == 9
    assert not line.get("disable_notification")


async def test_delivery_7_a_flood_wait_cuts_the_delivery_half_way(stage: Stage) -> None:
    """What is done already is not done again: the line stands, and the video takes its place later."""
    job = await stage.job(asked=9)
    flood = Refused(429, "Too Many Requests: retry after 222", retry_after=222)
    stage.clerk.faults["editMessageMedia"].append(flood)
    with pytest.raises(DeliveryDelayed) as delayed:
        await stage.deliver(job)
    assert delayed.value.details["retry_after"] == 222
    await stage.deliver(job)
    assert stage.clerk.methods == ["sendMessage", "editMessageMedia", "editMessageMedia"]


async def test_delivery_8_the_video_never_arrives_since_it_is_too_large(stage: Stage) -> None:
    job = await stage.job(receipt=10)
    large = stage.video.with_name("large.mp4")
    large.write_bytes(stage.video.read_bytes() + bytes(8_000_000))
    deliveries = stage.deliveries()
    stage.clerk.faults["editMessageMedia"].append(Refused(413, "Request Entity Too Large"))
    with pytest.raises(DeliveryDelayed):
        await deliveries.deliver(Delivery(job, large, large))
    smaller = stage.video
    assert smaller.stat().st_size < deliveries.limit < large.stat().st_size
    await deliveries.deliver(Delivery(job, smaller, smaller))
    assert (await deliveries._board.find(job)).clip == 10


async def test_delivery_9_a_square_black_tile_of_no_length(stage: Stage) -> None:
    job = await stage.job(receipt=10)
    await stage.deliver(job)
    media = stage.clerk.of("editMessageMedia")[0]["media"]
    assert min(media["width"], media["height"], media["duration"]) > 0
    assert media["width"] != media["height"]
    assert media["thumbnail"][:3] == b"\xff\xd8\xff"
    assert media["supports_streaming"] is True


async def test_delivery_11_jobs_are_lost_on_restart(stage: Stage) -> None:
    """Where a job is shown is known to the next process."""
    job = await _in_topic(stage)
    stage.clerk.faults["editMessageMedia"].append(ConnectionResetError())
    with pytest.raises(DeliveryDelayed):
        await stage.deliver(job)
    post = await stage.deliver(job)  # with a board that remembers nothing
    assert (post.chat, post.thread, post.asked) == (-100, 3, 9)
    assert [one["message_id"] for one in stage.clerk.of("editMessageMedia")] == [post.clip] * 2


async def test_delivery_15_answers_land_in_general_instead_of_the_topic(stage: Stage) -> None:
    job = await _in_topic(stage)
    stage.clerk.faults["editMessageMedia"].append(bad("there is no media in the message to edit"))
    await stage.deliver(job)
    lines = [one["message_thread_id"] for method in ("sendMessage", "sendPhoto") for one in stage.clerk.of(method)]
    assert lines == [3, 3]


async def test_delivery_16_no_localisation(stage: Stage) -> None:
    await stage.commands.set_chat_settings(IN_GROUP, locale="zh-Hans")
    await stage.deliver(await _in_topic(stage))
    caption = stage.clerk.of("editMessageMedia")[0]["media"]["caption"]
    assert all(Localiser(locale).text("engine-scene") in caption for locale in ("en", "zh-Hans"))


async def test_delivery_17_four_outputs_when_one_was_wanted(stage: Stage) -> None:
    await stage.deliver(await stage.job(receipt=10))
    assert len([one for one in stage.clerk.methods if one in {"sendVideo", "editMessageMedia"}]) == 1


async def test_delivery_19_marks_are_lost_on_the_way(stage: Stage) -> None:
    """Not a byte is changed after the last mark."""
    before = examine(stage.video, Trust())
    await stage.deliver(await stage.job(receipt=10))
    got = stage.video.with_name("got.mp4")
    got.write_bytes(stage.clerk.of("editMessageMedia")[0]["media"]["media"])
    assert got.read_bytes() == stage.video.read_bytes()
    assert before.aigc
    assert examine(got, Trust()) == before


def test_delivery_a_long_prompt_is_cut_in_the_caption_alone() -> None:
    from bots.telegram.captions import write_caption

    job = make_job(prompt="一只猫🐈" * 500)
    caption = write_caption(job, ["zh-Hans", "en"])
    assert units(caption) <= CAPTION
    assert "…" in caption
    assert job.code in caption


def test_delivery_buttons_survive_a_restart() -> None:
    """All that a button means is in the button."""
    job = make_job()
    one, other = (keyboard_of(Localiser("en"), job, may_share=True).to_json() for _ in range(2))
    assert one == other
