"""Several clips on Discord: one that goes on from another, and one film of them."""

from __future__ import annotations

from pathlib import Path

from core.types import JobState
from tests.desks import painter
from tests.fakes import FakeClipStore, FakeEngine
from tests.unit.discord.stage import Stage, open_stage, said, texts

ENGINES = {"scene": FakeEngine(), "film": FakeEngine()}


async def clip_of(stage: Stage, prompt: str) -> str:
    await stage.ann.slash(stage.channel, "video", prompt=prompt)
    (job,) = stage.jobs()
    return (await stage.finish(job)).code


async def test_two_clips_are_joined_by_their_codes(tmp_path: Path) -> None:
    async with open_stage(tmp_path, engines=ENGINES) as stage:
        codes = [await clip_of(stage, prompt) for prompt in ("two cats", "two dogs")]
        asked = await stage.ann.slash(stage.channel, "join", codes=", ".join(codes), fade=True)
        (film,) = stage.jobs()
        assert (film.spec.model, film.spec.prompt, film.spec.fade) == ("film", " + ".join(codes), 0.5)
        assert film.code in texts(said(asked))
        ended = await stage.finish(film)
        assert ended.state is JobState.SUCCEEDED
        assert "Made of" in texts(said(asked))


async def test_others_clips_are_not_joined(tmp_path: Path) -> None:
    async with open_stage(tmp_path, engines=ENGINES) as stage:
        codes = [await clip_of(stage, prompt) for prompt in ("two cats", "two dogs")]
        asked = await stage.bob.slash(stage.channel, "join", codes=" ".join(codes))
        assert stage.jobs() == []
        assert f"{codes[0]} is somebody else" in texts(asked.followups[-1].components)


async def test_a_clip_is_gone_on_from(tmp_path: Path) -> None:
    store = FakeClipStore(tmp_path)
    async with open_stage(tmp_path, catalogue=painter(("none", "first")), clips=store) as stage:
        store.files["v"] = stage.video.read_bytes()
        code = await clip_of(stage, "two cats")
        asked = await stage.ann.slash(stage.channel, "continue", code=code, prompt="the cats run away")
        (sequel,) = stage.jobs()
        assert (sequel.prompt, sequel.spec.image is not None) == ("the cats run away", True)
        assert f"Goes on from {code}" in texts(said(asked)) or "continues" in {note.code for note in sequel.notes}
