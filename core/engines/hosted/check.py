"""Turns a GenerationSpec into what speaks against it at a vendor, before anything is sent or spent."""

from __future__ import annotations

from core.catalogue.cards import ModelCard
from core.engines.hosted.orders import hosted, shape_of
from core.errors import TooLong
from core.types import GenerationSpec, Note


def check(spec: GenerationSpec, card: ModelCard) -> tuple[Note, ...]:
    """See ``core.ports.Engine.check``.

    Raises:
        TooLong: prompt or negative prompt, in the vendor's own measure.
    """
    facts = hosted(card)
    shape_of(spec, card)
    _within(_length(spec.prompt, facts.prompt_unit), facts.prompt_limit or card.max_prompt_chars)
    _within(len(spec.negative_prompt), facts.negative_limit or len(spec.negative_prompt))
    return ()


def _within(length: int, limit: int) -> None:
    if length > limit:
        raise TooLong(length=length, limit=limit)


def _length(text: str, unit: str) -> int:
    if unit == "bytes":
        return len(text.encode())
    return len(text.split()) if unit == "words" else len(text)
