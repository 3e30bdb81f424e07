"""Turns what a video carries of its origin into sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.media.verify import Report, Trust
    from translation.localiser import Localiser

_LONGEST = 200
_MADE = {"trainedAlgorithmicMedia": "origin-trained", "algorithmicMedia": "origin-drawn"}
"""By how the picture came to be, in IPTC's words."""


class Examiner:
    """Says what a file carries of its origin, one file at a time: each may take a minute and gigabytes of a child's.

    ``trust`` (blocking) is asked for each, since keys may be made meanwhile.
    """

    def __init__(self, trust: Callable[[], Trust]) -> None:
        self._trust, self._desk = trust, asyncio.Semaphore(1)

    async def answer(self, localiser: Localiser, path: Path) -> str:
        """A few lines in the user's language, whatever is in the file.

        Raises:
            OSError: the file cannot be read, or no process be started.
        """
        async with self._desk:
            report = await asyncio.to_thread(self._examine, path)
        return "\n".join(describe(report, localiser))

    def _examine(self, path: Path) -> Report:
        from core.media.verify import examine_apart

        return examine_apart(path, self._trust())


def describe(report: Report, localiser: Localiser) -> list[str]:
    """First what can be said of the file as a whole, then what it is based on, each a sentence.

    Texts out of the file are cut and made printable: whoever made it chose them.
    """
    text = localiser.text
    manifest = report.manifest
    lines = [text(f"origin-{report.state}", signer=_plain(manifest.signer if manifest else ""))]
    if report.code:
        lines.append(text("origin-code", code=_plain(report.code)))
    if manifest and manifest.holds:
        lines.append(text(_MADE.get(manifest.source, "origin-made"), generator=_plain(manifest.generator)))
    if manifest and manifest.problems:
        lines.append(text("origin-problems", problems=_plain(", ".join(manifest.problems))))
    if report.aigc:
        lines.append(text("origin-aigc", producer=_plain(report.aigc.get("ContentProducer", ""))))
    if report.recipe:
        lines.append(text("origin-recipe", model=_plain(str(report.recipe.get("model", "")))))
    if report.looked:
        lines.append(text("origin-watermark" if report.watermark else "origin-no-watermark", code=report.watermark))
    return lines


def _plain(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text[:_LONGEST]).strip()
    return shown or "?"
