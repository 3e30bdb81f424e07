"""Turns a Request's text into options, the words that the engine reads, and English for moderation and history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from core.catalogue.cards import ModelCard, Recipe
from core.catalogue.catalogue import Catalogue
from core.defaults import NOTHING_CHOSEN, Chosen, with_defaults
from core.errors import Refusal, TooLong
from core.ports import Moderator, Rewriter, Translator
from core.safety.review import Docket, require_allowed
from core.spoken import NegativeReader, join_negatives, merge, split_negative
from core.types import DIRECTOR, ORIGINAL, USER, Note, Options, Place, Request, Translation, Wording

_ENGLISH = ("en",)
_RAW_SHARE = 4
"""A prompt as typed may be this many times as long as the longest that is read: options and blanks go."""

PromptReader = Callable[[str], tuple[str, Options]]
"""Cleans a prompt and takes the options in plain words out of it."""


@dataclass(frozen=True)
class Rewordings:
    """What a user can do about a prompt's words here: the ``translators`` to choose from, and whether one rewrites."""

    translators: tuple[str, ...]
    can_rewrite: bool


@dataclass(frozen=True)
class Reading:
    """A Request as it was understood: ``prompt`` is what is left of the one typed, ``options`` are all there are."""

    prompt: str
    wording: Wording
    options: Options
    seeded: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Text:
    """What can be understood without asking anybody. ``revised`` are words that are settled, ``own`` by the user."""

    prompt: str
    revised: Translation | None
    own: bool
    options: Options
    seeded: bool
    card: ModelCard
    recipe: Recipe
    negatives: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass
class _Review:
    """What one request's texts are held to, and what is to be told of that."""

    moderator: Moderator
    declared: bool
    docket: Docket
    place: Place
    notes: dict[str, Note] = field(default_factory=dict)

    async def require(self, text: str, *same: str) -> None:
        verdict = await self.moderator.review_text(text, *same, place=self.place)
        self.docket.verdicts.append(verdict)
        if self.docket.opens(verdict):
            return
        require_allowed(verdict, declared=self.declared)
        if verdict.asks:
            self.notes["declared"] = Note("declared", {"category": str(verdict.category)})
        if verdict.is_covered:
            self.notes["covered"] = Note("covered", {"category": str(verdict.category)})

    def without_ruling(self) -> _Review:
        """For a text that nobody ruled on, whatever was ruled on what it was made of."""
        return replace(self, docket=Docket(verdicts=self.docket.verdicts))


class Words:
    """Cleans, moderates, rewrites and translates; whatever comes of a step is moderated as well."""

    def __init__(
        self,
        *,
        translator: Translator,
        rewriter: Rewriter | None,
        moderator: Moderator,
        read_prompt: PromptReader,
        read_negative: NegativeReader,
        catalogue: Catalogue,
    ) -> None:
        self._translator, self._rewriter, self._moderator = translator, rewriter, moderator
        self._read_prompt, self._read_negative, self._catalogue = read_prompt, read_negative, catalogue

    @property
    def rewordings(self) -> Rewordings:
        """What can be asked for."""
        return Rewordings(self._translator.names, self._rewriter is not None)

    async def read(self, request: Request, docket: Docket | None = None, *, chosen: Chosen = NOTHING_CHOSEN) -> Reading:
        """Understand the request's text; what is decided about it is put into the docket.

        What was ``chosen`` for good stands where neither the request's options nor its words say otherwise.

        Raises:
            Refusal: it is empty, too long or not allowed, or cannot be translated.
        """
        docket = docket or Docket()
        text, review = self._read(request, chosen), _Review(self._moderator, request.declares, docket, request.place)
        docket.begin()
        await review.require(text.prompt)
        text = self._take_negatives_out(text, request)
        if text.revised:
            wording, notes = await self._settled(text, text.revised, review)
        else:
            wording, notes = await self._find(text, request, review)
        options = text.options
        for negative in text.negatives:
            told = await self._translator.translate(negative, text.card.prompt_languages)
            if told.translated:
                await review.require(told.text, negative)
            options = replace(options, negative_prompt=join_negatives(options.negative_prompt, told.text))
        return Reading(text.prompt, wording, options, text.seeded, (*text.notes, *notes, *review.notes.values()))

    def _read(self, request: Request, chosen: Chosen) -> _Text:
        prompt, spoken = self._clean(request.prompt)
        revised = request.revised
        own = revised is not None and revised.translator in {ORIGINAL, USER}
        if revised and own:
            words, more = self._clean(revised.text)
            revised, spoken = replace(revised, text=words), merge(more, spoken)
        options, notes = with_defaults(merge(request.options, spoken), request, chosen, self._catalogue)
        card, recipe = self._catalogue.choose(options.recipe)
        longest = max(prompt, revised.text if revised else "", key=len)
        if len(longest) > card.max_prompt_chars:
            raise TooLong(length=len(longest), limit=card.max_prompt_chars)
        seeded = spoken.seed is not None and spoken.seed == options.seed and card.takes_seed
        return _Text(prompt, revised, own, options, seeded, card, recipe, notes=notes)

    def _clean(self, typed: str) -> tuple[str, Options]:
        limit = self._catalogue.longest_prompt
        if len(typed) > _RAW_SHARE * limit:
            raise TooLong(length=len(typed), limit=limit)
        prompt, spoken = self._read_prompt(typed)
        if not prompt:
            raise Refusal("prompt-only-options" if spoken != Options() else "prompt-empty")
        return prompt, spoken

    def _take_negatives_out(self, text: _Text, request: Request) -> _Text:
        """What a clip made again was not to show has come with it, translated."""
        prompt, negative, notes = split_negative(text.prompt, text.card, text.recipe, self._read_negative)
        negatives = [] if request.revised and request.options.negative_prompt else [negative]
        revised = text.revised
        if revised and text.own:
            words, negative, notes = split_negative(revised.text, text.card, text.recipe, self._read_negative)
            revised, negatives = replace(revised, text=words), [*negatives, negative]
        found = tuple(dict.fromkeys(filter(None, negatives)))
        return replace(text, prompt=prompt, revised=revised, negatives=found, notes=(*text.notes, *notes))

    async def _settled(self, text: _Text, revised: Translation, review: _Review) -> tuple[Wording, tuple[Note, ...]]:
        """The words as they are; a note where the model does not read their language."""
        await review.require(revised.text)
        wording = await self._in_english(revised, review)
        spoken = wording.english.source_language
        is_read = spoken in {"none", *text.card.prompt_languages}
        return wording, () if is_read else (Note("language-unread", {"language": spoken}),)

    async def _find(self, text: _Text, request: Request, review: _Review) -> tuple[Wording, tuple[Note, ...]]:
        """Words that the model reads; a note where they were to be written out, and were not in time."""
        wants = request.rewrite or text.recipe.rewrite
        if wants and (expanded := await self._rewrite(text.prompt, text.card)):
            same = () if review.docket.ruling else (text.prompt,)
            review = review.without_ruling()
            await review.require(expanded.text, *same)
            return await self._in_english(expanded, review), ()
        # Nobody writes for a recipe where no language model is set up; who pressed a button is told.
        notes = (Note("rewrite-failed"),) if wants and (request.rewrite or self._rewriter) else ()
        revised = await self._translator.translate(text.prompt, text.card.prompt_languages, by=request.translator)
        if revised.translated:
            await review.require(revised.text, text.prompt)
        return await self._in_english(revised, review), notes

    async def _in_english(self, revised: Translation, review: _Review) -> Wording:
        english = await self._translator.translate(revised.text, _ENGLISH)
        if english.translated:
            await review.require(english.text, revised.text)
        return Wording(revised, english)

    async def _rewrite(self, prompt: str, card: ModelCard) -> Translation | None:
        if self._rewriter is None:
            return None
        # A card names first what its model reads best.
        language = card.prompt_languages[0]
        text = await self._rewriter.rewrite(prompt, language, limit=card.max_prompt_chars)
        return None if text is None else Translation(text, language, DIRECTOR, translated=False)
