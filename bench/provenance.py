"""Turns clips into what their marks cost, and what of the invisible one is left after what chats and people do to them.

Run: ``python -m bench provenance`` (a minute or two). "Found" is the share of clips whose code came back whole.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, median

import cv2
import numpy as np
from skimage import data

from bench.media import moving_frames
from bench.report import Row
from core.engines.scene.drawing.film import frames as film
from core.engines.scene.parser import parse
from core.media.encode import encode
from core.media.frames import to_rgb
from core.media.label import make_label
from core.media.label_texts import TEXTS
from core.media.provenance import Facts, Policy, Provenance
from core.media.signing_keys import SigningKeys, load_keys, make_keys
from core.media.source import open_source
from core.media.verify import Trust, examine
from core.media.watermark import Watermark

WIDTH, HEIGHT, FRAMES, FPS = 854, 480, 72, 24
CODE = "K7QM2XD"
PROMPTS = ("two penguins dancing in the snow", "a red car racing at night in the rain", "一只猫在月下弹琵琶")
Frames = Sequence[np.ndarray]


def rows() -> Iterator[Row]:
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="piying-bench-") as name:
        folder = Path(name)
        make_keys(folder / "keys")
        keys = load_keys(folder / "keys")
        clips = {name: [frame.copy() for frame in frames] for name, frames in _clips()}
        yield from _frame_costs(keys, clips["photo-like"])
        yield from _file_costs(folder, keys, clips["photo-like"])
        yield from _unseen(keys, clips)
        yield from _attacks(folder, keys, clips)


def _clips() -> Iterator[tuple[str, Iterator[np.ndarray]]]:
    yield "photo-like", moving_frames(FRAMES, WIDTH, HEIGHT)
    yield "one colour", (np.full((HEIGHT, WIDTH, 3), (200, 180, 90), np.uint8) for _ in range(FRAMES))
    yield "noise that pans", _panning()
    for picture in (data.astronaut(), data.coffee()):  # type: ignore[no-untyped-call]
        yield f"photograph {len(picture)} that pans", _panned(picture)
    for prompt in PROMPTS:
        yield prompt, film(parse(prompt), width=WIDTH, height=HEIGHT, num_frames=FRAMES, fps=FPS, seed=3)


def _panning() -> Iterator[np.ndarray]:
    """Blocks of 8 x 8 random colours: the worst there is for a pattern of the same fineness."""
    sheet = np.random.default_rng(1).integers(0, 256, (HEIGHT // 8 + 40, WIDTH // 8 + 40, 3), np.uint8)
    sheet = sheet.repeat(8, 0).repeat(8, 1)
    for index in range(FRAMES):
        yield sheet[index : index + HEIGHT, 2 * index : 2 * index + WIDTH]


def _panned(picture: np.ndarray) -> Iterator[np.ndarray]:
    """A photograph a fifth larger than the frame, across which a camera moves two pixels a frame."""
    across = round(WIDTH * 1.2)
    sheet = cv2.resize(
        picture, (across, round(across * len(picture) / picture.shape[1])), interpolation=cv2.INTER_CUBIC
    )
    for index in range(FRAMES):
        yield sheet[index : index + HEIGHT, 2 * index : 2 * index + WIDTH]


def _frame_costs(keys: SigningKeys, frames: Frames) -> Iterator[Row]:
    hidden, label = Watermark(keys.watermark, CODE, WIDTH, HEIGHT), make_label(TEXTS["en"], WIDTH, HEIGHT)
    note = f"median of {FRAMES} frames of {WIDTH}x{HEIGHT}, one thread"
    for name, write_on, reach in (("label", label.write_on, 2.0), ("invisible watermark", hidden.write_on, 10.0)):
        copies = [frame.copy() for frame in frames]
        times = [_milliseconds(lambda copy=copy, write_on=write_on: write_on(copy)) for copy in copies]  # type: ignore[misc]
        yield Row(f"{name}, a frame", median(times), "ms", reach, note)


def _file_costs(folder: Path, keys: SigningKeys, frames: Frames) -> Iterator[Row]:
    provenance, trust = Provenance(Policy(), keys), Trust(keys.anchors)
    signing, reading, seeking = [], [], []
    for _ in range(7):
        clip = _write(folder / "clip.mp4", frames, 20)
        before = clip.stat().st_size
        signing.append(_milliseconds(lambda clip=clip: provenance.seal(clip, Facts(CODE))))  # type: ignore[misc]
        reading.append(_milliseconds(lambda clip=clip: examine(clip, trust)))  # type: ignore[misc]
        seeking.append(_milliseconds(lambda clip=clip: examine(clip, Trust(keys.anchors, keys.watermark))))  # type: ignore[misc]
    note = f"medians of 7, a clip of {FRAMES} frames; the signed file is synced to disk; no watermark was there to find"
    yield Row("sign", median(signing), "ms", note=note)
    yield Row("verify: manifest and metadata", median(reading), "ms", note=note)
    yield Row("verify: watermark too", median(seeking), "ms", note=note)
    yield Row("what a signature adds", clip.stat().st_size - before, "bytes", note=note)


def _unseen(keys: SigningKeys, clips: dict[str, list[np.ndarray]]) -> Iterator[Row]:
    hidden = Watermark(keys.watermark, CODE, WIDTH, HEIGHT)
    worst = min(_psnr(frames[0], _marked(frames[:1], hidden)[0]) for frames in clips.values())
    yield Row("invisible watermark, PSNR of the worst clip", worst, "dB", 40.0, "before encoding", at_least=True)


def _attacks(folder: Path, keys: SigningKeys, clips: dict[str, list[np.ndarray]]) -> Iterator[Row]:
    hidden = Watermark(keys.watermark, CODE, WIDTH, HEIGHT)
    found: dict[str, list[bool]] = {name: [] for name in _ATTACKS}
    growth, missed, alarms = [], [], []
    for name, frames in clips.items():
        plain = _write(folder / "plain.mp4", frames, 20)
        marked = _write(folder / "marked.mp4", _marked(frames, hidden), 20)
        growth.append(marked.stat().st_size / plain.stat().st_size)
        alarms.append(bool(_sought(plain, keys)))
        decoded = _read(marked)
        for attack, change in _ATTACKS.items():
            found[attack].append(_sought(change(folder / "attack.mp4", decoded, marked), keys) == CODE)
            if not found[attack][-1]:
                missed.append(f"{attack} of {name}")
    note = f"{len(clips)} clips of {FRAMES} frames, made at CRF 20; missed: {', '.join(missed) or 'none'}"
    for attack, hits in found.items():
        yield Row(f"watermark found, {attack}", fmean(hits), "", 1.0, note, at_least=True)
    yield Row("watermark found where there is none", fmean(alarms), "", 0.0, note)
    yield Row("file with the watermark / without, median", median(growth), "x", note=note)


def _write(path: Path, frames: Frames, crf: int) -> Path:
    height, width = (side // 2 * 2 for side in frames[0].shape[:2])
    even = (frame[:height, :width] for frame in frames)
    encode(even, path, width=width, height=height, fps=FPS, metadata={}, crf=crf)
    return path


def _read(path: Path) -> list[np.ndarray]:
    with open_source(path) as source:
        return [to_rgb(picture) for picture in source.pictures()]


def _resized(frames: Frames, width: int, height: int) -> list[np.ndarray]:
    return [cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA) for frame in frames]


def _cropped(frames: Frames) -> list[np.ndarray]:
    """Without a twentieth at each side."""
    down, across = HEIGHT // 20, WIDTH // 20
    return [frame[down:-down, across:-across] for frame in frames]


_ATTACKS: dict[str, Callable[[Path, Frames, Path], Path]] = {
    "as it was made": lambda _path, _frames, made: made,
    "again at CRF 26": lambda path, frames, _: _write(path, frames, 26),
    "360p at CRF 23": lambda path, frames, _: _write(path, _resized(frames, 640, 360), 23),
    "360p at CRF 26": lambda path, frames, _: _write(path, _resized(frames, 640, 360), 26),
    "a twentieth cut off at each side, CRF 23": lambda path, frames, _: _write(path, _cropped(frames), 23),
    "cut and brought back to its size, CRF 23": lambda path, frames, _: _write(
        path, _resized(_cropped(frames), WIDTH, HEIGHT), 23
    ),
    "cut and 360p, CRF 26": lambda path, frames, _: _write(path, _resized(_cropped(frames), 640, 360), 26),
}


def _marked(frames: Frames, hidden: Watermark) -> list[np.ndarray]:
    copies = [frame.copy() for frame in frames]
    for copy in copies:
        hidden.write_on(copy)
    return copies


def _sought(path: Path, keys: SigningKeys) -> str:
    return examine(path, Trust(watermark_key=keys.watermark)).watermark


def _psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2)))


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
