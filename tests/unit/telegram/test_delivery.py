"""A clip arrives once, as a video that plays, in the place of its receipt, whatever Telegram answers on the way."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bots.adapter import Delivery
from core.errors import DeliveryDelayed, RecipientGone, TooLarge
from core.media.probe import verify
from core.types import Note
from tests.telegram.errors import Refused, bad, forbidden
from tests.unit.telegram.stage import ANN, IN_GROUP, Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


async def test_the_receipt_becomes_a_video_that_plays(stage: Stage) -> None:
    job = await stage.job(asked=9, receipt=10)
    post = await stage.deliver(job)
    assert stage.clerk.methods == ["editMessageMedia"]
    (sent,) = stage.clerk.of("editMessageMedia")
    media = sent["media"]
    assert (sent["chat_id"], sent["message_id"]) == (5, 10)
    assert (media["type"], media["width"], media["height"], media["duration"]) == ("video", 854, 480, 1)
    assert media["supports_streaming"] is True
    assert media["media"] == stage.video.read_bytes()
    (stage.video.parent / "got.mp4").write_bytes(media["media"])
    got = verify(stage.video.parent / "got.mp4", width=854, height=480, seconds=1)
    assert (got.num_frames, got.audio_codec, got.faststart) == (24, "aac", True)
    with Image.open(io.BytesIO(media["thumbnail"])) as picture:
        assert picture.format == "JPEG"
        assert max(picture.size) == 320
    assert len(media["thumbnail"]) < 200_000
    assert media["caption"].startswith("two cats 🐈\n")
    assert job.code in media["caption"]
    assert (post.clip, post.file) == (10, "file-10")


async def test_what_was_delivered_is_not_sent_again_after_a_restart(stage: Stage) -> None:
    job = await stage.job(receipt=10)
    await stage.deliver(job)
    await stage.deliver(job)
    assert stage.clerk.methods == ["editMessageMedia"]


async def test_an_answer_that_is_lost_leads_to_the_same_message_once_more(stage: Stage) -> None:
    """As of a kill between upload and acknowledgement: nobody sees a second one."""
    job = await stage.job(receipt=10)
    stage.clerk.faults["editMessageMedia"].append(ConnectionResetError())
    with pytest.raises(DeliveryDelayed):
        await stage.deliver(job)
    await stage.deliver(job)
    assert [one["message_id"] for one in stage.clerk.of("editMessageMedia")] == [10, 10]
    assert stage.clerk.of("sendMessage") == stage.clerk.of("sendVideo") == []


async def test_without_a_receipt_a_line_in_the_topic_waits_for_the_video(stage: Stage) -> None:
    job = await stage.job(IN_GROUP, key="telegram:-100:9", chat=-100, asked=9, thread=3)
    post = await stage.deliver(job)
    (line,) = stage.clerk.of("sendMessage")
    assert (line["chat_id"], line["message_thread_id"]) == (-100, 3)
    assert line["reply_parameters"] == {"message_id": 9, "allow_sending_without_reply": True}
    assert stage.clerk.methods == ["sendMessage", "editMessageMedia"]
    assert post.clip == post.receipt


async def test_a_deleted_receipt_is_replaced(stage: Stage) -> None:
    job = await stage.job(asked=9, receipt=10)
    stage.clerk.faults["editMessageMedia"].append(bad("message to edit not found"))
    post = await stage.deliver(job)
    assert stage.clerk.methods == ["editMessageMedia", "sendMessage", "editMessageMedia"]
    assert post.clip == post.receipt != 10


async def test_a_topic_that_is_gone_leaves_the_chat_at_large(stage: Stage) -> None:
    job = await stage.job(IN_GROUP, key="telegram:-100:9", chat=-100, asked=9, thread=3)
    stage.clerk.faults["sendMessage"].append(bad("message thread not found"))
    await stage.deliver(job)
    assert ["message_thread_id" in one for one in stage.clerk.of("sendMessage")] == [True, False]


async def test_a_group_that_moved_gets_it_in_its_new_place(stage: Stage) -> None:
    job = await stage.job(IN_GROUP, key="telegram:-100:9", chat=-100, asked=9, receipt=10)
    moved = bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=-200)
    stage.clerk.faults["editMessageMedia"].append(moved)
    post = await stage.deliver(job)
    assert post.chat == -200
    assert stage.clerk.of("editMessageMedia")[-1]["chat_id"] == -200


async def test_an_older_server_gets_it_in_the_place_of_a_picture(stage: Stage) -> None:
    job = await stage.job(asked=9, receipt=10)
    no_media = bad("there is no media in the message to edit")
    # The second answer is lost after the video arrived: it must not be sent again as another message.
    stage.clerk.faults["editMessageMedia"] += [no_media, ConnectionError()]
    deliveries = stage.deliveries()
    with pytest.raises(DeliveryDelayed):
        await deliveries.deliver(Delivery(job, stage.video, stage.video))
    await deliveries.deliver(Delivery(job, stage.video, stage.video))
    (sent,) = stage.clerk.of("sendPhoto")
    assert sent["reply_parameters"]["message_id"] == 9
    assert stage.clerk.of("deleteMessage") == [{"chat_id": 5, "message_id": 10}]
    post = await stage.board.find(job)
    assert [one["message_id"] for one in stage.clerk.of("editMessageMedia")] == [10, post.clip, post.clip]
    assert stage.clerk.of("sendVideo") == []
    # What it learned it does at once next time.
    other = await stage.job(key="telegram:5:19", asked=19, receipt=20)
    await deliveries.deliver(Delivery(other, stage.video, stage.video))
    assert len(stage.clerk.of("sendPhoto")) == 2
    assert len(stage.clerk.of("editMessageMedia")) == 4


@pytest.mark.parametrize(
    "words", ["bot was blocked by the user", "bot was kicked from the supergroup chat", "user is deactivated"]
)
async def test_whoever_shut_the_bot_out_is_gone(stage: Stage, words: str) -> None:
    job = await stage.job(receipt=10)
    stage.clerk.faults["editMessageMedia"].append(forbidden(words))
    with pytest.raises(RecipientGone):
        await stage.deliver(job)


async def test_a_flood_wait_says_how_long(stage: Stage) -> None:
    job = await stage.job(receipt=10)
    stage.clerk.faults["editMessageMedia"].append(Refused(429, "Too Many Requests: retry after 300", retry_after=300))
    with pytest.raises(DeliveryDelayed) as delayed:
        await stage.deliver(job)
    assert delayed.value.details["retry_after"] == 300


async def test_what_is_refused_as_too_large_is_fitted_smaller(stage: Stage) -> None:
    job = await stage.job(receipt=10)
    large = stage.video.with_name("large.mp4")
    large.write_bytes(stage.video.read_bytes() + bytes(8_000_000))
    deliveries = stage.deliveries()
    stage.clerk.faults["editMessageMedia"].append(Refused(413, "Request Entity Too Large"))
    with pytest.raises(DeliveryDelayed):
        await deliveries.deliver(Delivery(job, large, large))
    assert deliveries.limit < 0.8 * large.stat().st_size


async def test_where_even_a_small_file_is_refused_no_smaller_one_is_tried(stage: Stage) -> None:
    job = await stage.job(receipt=10)
    stage.clerk.faults["editMessageMedia"].append(Refused(413, "Request Entity Too Large"))
    with pytest.raises(TooLarge):
        await stage.deliver(job)


async def test_after_a_long_wait_a_new_message_rings_and_the_old_one_goes(stage: Stage) -> None:
    job = await stage.job(asked=9, receipt=10)
    stage.clock.time += 120
    post = await stage.deliver(job)
    assert stage.clerk.methods == ["sendMessage", "deleteMessage", "editMessageMedia"]
    assert stage.clerk.of("deleteMessage")[0]["message_id"] == 10
    assert job.code in stage.clerk.of("sendMessage")[0]["text"]
    assert post.clip == post.receipt


async def test_a_retry_after_a_long_wait_sends_no_second_line(stage: Stage) -> None:
    job = await stage.job(asked=9, receipt=10)
    stage.clock.time += 120
    stage.clerk.faults["editMessageMedia"].append(Refused(502, "Bad Gateway"))
    with pytest.raises(DeliveryDelayed):
        await stage.deliver(job)
    await stage.deliver(job)
    assert len(stage.clerk.of("sendMessage")) == 1


async def test_whoever_wants_quiet_hears_nothing_of_a_long_wait(stage: Stage) -> None:
    job = await stage.job(asked=9, receipt=10)
    await stage.commands.set_user_settings(ANN, quiet=True)
    stage.clock.time += 120
    await stage.deliver(job)
    assert stage.clerk.methods == ["editMessageMedia"]


async def test_a_chat_covers_and_protects_its_clips(stage: Stage) -> None:
    job = await stage.job(IN_GROUP, key="telegram:-100:9", chat=-100, asked=9, receipt=10, name="\u0639\u0645\u0631")
    await stage.commands.set_chat_settings(IN_GROUP, covered=True, protected=True, locale="zh-Hans")
    await stage.deliver(job)
    (line,), (sent,) = stage.clerk.of("sendMessage"), stage.clerk.of("editMessageMedia")
    assert line["protect_content"] is True
    assert sent["media"]["has_spoiler"] is True
    caption = sent["media"]["caption"]
    assert caption.startswith("\u2068\u0639\u0645\u0631\u2069: ")
    assert "卡通" in caption
    assert "cartoon" in caption
    buttons = [one for row in sent["reply_markup"]["inline_keyboard"] for one in row]
    assert not any("switch_inline_query_chosen_chat" in one for one in buttons)


async def test_what_may_disturb_is_covered_anywhere(stage: Stage) -> None:
    job = replace(await stage.job(receipt=10), notes=(Note("covered"),))
    await stage.deliver(job)
    assert stage.clerk.of("editMessageMedia")[0]["media"]["has_spoiler"] is True


async def test_buttons_below_the_clip_share_it_anywhere(stage: Stage) -> None:
    job = await stage.job(receipt=10)
    await stage.deliver(job)
    keyboard = stage.clerk.of("editMessageMedia")[0]["reply_markup"]["inline_keyboard"]
    shared = [one for row in keyboard for one in row if "switch_inline_query_chosen_chat" in one]
    assert [one["switch_inline_query_chosen_chat"]["query"] for one in shared] == [job.code]
