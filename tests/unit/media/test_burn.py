"""A clip that somebody else encoded gets our marks; the rest of it stays."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from core.errors import EngineFault
from core.media.burn import burn
from core.media.encode import Encoder
from core.media.frames import sample_frames
from core.media.label import make_label
from core.media.marks import Marks
from core.media.probe import verify
from tests.unit.media.pictures import moving

WIDTH, HEIGHT = 320, 240


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.mean(2).ravel(), other.mean(2).ravel())[0, 1])


def test_marks_come_and_all_else_stays(tmp_path: Path) -> None:
    source, target = tmp_path / "vendor.mp4", tmp_path / "burnt.mp4"
    tone = np.sin(np.arange(48_000) / 20).astype(np.float32)[:, np.newaxis] * 0.3
    with Encoder(source, width=WIDTH, height=HEIGHT, fps=24, metadata={"comment": "theirs"}, has_sound=True) as encoder:
        for frame in moving(24, WIDTH, HEIGHT):
            encoder.write(frame)
        encoder.add_sound(tone, 48_000)
    aigc = json.dumps({"Label": "1"})
    burn(source, target, Marks(label="AI生成", label_seconds=0.5, metadata={"AIGC": aigc}))
    before, after = verify(source), verify(target, width=WIDTH, height=HEIGHT, seconds=1)
    assert (after.num_frames, after.fps, after.audio_codec) == (before.num_frames, before.fps, "aac")
    assert after.faststart
    assert after.metadata == {"comment": "theirs", "AIGC": aigc}
    first, last = ((one[0], one[-1]) for one in (sample_frames(source, 2), sample_frames(target, 2)))
    label = make_label("AI生成", WIDTH, HEIGHT)
    place = (slice(label.top, label.bottom), slice(label.left, label.right))
    expected = first[0].copy()
    label.write_on(expected)
    assert likeness(last[0][place], expected[place]) > 0.98
    assert likeness(last[1][place], first[1][place]) > 0.98
    assert likeness(last[0][place], first[0][place]) < 0.5


def test_a_clip_without_sound_gets_silence_as_long_as_its_pictures(tmp_path: Path) -> None:
    source, target = tmp_path / "vendor.mp4", tmp_path / "burnt.mp4"
    with av.open(str(source), "w") as output:
        video = output.add_stream("libx264", rate=24)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in moving(30, WIDTH, HEIGHT):
            output.mux(video.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame))))
        output.mux(video.encode(None))
    assert verify(source).audio_codec is None
    burn(source, target, Marks(label="AI生成"))
    after = verify(target, width=WIDTH, height=HEIGHT, seconds=1.25)
    assert (after.num_frames, after.audio_codec, after.faststart) == (30, "aac", True)
    with av.open(str(target)) as clip:
        sound = clip.streams.audio[0]
        assert float((sound.duration or 0) * (sound.time_base or 0)) == pytest.approx(1.25, abs=0.05)


def test_what_is_no_clip_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "vendor.mp4").write_bytes(b"nothing")
    with pytest.raises(EngineFault, match="clip-invalid"):
        burn(tmp_path / "vendor.mp4", tmp_path / "burnt.mp4", Marks(label="AI生成"))
    assert [path.name for path in tmp_path.iterdir()] == ["vendor.mp4"]
