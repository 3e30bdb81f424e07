"""Files of unknown origin: known, or refused; never a crash."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import EngineFault
from core.media.encode import encode
from core.media.fit import fit
from core.media.frames import sample_frames
from core.media.probe import probe, verify
from core.media.source import MAX_FRAMES
from core.media.thumbnail import thumbnail
from tests.unit.media.pictures import counted, make_clip

ON_A_PATH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    make_clip(path, 8, 64, 48)
    return path.read_bytes()


def box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def refused(path: Path, content: bytes) -> str:
    """The reason why nobody takes the content for a clip."""
    path.write_bytes(content)
    reasons = []
    for use in (probe, verify, lambda path: sample_frames(path, 2)):
        with pytest.raises(EngineFault) as caught:
            use(path)
        assert caught.value.code == "clip-invalid"
        reasons.append(str(caught.value.details["detail"]))
    return reasons[0]


def at(content: bytes, kind: bytes) -> int:
    """Where the payload of the first box of a kind begins."""
    return content.index(kind) + 4


def patched(content: bytes, offset: int, value: int) -> bytes:
    return content[:offset] + struct.pack(">I", value) + content[offset + 4 :]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"not a video at all",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        box(b"ftyp", b"isom"),
        box(b"ftyp", b"isom") + box(b"moov", b"") + box(b"mdat", b"x"),
        box(b"moov", box(b"cmov", bytes(20))) + box(b"mdat", b"x"),
        bytes(10_000),
    ],
    ids=["empty", "byte", "text", "png", "playlist", "concat", "brand", "no-track", "compressed-index", "zeros"],
)
def test_what_is_no_clip_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path / "x.mp4", content)


@ON_A_PATH
@given(st.sampled_from([b"", box(b"ftyp", b"isom")]), st.binary(max_size=300))
@example(b"", b"\0\0\0\1mdat\xff\xff\xff\xff\xff\xff\xff\xff")
@example(b"", b"\0\0\0\0")
def test_garbage_is_refused(tmp_path: Path, start: bytes, content: bytes) -> None:
    refused(tmp_path / "x.mp4", start + content)


@ON_A_PATH
@given(st.data())
def test_any_cut_is_noticed(tmp_path: Path, clip: bytes, data: st.DataObject) -> None:
    refused(tmp_path / "x.mp4", clip[: data.draw(st.integers(0, len(clip) - 1))])


@ON_A_PATH
@given(st.data())
def test_damage_anywhere_ends_well_or_with_a_clean_error(tmp_path: Path, clip: bytes, data: st.DataObject) -> None:
    damaged = bytearray(clip)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(clip) - 1))] = data.draw(st.sampled_from([0, 1, 127, 128, 255]))
    path = tmp_path / "x.mp4"
    path.write_bytes(damaged)
    for use in (verify, lambda path: sample_frames(path, 3), lambda path: thumbnail(path, tmp_path / "x.jpg")):
        with suppress(EngineFault):
            use(path)


def test_damaged_pictures_do_not_pass_for_sound(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    make_clip(path, 24)
    content = bytearray(path.read_bytes())
    middle = (at(bytes(content), b"mdat") + len(content)) // 2
    content[middle : middle + 400] = bytes(reversed(content[middle : middle + 400]))
    path.write_bytes(content)
    assert probe(path).num_frames == 24
    with pytest.raises(EngineFault, match="clip-invalid"):
        verify(path)


@pytest.mark.parametrize(("kind", "count_at"), [(b"stsz", 8), (b"stts", 8), (b"ctts", 8)])
def test_an_index_that_claims_billions_of_samples_is_refused(
    tmp_path: Path, clip: bytes, kind: bytes, count_at: int
) -> None:
    assert refused(tmp_path / "x.mp4", patched(clip, at(clip, kind) + count_at, 0xFFFFFFF0)) == "too many samples"


def test_a_picture_too_large_to_decode_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    with pytest.raises(EngineFault, match="clip-invalid"):
        encode(counted(1, 4096, 2306), path, width=4096, height=2306, fps=8, metadata={}, preset="ultrafast")
    assert refused(path, path.read_bytes()) == "pictures of 4096x2306"


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    nested = b""
    for _ in range(2000):
        nested = box(b"moov", nested)
    assert refused(tmp_path / "x.mp4", nested)


def test_a_small_file_that_plays_for_hours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    info = encode(counted(MAX_FRAMES + 1, 16, 16), path, width=16, height=16, fps=24, metadata={}, preset="ultrafast")
    assert info.num_frames == MAX_FRAMES + 1
    for use in (verify, lambda path: sample_frames(path, 2), lambda path: fit(path, tmp_path / "y.mp4", 9000)):
        with pytest.raises(EngineFault, match="clip-invalid"):
            use(path)


def test_a_file_with_its_index_last_is_told_apart(tmp_path: Path, clip: bytes) -> None:
    moov = clip.index(b"moov") - 4
    size = struct.unpack(">I", clip[moov : moov + 4])[0]
    path = tmp_path / "x.mp4"
    path.write_bytes(clip)
    assert probe(path).faststart
    path.write_bytes(clip[:moov] + clip[moov + size :] + clip[moov : moov + size])
    assert not probe(path).faststart


def test_what_was_not_asked_for_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    make_clip(path, 24, 64, 48)
    verify(path, width=64, height=48, seconds=1.0)
    for wanted in ({"width": 66}, {"height": 50}, {"seconds": 2.0}):
        with pytest.raises(EngineFault) as caught:
            verify(path, **wanted)
        assert next(iter(wanted)) in str(caught.value.details["detail"])


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "nothing.mp4")
