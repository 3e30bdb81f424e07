"""Turns a clip that is too large for a chat into one that is not, at the best quality that fits.

Two-pass encoding lands within a few percent of a size in two encodes, where a search over CRF takes four. A third is
kept in hand for misses.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from av.error import ExternalError, FFmpegError

from core.errors import EngineFault, TooLarge
from core.media.probe import MediaInfo, probe
from core.media.source import open_source
from core.media.two_pass import Plan, TwoPass
from core.media.whole import whole_file

AIM = 0.96
"""Share of the limit to aim at; two-pass mostly lands within 2 % of its aim."""
ENOUGH = 0.85
"""Below this share of the limit quality was given away, and the third encode is spent."""
FAR = 0.9
FLOOR = 250_000 / (854 * 480)
"""Bits a second for each pixel of the frame, below which a smaller picture looks better than a coarser one."""
SHORT_SIDES = (720, 480, 360, 240)
ROOM = 1 << 20
"""Bytes: a disk with less is full."""
SOUND_RATES = (64_000, 32_000)


@dataclass(frozen=True)
class Weights:
    """Bytes of a file that are not its pictures."""

    sound: int
    container: int


def fit(source: Path, target: Path, limit_bytes: int, *, preset: str = "medium", threads: int = 1) -> MediaInfo:
    """Put the clip at ``target`` in at most ``limit_bytes``; one that fits already is linked or copied as it is.

    A re-encode keeps metadata, sound, colour tags and timing; it takes two encodes, rarely three, with flat memory.
    First the bit rate falls, then the picture shrinks (short side 720, 480, 360, 240), then the sound's rate falls.

    Raises:
        TooLarge: even the smallest picture at the lowest acceptable rate is above the limit.
        EngineFault: ``clip-invalid``: the clip is damaged.
        OSError: the disk is full or refuses.
    """
    info = probe(source)
    if info.size_bytes <= limit_bytes:
        _link(source, target)
        return info
    weights = weigh(source)
    plan = choose(info, weights, limit_bytes)
    with TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.") as folder, whole_file(target) as part:
        two_pass = TwoPass(source, Path(folder), preset, threads)
        with _refusals_sorted(two_pass.folder, limit_bytes):
            _best(two_pass, plan, weights, limit_bytes).replace(part)
    return probe(target)


def weigh(clip: Path) -> Weights:
    """Add up the packets; nothing is decoded.

    Raises:
        EngineFault: ``clip-invalid``.
    """
    with open_source(clip) as source:
        sizes = dict.fromkeys((stream.index for stream in source.streams), 0)
        for packet in source.packets(*source.streams):
            sizes[packet.stream_index] += packet.size
        pictures = sizes.pop(source.video.index)
    sound = sum(sizes.values())
    return Weights(sound, clip.stat().st_size - pictures - sound)


def choose(info: MediaInfo, weights: Weights, limit_bytes: int) -> Plan:
    """The least harmful plan whose picture rate is above the floor for its size.

    Raises:
        TooLarge: there is none.
    """
    sizes = _sizes(info.width, info.height)
    sounds = [rate for rate in SOUND_RATES if rate * info.seconds / 8 < weights.sound]
    for (width, height), sound_rate in [*((size, None) for size in sizes), *((sizes[-1], rate) for rate in sounds)]:
        sound = weights.sound if sound_rate is None else sound_rate * info.seconds / 8
        rate = int((limit_bytes * AIM - sound - weights.container) * 8 / info.seconds)
        if rate >= FLOOR * width * height:
            return Plan(width, height, rate, sound_rate)
    raise TooLarge(limit_bytes=limit_bytes)


def _sizes(width: int, height: int) -> list[tuple[int, int]]:
    """The clip's own size (made even), then smaller ones of the same shape."""
    short = min(width, height)
    scales = [1.0, *(side / short for side in SHORT_SIDES if side < short)]
    return [(max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)) for scale in scales]


def _best(two_pass: TwoPass, plan: Plan, weights: Weights, limit_bytes: int) -> Path:
    """The larger of at most two second passes that fit."""
    first, second = two_pass.folder / "first.mp4", two_pass.folder / "second.mp4"
    two_pass.analyse(plan)
    two_pass.write(plan, first)
    size = first.stat().st_size
    if ENOUGH * limit_bytes <= size <= limit_bytes:
        return first
    fixed = weights.sound + weights.container
    missed = max(1, limit_bytes * AIM - fixed) / max(1, size - fixed)
    # A lowered rate is followed to the letter after a near miss, but only half-way where x264 missed by far (noise).
    correction = missed if missed > FAR else missed**2
    two_pass.write(replace(plan, picture_rate=int(plan.picture_rate * correction)), second)
    fitting = [path for path in (first, second) if path.stat().st_size <= limit_bytes]
    if not fitting:
        raise TooLarge(limit_bytes=limit_bytes)
    return max(fitting, key=lambda path: path.stat().st_size)


@contextmanager
def _refusals_sorted(folder: Path, limit_bytes: int) -> Iterator[None]:
    try:
        yield
    except ExternalError as error:
        if shutil.disk_usage(folder).free < ROOM:  # x264 could not keep its notes, and does not say why
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        # x264 opens no second pass at a rate that its coarsest picture exceeds.
        raise TooLarge(limit_bytes=limit_bytes) from error
    except FFmpegError as error:
        if isinstance(error, OSError):
            raise
        # The encoder and muxer are ours, so what they cannot take (times that run backwards) is the clip's fault.
        raise EngineFault("clip-invalid", detail=error.strerror or type(error).__name__) from error


def _link(clip: Path, target: Path) -> None:
    if target.exists() and target.samefile(clip):
        return
    with whole_file(target) as part:
        part.unlink(missing_ok=True)
        try:
            os.link(clip, part)
        except OSError:  # another disk, or one without links
            shutil.copyfile(clip, part)
