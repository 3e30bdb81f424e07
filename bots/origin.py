"""Turns what a video carries of its origin into sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.media.verify import Report
    from translation.localiser import Localiser

_LONGEST = 200
_MADE = {"trainedAlgorithmicMedia": "origin-trained", "algorithmicMedia": "origin-drawn"}
"""By how the picture came to be, in IPTC's words."""


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
