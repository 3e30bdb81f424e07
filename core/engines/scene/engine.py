"""Turns a GenerationSpec into a cartoon clip: parse the prompt, draw the frames, encode them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from core.engines.scene.check import MODEL_LABEL
from core.engines.scene.parser import parse
from core.types import Clip, GenerationSpec, Progress

_REPORT_EVERY = 0.1


def make_clip(spec: GenerationSpec, folder: Path, report: Callable[[Progress], None]) -> Clip:
    """Draw and encode in one pass; memory does not grow with the clip's length.

    Raises:
        OSError: the disk is full.
    """
    from core.engines.scene.drawing.film import frames
    from core.media.encode import Encoder
    from core.media.marks import read_marks
    from core.media.thumbnail import thumbnail

    recipe = recipe_of(spec)
    video, poster = folder / "clip.mp4", folder / "poster.jpg"
    film = frames(
        parse(spec.prompt),
        width=spec.width,
        height=spec.height,
        num_frames=spec.num_frames,
        fps=spec.fps,
        seed=spec.seed,
    )
    started = reported = time.monotonic()
    report(Progress("drawing", 0.0))
    metadata = {"comment": json.dumps(recipe, ensure_ascii=False), "encoder": MODEL_LABEL}
    digest, marks = hashlib.sha256(), read_marks(folder)
    with Encoder(video, width=spec.width, height=spec.height, fps=spec.fps, metadata=metadata, marks=marks) as encoder:
        for done, frame in enumerate(film, start=1):
            encoder.write(frame)
            digest.update(frame.tobytes())
            now = time.monotonic()
            if now - reported > _REPORT_EVERY:
                reported = now
                left = (now - started) / done * (spec.num_frames - done)
                report(Progress("drawing", done / spec.num_frames, left))
    report(Progress("encoding", 1.0))
    thumbnail(video, poster, max_side=None)
    record = recipe | {"frames": digest.hexdigest()}
    return Clip(video, poster, spec.width, spec.height, spec.seconds, video.stat().st_size, record)


def recipe_of(spec: GenerationSpec) -> dict[str, str | int | float]:
    """All that is needed to make the same pixels again."""
    return {
        "engine": MODEL_LABEL,
        "model": spec.model,
        "recipe": f"{spec.recipe}@{spec.recipe_version}",
        "prompt": spec.prompt,
        "seed": spec.seed,
        "size": f"{spec.width}x{spec.height}",
        "num_frames": spec.num_frames,
        "fps": spec.fps,
    }
