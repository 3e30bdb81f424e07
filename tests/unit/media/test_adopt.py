"""Files of a vendor's making are judged, and become what every chat plays."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import EngineFault
from core.media.adopt import adopt
from core.media.burn import burn, with_marks
from core.media.frames import sample_frames
from core.media.marks import Marks
from core.media.probe import MediaInfo, verify
from core.types import Clip
from tests.unit.media.odd import QUARTERS, Odd, make

WIDTH, HEIGHT = 160, 96
MARKS = Marks(metadata={"AIGC": '{"Label": "1"}'})


def adopted(path: Path, width: int = WIDTH, height: int = HEIGHT, seconds: float = 1.0) -> MediaInfo:
    return adopt(path, path.with_suffix(".jpg"), width=width, height=height, seconds=seconds)


def marked(path: Path) -> MediaInfo:
    """The clip as it leaves the worker, and that every chat plays it."""
    info = adopted(path)
    clip = Clip(path, path.with_suffix(".jpg"), info.width, info.height, info.seconds, info.size_bytes, {"seed": 7})
    done = with_marks(clip, MARKS)
    made = verify(done.path, width=done.width, height=done.height, seconds=done.seconds)
    assert (made.container, made.codec, made.pixel_format, made.audio_codec) == ("mp4", "h264", "yuv420p", "aac")
    assert made.faststart
    assert made.metadata["AIGC"] == MARKS.metadata["AIGC"]
    assert done.size_bytes == made.size_bytes
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert stream.sample_aspect_ratio in {None, Fraction(1)}
        assert next(file.decode(stream)).rotation == 0
    assert len(set(np.diff(times(path)))) == 1
    return made


def times(path: Path) -> list[int]:
    with av.open(str(path)) as file:
        return [int(frame.pts or 0) for frame in file.decode(video=0)]


def colours(frame: np.ndarray) -> dict[str, tuple[int, ...]]:
    height, width = frame.shape[:2]
    rows, columns = {"top": height // 4, "bottom": 3 * height // 4}, {"left": width // 4, "right": 3 * width // 4}
    return {f"{row} {column}": tuple(map(int, frame[rows[row], columns[column]])) for row in rows for column in columns}


def is_upright(frame: np.ndarray) -> bool:
    found = colours(frame)
    return all(np.abs(np.subtract(found[corner], wanted)).max() < 45 for corner, wanted in QUARTERS.items())


def loudness_at(path: Path, moment: float) -> float:
    """Of a tenth of a second, as the mean of what the loudest samples are."""
    with av.open(str(path)) as file:
        frames = [frame for frame in file.decode(audio=0) if isinstance(frame, AudioFrame)]
    near = [frame.to_ndarray() for frame in frames if frame.time is not None and abs(frame.time - moment) < 0.05]
    return float(np.abs(np.concatenate(near, axis=1)).max()) if near else 0.0


@pytest.mark.parametrize(
    "odd",
    [
        Odd(),
        Odd(sound="aac"),
        Odd(sound="aac", channels="mono", sound_rate=22_050),
        Odd(sound="aac", channels="5.1"),
        Odd(sound="libmp3lame"),
        Odd(sound="libopus"),
        Odd(sound="flac"),
        Odd("libx265", sound="aac"),
        Odd("libx265", "yuv420p10le"),
        Odd("libx265", "yuv444p"),
        Odd("libx264", "yuv444p"),
        Odd("libx264", "yuv420p10le"),
        Odd("libx264", "yuv422p"),
        Odd("libx264", fragmented=True, sound="aac"),
        Odd("libsvtav1", sound="libopus"),
        Odd("libsvtav1", "yuv420p10le", container="webm", sound="libopus"),
        Odd("libvpx-vp9", sound="libopus", container="webm"),
        Odd("libvpx-vp9", "yuv444p", container="webm"),
        Odd("libvpx", sound="libopus", container="webm"),
        Odd("libx264", sound="aac", container="matroska"),
        Odd("libx264", sound="pcm_s16le", container="mov"),
        Odd("mpeg4"),
        Odd(fps=16),
        Odd(fps=30),
        Odd(fps=17),
    ],
    ids=str,
)
def test_whatever_it_is_made_of_every_chat_plays_it(tmp_path: Path, odd: Odd) -> None:
    path = make(tmp_path / "clip.mp4", odd)
    made = marked(path)
    assert (made.width, made.height) == (WIDTH, HEIGHT)
    assert made.seconds == pytest.approx(1, abs=0.07)
    assert made.fps == pytest.approx(odd.fps, rel=0.001)
    # The sound's first packet, which nobody hears, puts pictures off by half of one where a file cannot say so.
    assert made.num_frames == pytest.approx(odd.count, abs=odd.fragmented)
    first, last = sample_frames(path, 2)
    assert is_upright(first)
    assert is_upright(last)
    assert colours(last)["bottom right"][0] > colours(first)["bottom right"][0] + 150
    assert (loudness_at(path, 0.5) > 0.1) == bool(odd.sound)


@pytest.mark.parametrize("turned", [90, 180, -90])
@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_what_lies_turned_stands_upright(tmp_path: Path, turned: int, container: str) -> None:
    lies = (HEIGHT, WIDTH) if turned % 180 else (WIDTH, HEIGHT)
    path = make(tmp_path / "clip.mp4", Odd(width=lies[0], height=lies[1], turned=turned, container=container))
    assert is_upright(sample_frames(path, 1)[0])
    info = adopted(path)
    assert (info.width, info.height) == (WIDTH, HEIGHT)
    with av.open(str(path.with_suffix(".jpg")), format="image2") as poster:
        assert is_upright(next(poster.decode(video=0)).to_ndarray(format="rgb24"))
    made = marked(path)
    assert (made.width, made.height) == (WIDTH, HEIGHT)
    assert is_upright(sample_frames(path, 1)[0])


@pytest.mark.parametrize(("lies", "aspect"), [((80, 96), Fraction(2)), ((160, 48), Fraction(1, 2))])
def test_pixels_become_square(tmp_path: Path, lies: tuple[int, int], aspect: Fraction) -> None:
    made = marked(make(tmp_path / "clip.mp4", Odd(width=lies[0], height=lies[1], aspect=aspect)))
    assert (made.width, made.height) == (WIDTH, HEIGHT)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4", Odd("libvpx-vp9", container="webm", width=161, height=97))
    assert (adopted(path).width, adopted(path).height) == (161, 97)
    assert (marked(path).width, verify(path).height) == (160, 96)


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_what_comes_at_any_moment_becomes_steady(tmp_path: Path, container: str) -> None:
    unsteady = [0, 33, 67, 100, 300, 333, 367, 400, 433, 600, 800, 833, 867, 900, 933]
    path = make(tmp_path / "clip.mp4", Odd(fps=30, times=unsteady, container=container, sound="aac"))
    made = marked(path)
    assert made.seconds == pytest.approx(1, abs=0.07)
    assert 8 <= made.fps <= 60
    assert made.num_frames == pytest.approx(made.fps, abs=2)


def test_sound_longer_than_its_pictures_ends_with_them(tmp_path: Path) -> None:
    for name, sound in (("kept", "aac"), ("anew", "libmp3lame")):
        path = make(tmp_path / f"{name}.mp4", Odd(sound=sound, sound_seconds=4))
        made = marked(path)
        assert made.seconds == pytest.approx(1, abs=0.07)
        with av.open(str(path)) as file:
            assert (file.duration or 0) / av.time_base == pytest.approx(1, abs=0.1)


def test_sound_shorter_than_its_pictures_is_followed_by_silence(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4", Odd(sound="libmp3lame", sound_seconds=0.4))
    marked(path)
    assert loudness_at(path, 0.2) > 0.1 > loudness_at(path, 0.8)


def test_a_clip_that_is_as_chats_play_it_is_adopted_as_it_is(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4", Odd(sound="aac"))
    before = path.read_bytes()
    assert adopted(path).seconds == pytest.approx(1, abs=0.07)
    assert path.read_bytes() == before


def reason(path: Path, width: int = WIDTH, height: int = HEIGHT, seconds: float = 1.0) -> str:
    with pytest.raises(EngineFault) as caught:
        adopted(path, width, height, seconds)
    assert caught.value.code == "clip-invalid"
    assert not path.with_suffix(".jpg").exists()
    return str(caught.value.details["detail"])


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n"
PAGE = b"<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>"


@pytest.mark.parametrize(
    "content",
    [
        b"", PLAYLIST, PAGE, b'{"error": "expired"}', b"ffconcat version 1.0\nfile clip.webm\n", bytes(4096),
        b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x80", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x80",
        b"RIFF\0\0\0\0AVI LIST",
    ],
)  # fmt: skip
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    make(tmp_path / "clip.webm", Odd("libvpx-vp9", container="webm"))
    path.write_bytes(content)
    assert reason(path)


ODD_MAKINGS = (
    Odd(sound="aac"), Odd("libx265"), Odd("libvpx-vp9", sound="libopus", container="webm"), Odd(container="matroska"),
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD_MAKINGS, ids=str)
def test_what_was_cut_short_is_refused(tmp_path: Path, odd: Odd) -> None:
    whole = make(tmp_path / "whole", odd).read_bytes()
    for tenth in range(10):
        path = tmp_path / f"cut{tenth}.mp4"
        path.write_bytes(whole[: len(whole) * tenth // 10])
        assert reason(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_ends_well_or_with_a_clean_error(tmp_path: Path, data: st.DataObject) -> None:
    odd = data.draw(st.sampled_from(ODD_MAKINGS))
    source, path = tmp_path / f"{ODD_MAKINGS.index(odd)}", tmp_path / "damaged.mp4"
    damaged = bytearray((source if source.exists() else make(source, odd)).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.sampled_from([0, 1, 127, 128, 255]))
    path.write_bytes(damaged)
    try:
        verify(path)
        burn(path, tmp_path / "burnt.mp4", MARKS)
    except EngineFault:
        return
    verify(tmp_path / "burnt.mp4")


@pytest.mark.parametrize(
    ("made", "asked", "passes"),
    [
        ((864, 496), (854, 480), True),
        ((848, 480), (854, 480), True),
        ((832, 480), (854, 480), True),
        ((1248, 704), (1280, 720), True),
        ((960, 960), (960, 960), True),
        ((544, 960), (480, 854), True),
        ((576, 1024), (480, 854), False),
        ((854, 480), (1920, 1080), False),
        ((1280, 720), (854, 480), False),
        ((1080, 1920), (1920, 1080), False),
        ((480, 480), (640, 480), False),
    ],
)
def test_sizes_near_what_was_asked_pass_and_others_do_not(
    tmp_path: Path, made: tuple[int, int], asked: tuple[int, int], passes: bool
) -> None:
    path = make(tmp_path / "clip.mp4", Odd(width=made[0], height=made[1], seconds=0.2))
    if passes:
        info = adopted(path, *asked, seconds=0.2)
        assert (info.width, info.height) == made
    else:
        assert f"{made[0]}x{made[1]}" in reason(path, *asked, seconds=0.2)


@pytest.mark.parametrize(
    ("made", "asked", "passes"), [(1, 1.9, True), (1, 2.1, False), (1, 0.2, True), (3, 2.1, True), (12, 10, True)]
)
def test_lengths_near_what_was_asked_pass_and_others_do_not(
    tmp_path: Path, made: float, asked: float, passes: bool
) -> None:
    path = make(tmp_path / "clip.mp4", Odd(seconds=made, fps=12))
    if passes:
        assert adopted(path, seconds=asked).seconds == pytest.approx(made, abs=0.05)
    else:
        assert f"asked for {asked:g} s" in reason(path, seconds=asked)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    width=st.integers(16, 90),
    height=st.integers(16, 90),
    fps=st.integers(8, 60),
    count=st.integers(1, 12),
    turned=st.sampled_from([0, 90, 180, -90]),
    aspect=st.sampled_from([None, Fraction(1), Fraction(4, 3), Fraction(8, 9), Fraction(1000)]),
)
def test_any_size_comes_out_even_and_of_its_shape(
    tmp_path: Path, width: int, height: int, fps: int, count: int, turned: int, aspect: Fraction | None
) -> None:
    odd = Odd(width=width * 2, height=height * 2, fps=fps, seconds=count / fps, turned=turned, aspect=aspect)
    path = make(tmp_path / "clip.mp4", replace(odd, container="mp4"))
    before = verify(path)
    burn(path, path, MARKS)
    after = verify(path)
    assert after.num_frames == count
    assert after.seconds == pytest.approx(before.seconds, abs=0.02)
    assert after.width % 2 == after.height % 2 == 0
    assert 0 <= before.width - after.width <= 1
    assert 0 <= before.height - after.height <= 1
