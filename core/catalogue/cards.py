"""The shape of a catalogue file: a model's card and the recipes that use it, checked against each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from core.catalogue.hosted import HostedCard, HostedRecipe
from core.catalogue.local import LocalCard, LocalRecipe
from core.types import Ratio, Resolution

Pictures = Literal["none", "first", "first-last"]
"""Nothing beside the prompt, the picture a clip begins with, or those that it begins and ends with."""

_SIZES: Mapping[tuple[str, str], tuple[int, int]] = {
    ("480p", "16:9"): (854, 480),
    ("480p", "9:16"): (480, 854),
    ("480p", "1:1"): (480, 480),
    ("480p", "4:3"): (640, 480),
    ("480p", "3:4"): (480, 640),
    ("720p", "16:9"): (1280, 720),
    ("720p", "9:16"): (720, 1280),
    ("720p", "1:1"): (720, 720),
    ("720p", "4:3"): (960, 720),
    ("720p", "3:4"): (720, 960),
    ("1080p", "16:9"): (1920, 1080),
    ("1080p", "9:16"): (1080, 1920),
    ("1080p", "1:1"): (1080, 1080),
    ("1080p", "4:3"): (1440, 1080),
    ("1080p", "3:4"): (1080, 1440),
}


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelCard(_Data):
    """Facts about one model. Lengths in characters, tokens and seconds.

    ``num_frames`` lists the lengths there are, in frames, where a model has fixed ones; ``sizes`` the pixels of each
    resolution and ratio, where they are not the usual ones. ``pictures`` says what may be given beside the prompt.
    ``clips`` is how many finished clips are made into one at most, for what does that; the others make theirs of a
    prompt.
    ``excluded_territories`` are ISO 3166 codes, or EU, where the licence grants nothing.
    """

    key: str = Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")
    """Also the name of the folder with its weights: it must not lead elsewhere."""
    name: str
    vendor: str
    engine: str
    worker_class: str
    licence: str
    licence_url: str = ""
    excluded_territories: tuple[str, ...] = ()
    revenue_cap: str = ""
    end_of_life: date | None = None
    prompt_languages: tuple[str, ...]
    max_prompt_chars: PositiveInt
    max_prompt_tokens: PositiveInt | None = None
    needs_rewrite: bool = False
    fps: PositiveInt
    min_seconds: PositiveInt
    max_seconds: PositiveInt
    num_frames: tuple[PositiveInt, ...] = ()
    ratios: tuple[Ratio, ...]
    resolutions: tuple[Resolution, ...]
    sizes: Mapping[Resolution, Mapping[Ratio, tuple[PositiveInt, PositiveInt]]] = Field(default_factory=dict)
    has_audio: bool = False
    pictures: tuple[Pictures, ...] = ("none",)
    clips: NonNegativeInt = 0
    local: LocalCard | None = None
    hosted: HostedCard | None = None

    def size(self, resolution: Resolution, ratio: Ratio) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.sizes[resolution][ratio] if self.sizes else _SIZES[resolution, ratio]

    @property
    def takes_seed(self) -> bool:
        """The same seed gives the same clip."""
        return self.hosted is None or self.hosted.has_seed

    def takes_negative(self, recipe: Recipe) -> bool:
        """A negative prompt is followed."""
        return recipe.has_guidance or (self.hosted is not None and self.hosted.negative_limit > 0)

    def frames(self, seconds: float) -> int | None:
        """The number of frames of a clip so long; None where there is none."""
        if not self.num_frames:
            return round(seconds * self.fps) if self.min_seconds <= seconds <= self.max_seconds else None
        return next((frames for frames in self.num_frames if _means(seconds, frames, self.fps)), None)


class Recipe(_Data):
    """A named, versioned, priced way to use one card. Its key ends with ``draft``, ``standard`` or ``hd``.

    ``rewrite``: a short prompt is written out first, where a language model is set up. Of a vendor's model the credits
    need not be in the file: they come of the vendor's price. ``credits_a_film`` is what one made of clips costs,
    however long it is.
    """

    key: str = Field(pattern=r"^([a-z0-9.]+-)*(draft|standard|hd)$")
    version: PositiveInt
    seconds: PositiveInt
    ratio: Ratio
    resolution: Resolution
    credits_per_second: Mapping[Resolution, PositiveInt] = Field(default_factory=dict)
    credits_a_film: NonNegativeInt = 0
    rewrite: bool = False
    local: LocalRecipe | None = None
    hosted: HostedRecipe | None = None

    @property
    def has_guidance(self) -> bool:
        """How closely the prompt is followed can be chosen; it follows a negative prompt, too."""
        return self.local is not None and self.local.guidance_scale > 1


class Model(_Data):
    """One file of the catalogue: a card and at least one recipe, each within what the card can do, and priced."""

    card: ModelCard
    recipes: tuple[Recipe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _recipes_fit(self) -> Self:
        for recipe in self.recipes:
            fits = (
                self.card.frames(recipe.seconds)
                and recipe.ratio in self.card.ratios
                and recipe.resolution in self.card.resolutions
                and self._is_priced(recipe)
                and (recipe.local is None) == (self.card.local is None)
                and not (recipe.hosted and self.card.hosted is None)
            )
            if not fits:
                raise ValueError(f"the card {self.card.key} cannot do the recipe {recipe.key}, or lacks a price")
        return self

    def _is_priced(self, recipe: Recipe) -> bool:
        if self.card.clips:
            return bool(recipe.credits_a_film) and not recipe.credits_per_second
        priced = recipe.credits_per_second.keys()
        return priced == set(self.card.resolutions) or (self.card.hosted is not None and not priced)

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        card = self.card
        shapes = [(resolution, ratio) for resolution in card.resolutions for ratio in card.ratios]
        if card.sizes and {(resolution, ratio) for resolution in card.sizes for ratio in card.sizes[resolution]} != set(
            shapes
        ):
            raise ValueError(f"the card {card.key} needs a size for each of its resolutions and ratios, and no other")
        if card.local is None:
            return self
        rule, remainder = card.local.frame_multiple, card.local.frame_remainder
        if not card.num_frames or any(frames % rule != remainder % rule for frames in card.num_frames):
            raise ValueError(f"the card {card.key} needs num_frames, each {rule} * k + {remainder}")
        if any(side % card.local.size_multiple for shape in shapes for side in card.size(*shape)):
            raise ValueError(f"the card {card.key} has a size that is no multiple of {card.local.size_multiple}")
        return self

    @model_validator(mode="after")
    def _offers_fit(self) -> Self:
        for region, offer in self.card.hosted.at.items() if self.card.hosted else ():
            if offer.price and offer.price.per_second.keys() != set(self.card.resolutions):
                raise ValueError(f"the card {self.card.key} needs a price for each of its resolutions at {region}")
        return self

    @model_validator(mode="after")
    def _extras_are_there(self) -> Self:
        known = set(self.card.local.extras) if self.card.local else set()
        used = {use.extra for recipe in self.recipes if recipe.local for use in recipe.local.loras}
        if used - known:
            raise ValueError(f"the card {self.card.key} lists no extra {', '.join(sorted(used - known))}")
        return self


def length_of(frames: int, fps: int) -> int:
    """What a fixed length is called, in whole seconds: 81 frames at 16 a second are 5 s."""
    return max(1, round(frames / fps))


def _means(seconds: float, frames: int, fps: int) -> bool:
    """Its name, or the exact length to half a frame."""
    return seconds == length_of(frames, fps) or abs(seconds * fps - frames) <= 0.5
