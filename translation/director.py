"""Turns a short prompt into a director's, in a given time; what comes of it is checked and is never needed."""

from __future__ import annotations

import asyncio

import structlog

from translation.copying import read_source
from translation.detect import detect
from translation.guard import find_faults
from translation.judge import adds
from translation.llm import LlmRewriter
from translation.normalise import normalise
from translation.ports import TranslatorFailed
from translation.spans import open_text
from translation.views import simplify

log = structlog.get_logger(__name__)

_ALWAYS = frozenset({"empty", "instruction", "repeated", "span-lost"})
_SOFTER, _SOFTER_MORE, _SOFTER_MOST = 2, 100, 2000
"""A harmless version may be this many times as long, and so many characters more; at most, in characters."""
_OF_ENGLISH = frozenset({"untranslated", "number-lost"})


class Director:
    """``core.ports.Rewriter``, ``Softener``: asks a language model, in ``timeout`` seconds, and checks what it says."""

    def __init__(self, rewriter: LlmRewriter, timeout: float) -> None:
        self._rewriter, self._timeout = rewriter, timeout

    async def rewrite(self, prompt: str, language: str, *, limit: int) -> str | None:
        """The prompt as a director would write it, in ``language``, of at most ``limit`` characters; see the port.

        What a prompt has copied (quotations, numbers with units, tags) is in it letter for letter.
        """
        try:
            return await self._expand(prompt, language, limit)
        except TranslatorFailed as failure:
            log.warning("director.failed", reason=failure.reason)
            return None

    async def _expand(self, prompt: str, language: str, limit: int) -> str:
        source = read_source(prompt, detect(prompt).language)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._rewriter.rewrite(source.text, language, limit=limit)
        except TimeoutError as error:
            raise TranslatorFailed("timed-out") from error
        text = normalise(source.copied_into(answer))
        if len(text) > limit or _is_odd(prompt, text, language):
            raise TranslatorFailed("unreadable")
        return text

    async def soften(self, prompt: str, *, category: str) -> str | None:
        """A harmless prompt in the language of this one; see ``core.ports.Softener``. Whoever asks moderates it."""
        language = detect(prompt).language
        limit = min(_SOFTER * len(prompt) + _SOFTER_MORE, _SOFTER_MOST)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._rewriter.soften(prompt, language, category, limit=limit)
        except (TimeoutError, TranslatorFailed) as failure:
            log.warning("director.not_softened", reason=getattr(failure, "reason", "timed-out"))
            return None
        text = normalise(answer)
        return None if len(text) > limit or _is_no_prompt(prompt, text, language) else text

    async def close(self) -> None:
        """Close the connection."""
        await self._rewriter.close()


def _is_no_prompt(prompt: str, text: str, language: str) -> bool:
    """It adds orders or tags, is in another language, or repeats itself. What was to be copied may be what is wrong."""
    faults = set(find_faults(prompt, simplify(text))) & (_ALWAYS - {"span-lost"})
    return adds(prompt, text) or detect(open_text(text)).language not in {language, "none"} or bool(faults)


def _is_odd(prompt: str, text: str, language: str) -> bool:
    spoken = detect(open_text(text)).language
    watched = _ALWAYS | (_OF_ENGLISH if language == "en" else frozenset())
    return (
        adds(prompt, text)
        or spoken not in {language, "none"}
        or bool(watched & set(find_faults(prompt, simplify(text))))
    )
