"""Matroska and WebM: whole, or refused before a demuxer sees them."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import EngineFault
from core.media.ebml import MAGIC, MAX_ELEMENTS, MAX_TABLES, require_whole
from core.media.probe import probe, verify
from tests.unit.media.odd import Odd, make

SEGMENT, CLUSTER, TRACKS = b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75", b"\x16\x54\xae\x6b"
TAGS, CUES, VOID, GROUP, BLOCK, ADDITIONS = (
    b"\x12\x54\xc3\x67",
    b"\x1c\x53\xbb\x6b",
    b"\xec",
    b"\xa0",
    b"\xa1",
    b"\x75\xa1",
)
UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"
ON_A_PATH = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def element(kind: bytes, payload: bytes = b"") -> bytes:
    return kind + (1 << 56 | len(payload)).to_bytes(8, "big") + payload


HEADER = element(MAGIC, b"\x42\x82\x84webm")
BARE = element(TRACKS) + element(CLUSTER)


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(EngineFault) as caught:
        probe(path)
    assert caught.value.code == "clip-invalid"
    return str(caught.value.details["detail"])


@pytest.mark.parametrize(
    ("segment", "why"),
    [
        (BARE + element(TRACKS, b"\xae\x80" * (MAX_TABLES // 2 + 1)), "tables too large"),
        (
            BARE + element(TAGS, b"\x73\x73\x80" * (MAX_TABLES // 4)) + element(CUES, b"\xbb\x80" * 200_000),
            "tables too",
        ),
        (BARE + element(CLUSTER, element(GROUP, element(ADDITIONS, bytes(MAX_TABLES + 1)))), "tables too large"),
        (BARE + b"\xec\x80" * (MAX_ELEMENTS + 1), "too many elements"),
        (BARE + element(CLUSTER, element(GROUP, b"\xec\x80" * (MAX_ELEMENTS + 1))), "too many elements"),
        (element(CLUSTER) + TRACKS + UNKNOWN, "of unknown length"),
        (BARE + element(b"\x1a\x45\xdf\xa4"), "damaged"),
        (BARE + b"\0\0", "cut short or damaged"),
        (element(CLUSTER), "not Matroska with pictures"),
        (element(TRACKS), "not Matroska with pictures"),
    ],
    ids=[
        "tracks",
        "tables",
        "additions",
        "fillers",
        "parts",
        "endless",
        "stranger",
        "zeros",
        "no-tracks",
        "no-clusters",
    ],
)
def test_what_would_exhaust_or_mislead_a_demuxer_is_refused(tmp_path: Path, segment: bytes, why: str) -> None:
    assert why in refused(tmp_path / "x.webm", HEADER + element(SEGMENT, segment))


def test_what_says_that_it_is_longer_than_it_is_is_refused(tmp_path: Path) -> None:
    whole = HEADER + element(SEGMENT, BARE)
    assert "cut short" in refused(tmp_path / "x.webm", whole[:-1])
    assert "damaged" in refused(tmp_path / "x.webm", whole + b"\x1a\x45\xdf\xa4\x80")
    assert refused(tmp_path / "x.webm", element(MAGIC))


@ON_A_PATH
@given(st.binary(max_size=300), st.booleans())
def test_garbage_is_refused(tmp_path: Path, content: bytes, is_inside: bool) -> None:
    refused(tmp_path / "x.webm", HEADER + element(SEGMENT, content) if is_inside else MAGIC + content)


@ON_A_PATH
@given(st.integers(0, 1 << 30))
def test_any_cut_is_noticed(tmp_path: Path, at: int) -> None:
    source = tmp_path / "source.webm"
    if not source.exists():
        make(source, Odd("libvpx-vp9", container="webm", seconds=0.3, sound="libopus"))
    whole = source.read_bytes()
    require_whole(source)
    assert refused(tmp_path / "x.webm", whole[: at % len(whole)])


def test_what_was_written_as_it_was_made_has_its_length_from_its_pictures(tmp_path: Path) -> None:
    """A live WebM says neither how long it is nor how long its clusters are."""
    path = tmp_path / "live.webm"
    with path.open("wb") as raw:
        _stream(raw)
    content = path.read_bytes()
    assert SEGMENT + UNKNOWN in content
    with pytest.raises(EngineFault, match="clip-invalid"):
        probe(path)
    info = verify(path, width=64, height=48, seconds=1)
    assert (info.num_frames, info.codec) == (24, "vp9")


class _OneWay:
    """A file that cannot go back, so that what is written stays."""

    def __init__(self, file: object) -> None:
        self.write = file.write  # type: ignore[attr-defined]


def _stream(file: object) -> None:
    with av.open(_OneWay(file), "w", format="webm", container_options={"live": "1"}) as output:
        video = output.add_stream("libvpx-vp9", rate=24, options={"deadline": "realtime", "cpu-used": "8"})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for level in range(24):
            output.mux(video.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 9 * level, np.uint8))))
        output.mux(video.encode(None))
