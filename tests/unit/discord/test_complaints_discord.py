"""What users of other bots complained about, each as a case here or by name where it is one already."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest
from discord import Intents

from core.errors import RecipientGone
from core.media.encode import encode
from core.media.probe import probe
from core.media.verify import Trust, examine
from core.types import Address, EntryKind
from tests.discord.people import Person
from tests.discord.state import Channel
from tests.unit.discord.town import Town, ask, videos
from tests.unit.media.pictures import METADATA

ROOT = Path(__file__).parents[3]
HERE = "tests/unit/discord"
ELSEWHERE = [
    (1, "tests/contract/test_conversations_everywhere.py", "test_the_conversation_ends_in_the_same_ledger"),
    (2, f"{HERE}/test_menus_on_discord.py", "test_every_name_and_description_is_there_in_every_language_of_ours"),
    (3, f"{HERE}/test_delivery_on_discord.py", "test_where_nobody_can_be_reached_nothing_is_charged"),
    (4, f"{HERE}/test_asking_on_discord.py", "test_cancel_by_button_by_list_and_by_code_and_only_by_its_user"),
    (5, f"{HERE}/test_delivery_on_discord.py", "test_after_a_long_wait_its_user_is_called"),
    (6, "tests/integration/test_discord_crowd.py", "test_five_hundred_ask_in_half_a_minute"),
    (
        7,
        f"{HERE}/test_receipts_on_discord.py",
        "test_after_the_interaction_the_bot_edits_seldom_and_a_clip_is_never_late",
    ),
    (8, f"{HERE}/test_delivery_once_on_discord.py", "test_on_413_it_comes_smaller"),
    (10, f"{HERE}/test_delivery_on_discord.py", "test_after_the_tokens_life_the_bot_edits_its_message"),
    (10, f"{HERE}/test_delivery_on_discord.py", "test_a_token_that_dies_early_loses_nothing"),
    (11, f"{HERE}/test_delivery_once_on_discord.py", "test_a_process_that_dies_before_it_could_note_it"),
    (11, f"{HERE}/test_forms_on_discord.py", "test_every_old_button_works_after_a_restart"),
    (12, "tests/unit/safety/test_rules.py", "test_innocent_words_are_left_alone"),
    (13, f"{HERE}/test_owners_on_discord.py", "test_only_who_may_manage_a_server_changes_what_holds_there"),
    (14, f"{HERE}/test_owners_on_discord.py", "test_limits_are_for_every_member_or_for_a_role"),
    (15, f"{HERE}/test_channels_of_discord.py", "test_in_a_thread_it_stays_there"),
    (18, f"{HERE}/test_owners_on_discord.py", "test_help_has_every_command_and_says_what_is_read"),
    (20, f"{HERE}/test_owners_on_discord.py", "test_help_has_every_command_and_says_what_is_read"),
]


@pytest.mark.parametrize(("number", "file", "name"), ELSEWHERE)
def test_it_is_a_case_elsewhere(number: int, file: str, name: str) -> None:
    assert 1 <= number <= 20
    assert f"def {name}(" in (ROOT / file).read_text("utf-8")


async def test_3_charged_and_nothing_delivered(town: Town, ann: Person, general: Channel) -> None:
    """Whatever goes wrong on the way, credits are charged for what arrived alone."""
    asked, broken = await ask(town, ann, general)
    await town.courier.fail(broken.id, "engine-fault")
    assert "Your credits are back" in (asked.original.text if asked.original else "")
    _, lost = await ask(town, ann, general)
    town.api.delete(general)
    ann.user.takes_messages = False
    with pytest.raises(RecipientGone):
        await town.courier.deliver(lost.id, town.store_clip(lost))
    await town.courier.fail(lost.id, "recipient-gone")
    for job in (broken, lost):
        assert town.kinds(job) == [EntryKind.HOLD, EntryKind.RELEASE]


async def test_4_silent_waiting(town: Town, ann: Person, general: Channel) -> None:
    """A receipt at once, with a place in the queue and a way out."""
    asked, job = await ask(town, ann, general)
    assert asked.answered_after < 3
    assert asked.original
    assert job.code in asked.original.text
    assert "next" in asked.original.text
    assert "Cancel" in asked.original.labels


async def test_5_no_notice_when_done(town: Town, ann: Person, general: Channel) -> None:
    _, job = await ask(town, ann, general)
    town.later(20 * 60)
    await town.make(job)
    assert ann.user in ann.reads(general)[-1].mentions


async def test_6_refused_instead_of_queued(town: Town, ann: Person, general: Channel) -> None:
    jobs = [(await ask(town, ann, general))[1] for _ in range(3)]
    assert len(town.jobs()) == 3
    for job in jobs:
        await town.make(job)
    assert len(videos(ann.reads(general))) == 3


async def test_7_progress_floods_and_the_clip_is_late(town: Town, ann: Person, general: Channel) -> None:
    """A progress edit that Discord keeps waiting for minutes delays the clip by no more than a moment."""
    asked, job = await ask(town, ann, general)
    town.api.faults.add("PATCH /webhooks", "flood", seconds=222)
    async with asyncio.timeout(10):
        while not town.api.faults.struck:
            town.adapter._receipts._edits._shown.clear()
            await town.progress(job, "drawing", 0.5)
            await asyncio.sleep(0.05)
    began = time.monotonic()
    await town.make(job)
    assert time.monotonic() - began < 5
    assert asked.original
    assert videos([asked.original])


async def test_8_the_video_never_arrives_since_the_upload_takes_long(town: Town, ann: Person, general: Channel) -> None:
    _, job = await ask(town, ann, general)
    town.api.faults.add("PATCH /webhooks", "slow", seconds=4)
    await town.make(job)
    assert len(videos(ann.reads(general))) == 1


async def test_9_a_black_tile_of_no_length(town: Town, ann: Person, general: Channel, tmp_path: Path) -> None:
    """What is sent is what every client of Discord plays in its place: H.264 in 4:2:0, its index in front."""
    random = np.random.default_rng(9)
    noise = (random.integers(0, 256, (240, 320, 3), dtype=np.uint8) for _ in range(72))
    encode(noise, tmp_path / "large.mp4", width=320, height=240, fps=24, metadata={}, crf=12)
    for number, (video, limit) in enumerate(((town.video, 10_485_760), (tmp_path / "large.mp4", 1_900_000))):
        asked, job = await ask(town, ann, general)
        asked.file_limit = limit
        await town.make(job, video)
        assert asked.original
        got = tmp_path / f"got{number}.mp4"
        got.write_bytes(asked.original.file(".mp4").data)
        info = probe(got)
        assert (info.codec, info.pixel_format, info.faststart) == ("h264", "yuv420p", True)
        assert min(info.width, info.height, info.seconds) > 0


async def test_13_too_little_filtering(town: Town, ann: Person, general: Channel) -> None:
    """What is not allowed is refused in every channel, before anything is held; nobody else sees it."""
    asked = ann.runs("video", general, prompt="something forbidden")
    told = await ann.finished(asked)
    assert told.reader is ann.user
    assert "Nothing was charged" in told.text
    assert town.jobs() == []


async def test_14_one_user_floods(town: Town, ann: Person, general: Channel) -> None:
    """The limiter is wired: a server's limit, and so many commands a moment."""
    _, job = await ask(town, ann, general)
    await town.settings(member_clips_a_day=1)
    refused = await ann.finished(ann.runs("video", general, prompt="two dogs"))
    assert refused.reader is ann.user
    assert len(town.jobs()) == 1
    rate = town.commands._rate
    for _ in range(60):
        try:
            rate.check(f"discord:{ann.id}", town.clock.now())
        except Exception as error:  # noqa: BLE001 - whatever it raises, it is what users then read
            assert str(error) == "too-fast"  # noqa: PT017
    alone = await ann.finished(ann.runs("video", prompt="two dogs"))
    assert len(town.jobs()) == 1
    assert job.code not in alone.text


async def test_16_no_localisation(town: Town) -> None:
    an = town.api.person("安", "zh-CN", installed=True)
    asked, job = await ask(town, an, None)
    assert asked.original
    assert "取消" in asked.original.labels
    await town.make(job)
    assert "再来一次" in asked.original.labels
    assert "内置" in asked.original.text


async def test_17_four_outputs_when_one_was_wanted(town: Town, ann: Person, general: Channel) -> None:
    _, job = await ask(town, ann, general)
    await town.make(job)
    assert [len(message.files) for message in ann.reads(general)] == [1]


async def test_19_marks_are_lost_on_the_way(town: Town, ann: Person, general: Channel, tmp_path: Path) -> None:
    """Not a byte is changed after the last mark; what had to be made smaller is marked anew."""
    before = examine(town.video, Trust())
    assert before.aigc
    asked, job = await ask(town, ann, general)
    await town.make(job)
    assert asked.original
    assert asked.original.file(".mp4").data == town.video.read_bytes()

    random = np.random.default_rng(19)
    noise = (random.integers(0, 256, (240, 320, 3), dtype=np.uint8) for _ in range(72))
    encode(noise, tmp_path / "large.mp4", width=320, height=240, fps=24, metadata=METADATA, crf=12)
    asked, job = await ask(town, ann, general)
    asked.file_limit = 1_900_000
    await town.make(job, tmp_path / "large.mp4")
    assert asked.original
    got = tmp_path / "got.mp4"
    got.write_bytes(asked.original.file(".mp4").data)
    assert examine(got, Trust()).aigc


async def test_20_apps_that_nobody_sees_in_the_member_list(town: Town) -> None:
    """It asks for no messages and no members: it could not read them."""
    assert town.adapter.client.intents == Intents(guilds=True)


async def test_20_a_server_can_keep_it_out(town: Town, ann: Person, general: Channel) -> None:
    assert general.guild
    chat = Address("discord", f"guild:{general.guild.id}", str(ann.id))
    await town.commands.set_chat_settings(chat, paused=True)
    told = await ann.finished(ann.runs("video", general, prompt="two cats"))
    assert "paused" in told.text
    assert town.jobs() == []
