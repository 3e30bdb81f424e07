"""Turns a prompt into what its user should know before the scene engine draws it. Imports no picture library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.engines.scene.binding import MOST_KINDS
from core.engines.scene.parser import parse
from core.engines.scene.scene import Scene
from core.errors import Unsupported
from core.types import GenerationSpec, Note

MODEL_LABEL = "Piying Scene, a built-in cartoon scene engine"


def check(spec: GenerationSpec) -> tuple[Note, ...]:
    """The words that cannot be drawn, those left out, and of what fewer are drawn than were asked for.

    Raises:
        Unsupported: ``nothing-to-draw``, the prompt names nothing of the engine's world.
    """
    scene = parse(spec.prompt)
    if not (scene.subjects or scene.place or scene.time or scene.weather):
        raise Unsupported("nothing-to-draw", words=_list(scene.undrawn), count=len(scene.undrawn))
    return tuple(_notes(scene))


def _notes(scene: Scene) -> Iterator[Note]:
    if scene.undrawn:
        yield Note("undrawn" if scene.subjects else "scenery-only", {"words": _list(scene.undrawn)})
    if scene.left_out:
        yield Note("left-out", {"words": _list(scene.left_out), "most": MOST_KINDS})
    for subject in scene.subjects:
        if subject.asked is not None:
            yield Note("count-cut", {"word": subject.word, "asked": subject.asked, "drawn": subject.count})


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)
