"""The bot's connection to Discord: it lasts, resumes, and says what is the matter."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.errors import DeliveryDelayed
from core.types import Address, Notice
from tests.discord.people import Person
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town, videos


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


async def test_what_is_asked_while_the_connection_is_broken_is_heard_once_it_resumes(
    town: Town, ann: Person, general: Channel
) -> None:
    first = await ann.finished(ann.runs("video", general, prompt="two cats"))
    await town.make(await town.job())
    await town.api.gateway.drop(4000)
    ann.presses(first, "Again")
    job = await town.job()
    assert sum(session.resumed for session in town.api.gateway.sessions.values()) == 1
    await town.make(job)
    assert len(videos(ann.reads(general))) == 2


@pytest.mark.parametrize("how", ["reconnect", "invalid", "forgotten"])
async def test_a_session_that_ends_is_begun_again(town: Town, ann: Person, general: Channel, how: str) -> None:
    gateway = town.api.gateway
    if how == "reconnect":
        gateway.reconnect()
    elif how == "invalid":
        gateway.invalidate()
    else:
        gateway.forget()
        await gateway.drop(4000)
    await asyncio.sleep(0.2)
    await town.see(lambda: gateway.connected, 20)
    ann.runs("video", general, prompt="two cats")
    await town.make(await town.job())
    assert len(videos(ann.reads(general))) == 1


@pytest.mark.parametrize("shards", [None, 2])
async def test_a_revoked_token_is_said_and_one_that_is_good_again_connects_again(
    tmp_path: Path, shards: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord.adapter._LONGEST_PAUSE", 0.3)
    async with open_town(tmp_path, shards=shards) as town:
        await town.api.connected(shards or 1)
        ann = town.api.person("Ann")
        general = town.api.channel(town.api.guild("Zoo", ann), "general")
        ann.runs("video", general, prompt="two cats")
        job, token = await town.job(), town.api.token
        with capture_logs() as logs:
            town.api.world.token = "another"
            await town.api.gateway.drop(4004)
            await town.see(lambda: [line for line in logs if line["event"] == "discord.token_refused"])
        (line, *_) = [line for line in logs if line["event"] == "discord.token_refused"]
        assert "Reset Token" in line["remedy"]
        assert token not in str(logs)
        with pytest.raises(DeliveryDelayed):
            await town.adapter.show_end(job)
        with pytest.raises(DeliveryDelayed):
            await town.adapter.tell(job.address, Notice("report-upheld", {"job": job.code}))
        town.api.world.token = token
        await town.see(lambda: len(town.api.gateway.connected) == (shards or 1), 30)
        await town.make(job)
        assert len(videos(ann.reads(general))) == 1
        again = ann.runs("queue", general)
        assert (await ann.finished(again)).reader is ann.user


async def test_a_discord_that_is_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        await town.adapter.stop()
        town.api.faults.add("GET /users/@me", "status", 30, code=503)
        before = town.api.gateway.identified
        starting = asyncio.create_task(town.start())
        await asyncio.sleep(0.3)
        town.api.faults.clear()
        await starting
        await town.see(lambda: town.api.gateway.identified > before, 20)
        ann = town.api.person("Ann")
        assert "Nothing is in the making" in (await ann.finished(ann.runs("queue"))).text


async def test_a_notice_is_told_in_private_in_its_users_language(town: Town, ann: Person) -> None:
    address = Address("discord", "1", str(ann.id))
    await town.commands.set_user_settings(address, locale="zh-Hans")
    await town.adapter.tell(address, Notice("appeal-upheld", {"appeal": "K7QM2XD", "why": "no <@1>"}))
    (told,) = ann.reads()
    assert "K7QM2XD" in told.text
    assert any("\u4e00" <= char <= "\u9fff" for char in told.text)


async def test_odd_events_end_neither_the_connection_nor_the_bot(town: Town, ann: Person, general: Channel) -> None:
    asked = ann.runs("video", general, prompt="two cats")
    await ann.finished(asked)
    rng = random.Random(7)
    (session,) = town.api.gateway.sessions.values()
    events = [json.loads(text) for text in session.told]
    interaction = next(event["d"] for event in events if event["t"] == "INTERACTION_CREATE")
    for _ in range(300):
        town.api.gateway.tell("INTERACTION_CREATE", _broken(rng, interaction))
    for name in ("GUILD_CREATE", "CHANNEL_UPDATE", "MESSAGE_CREATE", "NONSENSE"):
        town.api.gateway.tell(name, {"id": "x"})
    town.api.world.complaints.clear()
    await town.make(await town.job())
    again = await ann.finished(ann.runs("queue", general))
    assert "Nothing is in the making" in again.text
    assert len(town.api.gateway.connected) == 1
    assert town.api.gateway.identified == 1


def _broken(rng: random.Random, whole: dict[str, Any]) -> dict[str, Any]:
    """An interaction of nobody's, with parts missing, of other kinds, or swapped."""
    event = {**whole, "id": str(rng.randrange(2**60)), "token": "broken", "type": rng.choice([1, 2, 3, 4, 5, 9])}
    data: dict[str, Any] = {**whole["data"], "custom_id": rng.choice(["", "p:", "p:again:X", "p:edit:X", "p:my:X:y"])}
    data |= rng.choice([{}, {"component_type": 2}, {"components": []}, {"options": 5}, {"name": None}, {"type": 3}])
    event["data"] = rng.choice([data, {}, None, 7])
    for name in rng.sample(sorted(event), rng.randrange(4)):
        if rng.random() < 0.5:
            del event[name]
        else:
            event[name] = rng.choice([None, "", 0, [], {}, "x" * 300])
    event.setdefault("token", "broken")
    return event


async def test_a_restart_lets_what_is_being_answered_be_said(town: Town, ann: Person, general: Channel) -> None:
    town.api.faults.add("PATCH /webhooks", "slow", 1, seconds=0.5)
    asked = ann.runs("video", general, prompt="two cats")
    job = await town.job()
    await town.restart()
    told = await ann.finished(asked)
    assert job.code in told.text
    await town.make(job)
    assert told.file(".mp4")


async def test_a_server_or_channel_that_is_gone_sends_the_clip_to_its_user(
    town: Town, ann: Person, general: Channel
) -> None:
    asked = ann.runs("video", general, prompt="two cats")
    job = await town.job()
    await ann.finished(asked)
    assert general.guild
    town.later(16 * 60)
    town.api.remove_bot(general.guild)
    await town.make(job)
    assert len(videos(ann.reads())) == 1


async def test_two_connections_serve_two_servers(tmp_path: Path) -> None:
    async with open_town(tmp_path, shards=2) as town:
        ann = town.api.person("Ann")
        await town.api.connected(2)
        for shard in (0, 1):
            guild = town.api.guild(f"Zoo {shard}", ann, shard=shard, shards=2)
            general = town.api.channel(guild, "general")
            ann.runs("video", general, prompt="two cats")
            await town.make(await town.job())
            assert len(videos(ann.reads(general))) == 1
        assert town.api.complaints == []


@pytest.mark.parametrize("shards", [None, 0])
async def test_behind_a_proxy_a_broken_connection_is_resumed_at_the_proxy(tmp_path: Path, shards: int | None) -> None:
    async with open_town(tmp_path, shards=shards) as town:
        ann = town.api.person("Ann")
        town.api.gateway.resume_url = "ws://127.0.0.1:9/nowhere"
        await town.restart()
        await town.api.gateway.drop(4000)
        assert "Nothing is in the making" in (await ann.finished(ann.runs("queue"))).text
        assert sum(session.resumed for session in town.api.gateway.sessions.values()) >= 1
