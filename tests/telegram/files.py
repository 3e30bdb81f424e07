"""Keeps the bytes of every file and hands out identifiers that mean them for good."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
from PIL import Image, UnidentifiedImageError

from tests.telegram.errors import bad

MEGABYTE = 1_000_000
UPLOAD_LIMIT, LOCAL_LIMIT = 50 * MEGABYTE, 2000 * MEGABYTE
PHOTO_LIMIT = 10 * MEGABYTE
DOWNLOAD_LIMIT = 20 * MEGABYTE


@dataclass(frozen=True)
class Stored:
    """A file. ``kind`` is the field of a message that holds it; ``facts`` go into its JSON."""

    kind: str
    id: str
    unique_id: str
    name: str
    data: bytes
    facts: dict[str, Any]

    def json(self) -> dict[str, Any]:
        """As a Video, PhotoSize or Document."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.data), **self.facts}


class Files:
    """All files of the server."""

    def __init__(self) -> None:
        self._by_id: dict[str, Stored] = {}
        self._by_path: dict[str, Stored] = {}

    def add(self, kind: str, data: bytes, name: str = "", **facts: Any) -> Stored:
        """Keep a file. The same file again gets another id, as with Telegram, but the same unique id."""
        digest = hashlib.sha256(data).hexdigest()
        number = len(self._by_id)
        stored = Stored(kind, f"AgAC-{kind}-{number}-{digest[:12]}", f"AQAD{digest[:12]}", name, data, facts)
        self._by_id[stored.id] = stored
        return stored

    def find(self, file_id: str, kind: str = "") -> Stored:
        """The file of an id.

        Raises:
            Refused: there is none, or it is of another kind.
        """
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad("wrong file identifier/HTTP URL specified")
        if kind and stored.kind != kind:
            raise bad(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        return stored

    def publish(self, file_id: str, limit: int, folder: Path | None = None) -> dict[str, Any]:
        """As ``getFile`` answers; of a server in local mode it then lies in its folder, however large it is."""
        stored = self.find(file_id)
        if folder is None and len(stored.data) > limit:
            raise bad("file is too big")
        path = f"{stored.kind}s/file_{list(self._by_id).index(file_id)}{_suffix(stored)}"
        if folder is None:
            self._by_path[path] = stored
        else:
            lies = folder / path
            lies.parent.mkdir(parents=True, exist_ok=True)
            lies.write_bytes(stored.data)
            path = str(lies)
        return {**{k: v for k, v in stored.json().items() if k.startswith("file_") and k != "file_name"},
                "file_path": path}  # fmt: skip

    def at(self, path: str) -> Stored | None:
        """What lies at a published path."""
        return self._by_path.get(path)


def _suffix(stored: Stored) -> str:
    known = {"photo": ".jpg", "video": ".mp4"}
    return known.get(stored.kind, "." + stored.name.rpartition(".")[2] if "." in stored.name else "")


def picture_size(data: bytes) -> tuple[str, int, int] | None:
    """Format, width and height of a picture; None where it is none."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.format or "", picture.width, picture.height
    except (UnidentifiedImageError, OSError, ValueError):
        return None


@dataclass(frozen=True)
class Film:
    """What a video file really is."""

    width: int
    height: int
    seconds: float
    has_sound: bool
    codec: str


@lru_cache(maxsize=256)
def look(data: bytes) -> Film | None:
    """Read a video's header; None where it is no MPEG4."""
    if data[4:8] != b"ftyp":
        return None
    try:
        with av.open(io.BytesIO(data)) as container:
            stream = container.streams.video[0]
            seconds = float((stream.duration or 0) * (stream.time_base or 0))
            codec = stream.codec_context
            return Film(codec.width, codec.height, seconds, bool(container.streams.audio), codec.name)
    except (av.FFmpegError, IndexError):
        return None
