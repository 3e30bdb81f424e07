"""Turns a video, picture or document of a request into what a message holds, and notes what a user would not see."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from tests.telegram.call import Call, caption_of
from tests.telegram.errors import Refused, bad
from tests.telegram.files import PHOTO_LIMIT, Stored, look, picture_size
from tests.telegram.validation import Upload

SHAPE = ("width", "height", "duration", "thumbnail", "supports_streaming")


def media_of(call: Call, kind: str, given: Mapping[str, Any], source: Any) -> dict[str, Any]:
    """The content of a message with media.

    Raises:
        Refused: it is too large, or no file that Telegram takes.
    """
    file = call.file(source)
    content = caption_of(given) | ({"has_media_spoiler": True} if given.get("has_spoiler") else {})
    if isinstance(file, Upload):
        return content | {kind: _uploaded(call, kind, given, file)}
    stored = call.world.files.find(file, kind)
    return content | {kind: _shown(stored)}


def _shown(stored: Stored) -> Any:
    return [*stored.facts["smaller"], _flat(stored)] if stored.kind == "photo" else stored.json()


def _flat(stored: Stored) -> dict[str, Any]:
    return {name: value for name, value in stored.json().items() if name != "smaller"}


def _uploaded(call: Call, kind: str, given: Mapping[str, Any], file: Upload) -> Any:
    if not file.data:
        raise bad("file must be non-empty")
    if len(file.data) > call.world.upload_limit:
        raise Refused(413, "Request Entity Too Large")
    if kind == "photo":
        return keep_photo(call.world.files, file.data)
    facts: dict[str, Any] = {"file_name": file.name, "mime_type": file.mime}
    if "thumbnail" in given and (thumbnail := _thumbnail(call, given)):
        facts["thumbnail"] = thumbnail
    if kind in {"video", "animation"}:
        facts |= {name: given.get(name, 0) for name in ("width", "height", "duration")}
    if kind == "video":
        _judge_video(call, given, file.data)
    return call.world.files.add(kind, file.data, file.name, **facts).json()


def _judge_video(call: Call, given: Mapping[str, Any], data: bytes) -> None:
    if missing := [name for name in SHAPE if not given.get(name)]:
        call.world.complain("black square", call.method, f"without {', '.join(missing)}")
    film = look(data)
    if film is None:
        call.world.complain("not a video", call.method, "no MPEG4")
        return
    if not film.has_sound:
        call.world.complain("silent", call.method, "no sound track: shown as a GIF")
    if not missing and (film.width, film.height) != (given["width"], given["height"]):
        call.world.complain("another shape", call.method, f"is {film.width}x{film.height}")


def _thumbnail(call: Call, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """As a PhotoSize. Telegram drops one that breaks its rules and says nothing; here it is noted."""
    file = call.file(given["thumbnail"])
    if not isinstance(file, Upload):
        call.world.complain("thumbnail", call.method, "must be uploaded")
        return None
    size = picture_size(file.data)
    if size is None or size[0] != "JPEG" or len(file.data) > 200_000 or max(size[1:]) > 320:
        call.world.complain("thumbnail", call.method, f"{size}, {len(file.data)} bytes")
        return None
    return call.world.files.add("thumbnail", file.data, width=size[1], height=size[2]).json()


def keep_photo(files: Any, data: bytes) -> list[dict[str, Any]]:
    """A picture as its PhotoSizes, the largest last."""
    size = picture_size(data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    if len(data) > PHOTO_LIMIT:
        raise bad("file is too big")
    if sum(size[1:]) > 10_000 or max(size[1:]) > 20 * min(size[1:]):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    small, width, height = _smaller(data)
    first = files.add("photo", small, width=width, height=height, smaller=[])
    stored = files.add("photo", data, width=size[1], height=size[2], smaller=[_flat(first)])
    return [_flat(first), _flat(stored)]


def _smaller(data: bytes) -> tuple[bytes, int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        small = picture.convert("RGB")
        small.thumbnail((90, 90))
        out = io.BytesIO()
        small.save(out, "JPEG")
        return out.getvalue(), small.width, small.height
