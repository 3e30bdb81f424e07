"""Turns a shape and length that a vendor's model has not into the nearest that it has, and says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.catalogue.cards import ModelCard, length_of
from core.types import Note, Options

_LINES = {"480p": 480, "720p": 720, "1080p": 1080}


def snap(options: Options, card: ModelCard, *, anyway: bool = False) -> tuple[Options, tuple[Note, ...]]:
    """Options that the card can do, and a note for each that is another than was asked for.

    Only vendors' models are treated so, unless ``anyway``: each has a list of its own, and nobody can know them all.
    What is no resolution, ratio or length of any model stays, for the catalogue to refuse.
    """
    if card.hosted is None and not anyway:
        return options, ()
    found = replace(
        options,
        resolution=_resolution(options.resolution, card.resolutions),
        ratio=_ratio(options.ratio, card.ratios),
        seconds=_seconds(options.seconds, card),
    )
    return found, tuple(
        Note("snapped", {"asked": _said(asked), "made": _said(made)})
        for asked, made in (
            (options.resolution, found.resolution),
            (options.ratio, found.ratio),
            (options.seconds, found.seconds),
        )
        if asked != made
    )


def _said(value: str | float | None) -> str:
    return f"{value:g} s" if isinstance(value, int | float) else str(value)


def _resolution(asked: str | None, known: Iterable[str]) -> str | None:
    """The largest that is no larger, since larger ones cost more; else the smallest."""
    if asked not in _LINES or asked in known:
        return asked
    sorted_ = sorted(known, key=_LINES.__getitem__)
    return max((name for name in sorted_ if _LINES[name] < _LINES[asked]), key=_LINES.__getitem__, default=sorted_[0])


def _ratio(asked: str | None, known: Iterable[str]) -> str | None:
    if asked is None or asked in known or (shape := _shape(asked)) is None:
        return asked
    return min(known, key=lambda name: abs((_shape(name) or 1.0) / shape - 1))


def _shape(ratio: str) -> float | None:
    width, _, height = ratio.partition(":")
    if not (width.isascii() and width.isdecimal() and height.isascii() and height.isdecimal() and int(height)):
        return None
    return int(width) / int(height) or None


def _seconds(asked: float | None, card: ModelCard) -> float | None:
    if asked is None or not card.min_seconds - 1 < asked < card.max_seconds + 1:
        return asked
    lengths = [length_of(frames, card.fps) for frames in card.num_frames] or range(
        card.min_seconds, card.max_seconds + 1
    )
    return min(lengths, key=lambda length: (abs(length - asked), length))
