"""The showcase as people type it in Telegram, in private and in a group."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.showcase.showcase import Showcase
from tests.fakes import FakeClipStore, FakeModerator
from tests.unit.telegram.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert not opened.api.violations


def open_showcase(town: Town, folder: Path) -> None:
    clips = FakeClipStore(folder)
    clips.files["v"] = town.video.read_bytes()
    town.commands._given_showcase = Showcase(store=town.store, clips=clips, clock=town.clock, moderator=FakeModerator())


async def test_from_a_clip_to_a_vote_and_a_remix(town: Town, tmp_path: Path) -> None:
    open_showcase(town, tmp_path)
    ann, an = town.api.person("Ann"), town.api.person("安", "zh-hans")
    ann.says("two cats")
    job = await town.job()
    await town.make(job)
    ann.says(f"/showcase {job.code} on remix Two cats")
    assert "Others may remix it" in (await town.see(lambda: ann.chat.saying("is in the showcase"))).text
    an.says(f"/vote {job.code}")
    await town.see(lambda: an.chat.saying(f"已给 {job.code} 投票，它现在有 1 票"))
    an.says("/排行")
    await town.see(lambda: an.chat.saying(f"1. {job.code} · 1 票 · Two cats"))
    an.says(f"/remix {job.code} 三只狗")
    made = await town.job()
    assert [note.details for note in made.notes if note.code == "remix-of"] == [{"job": job.code}]
    await town.make(made)
    await town.see(lambda: an.chat.saying(f"改编自 {job.code}"))
    ann.says(f"/showcase {job.code} off")
    await town.see(lambda: ann.chat.saying("no longer in the showcase"))


async def test_nobody_shows_or_votes_for_what_is_not_theirs_to(town: Town, tmp_path: Path) -> None:
    open_showcase(town, tmp_path)
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    ann.says("two cats")
    job = await town.job()
    await town.make(job)
    bob.says(f"/showcase {job.code} on")
    await town.see(lambda: bob.chat.saying("belongs to another chat"))
    bob.says(f"/vote {job.code}")
    await town.see(lambda: bob.chat.saying("is not in the showcase"))
    ann.says(f"/showcase {job.code} on")
    await town.see(lambda: ann.chat.saying("is in the showcase"))
    ann.says(f"/vote {job.code}")
    await town.see(lambda: ann.chat.saying("is your own"))
    bob.says(f"/remix {job.code} a dog")
    await town.see(lambda: bob.chat.saying("does not want it remixed"))
