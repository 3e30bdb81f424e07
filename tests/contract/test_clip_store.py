"""Core's ClipStore port, held by the folder and by the fake."""

import errno
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import EngineFault, Refusal
from core.ports import ClipStore
from core.types import Clip
from storage.clips import FolderClipStore
from tests.fakes import FakeClipStore

JOB, OTHER = "c0ffee" + "0" * 26, "c0ffee" + "1" * 26


@pytest.fixture(params=[FolderClipStore, FakeClipStore])
def clips(request: pytest.FixtureRequest, tmp_path: Path) -> ClipStore:
    folder = tmp_path / "clips"
    folder.mkdir()
    make: Callable[[Path], ClipStore] = request.param
    return make(folder)


def make_clip(folder: Path, content: bytes = b"video") -> Clip:
    folder.mkdir(exist_ok=True)
    video, poster = folder / "clip.mp4", folder / "poster.jpg"
    video.write_bytes(content)
    poster.write_bytes(b"poster of " + content)
    return Clip(video, poster, 854, 480, 4.0, len(content), {"engine": "test", "seed": 7})


def test_what_was_put_can_be_opened(clips: ClipStore, tmp_path: Path) -> None:
    stored = clips.put(JOB, make_clip(tmp_path / "work"))
    assert clips.open(stored.video).read_bytes() == b"video"
    assert clips.open(stored.poster).read_bytes() == b"poster of video"
    assert (stored.width, stored.height, stored.seconds, stored.size_bytes) == (854, 480, 4.0, 5)
    assert stored.recipe == {"engine": "test", "seed": 7}


def test_a_small_file_replaces_the_one_before_it(clips: ClipStore) -> None:
    key = clips.put_file(JOB, "preview.webp", b"first")
    assert clips.open(key).read_bytes() == b"first"
    assert clips.put_file(JOB, "preview.webp", b"second") == key
    assert clips.open(key).read_bytes() == b"second"
    assert clips.put_file(JOB, "first.png", b"picture") != key
    assert clips.open(clips.put_file(OTHER, "preview.webp", b"other")).read_bytes() == b"other"
    assert clips.open(key).read_bytes() == b"second"


@pytest.mark.parametrize("name", ["first.png", "preview.webp"])
def test_its_key_ends_with_its_name(clips: ClipStore, name: str) -> None:
    assert clips.put_file(JOB, name, b"data").endswith(name)


def test_a_key_to_nothing_is_refused(clips: ClipStore) -> None:
    with pytest.raises(Refusal, match="job-unknown"):
        clips.open("nothing.mp4")


def test_delete_takes_all_of_one_job(clips: ClipStore, tmp_path: Path) -> None:
    mine = [clips.put(JOB, make_clip(tmp_path / "work", content)) for content in (b"first", b"second")]
    other = clips.put(OTHER, make_clip(tmp_path / "work"))
    small = clips.put_file(JOB, "first.png", b"picture")
    clips.delete(JOB)
    clips.delete(JOB)
    with pytest.raises(Refusal):
        clips.open(small)
    for stored in mine:
        for key in (stored.video, stored.poster):
            with pytest.raises(Refusal):
                clips.open(key)
    assert clips.open(other.video).read_bytes() == b"video"


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "", ".", "a/../../secret"])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_text("secret")
    clips = FolderClipStore(tmp_path / "clips")
    with pytest.raises(Refusal, match="job-unknown"):
        clips.open(key)


def test_a_second_attempt_leaves_the_first_ones_clip_alone(tmp_path: Path) -> None:
    clips = FolderClipStore(tmp_path / "clips")
    first = clips.put(JOB, make_clip(tmp_path / "work", b"first"))
    second = clips.put(JOB, make_clip(tmp_path / "work", b"second"))
    assert clips.open(first.video).read_bytes() == b"first"
    assert clips.open(second.video).read_bytes() == b"second"


def test_files_are_taken_over_not_copied(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "work")
    FolderClipStore(tmp_path / "clips").put(JOB, clip)
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_fault_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    move = shutil.move

    def full(source: Path, target: Path) -> object:
        if target.suffix == ".mp4":
            target.write_bytes(b"vi")
            raise OSError(number, os.strerror(number))
        return move(source, target)

    monkeypatch.setattr(shutil, "move", full)
    with pytest.raises(EngineFault, match="storage-full"):
        FolderClipStore(tmp_path / "clips").put(JOB, make_clip(tmp_path / "work"))
    assert [path for path in (tmp_path / "clips").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_small_file_that_finds_no_room_leaves_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:2])
        raise OSError(number, os.strerror(number))

    clips = FolderClipStore(tmp_path / "clips")
    key = clips.put_file(JOB, "preview.webp", b"older")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError if number == errno.EIO else EngineFault) as failed:
        clips.put_file(JOB, "preview.webp", b"newer")
    assert number == errno.EIO or str(failed.value) == "storage-full"
    assert clips.open(key).read_bytes() == b"older"
    assert len([path for path in (tmp_path / "clips").rglob("*") if path.is_file()]) == 1


def test_who_reads_a_small_file_reads_one_version_of_it(tmp_path: Path) -> None:
    clips = FolderClipStore(tmp_path / "clips")
    versions = [bytes([number]) * 50_000 for number in range(2)]
    key = clips.put_file(JOB, "preview.webp", versions[0])
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(clips.put_file, JOB, "preview.webp", versions[number % 2]) for number in range(40)]
        while not all(write.done() for write in writes):
            assert clips.open(key).read_bytes() in versions
    assert {write.result() for write in writes} == {key}


def test_another_fault_keeps_its_own_name(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "work")
    clip.path.unlink()
    with pytest.raises(FileNotFoundError):
        FolderClipStore(tmp_path / "clips").put(JOB, clip)
    assert [path for path in (tmp_path / "clips").rglob("*") if path.is_file()] == []


def test_it_says_whether_it_can_take_clips(tmp_path: Path) -> None:
    assert FolderClipStore(tmp_path / "new" / "clips").writable() is True
