"""Turns a spec for an open model into what its user should know before it is made. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.catalogue.catalogue import Catalogue
from core.types import GenerationSpec, Note

_PIECE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\u3400-\u9fff\uf900-\ufaff]+|[^\w\s]")
"""A Chinese character, a word, or a sign: tokenizers mostly make one token of it, of rarer words a few."""


def make_check(catalogue: Catalogue) -> Callable[[GenerationSpec], tuple[Note, ...]]:
    """The engine's check for the models of this catalogue; what a card cannot do was refused before."""

    def check(spec: GenerationSpec) -> tuple[Note, ...]:
        limit = catalogue.card(spec.model).max_prompt_tokens
        if limit is not None and len(_PIECE.findall(spec.prompt)) > limit:
            return (Note("prompt-cut", {"tokens": limit}),)
        return ()

    return check
