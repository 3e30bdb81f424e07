"""Turns a prompt into what its user should know before the scene engine draws it. Imports no picture library."""

from __future__ import annotations

from core.engines.scene.parser import parse
from core.errors import Unsupported
from core.types import GenerationSpec, Note

MODEL_LABEL = "Piying Scene, a built-in cartoon scene engine"


def check(spec: GenerationSpec) -> tuple[Note, ...]:
    """The words that cannot be drawn, and of what fewer are drawn than were asked for.

    Raises:
        Unsupported: ``nothing-to-draw``, the prompt names nothing of the engine's world.
    """
    scene = parse(spec.prompt)
    undrawn = ", ".join(scene.undrawn)
    if not (scene.subjects or scene.place or scene.time or scene.weather):
        raise Unsupported("nothing-to-draw", words=undrawn)
    cut = (
        Note("count-cut", {"word": subject.word, "asked": subject.asked, "drawn": subject.count})
        for subject in scene.subjects
        if subject.asked is not None
    )
    return (*((Note("undrawn", {"words": undrawn}),) if undrawn else ()), *cut)
