"""Turns a prompt into itself, and says so: the translator for when there is none."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import Unsupported
from core.types import Translation
from translation.detect import detect


class Untranslated:
    """``core.ports.Translator`` that only detects the language; the text goes on as it came, and is marked so."""

    async def translate(self, text: str, languages: Sequence[str]) -> Translation:
        """Text without a letter (emoji, digits) is every model's language.

        Raises:
            Unsupported: ``language-unsupported``, the model does not read the text's ``language``.
        """
        language = detect(text).language
        if language != "none" and language not in languages:
            raise Unsupported("language-unsupported", language=language)
        return Translation(text, language, translator="none", translated=False)
