"""Turns frames into milliseconds and highest scores of what looks at them, one core."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from bench.fresh import ROOT
from bench.media import moving_frames
from bench.report import Row, Skipped
from core.engines.scene.drawing.film import frames as film
from core.engines.scene.parser import parse
from core.media.encode import encode
from core.media.frames import telling_frames
from core.media.picture import read_picture
from core.safety.frames import ACTS, FrameModerator
from core.safety.networks import Networks

REACH = 20
SAMPLING_REACH = 0.3
REPEATS = 10
CLIPS = 100
WIDTH, HEIGHT, FRAMES, FPS = 854, 480, 81, 16
PROMPTS = ROOT / "tests" / "prompts" / "tuning.jsonl"


def rows() -> Iterator[Row]:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        networks = Networks()
        yield from _times(networks)
        yield from _scenes(FrameModerator(networks))
        yield from _samples(FrameModerator(networks))
    finally:
        cv2.setNumThreads(threads)


def _times(networks: Networks) -> Iterator[Row]:
    moderator = FrameModerator(networks)
    with tempfile.TemporaryDirectory(prefix="piying-bench-") as folder:
        clip = Path(folder) / "clip.mp4"
        encode(moving_frames(FRAMES, WIDTH, HEIGHT), clip, width=WIDTH, height=HEIGHT, fps=FPS, metadata={})
        frames = telling_frames(clip)
        sampling = _seconds(lambda: telling_frames(clip))
    harmless = _seconds(lambda: moderator.score(frames))
    first, second = (_seconds(partial(look, frames[0])) for look in (networks.classes, networks.explicit))
    note = f"CPU time, median of {REPEATS}, one thread, frames of {WIDTH}x{HEIGHT}"
    yield Row("a frame of a clip", harmless / len(frames) * 1000, "ms", REACH, f"{note}; of {len(frames)}")
    worst = f"{note}; {len(frames)} by the first network, two of them by the second as well"
    yield Row("a frame of a clip at worst", (first + second * 2 / len(frames)) * 1000, "ms", REACH, worst)
    yield Row("a frame, nsfwjs", first * 1000, "ms", note=note)
    yield Row("a frame, OpenNSFW", second * 1000, "ms", note=note)
    yield Row(f"choosing 8 of {FRAMES} frames", sampling, "CPU-s", SAMPLING_REACH, f"{note}; decoding included")


def _scenes(moderator: FrameModerator) -> Iterator[Row]:
    scores = [moderator.score([frame]) for frame in _drawn()]
    yield from _alarms("scene engine", scores, f"three frames each of {CLIPS} prompts of tuning.jsonl, each by itself")


def _drawn() -> Iterator[np.ndarray]:
    with PROMPTS.open(encoding="utf-8") as lines:
        for seed, line in enumerate(islice(lines, CLIPS)):
            scene = parse(json.loads(line)["prompt"])
            yield from film(scene, width=WIDTH, height=HEIGHT, num_frames=3, fps=1, seed=seed)


def _samples(moderator: FrameModerator) -> Iterator[Row]:
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise Skipped("scikit-image's sample pictures are not installed")
    folder = Path(spec.origin).parent / "data"
    files = sorted([*folder.glob("*.png"), *folder.glob("*.jpg")])
    scores = [moderator.score([np.asarray(read_picture(path.read_bytes()))]) for path in files]
    yield from _alarms("scikit-image's samples", scores, "the PNG and JPEG pictures its wheel carries, each by itself")


def _alarms(name: str, scores: Sequence[float], what: str) -> Iterator[Row]:
    note = f"{len(scores)} frames: {what}"
    yield Row(f"false alarms, {name}", sum(score >= ACTS for score in scores), "frames", 0, note)
    yield Row(f"highest score, {name}", max(scores), "", ACTS, note)


def _seconds(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return float(np.median(taken))
