"""Turns arguments into the files that clips go to, tried before anything is made or paid, and pictures into bytes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from piying.mistake import Mistake


def plan(output: Path, prompts: int) -> list[Path]:
    """The file itself for one prompt; a folder's numbered files for several, or where the output is a folder.

    Raises:
        Mistake: several clips do not fit into one file, or the file's name is not that of an MP4.
    """
    is_file = bool(output.suffix) and not output.is_dir()
    if prompts == 1 and is_file:
        if output.suffix.lower() != ".mp4":
            raise Mistake(f"{output} would hold no {output.suffix[1:]}: clips are .mp4 files")
        return [output]
    if is_file and output.suffix.lower() == ".mp4":
        raise Mistake(f"{output} is the name of one file: {prompts} prompts need a folder")
    return [output / f"{number}.mp4" for number in range(1, prompts + 1)]


def try_out(paths: Sequence[Path], umask: int) -> None:
    """Make the folders, and see that each file can be written; no file is left behind.

    ``umask`` is the user's own: what they asked for is theirs to share, unlike what Piying keeps.

    Raises:
        Mistake: a folder cannot be made, or a file not be written.
    """
    for path in paths:
        try:
            with _umask(umask):
                path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                path.open("ab").close()
            else:
                tempfile.TemporaryFile(dir=path.parent).close()
        except FileExistsError as error:
            raise Mistake(f"cannot write {path}: {path.parent} is no folder") from error
        except OSError as error:
            raise Mistake(f"cannot write {path}: {error.strerror}") from error


def read_upload(path: Path) -> bytes:
    """A picture that a clip shall begin or end with, as it is.

    Raises:
        Mistake: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Mistake(f"cannot read {path}: {error.strerror}") from error


def put(clip: Path, path: Path, umask: int) -> None:
    """Copy a finished clip to where it was asked for.

    Raises:
        Mistake: it could not be written; the text says where the clip is.
    """
    is_new = not path.exists()
    try:
        shutil.copyfile(clip, path)
        if is_new:
            path.chmod(0o666 & ~umask)
    except OSError as error:
        if is_new:
            path.unlink(missing_ok=True)
        raise Mistake(f"cannot write {path}: {error.strerror}. The clip is in {clip}") from error


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
