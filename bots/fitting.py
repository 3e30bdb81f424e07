"""Turns a stored clip into local files that a chat takes: as it is, or smaller, and then labelled and signed anew."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from core.errors import EngineFault, Refusal
from core.media.provenance import Provenance, facts_of
from core.ports import ClipStore
from core.types import Job, StoredClip

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Fitted:
    """A clip's two files; the video is of no more bytes than were asked for."""

    video: Path
    poster: Path


class Fitting:
    """``provenance`` seals what was encoded anew."""

    def __init__(self, clips: ClipStore, provenance: Provenance) -> None:
        self._clips, self._provenance = clips, provenance

    @asynccontextmanager
    async def fitted(self, job: Job, clip: StoredClip, limit: int | None) -> AsyncIterator[Fitted]:
        """The job's clip in at most ``limit`` bytes, within the block.

        Raises:
            EngineFault: ``clip-invalid``: it is not there, or damaged.
            TooLarge: it cannot be made that small.
        """
        with tempfile.TemporaryDirectory(prefix="piying-fit-") as folder:
            yield await asyncio.to_thread(self._fit, job, clip, limit, Path(folder))

    def _fit(self, job: Job, clip: StoredClip, limit: int | None, folder: Path) -> Fitted:
        try:
            video, poster = self._clips.open(clip.video), self._clips.open(clip.poster)
        except Refusal as error:
            # Worker and bot do not see the same clips folder, or somebody emptied it.
            log.exception("clip.missing", clip=clip.video)
            raise EngineFault("clip-invalid") from error
        if limit is None or clip.size_bytes <= limit:
            return Fitted(video, poster)
        from core.media.fit import fit

        target = folder / "fitted.mp4"
        fit(video, target, limit - self._provenance.seal_bytes)
        self._provenance.seal(target, facts_of(job.code, clip.recipe, job.spec.model), parent=video)
        return Fitted(target, poster)
