"""Turns finished clips into files in a folder, and keys back into paths."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import EngineFault, Refusal
from core.types import Clip, StoredClip


class FolderClipStore:
    """``core.ports.ClipStore`` on a local folder.

    A job's files lie in a folder of its own; each attempt has a name of its own, so that an attempt which was given up
    for dead cannot overwrite the clip that counts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, job_id: str, clip: Clip) -> StoredClip:
        """See the port."""
        stem = f"{_home(job_id)}/{secrets.token_hex(4)}"
        target = self._folder / stem
        video, poster = target.with_suffix(".mp4"), target.with_suffix(".jpg")
        with self._writing(video, poster):
            for source, taken in ((clip.poster, poster), (clip.path, video)):
                shutil.move(source, taken)
                _sync(taken)
        return StoredClip(
            f"{stem}.mp4", f"{stem}.jpg", clip.width, clip.height, clip.seconds, clip.size_bytes, clip.recipe
        )

    def put_file(self, job_id: str, name: str, data: bytes) -> str:
        """See the port. Whoever has the older one open reads that to its end."""
        target = self._folder / _home(job_id) / name
        part = target.with_name(f"{secrets.token_hex(4)}.part")
        with self._writing(part):
            part.write_bytes(data)
            _sync(part)
            part.replace(target)
        return f"{_home(job_id)}/{name}"

    def open(self, key: str) -> Path:
        """See the port."""
        path = (self._folder / key).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            raise Refusal("job-unknown", job=key)
        return path

    def delete(self, job_id: str) -> None:
        """See the port."""
        shutil.rmtree(self._folder / _home(job_id), ignore_errors=True)

    def writable(self) -> bool:
        """Whether a clip could be put."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return os.access(self._folder, os.W_OK)

    @contextmanager
    def _writing(self, *files: Path) -> Iterator[None]:
        """A place for files of one job, whose names are on the disk at the end; when it fails they are gone."""
        home = files[0].parent
        try:
            home.mkdir(parents=True, exist_ok=True)
            yield
            for folder in (home, home.parent, self._folder):
                _sync(folder)
        except OSError as error:
            for file in files:
                file.unlink(missing_ok=True)
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise EngineFault("storage-full") from error
            raise


def _home(job_id: str) -> str:
    return f"{job_id[:2]}/{job_id}"


def _sync(path: Path) -> None:
    """To the disk: of a folder, the names in it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
