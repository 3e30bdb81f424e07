"""Turns a text that is longer than a moderator takes into windows that overlap, so that none of it goes unread."""

from __future__ import annotations

_OVERLAP = 200
"""Characters that two windows share: what is said across an edge is whole in one of them."""


def windows(text: str, limit: int | None) -> tuple[str, ...]:
    """All of the text, in parts of at most ``limit`` characters. None is no limit."""
    if limit is None or len(text) <= limit:
        return (text,)
    step = limit - min(_OVERLAP, limit // 4)
    return tuple(text[start : start + limit] for start in range(0, len(text) - limit + step, step))
