"""Makes real films for vendors to hand out."""

from __future__ import annotations

import io
from functools import lru_cache

import av
import numpy as np

FPS = 8
"""Vendors have frame rates of their own; few frames are quickly made."""


@lru_cache(maxsize=32)
def film(width: int, height: int, seconds: float) -> bytes:
    """An H.264 film in MP4, a grey that grows lighter."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as output:
        video = output.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "30"})
        video.width, video.height, video.pix_fmt = width // 2 * 2, height // 2 * 2, "yuv420p"
        for number in range(round(seconds * FPS)):
            shade = np.full((video.height, video.width, 3), 40 + 3 * number % 180, np.uint8)
            output.mux(video.encode(av.VideoFrame.from_ndarray(shade)))
        output.mux(video.encode(None))
    return buffer.getvalue()
