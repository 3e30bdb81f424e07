"""Films and sequels as people get them on the chat page: real processes, and a vendor that takes pictures."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from core.media.frames import sample_frames
from core.media.hearing import sound_of
from core.media.label import make_label
from core.media.lift import is_on
from core.media.marks import AIGC
from core.media.probe import verify
from core.types import EntryKind, Job, JobState
from tests.acceptance.vendors_stage import PAID, WELCOME, VendorsStage, serving
from tests.acceptance.visitor import Visitor
from tests.vendors.kling import KlingServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

CATS: dict[str, Any] = {"recipe": "standard", "seconds": 2.0, "ratio": "16:9"}
DOGS: dict[str, Any] = {"recipe": "standard", "seconds": 2.0, "ratio": "9:16"}


@pytest.fixture
def stage(tmp_path: Path, database_url: str) -> Iterator[VendorsStage]:
    with serving([KlingServer]) as servers:
        stage = VendorsStage(tmp_path / "here", database_url, servers)
        yield stage
        stage.close()


@pytest.fixture
def process(stage: VendorsStage) -> subprocess.Popen[str]:
    return stage.begin("run")


def say(visitor: Visitor, message_id: str, text: str, locale: str = "en", **options: object) -> dict[str, Any]:
    message = {"type": "submit", "id": message_id, "prompt": text, "options": options}
    return visitor.say(message, locale, ("receipt", "error", "answer"))


def made(
    stage: VendorsStage, visitor: Visitor, message_id: str, text: str, locale: str = "en", **options: object
) -> Job:
    told = say(visitor, message_id, text, locale, **options)
    assert told["type"] == "receipt" or told.get("job"), told
    (job,) = stage.see_ended(visitor.key(message_id))
    assert (job.state, job.error) == (JobState.SUCCEEDED, None)
    return job


@pytest.mark.usefixtures("process")
def test_two_clips_become_one_film(stage: VendorsStage, tmp_path: Path) -> None:
    visitor = stage.visitor("ann")
    one = made(stage, visitor, "1", "two cats in the snow", **CATS)
    other = made(stage, visitor, "2", "海边的小狗", "zh-Hans", **DOGS)
    film = made(stage, visitor, "3", f"/拼接 {one.code} {other.code} 淡化", "zh-Hans")
    assert (film.spec.fade, film.price, film.spec.seconds) == (0.5, 1, 3.5)
    assert stage.entries(visitor.key("3")) == PAID
    assert stage.balance(visitor.key("3")) == (WELCOME - one.price - other.price - 1, 0)
    (path := tmp_path / "film.mp4").write_bytes(visitor.clip(film.code))
    info = verify(path, width=854, height=480, seconds=3.5, tolerance=0.01)
    assert json.loads(info.metadata["comment"])["clips"] == f"{one.code} + {other.code}"
    assert json.loads(info.metadata[AIGC])["ProduceID"] == film.code
    with av.open(str(path)) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]
        assert np.diff([float(frame.time or 0) for frame in file.decode(video=0)]) == pytest.approx(1 / 24, abs=1e-4)
    assert all(is_on(make_label("AI生成", 854, 480), frame) for frame in sample_frames(path, 8))
    assert not sound_of(path, 48_000).any()
    assert stage.unfinished() == []


@pytest.mark.usefixtures("process")
def test_a_clip_is_gone_on_from_and_both_are_joined(stage: VendorsStage) -> None:
    visitor = stage.visitor("ann")
    one = made(stage, visitor, "1", "two cats in the snow", **CATS)
    told = say(visitor, "2", f"/continue {one.code} the cats run away")
    assert f"Going on from {one.code}" in told["text"]
    (two,) = stage.see_ended(visitor.key("2"))
    assert (two.state, two.spec.recipe) == (JobState.SUCCEEDED, "kling-v3-standard")
    assert two.spec.seed == one.spec.seed % 2**31
    assert two.spec.image is not None
    assert [note.details["job"] for note in two.notes if note.code == "continues"] == [one.code]
    assert "Goes on from" in json.dumps(visitor.look())
    film = made(stage, visitor, "3", f"/join {one.code}, {two.code}")
    assert film.clip is not None
    assert str(film.clip.recipe["models"]).startswith("scene, kling")
    # Made again it is the same film; there is nothing about it to change.
    again = made(stage, visitor, "4", f"/again {film.code}")
    assert again.clip is not None
    assert again.clip.recipe["frames"] == film.clip.recipe["frames"]
    assert say(visitor, "5", f"/remix {film.code} two dogs")["type"] == "error"


@pytest.mark.usefixtures("process")
def test_what_cannot_be_joined_costs_nothing_and_says_why(stage: VendorsStage) -> None:
    ann, bob = stage.visitor("ann"), stage.visitor("bob")
    mine = made(stage, ann, "1", "two cats in the snow", **CATS)
    theirs = made(stage, bob, "1", "two cats in the snow", **CATS)
    refused = {
        f"/join {mine.code}": "2 to 10",
        f"/join {mine.code} {theirs.code}": theirs.code,
        f"/join {mine.code} ZZZZZZZ": "ZZZZZZZ",
        "/join": "K7QM2XD",
        f"/continue {mine.code}": f"/continue {mine.code}",
        f"/continue {theirs.code} the cats run": theirs.code,
    }
    for number, (text, words) in enumerate(refused.items(), start=10):
        told = json.dumps(say(ann, str(number), text))
        assert '"job": null' in told or '"error"' in told
        assert words in told, told
    assert stage.balance(ann.key("1")) == (WELCOME - mine.price, 0)


def test_a_film_survives_a_kill_and_is_paid_once(stage: VendorsStage, process: subprocess.Popen[str]) -> None:
    visitor = stage.visitor("ann")
    one = made(stage, visitor, "1", "two cats in the snow", recipe="hd", seconds=4.0)
    codes = " ".join([one.code] * 6)
    say(visitor, "2", f"/join {codes}")
    key = visitor.key("2")
    stage.see(lambda: stage.job(key).state is JobState.RUNNING, "the film's beginning")
    stage.kill_group(process)
    stage.begin("run")
    (film,) = stage.see_ended(key)
    assert (film.state, film.spec.seconds) == (JobState.SUCCEEDED, 24)
    assert stage.entries(key) == PAID


@pytest.mark.usefixtures("process")
def test_a_film_can_be_stopped(stage: VendorsStage) -> None:
    visitor = stage.visitor("ann")
    one = made(stage, visitor, "1", "two cats in the snow", recipe="hd", seconds=8.0)
    say(visitor, "2", "/join " + " ".join([one.code] * 10))
    key = visitor.key("2")
    stage.see(lambda: stage.job(key).state is JobState.RUNNING, "the film's beginning")
    visitor.cancel(stage.job(key).code)
    (film,) = stage.see_ended(key)
    assert film.state is JobState.CANCELLED
    assert stage.entries(key) == {EntryKind.HOLD: 1, EntryKind.RELEASE: 1}
    stage.see(lambda: stage.unfinished() == [], "nothing left of it")
