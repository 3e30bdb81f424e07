"""Turns a clip's frames, or pictures that a clip shall begin and end with, into findings."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.safety.findings import Finding
from core.types import Category

if TYPE_CHECKING:
    import numpy as np

ACTS = 0.5
"""A moderator's score from which it acts (``Finding``)."""
WORTH_TELLING = 0.25
"""A score below this is nobody's reason: no finding is made of it."""
FEW = 4
"""Of fewer frames than this each counts by itself: two uploaded pictures, or a clip of two frames."""
SEXY = 0.4
"""What "sexy", which is swimwear and underwear, counts against "porn": alone it cannot make this moderator act."""
_DRAWN = 0.9
"""How much of the say the first network has over a drawing."""


class Looks(Protocol):
    """What ``core.safety.networks.Networks`` does."""

    def classes(self, frame: np.ndarray) -> np.ndarray: ...
    def explicit(self, frame: np.ndarray) -> float: ...


class FrameModerator:
    """Looks for sexual pictures by two networks; nothing here knows violence, faces or what is written in a frame.

    The first network sees every frame, the second the two frames that the first is surest of, where it has anything
    against them. A clip's score is that of the lesser of the two, so that one odd frame blocks nothing.
    """

    name = "frames"

    def __init__(self, networks: Looks | None = None) -> None:
        self._networks = networks

    @property
    def version(self) -> str:
        """Of the networks, for the record."""
        from core.safety.networks import VERSIONS

        return VERSIONS

    async def review(self, frames: Sequence[np.ndarray]) -> tuple[Finding, ...]:
        """What there is against frames, each HxWx3 uint8 RGB; at least one. Eight take 0.1 to 0.16 s of a core.

        Raises:
            ValueError: no frames, or another kind of array.
        """
        score = await asyncio.to_thread(self.score, frames)
        if score < WORTH_TELLING:
            return ()
        return (Finding(Category.SEXUAL, score, self.name, self.version),)

    def score(self, frames: Sequence[np.ndarray]) -> float:
        """0 to 1, from 0.5 on to be blocked; 0 for what is far from a finding. Blocking; errors as for ``review``."""
        _require_frames(frames)
        networks = self._ready()
        seen = [networks.classes(frame) for frame in frames]
        surest = sorted(range(len(frames)), key=lambda index: -suspicion(seen[index]))[:2]
        scores = [_seconded(seen[index], frames[index], networks) for index in surest]
        return max(scores) if len(frames) < FEW else min(scores)

    def _ready(self) -> Looks:
        if self._networks is None:
            from core.safety.networks import Networks

            self._networks = Networks()
        return self._networks


def _seconded(classes: np.ndarray, frame: np.ndarray, networks: Looks) -> float:
    """The score of a frame; 0 without asking the second network where no answer of it could make a finding."""
    if frame_score(classes, 1.0) < WORTH_TELLING:
        return 0.0
    return frame_score(classes, networks.explicit(frame))


def suspicion(classes: np.ndarray) -> float:
    """How much the first network, by its five classes, has against a frame; 0 to 1."""
    _drawing, hentai, _neutral, porn, sexy = (float(score) for score in classes)
    return min(1.0, hentai + porn + SEXY * sexy)


def frame_score(classes: np.ndarray, explicit: float) -> float:
    """Both networks' scores for a frame as one, 0 to 1.

    It is their product that counts, so each can say no: the first mistakes what is under a microscope for skin, which
    the second does not. Where the first is certain, the second has to give a quarter for 0.5; its makers call up to 0.2
    safe. They also say that it was not made for drawings. So it has little say beside "hentai": 0.73 of that and 0.02
    by the second make 0.5.
    """
    photographed = math.sqrt(suspicion(classes) * explicit)
    drawn = math.pow(float(classes[1]), _DRAWN) * math.pow(explicit, 1 - _DRAWN)
    return max(photographed, drawn)


def _require_frames(frames: Sequence[np.ndarray]) -> None:
    if not frames:
        raise ValueError("there are no frames to look at")
    for frame in frames:
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != "uint8" or not frame.size:
            raise ValueError(f"frames are HxWx3 uint8, not {frame.shape} {frame.dtype}")
