"""Turns a look at frames into the verdict, and a line of the audit where that is not a plain yes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.ports import Clock, Moderator, Store
from core.safety.audit import Grounds, Subject, salted
from core.safety.findings import Action
from core.types import PRIVATE, Place, Verdict

if TYPE_CHECKING:
    import numpy as np


class Watched:
    """``core.ports.Moderator``: another one, whose verdicts on frames of a ``subject`` are put on record.

    Those on texts are recorded by whoever knows whose they are.
    """

    def __init__(self, moderator: Moderator, store: Store, clock: Clock, *, salt: bytes, subject: Subject) -> None:
        self._moderator, self._store, self._clock = moderator, store, clock
        self._salt, self._subject = salt, subject

    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        """See the port."""
        return await self._moderator.review_text(text, *same, place=place)

    async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Verdict:
        """See the port."""
        verdict = await self._moderator.review_frames(frames, place=place)
        if verdict.grounds and verdict.grounds.action is not Action.ALLOW:
            await asyncio.to_thread(self._record, frames, verdict.grounds)
        return verdict

    def _record(self, frames: Sequence[np.ndarray], grounds: Grounds) -> None:
        pictures = hashlib.sha256()
        for frame in frames:
            pictures.update(frame.tobytes())
        line = grounds.line(self._subject, salted(self._salt, pictures.hexdigest()), self._clock.now())
        with self._store.begin() as tx:
            tx.records.add_line(line, None)
