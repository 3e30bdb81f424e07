"""A finished clip on Discord arrives once and fits, whatever Discord says and whoever dies."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from core.errors import DeliveryDelayed
from core.media.encode import encode
from core.media.probe import probe
from tests.discord.people import Person
from tests.discord.state import FORUM, MEDIA, Channel
from tests.unit.discord.town import CHARGED, Town, ask, videos

EDIT_BY_TOKEN = "PATCH /webhooks"
LONG = 16 * 60.0


class TestTooLarge:
    """Discord says what it takes, and may be wrong."""

    @pytest.fixture
    def large(self, tmp_path: Path) -> Path:
        random = np.random.default_rng(7)
        noise = (random.integers(0, 256, (240, 320, 3), dtype=np.uint8) for _ in range(72))
        path = tmp_path / "large.mp4"
        encode(noise, path, width=320, height=240, fps=24, metadata={}, crf=12)
        assert path.stat().st_size > 2_500_000
        return path

    async def test_it_is_fitted_to_what_the_server_takes(
        self, town: Town, ann: Person, general: Channel, large: Path
    ) -> None:
        assert general.guild
        general.guild.limit = 1_800_000
        town.adapter._deliveries._floor = 1_000_000
        asked, job = await ask(town, ann, general)
        await town.make(job, large)
        assert asked.original
        assert len(asked.original.file(".mp4").data) <= 1_800_000
        assert [request.error for request in town.api.requests if request.status == 413] == []

    async def test_on_413_it_comes_smaller(self, town: Town, ann: Person, general: Channel, large: Path) -> None:
        asked, job = await ask(town, ann, general)
        asked.file_limit = 1_900_000
        await town.make(job, large)
        assert asked.original
        got = asked.original.file(".mp4").data
        assert len(got) <= 1_900_000
        assert next(request.error for request in town.api.requests if request.status == 413) == 40005
        assert town.kinds(job) == CHARGED
        path = large.with_name("got.mp4")
        path.write_bytes(got)
        assert probe(path).seconds == pytest.approx(3.0, abs=0.1)

    async def test_a_boosted_server_takes_more_also_after_a_restart(self, town: Town, ann: Person) -> None:
        guild = town.api.guild("Rich", ann, tier=3)
        general = town.api.channel(guild, "general")
        _, job = await ask(town, ann, general)
        assert town.adapter.upload_limit(job.address) == 104_857_600
        await town.restart()
        await town.see(lambda: town.adapter.client.get_channel(general.id))
        assert town.adapter.upload_limit(job.address) == 104_857_600


class TestOnce:
    """A repeat shows at most one duplicate, and never charges twice."""

    async def test_an_edit_whose_answer_was_lost(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general)
        town.api.faults.add(EDIT_BY_TOKEN, "reset_after")
        await town.make(job)
        assert videos(ann.reads(general)) == [asked.original]
        assert town.kinds(job) == CHARGED

    async def test_a_message_whose_answer_was_lost(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general)
        assert asked.original
        asked.original.gone = True
        town.later(LONG)
        town.api.faults.add("POST /channels/{channel_id}/messages", "reset_after")
        await town.make(job)
        assert len(videos(ann.reads(general))) == 1

    @pytest.mark.parametrize("kind", [FORUM, MEDIA])
    async def test_a_post_of_a_forum_whose_answer_was_lost(
        self, town: Town, ann: Person, general: Channel, kind: int
    ) -> None:
        assert general.guild
        forum = town.api.channel(general.guild, "gallery", kind)
        before = [town.api.thread(forum, "two cats", ann) for _ in range(2)]
        _, job = await ask(town, ann, before[0])
        town.api.delete(before[0])
        town.api.faults.add("POST /channels/{channel_id}/threads", "reset_after")
        await town.make(job)
        (made,) = [one for one in town.api.world.channels.values() if one.parent is forum and one not in before]
        assert len(videos(list(made.messages.values()))) == 1
        facts = await town.facts(job)
        assert (facts["clip_channel"], facts["clip"]) == (made.id, made.id)

    async def test_a_further_answer_whose_answer_was_lost(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general)
        assert asked.original
        asked.original.gone = True
        town.api.faults.add("POST /webhooks", "reset_after")
        await town.make(job)
        (video,) = videos(ann.reads(general))
        assert asked.follow_ups == [video]
        assert (await town.facts(job))["clip"] == video.id

    async def test_where_the_bot_may_not_read_it_is_sent_all_the_same(
        self, town: Town, ann: Person, general: Channel
    ) -> None:
        asked, job = await ask(town, ann, general)
        assert asked.original
        asked.original.gone = True
        town.api.faults.add("POST /webhooks", "reset_before")
        town.api.faults.add("GET /channels/{channel_id}/messages", "status", code=403, error=50001)
        await town.make(job)
        assert len(videos(ann.reads(general))) == 1

    async def test_a_process_that_dies_before_it_could_note_it(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general)
        stored = town.store_clip(job)
        town.api.faults.add(EDIT_BY_TOKEN, "hang_after", seconds=30)
        dying = asyncio.create_task(town.courier.deliver(job.id, stored))
        await town.see(lambda: videos(ann.reads(general)))
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        await town.restart()
        await town.courier.deliver(job.id, stored)
        await town.courier.charge(job.id)
        await town.courier.charge(job.id)
        assert videos(ann.reads(general)) == [asked.original]
        assert town.kinds(job) == CHARGED

    async def test_one_that_was_noted_is_not_sent_again(self, town: Town, ann: Person, general: Channel) -> None:
        _, job = await ask(town, ann, general)
        await town.deliver(job)
        await town.restart()
        sent = len(town.api.calls(EDIT_BY_TOKEN))
        await town.deliver(job)
        assert len(town.api.calls(EDIT_BY_TOKEN)) == sent
        assert len(videos(ann.reads(general))) == 1

    async def test_a_discord_that_is_away_for_a_while(self, town: Town, ann: Person, general: Channel) -> None:
        _, job = await ask(town, ann, general)
        stored = town.store_clip(job)
        town.api.faults.add(EDIT_BY_TOKEN, "reset_before")
        with pytest.raises(DeliveryDelayed):
            await town.courier.deliver(job.id, stored)
        await town.courier.deliver(job.id, stored)
        assert len(videos(ann.reads(general))) == 1
