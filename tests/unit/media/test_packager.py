"""Frames in, a clip out of another process; whatever happens there, the next clip is made."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.errors import EngineFault
from core.media.packager import Package, Packager, Session
from core.media.probe import verify
from tests.unit.media.pictures import METADATA, moving

WIDTH, HEIGHT, COUNT = 320, 240, 12


@pytest.fixture(scope="module")
def shared() -> Iterator[Packager]:
    packager = Packager()
    yield packager
    packager.close()


@pytest.fixture
def packager(shared: Packager) -> Iterator[Packager]:
    yield shared
    shared.cancel()


def package(folder: Path, name: str = "clip", count: int = COUNT, crf: int = 20) -> Package:
    return Package(folder / f"{name}.mp4", folder / f"{name}.jpg", WIDTH, HEIGHT, 12, count, metadata=METADATA, crf=crf)


def pid_of(packager: Packager) -> int:
    assert packager._process is not None
    return packager._process._child.pid


def fill(session: Session, count: int = COUNT) -> str:
    """Write so many frames; their digest."""
    digest = hashlib.sha256()
    for frame in moving(count, WIDTH, HEIGHT):
        session.write(frame)
        digest.update(frame.tobytes())
    return digest.hexdigest()


def finish(session: Session, count: int) -> None:
    fill(session, count)
    session.finish()


def make(packager: Packager, folder: Path, name: str = "clip") -> bytes:
    """The bytes of a whole clip."""
    session = packager.begin(package(folder, name))
    fill(session)
    session.finish()
    return (folder / f"{name}.mp4").read_bytes()


def test_many_clips_come_out_of_one_process(packager: Packager, tmp_path: Path) -> None:
    seen = set()
    for name in ("one", "two", "three"):
        session = packager.begin(package(tmp_path, name))
        digest = fill(session)
        packed = session.finish()
        info = verify(tmp_path / f"{name}.mp4", width=WIDTH, height=HEIGHT, seconds=1)
        assert (packed.width, packed.height, packed.seconds, packed.size_bytes, packed.frames) == (
            WIDTH, HEIGHT, 1.0, info.size_bytes, digest,
        )  # fmt: skip
        assert (info.num_frames, info.metadata) == (COUNT, METADATA)
        assert (tmp_path / f"{name}.jpg").read_bytes()[:3] == b"\xff\xd8\xff"
        seen.add(pid_of(packager))
    assert len(seen) == 1
    assert len(list(tmp_path.iterdir())) == 6


def test_the_same_frames_give_the_same_bytes_from_run_to_run(packager: Packager, tmp_path: Path) -> None:
    first = make(packager, tmp_path, "first")
    os.kill(pid_of(packager), signal.SIGKILL)
    assert packager._process is not None
    packager._process._child.wait()
    assert make(packager, tmp_path, "second") == first


def test_sound_comes_with_it(packager: Packager, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (24_000, 2)).astype(np.float32)
    for name, sound in (("loud", noise), ("none", noise[:0]), ("silent", None)):
        session = packager.begin(package(tmp_path, name))
        fill(session)
        session.finish(sound, 24_000)
        assert verify(tmp_path / f"{name}.mp4").audio_codec == "aac"
    sizes = [(tmp_path / f"{name}.mp4").stat().st_size for name in ("loud", "none", "silent")]
    assert sizes[0] - sizes[1] > 10_000
    assert sizes[1] == sizes[2]


def test_a_wrong_frame_is_refused_here_and_a_missing_one_too(packager: Packager, tmp_path: Path) -> None:
    with packager.begin(package(tmp_path)) as session:
        for frame in (np.zeros((HEIGHT, WIDTH + 2, 3), np.uint8), np.zeros((HEIGHT, WIDTH, 3), np.float32)):
            with pytest.raises(ValueError, match="expected 12 more frames"):
                session.write(frame)
        fill(session, COUNT - 1)
        with pytest.raises(ValueError, match="1 frames are missing"):
            session.finish()
        fill(session, 1)
        with pytest.raises(ValueError, match="expected 0 more frames"):
            fill(session, 1)
        session.finish()
    assert verify(tmp_path / "clip.mp4").num_frames == COUNT


def test_frames_that_are_not_contiguous_arrive_whole(packager: Packager, tmp_path: Path) -> None:
    wide = list(moving(COUNT, WIDTH * 2, HEIGHT))
    session = packager.begin(package(tmp_path))
    digest = hashlib.sha256()
    for frame in wide:
        session.write(frame[:, ::2])
        digest.update(frame[:, ::2].tobytes())
    assert session.finish().frames == digest.hexdigest()


def test_a_block_left_early_costs_the_next_clip_nothing(packager: Packager, tmp_path: Path) -> None:
    with packager.begin(package(tmp_path)) as session:
        fill(session, 3)
    assert make(packager, tmp_path)


@pytest.mark.parametrize("frames", [0, 5, COUNT])
def test_a_killed_process_is_a_fault_and_the_next_clip_is_made(packager: Packager, tmp_path: Path, frames: int) -> None:
    session = packager.begin(package(tmp_path))
    fill(session, frames)
    os.kill(pid_of(packager), signal.SIGKILL)
    with pytest.raises(EngineFault, match="engine-fault"):
        finish(session, COUNT - frames)
    assert make(packager, tmp_path)


def test_a_process_that_died_idle_is_replaced(packager: Packager, tmp_path: Path) -> None:
    make(packager, tmp_path)
    assert packager._process is not None
    packager._process._child.kill()
    packager._process._child.wait()
    assert make(packager, tmp_path)


def test_a_writer_that_waits_is_freed_by_a_cancel(packager: Packager, tmp_path: Path) -> None:
    session = packager.begin(package(tmp_path, count=2000))
    os.kill(pid_of(packager), signal.SIGSTOP)
    faults: list[str] = []

    def write() -> None:
        try:
            fill(session, 2000)
        except EngineFault as fault:
            faults.append(fault.code)

    writer = threading.Thread(target=write)
    writer.start()
    writer.join(0.3)
    assert writer.is_alive()
    packager.cancel()
    writer.join(5)
    assert not writer.is_alive()
    assert faults == ["engine-fault"]
    session.cancel()
    assert make(packager, tmp_path)


def test_clips_wait_for_their_turn(packager: Packager, tmp_path: Path) -> None:
    session = packager.begin(package(tmp_path, "first"))
    second = threading.Thread(target=make, args=(packager, tmp_path, "second"))
    second.start()
    fill(session)
    assert not (tmp_path / "second.mp4").exists()
    session.finish()
    second.join(20)
    assert verify(tmp_path / "second.mp4").num_frames == COUNT


@pytest.mark.parametrize(("width", "height"), [(321, 240), (0, 240)])
def test_what_the_encoder_refuses_is_a_fault(packager: Packager, tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(EngineFault, match="engine-fault"):
        packager.begin(Package(tmp_path / "c.mp4", tmp_path / "c.jpg", width, height, 8, 0)).finish()
    assert make(packager, tmp_path)


def test_sound_that_is_none_is_a_fault_and_leaves_no_clip(packager: Packager, tmp_path: Path) -> None:
    session = packager.begin(package(tmp_path))
    fill(session)
    with pytest.raises(EngineFault, match="engine-fault"):
        session.finish(np.full((100, 2), np.nan, np.float32), 48_000)
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_is_gone_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from core.media.packager import *; import numpy as np\n"
        "session = Packager().begin(Package(Path(sys.argv[1]), Path(sys.argv[2]), 64, 48, 8, 9))\n"
        "session.write(np.zeros((48, 64, 3), np.uint8)); print(session._process._child.pid, flush=True); os._exit(0)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "c.mp4"), str(tmp_path / "c.jpg")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=Path.cwd(), timeout=20)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(20)
    assert list(tmp_path.iterdir()) == []


def test_it_starts_without_what_it_does_not_need() -> None:
    script = "import sys, core.media.package; print({'torch', 'PIL', 'asyncio', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=Path.cwd())
    assert done.stdout.strip() == "set()"
