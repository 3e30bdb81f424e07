"""What users of other bots complained about, and the test that holds each complaint against the bot on Telegram.

The numbers are those under which the complaints were collected; each test's docstring has what it is about.

=====  ==================================================================================================
 1, 2  ``test_complaint_1_…`` and ``test_complaint_2_…`` here; ``test_menus_and_links``
 3     ``test_complaint_3_…`` here; ``test_delivery_3_…``; ``acceptance/test_telegram`` (killed in between)
 4     ``test_complaint_4_…`` here; ``test_many_wait``
 5     ``test_delivery_5_…``
 6     ``test_complaint_6_…`` here; ``integration/test_telegram_crowd``
 7     ``test_progress_under_load``; ``test_pace``; ``test_delivery_7_…``
 8     ``test_delivery_8_…``, with slow connections in ``test_complaint_8_…`` here
 9     ``test_delivery_9_…``
10     Discord's alone: on Telegram nothing that the bot answers with grows too old for a clip
11     ``test_complaint_11_…`` here; ``test_delivery_11_…``; ``test_conversations``
12     ``test_complaint_12_…`` here; ``safety/test_rules``, ``safety/test_classifier``
13     ``test_complaint_13_…`` here; ``test_owners``
14     ``test_complaints_of_limits``; ``acceptance/test_telegram`` (as set by the environment)
15     ``test_complaint_15_…`` here; ``test_delivery_15_…``
16     ``test_complaint_16_…`` here; ``test_delivery_16_…``
17     ``test_delivery_17_…``
18     ``test_complaint_18_…`` here; ``test_routes_tables``
19     ``test_delivery_19_…``
20     ``test_complaint_20_…`` here
source a size that is built in, and no smaller video: ``test_delivery_8_…``; no way to cancel, and buttons that a
       restart kills: ``test_conversations``; marks that are taken off: ``test_delivery_19_…``
=====  ==================================================================================================
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bots import command_texts
from bots.adapter import Delivery
from bots.telegram import admin, menus, routes
from core.errors import DeliveryDelayed, RecipientGone
from core.ports import Moderator
from core.types import EntryKind, Job, JobState, StoredClip, Translation
from piying.moderators import make_moderator
from piying.settings import Settings
from tests.fakes import FakeClock, FakeTranslator
from tests.unit.telegram.test_complaints_of_delivery import __doc__ as of_delivery
from tests.unit.telegram.town import Town, open_town
from translation.localiser import Localiser


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert not opened.api.violations


def entries(town: Town, job: Job) -> list[EntryKind]:
    with town.store.look() as tx:
        return [entry.kind for entry in tx.ledger.entries(job.account, limit=99) if entry.job == job.id]


def real_moderator(folder: Path) -> Moderator:
    """As every process has it that nobody set up otherwise."""
    return make_moderator(Settings(data_folder=folder / "data"), clock=FakeClock())


def made(town: Town, job: Job) -> Delivery:
    """As a worker leaves it."""
    with town.store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=town.clock.now())
        tx.jobs.attach_clip(job.id, StoredClip("v", "p", 854, 480, 1.0, town.video.stat().st_size))
        found = tx.jobs.get(job.id)
    assert found
    return Delivery(found, town.video, town.video)


def test_complaint_1_only_one_platform_is_served_well() -> None:
    """Whatever people can ask of the bot anywhere, they can ask on Telegram."""
    shown = {key for keys in menus.menus(sells=True).values() for key in keys}
    of_others = {"link"}  # joins accounts, in private alone
    assert {"video", "animate", "again", "cancel", "queue", "my", "show", "credits", "settings", "verify"} <= shown
    assert shown | of_others <= set(routes.VERBS)


async def test_complaint_2_no_video_and_no_other_language(town: Town) -> None:
    """A video comes back into the chat, and all that is said around it is Chinese where Telegram is."""
    an = town.api.person("安", "zh-hans")
    an.says("一只猫")
    job = await town.job()
    receipt = await town.see(lambda: an.chat.saying(job.code))
    said = [*receipt.texts, *receipt.labels]
    await town.make(job)
    assert receipt.kind == "video"
    said += [*receipt.texts, *receipt.labels]
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in said), said


async def test_complaint_3_charged_and_nothing_delivered(town: Town) -> None:
    """Where nobody can be reached the credits come back, and a delivery whose end nobody knows charges nothing yet."""
    ann = town.api.person("Ann")
    ann.says("two cats")
    job = await town.job()
    await town.see(ann.chat.last)
    delivery = made(town, job)
    town.api.faults.add("editMessageMedia", "status", code=500)
    with pytest.raises(DeliveryDelayed):
        await town.adapter.deliver(delivery)
    assert entries(town, job) == [EntryKind.HOLD]
    ann.blocks()
    with pytest.raises(RecipientGone):
        await town.adapter.deliver(delivery)
    await asyncio.to_thread(town.settlement.fail, job.id, "recipient-gone")
    assert sorted(entries(town, job)) == sorted([EntryKind.HOLD, EntryKind.RELEASE])


async def test_complaint_4_silence_until_users_send_again(town: Town) -> None:
    """Whoever asks is told at once how many come first, sees a button to stop, and later how far it is."""
    ann = town.api.person("Ann")
    ann.says("two cats")
    job = await town.job()
    receipt = await town.see(lambda: ann.chat.saying(job.code))
    assert "ahead of yours" in receipt.text or "next" in receipt.text
    assert "Cancel" in receipt.labels
    await asyncio.sleep(4)
    await town.progress(job, "drawing", 0.25)
    await town.see(lambda: "25" in receipt.text)


async def test_complaint_6_refused_instead_of_queued(town: Town) -> None:
    """Ten wishes at once are ten jobs in their order: none is refused, and no request of the bot's is above a limit."""
    ann = town.api.person("Ann")
    for number in range(10):
        ann.says(f"{number} cats")
    await town.see(lambda: len(town.jobs()) == 10)
    assert [job.prompt for job in town.jobs()] == [f"{number} cats" for number in range(10)]
    await town.see(lambda: all(ann.chat.saying(job.code) for job in town.jobs()), 60)


@pytest.mark.parametrize("seconds", [110, 880])
async def test_complaint_8_a_slow_connection_ends_the_upload(town: Town, seconds: float) -> None:
    """Minutes for an upload are as good as seconds; what takes even longer is sent again, and there once."""
    ann = town.api.person("Ann")
    ann.says("two cats")
    job = await town.job()
    await town.see(ann.chat.last)
    town.api.faults.add("editMessageMedia", "slow", seconds=seconds)
    delivery = made(town, job)
    if seconds > 120:
        with pytest.raises(DeliveryDelayed):
            await town.adapter.deliver(delivery)
    await town.adapter.deliver(delivery)
    (clip,) = ann.chat.from_bot
    assert clip.kind == "video"


async def test_complaint_11_jobs_are_lost_on_restart(town: Town) -> None:
    """What was asked before another process began is answered by that one, in the same message."""
    ann = town.api.person("Ann")
    ann.says("two cats")
    job = await town.job()
    receipt = await town.see(lambda: ann.chat.saying(job.code))
    await town.restart()
    await town.adapter._connecting  # type: ignore[misc]
    await town.make(job)
    assert (receipt.kind, len(ann.chat.from_bot)) == ("video", 1)


@pytest.mark.parametrize(
    "text", ["a hare in the grass", "a transparent glass", "cutting a cake", "一条大河", "a class of 1950, group photo"]
)
async def test_complaint_12_a_word_within_a_word_is_refused(tmp_path: Path, text: str) -> None:
    """The moderation that a process has by itself lets pass what only looks like a word of a list."""
    async with open_town(tmp_path, moderator=real_moderator(tmp_path)) as town:
        town.api.person("Ann").says(text)
        assert (await town.job()).prompt == text


async def test_complaint_13_too_little_is_refused_and_anybody_may_relax_it(tmp_path: Path) -> None:
    """Without any setting what harms is refused, also in a group whose administrator would rather not."""
    async with open_town(tmp_path, moderator=real_moderator(tmp_path)) as town:
        ann = town.api.person("Ann")
        group = town.api.group("Film club", ann)
        for chat in (ann.chat, group):
            ann.says("/video hardcore porn of my naked neighbour", chat)
        await town.see(ann.chat.last)
        await town.see(lambda: group.whispers.get(ann.user.id))
        assert town.jobs() == []
        assert not {field.name for field in admin.fields(("draft",))} & {"safety", "policy", "nsfw", "moderation"}


async def test_complaint_15_answers_land_in_general_instead_of_the_topic(town: Town) -> None:
    """Receipts, refusals and lines for one reader stay in the topic; tests of delivery hold the clip to it."""
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann, forum=True)
    topic = town.api.topic(group, "Cats")
    town.api.world.keeps_whispers = False
    for text in ("/video two cats", "/video", "/video forbidden", "/help", "/my", "/credits", "/settings", "/show X"):
        before = len(town.api.calls("sendMessage"))
        ann.says(text, group, thread=topic)
        await town.see(lambda before=before: len(town.api.calls("sendMessage")) > before)  # type: ignore[misc]
    asked = town.api.calls("sendMessage")
    assert {request.given.get("message_thread_id") for request in asked} == {topic}


async def test_complaint_16_prompts_in_chinese_and_what_the_model_reads(tmp_path: Path) -> None:
    """A prompt in Chinese is translated, and its user sees the translation and can have their own words instead."""

    class Dictionary(FakeTranslator):
        names = ("deepl",)

        async def translate(self, text: str, languages: object, *, by: str | None = None) -> Translation:
            return Translation("a cat in the snow", "zh", "deepl", translated=True)

    async with open_town(tmp_path, translator=Dictionary()) as town:
        an = town.api.person("安", "zh-hans")
        an.says("雪地里的猫")
        job = await town.job()
        receipt = await town.see(lambda: an.chat.saying(job.code))
        assert "a cat in the snow" in receipt.text


async def test_complaint_18_help_that_omits_what_works_and_tells_of_what_does_not(town: Town) -> None:
    """All that /help and the menus name is answered, and both come from the table of commands."""
    ann = town.api.person("Ann")
    ann.says("/help")
    told = await town.see(ann.chat.last)
    named = set(re.findall(r"/([a-z_]+)", told.text))
    assert len(named) > 10
    for name in sorted(named - set(routes.VERBS)):
        ann.says(f"/{name}")
        unknown = Localiser("en").text("command-unknown", command=f"/{name}")
        answer = await town.see(lambda told=told: last if (last := ann.chat.last()) is not told else None)  # type: ignore[misc]
        assert answer.text != unknown
        told = answer
    for key in {key for keys in menus.menus(sells=True).values() for key in keys}:
        assert command_texts.command_text(key).descriptions["en"]


async def test_complaint_20_a_bot_that_reads_along(town: Town) -> None:
    """What people say to each other makes nothing, is not kept and is not in the log; its page says so."""
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    group = town.api.group("Film club", ann, bob)
    with capture_logs() as logs:
        ann.says("our secret plan", group)
        town.api.world.updates.add("message", bob.says("and another secret", group).json())
        ann.says("/video two cats", group)
        await town.job()
    assert [job.prompt for job in town.jobs()] == ["two cats"]
    assert "secret" not in str(logs)
    for locale in ("en", "zh-Hans"):
        assert "/video" in Localiser(locale).text("telegram-description")


def test_every_complaint_has_its_tests() -> None:
    """The table above names no test that is not there."""
    named = set(re.findall(r"test_(?:complaint|delivery)_(\d+)_", __doc__ or ""))
    here = {found[1] for name in globals() if (found := re.match(r"test_complaint_(\d+)_", name))}
    source = Path(__file__).with_name("test_complaints_of_delivery.py").read_text("utf-8")
    delivery = set(re.findall(r"def test_delivery_(\d+)_", source))
    assert of_delivery
    assert here | delivery == named
