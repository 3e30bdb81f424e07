"""Turns a spec whose vendor cannot make it now into specs for others: the same class of recipe, and no dearer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from core.catalogue.cards import length_of
from core.catalogue.catalogue import Catalogue
from core.errors import Unsupported
from core.types import GenerationSpec


def detours(
    catalogue: Catalogue, spec: GenerationSpec, price: int, *, tried: Collection[str]
) -> tuple[GenerationSpec, ...]:
    """What may be made in its place, those that cost most first: they are the nearest to what was chosen.

    Same shape, length, pictures and negative prompt, with sound where there was to be some, in a language that the
    model reads, for at most ``price`` credits; of vendors (``tried``: names of engines) that were not asked yet.
    Another model is another film: only who chose a vendor's gets a vendor's.
    """
    if catalogue.card(spec.model).hosted is None:
        return ()
    found = [made for made in _others(catalogue, spec, tried) if catalogue.price(made) <= price]
    return tuple(sorted(found, key=catalogue.price, reverse=True))


def _others(catalogue: Catalogue, spec: GenerationSpec, tried: Collection[str]) -> Iterator[GenerationSpec]:
    options = replace(
        catalogue.options_of(spec), seconds=float(length_of(spec.num_frames, spec.fps)), guidance_scale=None, seed=None
    )
    for key in catalogue.recipes:
        card, recipe = catalogue.choose(key)
        if card.hosted is None or card.engine in tried or _class(key) != _class(spec.recipe):
            continue
        if catalogue.card(spec.model).has_audio and not card.has_audio:
            continue
        if _language(spec.prompt) not in card.prompt_languages or len(spec.prompt) > card.max_prompt_chars:
            continue
        try:
            yield catalogue.complete(
                replace(options, recipe=recipe.key),
                spec.prompt,
                spec.seed,
                image=spec.image,
                last_image=spec.last_image,
            )
        except Unsupported:
            continue


def _class(recipe: str) -> str:
    """``draft``, ``standard`` or ``hd``: every key ends with one of them."""
    return recipe.rpartition("-")[2]


def _language(prompt: str) -> str:
    return "zh" if any("\u3400" <= letter <= "\u9fff" for letter in prompt) else "en"
