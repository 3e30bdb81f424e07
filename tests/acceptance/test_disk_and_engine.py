"""A full disk and a dying engine, with the built-in engine itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.types import EntryKind, JobState
from tests.acceptance.stage import Stage, wait_until
from tests.acceptance.test_faults import REFUNDED, assert_delivered_once
from tests.needs import need

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PROMPT = "two red cars racing left through a city at night in the rain, square, 2s"
LONG = "a black cat walking right in a forest, 8s, 720p"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB: smaller than any clip."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False
    ).returncode == 0  # fmt: skip
    need(mounted, "leave to mount a small file system (root)")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_disk_full_while_a_clip_is_written(tmp_path: Path, tiny_disk: Path, database_url: str) -> None:
    stage = Stage(tmp_path / "play", database_url, PIYING_CLIPS_FOLDER=str(tiny_disk))
    (stage.folder / "real-engine").touch()
    try:
        stage.start("all")
        stage.submit("ann-1", PROMPT)
        stage.answer("ann-1")
        stage.wait_ended("ann-1")
        assert (stage.job("ann-1").state, stage.job("ann-1").error) == (JobState.FAILED, "storage-full")
        assert stage.entries("ann-1") == REFUNDED
        assert stage.deliveries("ann-1") == 0
        stage.assert_books_balance()
        assert [path for path in tiny_disk.rglob("*") if path.is_file()] == []
    finally:
        stage.close()


def test_engine_killed_while_it_draws_is_tried_again(tmp_path: Path, database_url: str) -> None:
    stage = Stage(tmp_path / "play", database_url)
    (stage.folder / "real-engine").touch()
    try:
        everything = stage.start("all")
        stage.submit("ann-1", PROMPT)
        stage.answer("ann-1")
        engines: list[psutil.Process] = []

        def started() -> bool:
            children = psutil.Process(everything.pid).children()
            engines[:] = [child for child in children if "core.engines.scene" in " ".join(child.cmdline())]
            return bool(engines)

        wait_until(started, "the engine's process")
        engines[0].send_signal(signal.SIGKILL)
        stage.wait_ended("ann-1")
        assert_delivered_once(stage, "ann-1")
    finally:
        stage.close()


def test_engine_exits_with_its_worker(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "play", f"sqlite:///{tmp_path / 'piying.db'}")
    (stage.folder / "real-engine").touch()
    try:
        everything = stage.start("all")
        stage.submit("ann-1", LONG)
        stage.answer("ann-1")
        wait_until(lambda: psutil.Process(everything.pid).children(), "the engine's process")
        engine = psutil.Process(everything.pid).children()[0]
        stage.kill(everything)
        wait_until(lambda: not engine.is_running(), "the engine's exit", 2)
        assert stage.entries("ann-1") == {EntryKind.HOLD: 1}, "nothing is settled before somebody takes it up again"
    finally:
        stage.close()
