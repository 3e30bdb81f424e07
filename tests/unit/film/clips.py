"""Small finished clips for films, each of one colour, with a label, a recipe and a tone where it has sound."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.media.encode import Encoder
from core.media.marks import AIGC, Marks
from core.media.provenance import aigc_json
from core.types import GenerationSpec

RATE = 48_000
RED, GREEN, BLUE = (200, 40, 40), (40, 160, 60), (50, 70, 210)


def write_clip(
    path: Path,
    colour: tuple[int, int, int],
    *,
    size: tuple[int, int] = (320, 240),
    frames: int = 24,
    fps: int = 24,
    tone: float = 0.0,
    label: str = "AI-generated",
    recipe: Mapping[str, str] | None = None,
) -> Path:
    """``tone`` is a frequency in Hz, 0 for a clip that has only silence."""
    width, height = size
    marks = Marks(label=label, metadata={AIGC: aigc_json("Piying", path.stem)})
    metadata = {"comment": json.dumps(recipe or {"model": "scene"})}
    with Encoder(
        path, width=width, height=height, fps=fps, metadata=metadata, marks=marks, has_sound=tone > 0
    ) as encoder:
        for _ in range(frames):
            encoder.write(np.full((height, width, 3), colour, np.uint8))
        if tone:
            moments = np.arange(RATE * frames // fps) / RATE
            encoder.add_sound(np.sin(2 * np.pi * tone * moments).astype(np.float32)[:, None], RATE)
    return path


def film_of(*names: str, frames: int, fade: float = 0.0, **changes: object) -> GenerationSpec:
    """The order for a film of files of those names that lie in the run's folder."""
    fields: dict[str, object] = {
        "model": "film",
        "recipe": "film-standard",
        "recipe_version": 1,
        "prompt": " + ".join(name.partition(".")[0].upper() for name in names),
        "seed": 0,
        "width": 320,
        "height": 240,
        "num_frames": frames,
        "fps": 24,
        "clips": tuple(f"ab/job/{name}" for name in names),
        "fade": fade,
    }
    return GenerationSpec(**{**fields, **changes})  # type: ignore[arg-type]
