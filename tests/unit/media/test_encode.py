"""Frames in, a file that every chat plays out."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.media.encode import Encoder, encode
from core.media.probe import verify
from tests.needs import need
from tests.unit.media.pictures import METADATA, counted, make_clip, moving

EVEN = st.integers(1, 40).map(lambda half: half * 2)
RATES = st.sampled_from([8, 16, 24, 23.976, Fraction(30000, 1001)])


def bt709(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """8-bit limited-range YCbCr after ITU-R BT.709-6, 3.2 to 3.4."""
    r, g, b = red / 255, green / 255, blue / 255
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=EVEN, height=EVEN, count=st.integers(1, 12), fps=RATES)
def test_any_even_size_length_and_rate_comes_back(
    tmp_path: Path, width: int, height: int, count: int, fps: float | Fraction
) -> None:
    path = tmp_path / "clip.mp4"
    info = encode(counted(count, width, height), path, width=width, height=height, fps=fps, metadata={})
    assert info == verify(path, width=width, height=height, seconds=count / float(fps), tolerance=0.002)
    assert info.num_frames == count
    assert info.fps == pytest.approx(float(fps), rel=1e-3)


@pytest.mark.parametrize(("width", "height"), [(854, 480), (480, 854)])
def test_a_clip_is_what_chats_play_inline(tmp_path: Path, width: int, height: int) -> None:
    info = make_clip(tmp_path / "clip.mp4", 6, width, height)
    assert (info.width, info.height) == (width, height)
    assert (info.codec, info.profile, info.pixel_format, info.audio_codec) == ("h264", "High", "yuv420p", "aac")
    assert info.faststart
    assert info.size_bytes == (tmp_path / "clip.mp4").stat().st_size


def test_metadata_comes_back_in_chinese_and_with_keys_of_our_own(tmp_path: Path) -> None:
    assert make_clip(tmp_path / "clip.mp4", 2).metadata == METADATA


def test_the_picture_is_tagged_and_converted_as_bt709(tmp_path: Path) -> None:
    corners = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]]
    for colour in [*corners, *np.random.default_rng(5).integers(0, 256, (15, 3)).tolist()]:
        path = tmp_path / "clip.mp4"
        encode([np.full((48, 64, 3), colour, np.uint8)] * 2, path, width=64, height=48, fps=8, metadata={})
        with av.open(str(path)) as container:
            video = container.streams.video[0].codec_context
            assert (video.colorspace, video.color_range, video.color_primaries, video.color_trc) == (1, 1, 1, 1)
            frame = next(container.decode(video=0))
        planes = frame.to_ndarray()
        found = (planes[:48].mean(), planes[48:60].mean(), planes[60:72].mean())
        assert found == pytest.approx(bt709(*colour), abs=2)
        assert frame.to_ndarray(format="rgb24").reshape(-1, 3).mean(0) == pytest.approx(colour, abs=3)


def test_the_silence_is_as_long_as_the_picture_and_cheap(tmp_path: Path) -> None:
    info = make_clip(tmp_path / "clip.mp4", 48)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        audio = container.streams.audio[0]
        assert (audio.rate, audio.layout.name) == (48_000, "stereo")
        assert audio.time_base is not None
        assert audio.duration is not None
        assert float(audio.duration * audio.time_base) == pytest.approx(info.seconds, abs=0.03)
        assert sum(packet.size for packet in container.demux(audio)) < 2000
        container.seek(0)
        assert all(not frame.to_ndarray().any() for frame in container.decode(audio=0))


def test_the_same_frames_give_the_same_bytes_whatever_is_in_memory(tmp_path: Path) -> None:
    # glibc fills fresh memory with the given byte: what reads memory nobody wrote shows.
    script = (
        "import sys; from pathlib import Path; from tests.unit.media.pictures import make_clip;"
        "make_clip(Path(sys.argv[1]), 20, 320, 240)"
    )
    digests = set()
    for fill in ("1", "170"):
        path = tmp_path / f"{fill}.mp4"
        environment = {**os.environ, "MALLOC_PERTURB_": fill}
        subprocess.run([sys.executable, "-c", script, str(path)], check=True, env=environment, cwd=Path.cwd())
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    process = psutil.Process()

    def peak(count: int) -> int:
        highest = 0
        with Encoder(tmp_path / "clip.mp4", width=320, height=240, fps=24, metadata={}) as encoder:
            for frame in moving(count, 320, 240):
                encoder.write(frame)
                highest = max(highest, process.memory_info().rss)
        return highest

    short = peak(48)
    assert peak(480) - short < 8 << 20


@pytest.mark.parametrize(("width", "height"), [(853, 480), (854, 481), (0, 480), (-2, 480)])
def test_odd_sizes_are_refused(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(ValueError, match=f"{width}x{height}"):
        Encoder(tmp_path / "clip.mp4", width=width, height=height, fps=24, metadata={})


def test_a_rate_that_is_not_positive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fps"):
        Encoder(tmp_path / "clip.mp4", width=64, height=48, fps=0, metadata={})


def test_nul_in_metadata_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="NUL"):
        Encoder(tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={"comment": "a\0b"})


@pytest.mark.parametrize(
    "frame",
    [np.zeros((48, 66, 3), np.uint8), np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3), np.float32)],
    ids=["size", "grey", "float"],
)
def test_another_kind_of_frame_is_refused_and_leaves_nothing(tmp_path: Path, frame: np.ndarray) -> None:
    frames = [np.zeros((48, 64, 3), np.uint8), frame]
    with pytest.raises(ValueError, match="a frame must be"):
        encode(frames, tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
    assert list(tmp_path.iterdir()) == []


def test_no_frames_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        encode([], tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_encode_leaves_the_older_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"older")
    with pytest.raises(ValueError, match="at least one frame"):
        encode([], path, width=64, height=48, fps=8, metadata={})
    assert path.read_bytes() == b"older"


def test_names_that_libav_would_read_as_something_else_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("pipe:皮影 %d.mp4")
    assert make_clip(path, 2) == verify(path)


def test_ffprobe_reads_the_same(tmp_path: Path) -> None:
    need(shutil.which("ffprobe"), "ffprobe (Debian package ffmpeg)")
    path = tmp_path / "clip.mp4"
    info = make_clip(path, 24)
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", "-count_frames", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    video, audio = found["streams"]
    assert (video["width"], video["height"], int(video["nb_read_frames"])) == (320, 240, 24)
    assert {video[key] for key in ("color_space", "color_primaries", "color_transfer")} == {"bt709"}
    assert (video["color_range"], video["profile"], audio["codec_name"]) == ("tv", "High", "aac")
    assert float(found["format"]["duration"]) == pytest.approx(info.seconds, abs=0.03)
    assert METADATA.items() <= found["format"]["tags"].items()
    assert "creation_time" not in found["format"]["tags"]
