"""Finished clips become one film with one label, one set of marks and one sound."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from core.engines.film.check import check
from core.engines.film.engine import make_film
from core.engines.film.shots import shot
from core.errors import EngineFault
from core.media.encode import Encoder
from core.media.frames import sample_frames
from core.media.hearing import sound_of
from core.media.label import make_label
from core.media.lift import is_on
from core.media.marks import AIGC, Marks, lay_marks
from core.media.probe import probe, verify
from core.media.provenance import aigc_json, facts_of
from core.media.verify import hidden_code
from core.types import Clip, GenerationSpec, Progress
from tests.fakes import SPEC
from tests.unit.film.clips import BLUE, GREEN, RED, film_of, write_clip

FILM = Marks(label="AI生成", label_seconds=0.2, metadata={AIGC: aigc_json("Piying", "FILM234")})


def make(spec: GenerationSpec, folder: Path, report: Callable[[Progress], None] = lambda _: None) -> Clip:
    lay_marks(folder, FILM)
    return make_film(spec, folder, report)


def colours(path: Path, moments: list[int]) -> list[tuple[int, ...]]:
    """The colour in the middle of the frames of those numbers."""
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    middles = [frames[moment][frames[moment].shape[0] // 2, frames[moment].shape[1] // 2] for moment in moments]
    return [tuple(int(value) for value in middle) for middle in middles]


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return max(abs(one - other) for one, other in zip(found, wanted, strict=True)) < 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_clip(tmp_path / "a.mp4", RED, tone=440)
    write_clip(tmp_path / "b.mp4", GREEN, size=(180, 320), fps=12, frames=18, label="AI生成")
    write_clip(tmp_path / "c.mp4", BLUE, size=(640, 480), tone=880, recipe={"model": "wan2.1-1.3b"})
    return tmp_path


def test_clips_follow_each_other_in_their_order_at_one_rate(folder: Path) -> None:
    film = make(film_of("a.mp4", "b.mp4", "c.mp4", frames=24 + 36 + 24), folder)
    info = verify(film.path, width=320, height=240, seconds=84 / 24, tolerance=0.01)
    assert (info.num_frames, info.fps) == (84, 24)
    found = colours(film.path, [0, 23, 24, 59, 60, 83])
    assert all(map(near, found, [RED, RED, GREEN, GREEN, BLUE, BLUE]))


def test_time_does_not_jump_and_there_is_one_track_of_each(folder: Path) -> None:
    film = make(film_of("a.mp4", "b.mp4", "c.mp4", frames=60, fade=0.5), folder)
    with av.open(str(film.path)) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]
        pictures = [float(frame.time or 0) for frame in file.decode(video=0)]
    assert np.diff(pictures) == pytest.approx(1 / 24, abs=1e-4)
    with av.open(str(film.path)) as file:
        sounds = [float((packet.pts or 0) * packet.time_base) for packet in file.demux(audio=0) if packet.size]
    assert np.diff(sounds) == pytest.approx(1024 / 48000, abs=1e-3)


def test_a_cross_fade_shows_both(folder: Path) -> None:
    film = make(film_of("a.mp4", "c.mp4", frames=36, fade=0.5), folder)
    first, between, last = colours(film.path, [11, 17, 25])
    assert near(first, RED)
    assert near(last, BLUE)
    half = tuple(int((one + other) / 2) for one, other in zip(RED, BLUE, strict=True))
    assert max(abs(one - other) for one, other in zip(between, half, strict=True)) < 25


def test_the_whole_film_has_one_label_and_no_clip_its_own(folder: Path) -> None:
    film = make(film_of("a.mp4", "b.mp4", "c.mp4", frames=84), folder)
    for frame in sample_frames(film.path, 7):
        assert is_on(make_label("AI生成", 320, 240), frame)
        assert not is_on(make_label("AI-generated", 320, 240), frame)
    # What was a portrait clip's corner is as the rest of it: only the film's own label is bright.
    portrait = sample_frames(film.path, 3)[1]
    label = make_label("AI生成", 320, 240)
    portrait[label.top - 2 : label.bottom + 2, label.left - 2 : label.right + 2] = 0
    assert portrait.max() < 190


def test_a_film_that_shall_have_no_label_shows_none(folder: Path) -> None:
    lay_marks(folder, Marks(metadata=FILM.metadata))
    film = make_film(film_of("a.mp4", "c.mp4", frames=48), folder, lambda _: None)
    for frame in sample_frames(film.path, 4):
        assert not any(is_on(make_label(text, 320, 240), frame) for text in ("AI生成", "AI-generated"))


def test_it_sounds_where_its_clips_sound_and_is_silent_elsewhere(folder: Path) -> None:
    film = make(film_of("a.mp4", "b.mp4", "c.mp4", frames=84), folder)
    sound = sound_of(film.path, 84 * 2000)
    first, middle, last = (np.abs(sound[part]).max() for part in np.split(np.arange(84 * 2000), [48000, 120000]))
    assert first > 0.1
    assert last > 0.1
    assert np.abs(sound[60000:110000]).max() < 0.01 < middle + 0.01
    assert np.argmax(np.abs(np.fft.rfft(sound[12000:36000, 0]))) * 2 == pytest.approx(440, abs=4)


def test_the_record_names_its_clips_and_what_made_them(folder: Path) -> None:
    film = make(film_of("a.mp4", "c.mp4", "a.mp4", frames=72), folder)
    written = json.loads(probe(film.path).metadata["comment"])
    assert written["clips"] == "A + C + A"
    assert written["models"] == "scene, wan2.1-1.3b"
    assert film.recipe == written | {"frames": film.recipe["frames"]}
    facts = facts_of("FILM234", film.recipe, "film")
    assert (facts.parts, facts.trained) == (("A", "C", "A"), True)
    assert json.loads(probe(film.path).metadata[AIGC])["ProduceID"] == "FILM234"


def test_the_same_clips_make_the_same_frames(folder: Path) -> None:
    spec = film_of("a.mp4", "b.mp4", frames=48, fade=0.5)
    first, second = make(spec, folder), make(spec, folder)
    assert first.recipe["frames"] == second.recipe["frames"]
    other = make(film_of("b.mp4", "a.mp4", frames=48, fade=0.5), folder)
    assert other.recipe["frames"] != first.recipe["frames"]


def test_a_film_of_drawn_clips_and_of_a_film_of_them_was_made_by_rules(folder: Path) -> None:
    film = make(film_of("a.mp4", "b.mp4", frames=60), folder)
    assert not facts_of("X", film.recipe, "film").trained
    film.path.rename(folder / "d.mp4")
    again = make(film_of("d.mp4", "a.mp4", frames=84), folder)
    assert again.recipe["models"] == "scene"
    write_clip(folder / "e.mp4", RED, recipe={"prompt": "of before models were told"})
    assert facts_of("X", make(film_of("e.mp4", "a.mp4", frames=48), folder).recipe, "film").trained


def test_it_is_as_long_as_ordered_whatever_its_last_clip_has(folder: Path) -> None:
    for count in (64, 50):
        assert verify(make(film_of("a.mp4", "b.mp4", frames=count), folder).path).num_frames == count


def test_progress_only_goes_up(folder: Path) -> None:
    reports: list[Progress] = []
    make(film_of("a.mp4", "b.mp4", frames=60), folder, reports.append)
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert {report.stage for report in reports} == {"joining", "encoding"}


def test_a_damaged_clip_makes_no_film(folder: Path) -> None:
    data = bytearray((folder / "b.mp4").read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    (folder / "b.mp4").write_bytes(data)
    with pytest.raises(EngineFault, match="clip-invalid"):
        make(film_of("a.mp4", "b.mp4", frames=60), folder)
    assert not (folder / "film.mp4").exists()


def test_nobody_can_order_a_film_of_nothing() -> None:
    assert check(film_of("a.mp4", frames=24)) == ()
    with pytest.raises(ValueError, match="clips"):
        check(SPEC)


def test_a_film_hides_its_own_code_and_none_of_its_clips(tmp_path: Path) -> None:
    key = b"k" * 32
    for code, colour in (("K7QM2XD", RED), ("M3XW8TB", BLUE)):
        marks = Marks(label="AI-generated", code=code, watermark_key=key.hex())
        with Encoder(tmp_path / f"{code}.mp4", width=854, height=480, fps=24, metadata={}, marks=marks) as encoder:
            for _ in range(12):
                encoder.write(np.full((480, 854, 3), colour, np.uint8))
        assert hidden_code(tmp_path / f"{code}.mp4", key) == code
    lay_marks(tmp_path, Marks(label="AI生成", code="FFFFFFF", watermark_key=key.hex()))
    spec = film_of("K7QM2XD.mp4", "M3XW8TB.mp4", frames=24, width=854, height=480)
    film = make_film(spec, tmp_path, lambda _: None)
    assert hidden_code(film.path, key) == "FFFFFFF"


def test_memory_does_not_grow_with_a_clips_length(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "long.mp4", RED, size=(1280, 720), frames=240)
    process, seen = psutil.Process(), []
    for number, _ in enumerate(shot(path, 240, width=1280, height=720, fps=24)):
        if number in {60, 239}:
            seen.append(process.memory_info().rss)
    # All 180 frames between the two would be 500 MB as they are seen, and half of that as they are decoded.
    assert seen[1] - seen[0] < 60 << 20
