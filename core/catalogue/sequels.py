"""Turns what one clip was made by into what a clip that goes on from it can be made by, of a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.catalogue.cards import ModelCard, Recipe
from core.catalogue.catalogue import Catalogue
from core.catalogue.snap import snap
from core.errors import Unsupported
from core.types import GenerationSpec, Note, Options

_LINES = {"480p": 480, "720p": 720, "1080p": 1080}


def options_after(catalogue: Catalogue, spec: GenerationSpec) -> Options:
    """The options of a clip made again; of one whose recipe is gone, and of a film, its shape and size."""
    try:
        return catalogue.options_of(spec)
    except Unsupported:
        return Options(ratio=_nearest_ratio(catalogue, spec), resolution=_nearest_line(min(spec.width, spec.height)))


def recipes_for(catalogue: Catalogue, asked: str | None, chosen: str | None) -> Iterator[str]:
    """In which order recipes are looked at: that of the clip, the user's, the default, then those nearest to it."""
    first = filter(None, (asked, chosen, catalogue.default))
    yield from dict.fromkeys((*first, *_nearest(catalogue, asked or chosen or catalogue.default)))


def suited(options: Options, card: ModelCard, recipe: Recipe) -> tuple[Options, tuple[Note, ...]]:
    """Options of a clip as another model can take them: the nearest there are, with a note for each that is another."""
    kept = replace(
        options,
        negative_prompt=options.negative_prompt if card.takes_negative(recipe) else None,
        guidance_scale=options.guidance_scale if recipe.has_guidance else None,
        seed=_seed(options.seed, card),
    )
    if options.seconds is None or card.frames(options.seconds) is not None:
        found, notes = snap(replace(kept, seconds=None), card, anyway=True)
        return replace(found, seconds=options.seconds), notes
    # The nearest length may be far off: a clip of 15 s is gone on from for 5 s.
    within = min(max(options.seconds, card.min_seconds), card.max_seconds)
    found, notes = snap(replace(kept, seconds=within), card, anyway=True)
    if within == found.seconds:
        notes += (Note("snapped", {"asked": f"{options.seconds:g} s", "made": f"{within:g} s"}),)
    return found, notes


def _seed(seed: int | None, card: ModelCard) -> int | None:
    """Vendors have smaller ones than we; it is what an order would be sent with."""
    return seed if seed is None or card.hosted is None else seed % (card.hosted.max_seed + 1)


def _nearest(catalogue: Catalogue, asked: str) -> Sequence[str]:
    """Those of the same class (draft, standard, hd) first, and among them those that cost about as much."""
    rates = {key: _rate(catalogue.choose(key)[1]) for key in catalogue.recipes}
    rate = rates.get(asked, 0)
    return sorted(rates, key=lambda key: (_class(key) != _class(asked), abs(rates[key] - rate)))


def _rate(recipe: Recipe) -> int:
    return recipe.credits_per_second.get(recipe.resolution, 0)


def _class(recipe: str) -> str:
    return recipe.rpartition("-")[2]


def _nearest_ratio(catalogue: Catalogue, spec: GenerationSpec) -> str:
    def off(ratio: str) -> float:
        width, height = map(int, ratio.split(":"))
        share = spec.width / spec.height / (width / height)
        return max(share, 1 / share)

    return min(catalogue.ratios, key=off)


def _nearest_line(side: int) -> str:
    return min(_LINES, key=lambda name: abs(_LINES[name] - side))
