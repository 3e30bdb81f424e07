"""Turns the spec of a film into what its user should know before it is made. Imports no picture library."""

from __future__ import annotations

from core.types import GenerationSpec, Note

MODEL_LABEL = "Piying Film, a built-in joiner of clips"


def check(spec: GenerationSpec) -> tuple[Note, ...]:
    """Nothing: what can be wrong with a film is found where its clips are looked up.

    Raises:
        ValueError: the spec names no clips; nobody can order that.
    """
    if not spec.clips:
        raise ValueError("a film is made of clips")
    return ()
