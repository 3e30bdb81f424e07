"""Turns the models that may be used into recipes to choose from, and options into a complete GenerationSpec."""

from __future__ import annotations

import math
from typing import get_args

from core.catalogue.cards import Model, ModelCard, Pictures, Recipe, length_of
from core.errors import Unsupported
from core.types import GenerationSpec, Options, Ratio, Resolution

MAX_SEED = 2**32 - 1
MAX_GUIDANCE = 20


class Catalogue:
    """All recipes by key; the first one is the default, unless another is named.

    Raises:
        ValueError: two models or two recipes have one key, or the default is none of them.
    """

    def __init__(self, models: tuple[Model, ...], default: str | None = None) -> None:
        _no_key_twice([model.card.key for model in models])
        _no_key_twice([recipe.key for model in models for recipe in model.recipes])
        self._recipes = {recipe.key: (model.card, recipe) for model in models for recipe in model.recipes}
        self._cards = {model.card.key: model.card for model in models}
        self._choices = tuple(key for key, (card, _) in self._recipes.items() if not card.clips)
        self.default = default or next(iter(self._choices))
        if self.default not in self._choices:
            raise ValueError(f"no recipe {self.default}: there is {', '.join(self._choices)}")

    @property
    def recipes(self) -> tuple[str, ...]:
        """The keys users choose from, the default first."""
        return tuple(sorted(self._choices, key=lambda key: key != self.default))

    @property
    def from_words(self) -> tuple[str, ...]:
        """Those of them that need no picture."""
        return tuple(key for key in self.recipes if "none" in self._recipes[key][0].pictures)

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """The models that can be chosen."""
        return tuple(card for card in self._cards.values() if not card.clips)

    @property
    def ratios(self) -> tuple[Ratio, ...]:
        """The shapes that some card has."""
        had = {ratio for card in self.cards for ratio in card.ratios}
        return tuple(ratio for ratio in get_args(Ratio) if ratio in had)

    @property
    def worker_classes(self) -> tuple[str, ...]:
        """Every class of worker that some card needs."""
        return tuple(dict.fromkeys(card.worker_class for card in self._cards.values()))

    @property
    def longest_prompt(self) -> int:
        """Characters that the most patient model reads."""
        return max(card.max_prompt_chars for card in self.cards)

    def card(self, model: str) -> ModelCard:
        """The card of a model that a spec names."""
        return self._cards[model]

    def knows(self, model: str) -> bool:
        """Whether a model can be used."""
        return model in self._cards

    def makes(self, spec: GenerationSpec) -> bool:
        """Whether a spec's model and recipe, also one that nobody chooses, are here."""
        return self.knows(spec.model) and spec.recipe in self._recipes

    @property
    def film(self) -> tuple[ModelCard, Recipe]:
        """What makes one film of finished clips.

        Raises:
            Unsupported: nothing here does.
        """
        found = next((pair for pair in self._recipes.values() if pair[0].clips), None)
        if found is None:
            raise Unsupported("film-unsupported")
        return found

    def choose(self, recipe: str | None) -> tuple[ModelCard, Recipe]:
        """The recipe of that key, or the default.

        Raises:
            Unsupported: no such recipe.
        """
        key = recipe or self.default
        if key not in self._choices:
            raise Unsupported("option-recipe", value=key, known=", ".join(self._choices))
        return self._recipes[key]

    def complete(
        self, options: Options, prompt: str, seed: int, *, image: str | None = None, last_image: str | None = None
    ) -> GenerationSpec:
        """The spec for these options; ``seed`` is used where the options name none.

        Raises:
            Unsupported: the recipe's model cannot do one of them.
        """
        card, recipe = self.choose(options.recipe)
        resolution, ratio = options.resolution or recipe.resolution, options.ratio or recipe.ratio
        if resolution not in card.resolutions:
            raise Unsupported("option-resolution", value=resolution, known=", ".join(card.resolutions))
        if ratio not in card.ratios:
            raise Unsupported("option-ratio", value=ratio, known=", ".join(card.ratios))
        _check_guidance(card, recipe, options)
        _check_pictures(card, image, last_image)
        width, height = card.size(resolution, ratio)
        return GenerationSpec(
            model=card.key,
            recipe=recipe.key,
            recipe_version=recipe.version,
            prompt=prompt,
            seed=_seed(options.seed, seed, card),
            width=width,
            height=height,
            num_frames=_frames(card, recipe.seconds if options.seconds is None else options.seconds),
            fps=card.fps,
            negative_prompt=options.negative_prompt or "",
            guidance_scale=options.guidance_scale,
            image=image,
            last_image=last_image,
        )

    def options_of(self, spec: GenerationSpec) -> Options:
        """The options that lead to this spec again.

        Raises:
            Unsupported: its recipe is gone, or no longer makes such clips.
        """
        card, _ = self.choose(spec.recipe)
        resolution, ratio = _shape(card, spec)
        return Options(
            ratio=ratio,
            seconds=spec.seconds,
            resolution=resolution,
            seed=spec.seed,
            recipe=spec.recipe,
            negative_prompt=spec.negative_prompt or None,
            guidance_scale=spec.guidance_scale,
        )

    def price(self, spec: GenerationSpec) -> int:
        """Credits for a clip: whole seconds, rounded up (fixed lengths: to the nearest), at its resolution's rate."""
        if spec.clips:
            return self.film[1].credits_a_film
        card, recipe = self.choose(spec.recipe)
        resolution, _ = _shape(card, spec)
        seconds = length_of(spec.num_frames, spec.fps) if card.num_frames else math.ceil(spec.seconds)
        return seconds * recipe.credits_per_second[resolution]


def _shape(card: ModelCard, spec: GenerationSpec) -> tuple[Resolution, Ratio]:
    for resolution in card.resolutions:
        for ratio in card.ratios:
            if card.size(resolution, ratio) == (spec.width, spec.height):
                return resolution, ratio
    raise Unsupported("option-resolution", value=f"{spec.width}x{spec.height}", known=", ".join(card.resolutions))


def _no_key_twice(keys: list[str]) -> None:
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"the catalogue has {', '.join(sorted(twice))} twice")


def _frames(card: ModelCard, seconds: float) -> int:
    frames = card.frames(seconds)
    if frames is None and card.num_frames:
        known = ", ".join(str(length_of(frames, card.fps)) for frames in card.num_frames)
        raise Unsupported("option-length", value=f"{seconds:g}", known=known)
    if frames is None:
        raise Unsupported("option-seconds", value=f"{seconds:g}", minimum=card.min_seconds, maximum=card.max_seconds)
    return frames


def _check_guidance(card: ModelCard, recipe: Recipe, options: Options) -> None:
    if options.negative_prompt and not card.takes_negative(recipe):
        raise Unsupported("option-negative", recipe=recipe.key)
    if options.guidance_scale is not None and not (recipe.has_guidance and 1 < options.guidance_scale <= MAX_GUIDANCE):
        raise Unsupported("option-guidance", recipe=recipe.key, maximum=MAX_GUIDANCE)


def _check_pictures(card: ModelCard, image: str | None, last_image: str | None) -> None:
    given: Pictures = "first-last" if last_image else "first" if image else "none"
    if given in card.pictures and (image or not last_image):
        return
    if image and "first-last" in card.pictures and "first" not in card.pictures:
        raise Unsupported("image-needed", count=2)
    if not image and "none" not in card.pictures:
        raise Unsupported("image-needed", count=2 if card.pictures == ("first-last",) else 1)
    raise Unsupported("last-image-unsupported" if last_image else "image-unsupported")


def _seed(asked: int | None, otherwise: int, card: ModelCard) -> int:
    maximum = card.hosted.max_seed if card.hosted else MAX_SEED
    if asked is None:
        return otherwise % (maximum + 1)
    if not 0 <= asked <= maximum:
        raise Unsupported("option-seed", maximum=maximum)
    return asked
