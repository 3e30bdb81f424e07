"""Turns a clip's file into what Telegram must be told of it: left to itself it shows large ones as a black square."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from telegram import InputFile


@dataclass(frozen=True)
class Files:
    """A clip's files as the library takes them."""

    video: InputFile | Path
    thumbnail: InputFile | Path


@dataclass(frozen=True)
class Film:
    """Pixels, whole seconds (1 at least), and the preview: a JPEG of at most 320 pixels a side and 200 kB."""

    width: int
    height: int
    seconds: int
    thumbnail: bytes


def look_at(video: Path) -> Film:
    """As the file is, which may be smaller than what was asked for. Blocking, about a tenth of a second.

    Raises:
        EngineFault: ``clip-invalid``.
        OSError: the file cannot be read.
    """
    from core.media.probe import probe
    from core.media.thumbnail import thumbnail

    info = probe(video)
    with TemporaryDirectory(prefix="piying-thumbnail-") as folder:
        picture = thumbnail(video, Path(folder) / "thumbnail.jpg").read_bytes()
    return Film(info.width, info.height, max(1, math.ceil(info.seconds - 0.5)), picture)


@contextmanager
def files_of(video: Path, film: Film, name: str, *, is_local: bool) -> Iterator[Files]:
    """Within it the video is read piece by piece as it is sent, under that name, from its beginning each time.

    ``is_local``: the server is on this machine and reads the files itself; it is told their paths.
    """
    if is_local:
        with TemporaryDirectory(prefix="piying-thumbnail-") as folder:
            thumbnail = Path(folder) / "thumbnail.jpg"
            thumbnail.write_bytes(film.thumbnail)
            yield Files(video.absolute(), thumbnail)
        return
    with video.open("rb") as file:
        uploaded = InputFile(file, name, attach=True, read_file_handle=False)
        yield Files(uploaded, InputFile(film.thumbnail, "thumbnail.jpg", attach=True))
