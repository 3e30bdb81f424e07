"""Turns a finished job into the bytes of its video, or of a picture of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from bots.videos.mapping import video_id
from bots.videos.problems import own, video_unknown
from core.errors import Refusal
from core.ports import ClipStore
from core.types import Job, JobState, StoredClip

_VARIANTS = ("video", "thumbnail", "spritesheet")
_SHEETS = 32
"""Sheets kept in memory, each some 100 KB: whoever asks again and again keeps nobody waiting."""
_HEADERS = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}


class Content:
    """What can be downloaded. Sheets are made when asked for, one at a time: each reads the whole clip."""

    def __init__(self, clips: ClipStore) -> None:
        self._clips = clips
        self._desk = asyncio.Lock()
        self._sheets: dict[str, bytes] = {}

    async def answer(self, job: Job, variant: str) -> web.StreamResponse:
        """The file, or a part of it where the request asks for a range.

        Raises:
            Problem: there is no such variant, or the video is not made, or no longer kept.
        """
        if variant not in _VARIANTS:
            known = ", ".join(_VARIANTS)
            raise own(400, "invalid_value", "variant-unknown", param="variant", value=variant[:40], known=known)
        clip, name = _clip_of(job), video_id(job.code)
        try:
            path = await asyncio.to_thread(self._clips.open, clip.poster if variant == "thumbnail" else clip.video)
        except Refusal as gone:
            raise video_unknown(name) from gone
        if variant == "spritesheet":
            return web.Response(body=await self._sheet(clip.video, path), headers=_headers(f"{name}-sheet", "jpg"))
        return web.FileResponse(path, headers=_headers(name, "mp4" if variant == "video" else "jpg"))

    async def _sheet(self, key: str, path: Path) -> bytes:
        from core.media.spritesheet import spritesheet

        async with self._desk:
            if key not in self._sheets:
                self._sheets[key] = await asyncio.to_thread(spritesheet, path)
                for oldest in list(self._sheets)[:-_SHEETS]:
                    del self._sheets[oldest]
            return self._sheets[key]


def _clip_of(job: Job) -> StoredClip:
    if job.state is JobState.SUCCEEDED and job.clip is not None:
        return job.clip
    if job.state.ended:
        raise own(404, "video_failed", "video-failed", video=video_id(job.code))
    raise own(404, "video_not_ready", "video-not-ready", video=video_id(job.code))


def _headers(name: str, suffix: str) -> dict[str, str]:
    kind = "video/mp4" if suffix == "mp4" else "image/jpeg"
    return {**_HEADERS, "Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}.{suffix}"'}
