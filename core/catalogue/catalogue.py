"""Turns the TOML files beside it into model cards and recipes, and options into a complete GenerationSpec."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from core.errors import Unsupported
from core.types import GenerationSpec, Options, Ratio, Resolution

MAX_SEED = 2**32 - 1

_SIZES: Mapping[tuple[str, str], tuple[int, int]] = {
    ("480p", "16:9"): (854, 480),
    ("480p", "9:16"): (480, 854),
    ("480p", "1:1"): (480, 480),
    ("720p", "16:9"): (1280, 720),
    ("720p", "9:16"): (720, 1280),
    ("720p", "1:1"): (720, 720),
}


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelCard(_Data):
    """Facts about one model. Lengths in characters and seconds."""

    key: str
    name: str
    vendor: str
    engine: str
    worker_class: str
    licence: str
    prompt_languages: tuple[str, ...]
    max_prompt_chars: PositiveInt
    fps: PositiveInt
    min_seconds: PositiveInt
    max_seconds: PositiveInt
    ratios: tuple[Ratio, ...]
    resolutions: tuple[Resolution, ...]


class Recipe(_Data):
    """A named, versioned, priced way to use one card."""

    key: str
    version: PositiveInt
    seconds: PositiveInt
    ratio: Ratio
    resolution: Resolution
    credits_per_second: Mapping[Resolution, PositiveInt]


class Model(_Data):
    """One file of the catalogue: a card and at least one recipe, each within what the card can do, and priced."""

    card: ModelCard
    recipes: tuple[Recipe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _recipes_fit(self) -> Self:
        for recipe in self.recipes:
            fits = (
                self.card.min_seconds <= recipe.seconds <= self.card.max_seconds
                and recipe.ratio in self.card.ratios
                and recipe.resolution in self.card.resolutions
                and recipe.credits_per_second.keys() == set(self.card.resolutions)
            )
            if not fits:
                raise ValueError(f"the card {self.card.key} cannot do the recipe {recipe.key}, or lacks a price")
        return self


class Catalogue:
    """All recipes by key; the first one is the default.

    Raises:
        ValueError: two models or two recipes have one key.
    """

    def __init__(self, models: tuple[Model, ...]) -> None:
        _no_key_twice([model.card.key for model in models])
        _no_key_twice([recipe.key for model in models for recipe in model.recipes])
        self._recipes = {recipe.key: (model.card, recipe) for model in models for recipe in model.recipes}
        self._cards = {model.card.key: model.card for model in models}
        self.default = next(iter(self._recipes))

    @property
    def recipes(self) -> tuple[str, ...]:
        """The keys users choose from."""
        return tuple(self._recipes)

    @property
    def worker_classes(self) -> tuple[str, ...]:
        """Every class of worker that some card needs."""
        return tuple(dict.fromkeys(card.worker_class for card in self._cards.values()))

    @property
    def longest_prompt(self) -> int:
        """Characters that the most patient model reads."""
        return max(card.max_prompt_chars for card in self._cards.values())

    def card(self, model: str) -> ModelCard:
        """The card of a model that a spec names."""
        return self._cards[model]

    def choose(self, recipe: str | None) -> tuple[ModelCard, Recipe]:
        """The recipe of that key, or the default.

        Raises:
            Unsupported: no such recipe.
        """
        try:
            return self._recipes[recipe or self.default]
        except KeyError:
            raise Unsupported("option-recipe", value=str(recipe), known=", ".join(self._recipes)) from None

    def complete(self, options: Options, prompt: str, seed: int) -> GenerationSpec:
        """The spec for these options; ``seed`` is used where the options name none.

        Raises:
            Unsupported: the recipe's model cannot do one of them.
        """
        card, recipe = self.choose(options.recipe)
        seconds = _within(card, recipe.seconds if options.seconds is None else options.seconds)
        resolution, ratio = options.resolution or recipe.resolution, options.ratio or recipe.ratio
        if resolution not in card.resolutions:
            raise Unsupported("option-resolution", value=resolution, known=", ".join(card.resolutions))
        if ratio not in card.ratios:
            raise Unsupported("option-ratio", value=ratio, known=", ".join(card.ratios))
        width, height = _SIZES[resolution, ratio]
        return GenerationSpec(
            model=card.key,
            recipe=recipe.key,
            recipe_version=recipe.version,
            prompt=prompt,
            seed=_seed(options.seed, seed),
            width=width,
            height=height,
            num_frames=round(seconds * card.fps),
            fps=card.fps,
        )

    def price(self, spec: GenerationSpec) -> int:
        """Credits for a clip: whole seconds, rounded up, at the recipe's rate for its resolution."""
        resolution: Resolution = "720p" if min(spec.width, spec.height) >= 720 else "480p"
        _, recipe = self.choose(spec.recipe)
        return math.ceil(spec.seconds) * recipe.credits_per_second[resolution]


def _no_key_twice(keys: list[str]) -> None:
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"the catalogue has {', '.join(sorted(twice))} twice")


def _within(card: ModelCard, seconds: float) -> float:
    if not card.min_seconds <= seconds <= card.max_seconds:
        raise Unsupported("option-seconds", value=f"{seconds:g}", minimum=card.min_seconds, maximum=card.max_seconds)
    return seconds


def _seed(asked: int | None, otherwise: int) -> int:
    if asked is None:
        return otherwise
    if not 0 <= asked <= MAX_SEED:
        raise Unsupported("option-seed", maximum=MAX_SEED)
    return asked


def load_catalogue() -> Catalogue:
    """Read and validate every TOML file beside this module.

    Raises:
        pydantic.ValidationError: a file is not as it should be.
    """
    texts = [
        entry.read_text("utf-8")
        for entry in sorted(files("core.catalogue").iterdir(), key=str)
        if entry.name.endswith(".toml")
    ]
    return Catalogue(tuple(Model.model_validate(tomllib.loads(text)) for text in texts))
