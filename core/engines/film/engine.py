"""Turns the spec of a film into one clip: its clips, which lie in the folder, one after the other, marked as one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from core.engines.film.check import MODEL_LABEL
from core.engines.film.cuts import joined_pictures, joined_sound
from core.engines.film.shots import shot
from core.media.encode import Encoder
from core.media.hearing import sound_of
from core.media.loudness import SAMPLE_RATE
from core.media.marks import read_marks
from core.media.probe import MediaInfo, probe
from core.media.thumbnail import poster as write_poster
from core.types import Clip, GenerationSpec, Progress

_REPORT_EVERY = 0.1


def make_film(spec: GenerationSpec, folder: Path, report: Callable[[Progress], None]) -> Clip:
    """Decode, join and encode in one pass; only sound, and the frames of a cross-fade, are held.

    Raises:
        EngineFault: ``clip-invalid``: a clip is damaged.
        OSError: the disk is full, or a clip does not lie there.
    """
    paths = [folder / PurePosixPath(key).name for key in spec.clips]
    infos = [probe(path) for path in paths]
    counts, fade = _shares(spec, infos), round(spec.fade * spec.fps)
    recipe = recipe_of(spec, infos)
    video, poster = folder / "film.mp4", folder / "film.jpg"
    # A film is labelled to its end, whatever holds for clips: what comes late was not seen to be labelled before.
    marks = replace(read_marks(folder), label_seconds=None)
    key = bytes.fromhex(marks.watermark_key)
    digest, watch = hashlib.sha256(), _Watch(spec.num_frames, report)
    with Encoder(
        video,
        width=spec.width,
        height=spec.height,
        fps=spec.fps,
        metadata={"comment": json.dumps(recipe, ensure_ascii=False), "encoder": MODEL_LABEL},
        marks=marks,
        has_sound=True,
    ) as encoder:
        shots = (
            shot(path, count, width=spec.width, height=spec.height, fps=spec.fps, key=key)
            for path, count in zip(paths, counts, strict=True)
        )
        for frame in watch.over(joined_pictures(shots, fade)):
            encoder.write(frame)
            digest.update(frame.tobytes())
        encoder.add_sound(_sound(spec, paths, counts, fade), SAMPLE_RATE, is_levelled=True)
    report(Progress("encoding", 1.0))
    write_poster(video, poster)
    record = recipe | {"frames": digest.hexdigest()}
    return Clip(video, poster, spec.width, spec.height, spec.seconds, video.stat().st_size, record)


def recipe_of(spec: GenerationSpec, infos: Sequence[MediaInfo]) -> dict[str, str | int | float]:
    """All that is needed to make the same frames again of the same clips; ``models`` are what made those."""
    return {
        "engine": MODEL_LABEL,
        "model": spec.model,
        "models": ", ".join(dict.fromkeys(model for info in infos for model in _models(info))),
        "recipe": f"{spec.recipe}@{spec.recipe_version}",
        "clips": spec.prompt,
        "fade": spec.fade,
        "size": f"{spec.width}x{spec.height}",
        "num_frames": spec.num_frames,
        "fps": spec.fps,
    }


def _models(info: MediaInfo) -> list[str]:
    """What made a clip, by the recipe in its file; of a film what made its clips."""
    told: object = None
    with suppress(ValueError):
        told = json.loads(info.metadata.get("comment", ""))
    if not isinstance(told, dict):
        return ["unknown"]
    return str(told.get("models") or told.get("model") or "unknown").split(", ")


def _shares(spec: GenerationSpec, infos: Sequence[MediaInfo]) -> list[int]:
    """How many frames each clip gives; the last one as many as the spec still wants."""
    counts = [max(1, round(info.seconds * spec.fps)) for info in infos]
    fade = round(spec.fade * spec.fps)
    counts[-1] = max(1, fade, spec.num_frames + fade * (len(infos) - 1) - sum(counts[:-1]))
    return counts


def _sound(spec: GenerationSpec, paths: Sequence[Path], counts: Sequence[int], fade: int) -> np.ndarray:
    parts = [sound_of(path, count * SAMPLE_RATE // spec.fps) for path, count in zip(paths, counts, strict=True)]
    return joined_sound(parts, fade * SAMPLE_RATE // spec.fps)


class _Watch:
    """Tells how far it is, a few times a second."""

    def __init__(self, frames: int, report: Callable[[Progress], None]) -> None:
        self._frames, self._report = frames, report

    def over(self, frames: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        started = reported = time.monotonic()
        self._report(Progress("joining", 0.0))
        for done, frame in enumerate(frames, start=1):
            yield frame
            now = time.monotonic()
            if now - reported > _REPORT_EVERY:
                reported = now
                left = (now - started) / done * max(0, self._frames - done)
                self._report(Progress("joining", min(1.0, done / self._frames), left))
