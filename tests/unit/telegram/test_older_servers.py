"""A Bot API server that knows less than the bot asks for, such as an old one of one's own, is asked for what it knows.

A server that others wrote shows the same in ``acceptance/test_telegram_emulator``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram import Update
from telegram.constants import UpdateType

from bots.adapter import Delivery
from bots.telegram.incoming import Me, read_message
from bots.telegram.polling import Polling
from bots.telegram.updates import ALLOWED
from bots.telegram.webhook import Webhook
from tests.telegram.errors import Refused, bad
from tests.unit.telegram.clerk import Clerk, open_clerk
from tests.unit.telegram.stage import IN_GROUP, Stage, open_stage


def unknown_kind() -> Refused:
    return bad("Invalid allowed_updates")


def conflict() -> Refused:
    return Refused(409, "Conflict: terminated by other getUpdates request")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


async def ignore(update: Update) -> None:
    del update


async def see(seen: Callable[[], object]) -> None:
    async with asyncio.timeout(100):
        while not seen():
            await asyncio.sleep(0.01)


def told_of(logs: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [one["does_not_know"] for one in logs if one["event"] == "telegram.older_server"]


async def fetch(clerk: Clerk, source: Polling, requests: int) -> None:
    await source.start()
    try:
        await see(lambda: len(clerk.of("getUpdates")) >= requests)
    finally:
        await source.stop()


async def test_kinds_of_updates_that_are_too_new_are_not_asked_for_any_more() -> None:
    async with open_clerk() as (clerk, bot):
        clerk.faults["getUpdates"] += [unknown_kind()]
        with capture_logs() as logs:
            await fetch(clerk, Polling(bot, ignore), 2)
    asked = [set(one["allowed_updates"]) for one in clerk.of("getUpdates")[:2]]
    assert asked == [set(ALLOWED), set(ALLOWED) - {UpdateType.GUEST_MESSAGE}]
    assert told_of(logs) == [[UpdateType.GUEST_MESSAGE]]


async def test_a_server_that_refuses_those_as_well_is_not_asked_in_a_hurry() -> None:
    async with open_clerk() as (clerk, bot):
        clerk.faults["getUpdates"] += [unknown_kind() for _ in range(4)]
        began = asyncio.get_running_loop().time()
        with capture_logs() as logs:
            await fetch(clerk, Polling(bot, ignore), 5)
        assert asyncio.get_running_loop().time() - began > 5
    assert len(told_of(logs)) == 1


async def test_a_webhook_is_set_for_what_is_known() -> None:
    async with open_clerk() as (clerk, bot):
        clerk.faults["setWebhook"] += [unknown_kind()]
        hook = Webhook(bot, ignore, url="https://films.example", host="127.0.0.1", port=0)
        await hook.start()
        await see(lambda: len(clerk.of("setWebhook")) == 2)
        await hook.stop()
    assert UpdateType.GUEST_MESSAGE not in clerk.of("setWebhook")[1]["allowed_updates"]


async def test_a_server_that_has_not_noticed_the_end_of_a_call_is_told_once_more() -> None:
    async with open_clerk() as (clerk, bot):
        source = Polling(bot, ignore)
        source._next = 7
        clerk.faults["getUpdates"] += [conflict()]
        await source._confirm()
        assert [one["offset"] for one in clerk.of("getUpdates")] == [7, 7]
        clerk.faults["getUpdates"] += [conflict(), conflict(), conflict()]
        await source._confirm()
        assert len(clerk.of("getUpdates")) == 4


@pytest.mark.parametrize(
    "refusal", [Refused(404, "Not Found: method not found"), Refused(501, "Method not implemented: editMessageMedia")]
)
async def test_where_no_message_becomes_a_video_it_is_sent_beside_and_asked_for_once(
    stage: Stage, refusal: Refused
) -> None:
    deliveries = stage.deliveries()
    stage.clerk.faults["editMessageMedia"] += [refusal]
    with capture_logs() as logs:
        for number in (1, 2):
            job = await stage.job(key=f"telegram:5:{number}", asked=number, receipt=10 + number)
            await deliveries.deliver(Delivery(job, stage.video, stage.video))
    assert stage.clerk.methods == ["editMessageMedia", "sendVideo", "deleteMessage", "sendVideo", "deleteMessage"]
    assert [one["message_id"] for one in stage.clerk.of("deleteMessage")] == [11, 12]
    assert told_of(logs) == ["editMessageMedia"]
    for sent in stage.clerk.of("sendVideo"):
        assert not {"has_spoiler", "protect_content", "message_thread_id"} & set(sent)


async def test_a_covered_clip_is_never_sent_without_its_cover(stage: Stage) -> None:
    await stage.commands.set_chat_settings(IN_GROUP, covered=True, protected=True)
    stage.clerk.faults["editMessageMedia"] += [Refused(404, "Not Found: method not found")]
    await stage.deliver(await stage.job(IN_GROUP, key="telegram:-100:9", chat=-100, asked=9, receipt=10))
    (sent,) = stage.clerk.of("sendVideo")
    assert (sent["has_spoiler"], sent["protect_content"]) == (True, True)


async def test_a_server_without_topics_says_it_in_the_group(stage: Stage) -> None:
    job = await stage.job(IN_GROUP, key="telegram:-100:9", chat=-100, asked=9, thread=3)
    stage.clerk.faults["sendMessage"] += [bad("message_thread_id is not supported yet")]
    await stage.deliver(job)
    threads = [one.get("message_thread_id") for one in stage.clerk.of("sendMessage")]
    assert threads == [3, None]


async def test_a_bot_without_a_name_reads_what_nobody_said_to_it(stage: Stage) -> None:
    group = {"id": -100, "type": "supergroup", "title": "Cats"}
    nameless = Me(77, "")
    for text in ("@ everybody", "@None two cats", "@piying_bot two cats", "/video@piying_bot two cats"):
        assert read_message(stage.message(chat=group, text=text), nameless) is None
    asked = read_message(stage.message(chat=group, text="/video two cats"), nameless)
    assert asked
    assert (asked.verb, asked.rest) == ("video", "two cats")
