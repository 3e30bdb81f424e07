"""Turns a clip into the two pictures that the showcase has of it, small enough for pages of many."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.errors import TooLarge
from core.ports import ClipStore
from core.types import Job

CARD, COVER = "showcase-card.jpg", "showcase-cover.jpg"
CARD_BYTES, COVER_BYTES = 5_500, 60_000
"""Twelve cards and their page, or one cover and its page, stay below 100 kB."""
_CARD_SIDES, _COVER_SIDES = (320, 256, 192, 128, 64), (1280, 960, 640, 320)
"""The longer side in pixels; the next where even the coarsest JPEG is too large."""


def make_pictures(clips: ClipStore, job: Job) -> tuple[str, str]:
    """Keys of the card and of the cover, marked as made by AI like the clip itself. Blocking: some tenths of a second.

    Raises:
        Refusal: ``job-unknown``: the clip is gone.
        EngineFault: ``storage-full``; ``clip-invalid``.
    """
    assert job.clip is not None
    video = clips.open(job.clip.video)
    card = _picture(video, _CARD_SIDES, CARD_BYTES)
    cover = _picture(video, _COVER_SIDES, COVER_BYTES)
    return clips.put_file(job.id, CARD, card), clips.put_file(job.id, COVER, cover)


def _picture(video: Path, sides: Sequence[int], limit: int) -> bytes:
    from core.media.thumbnail import thumbnail

    *larger, last = sides
    with tempfile.TemporaryDirectory(prefix="piying-showcase-") as folder:
        target = Path(folder) / "picture.jpg"
        for side in larger:
            try:
                return thumbnail(video, target, max_side=side, max_bytes=limit).read_bytes()
            except TooLarge:
                continue
        return thumbnail(video, target, max_side=last, max_bytes=None).read_bytes()
