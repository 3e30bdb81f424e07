"""Every writer on a disk that fills up: the errno says so, and nothing half-written stays."""

import errno
import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import EngineFault
from core.media.fit import fit
from core.media.packager import Package, Packager
from core.media.thumbnail import thumbnail
from tests.needs import need
from tests.unit.media.pictures import make_clip, moving

KIB = 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
    need(mounted, "the right to mount a small disk (root)")
    yield folder
    gc.collect()  # an error holds the frames it passed through, and those the encoder with its open file
    subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, kib: int) -> list[str]:
    (disk / "fill").write_bytes(bytes(kib * KIB))
    return ["fill"]


def names(disk: Path) -> list[str]:
    return sorted(path.name for path in disk.iterdir())


def test_encode_stops_with_enospc(small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space") as caught:
        make_clip(small_disk / "clip.mp4", 200, 320, 240, crf=5)
    assert caught.value.errno == errno.ENOSPC
    assert names(small_disk) == []


def test_encode_is_whole_or_enospc_at_every_size_of_disk(tmp_path: Path, small_disk: Path) -> None:
    # The index is written last and moved to the front: the disk may fill in each of these steps.
    whole = make_clip(tmp_path / "clip.mp4", 12, crf=12).size_bytes
    outcomes = set()
    for spare in range(-5 * 4 * KIB, 5 * 4 * KIB, 4 * KIB):
        left = fill(small_disk, 200 - (whole + spare) // (4 * KIB) * 4)
        try:
            assert make_clip(small_disk / "clip.mp4", 12, crf=12).size_bytes == whole
            outcomes.add("whole")
            (small_disk / "clip.mp4").unlink()
        except OSError as error:
            outcomes.add(errno.errorcode[error.errno or 0])
        assert names(small_disk) == left
    assert outcomes == {"whole", "ENOSPC"}


@pytest.mark.parametrize("kib", [0, 120, 160, 196])
def test_fit_stops_with_enospc(tmp_path: Path, small_disk: Path, kib: int) -> None:
    size = make_clip(tmp_path / "clip.mp4", 60, crf=3).size_bytes
    left = fill(small_disk, kib)
    for limit in (size, size * 3 // 4):
        with pytest.raises(OSError, match="No space") as caught:
            fit(tmp_path / "clip.mp4", small_disk / "small.mp4", limit)
        assert caught.value.errno == errno.ENOSPC
        assert names(small_disk) == left


def test_thumbnail_stops_with_enospc(tmp_path: Path, small_disk: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 3, 854, 480)
    left = fill(small_disk, 192)
    with pytest.raises(OSError, match="No space") as caught:
        thumbnail(tmp_path / "clip.mp4", small_disk / "t.jpg", max_side=None)
    assert caught.value.errno == errno.ENOSPC
    assert names(small_disk) == left


@pytest.mark.parametrize("kib", [0, 120, 196])
def test_the_packager_says_so(small_disk: Path, kib: int) -> None:
    left, packager = fill(small_disk, kib), Packager()
    session = packager.begin(Package(small_disk / "c.mp4", small_disk / "c.jpg", 320, 240, 24, 200, crf=5))
    for frame in moving(200, 320, 240):
        session.write(frame)
    with pytest.raises(EngineFault, match="storage-full"):
        session.finish()
    packager.close()
    assert names(small_disk) == left
