"""Turns a prompt into what a model reads, by the first of several translators whose translation stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from core.breaker import Breaker, Health
from core.errors import Refusal, Unsupported
from core.ports import Clock
from core.types import Fallback, Translation, TranslationKey
from translation.copying import Source, read_source, unkeyed
from translation.detect import detect, segments
from translation.normalise import normalise
from translation.ports import Cache, Guard, TextTranslator, TranslatorFailed
from translation.spans import open_text

_TARGETS = ("en", "zh")
"""What prompts are translated into; for a model that reads both, the first."""
_NOT_ITS_FAULT = frozenset({"rejected", "copy-lost"})
"""Failures that say something of the text rather than of the translator's health."""

log = structlog.get_logger(__name__)


class Untranslatable(Refusal):
    """``translation-failed``: each of the translators gave nothing, for the reasons in ``fallbacks``."""

    def __init__(self, language: str, fallbacks: tuple[Fallback, ...]) -> None:
        super().__init__("translation-failed", language=language)
        self.fallbacks = fallbacks


@dataclass(frozen=True)
class Link:
    """A translator in its place in the order, with the seconds it has.

    ``copies``: it knows itself what is to be copied, and gets the whole text. ``built_in``: nobody outside has a hand
    in what it says, so that its translation stands, doubts and all, where there is no better one.
    """

    translator: TextTranslator
    timeout: float
    copies: bool = False
    built_in: bool = False


class Chain:
    """``core.ports.Translator``: asks one translator after the other, and says which it was and which were not it."""

    def __init__(
        self,
        links: Sequence[Link],
        *,
        guard: Guard,
        cache: Cache,
        clock: Clock,
        failures: int = 3,
        pause: float = 30.0,
        count: Callable[[str, str], None] = lambda _translator, _outcome: None,
    ) -> None:
        """``count`` is told of each translator that was asked and what came of it."""
        self._links, self._guard, self._cache, self._count = tuple(links), guard, cache, count
        self._breakers = {link.translator.name: Breaker(clock, failures=failures, pause=pause) for link in self._links}

    @property
    def names(self) -> tuple[str, ...]:
        """The translators, in their order."""
        return tuple(link.translator.name for link in self._links)

    def health(self) -> dict[str, Health]:
        """How each translator is, as far as is known without asking it."""
        return {name: breaker.health for name, breaker in self._breakers.items()}

    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        """The text as it came where the model reads its language, else in one that the model reads.

        Raises:
            Unsupported: ``language-unsupported``: no translator takes the text's ``language``.
            Untranslatable: those that do gave nothing that can be used.
            Refusal: ``translator-unknown``: there is none of the name ``by``.
        """
        language = detect(text).language
        if _reads(text, language, languages):
            return Translation(text, language, translator="none", translated=False)
        target = next((target for target in _TARGETS if target in languages), _TARGETS[0])
        # English that needs translation into English has Chinese in it.
        source = "zh" if language == target == "en" else language
        able = [link for link in self._of(by) if link.translator.takes(source, target)]
        if not able:
            raise Unsupported("language-unsupported", language=language)
        found = await self._first(text, source, target, able)
        return replace(found, source_language=language)

    async def close(self) -> None:
        """Give back what the translators hold."""
        for link in self._links:
            await link.translator.close()

    def _of(self, by: str | None) -> Sequence[Link]:
        links = [link for link in self._links if by in {None, link.translator.name}]
        if by and not links:
            raise Refusal("translator-unknown", translator=by, known=", ".join(self.names))
        return links

    async def _first(self, text: str, source: str, target: str, links: Sequence[Link]) -> Translation:
        """The first translation that stands, with what became of the translators before it."""
        prompt = read_source(text, source)
        fallbacks: list[Fallback] = []
        doubtful: list[Translation] = []
        for link in links:
            name = link.translator.name
            try:
                answer = await self._answer(link, prompt, source, target)
            except TranslatorFailed as failure:
                self._count(name, failure.reason)
                fallbacks.append(Fallback(name, failure.reason))
                continue
            doubts = tuple(await asyncio.to_thread(self._guard, text, answer.text, target))
            found = Translation(normalise(answer.text), source, name, translated=True, doubts=doubts)
            if not doubts:
                await self._keep(answer)
                self._count(name, "cached" if answer.is_known else "translated")
                return replace(found, fallbacks=tuple(fallbacks))
            self._count(name, "doubtful")
            fallbacks.append(Fallback(name, doubts[0], found.text))
            if link.built_in and "empty" not in doubts:
                doubtful.append(found)
        if not doubtful:
            raise Untranslatable(target, tuple(fallbacks))
        # Of several the lower one: it is the plainer.
        least = min(reversed(doubtful), key=lambda one: len(one.doubts))
        return replace(least, fallbacks=tuple(one for one in fallbacks if one.translator != least.translator))

    async def _answer(self, link: Link, prompt: Source, source: str, target: str) -> _Answer:
        key = TranslationKey(prompt.digest, link.translator.name, link.translator.version, target)
        known = await self._find(key)
        if known is not None:
            return _Answer(key, known, is_known=True)
        return _Answer(key, await self._ask(link, prompt, source, target), is_known=False)

    async def _ask(self, link: Link, prompt: Source, source: str, target: str) -> str:
        breaker = self._breakers[link.translator.name]
        if not breaker.admits():
            raise TranslatorFailed("resting")
        try:
            answer = await _in_time(link, prompt, source, target)
        except TranslatorFailed as failure:
            if failure.reason in _NOT_ITS_FAULT:
                breaker.succeeded()
            else:
                breaker.failed(rest=failure.retry_after)
                log.warning("translation.failed", translator=link.translator.name, reason=failure.reason)
            raise
        except BaseException:
            breaker.given_up()
            raise
        breaker.succeeded()
        return answer

    async def _find(self, key: TranslationKey) -> str | None:
        try:
            return await asyncio.to_thread(self._cache.find, key)
        except Exception as error:  # noqa: BLE001 - whatever a database's driver raises: it is asked again, at its cost
            log.warning("translation.cache_away", error=type(error).__name__)
            return None

    async def _keep(self, answer: _Answer) -> None:
        if answer.is_known:
            return
        try:
            await asyncio.to_thread(self._cache.keep, answer.key, normalise(answer.text))
        except Exception as error:  # noqa: BLE001 - as above: the translation is there all the same
            log.warning("translation.cache_away", error=type(error).__name__)


@dataclass(frozen=True)
class _Answer:
    key: TranslationKey
    text: str
    is_known: bool


async def _in_time(link: Link, prompt: Source, source: str, target: str) -> str:
    translator = link.translator
    try:
        async with asyncio.timeout(link.timeout):
            if link.copies:
                return await translator.translate(prompt.whole, source, target)
            return prompt.copied_into(await translator.translate(prompt.text, source, target))
    except TranslatorFailed:
        raise
    except TimeoutError as error:
        raise TranslatorFailed("timed-out") from error
    except Exception as error:
        log.exception("translation.crashed", translator=translator.name)
        raise TranslatorFailed("crashed") from error


def _reads(text: str, language: str, languages: Sequence[str]) -> bool:
    """Whether a model that reads ``languages`` reads the text; what is quoted in it is to be seen, not read."""
    if language == "none":
        return True
    strays = "zh" not in languages and any(part.language == "zh" for part in segments(open_text(unkeyed(text))))
    return language in languages and not strays
