"""Models of two vendors, as small as the catalogue takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.catalogue.cards import Model
from core.catalogue.catalogue import Catalogue
from core.catalogue.hosted import HostedCard, Offer
from core.catalogue.load import load_models
from core.types import GenerationSpec, Options


def model_of(key: str, engine: str, credits_: int, *, kinds: str = "standard", **card: Any) -> Model:
    """A vendor's model with a recipe of each of the ``kinds``, at so many credits a second of 480p."""
    facts: dict[str, Any] = {
        "key": key, "name": key, "vendor": engine, "engine": engine, "worker_class": "hosted", "licence": "theirs",
        "prompt_languages": ("en", "zh"), "max_prompt_chars": 500, "fps": 24, "min_seconds": 2, "max_seconds": 8,
        "ratios": ("16:9", "1:1"), "resolutions": ("480p",),
        "hosted": HostedCard(at={"international": Offer(model=key)}),
    }  # fmt: skip
    facts |= card
    prices = dict.fromkeys(facts["resolutions"], credits_)
    recipes = [
        {
            "key": f"{key}-{kind}", "version": 1, "seconds": facts["max_seconds"], "ratio": facts["ratios"][0],
            "resolution": facts["resolutions"][0], "credits_per_second": prices,
        }
        for kind in kinds.split()
    ]  # fmt: skip
    return Model.model_validate({"card": facts, "recipes": recipes})


def catalogue_of(*models: Model) -> Catalogue:
    """Those, and the built-in model, which costs a credit a second."""
    (scene,) = (model for model in load_models() if model.card.key == "scene")
    return Catalogue((scene, *models))


def spec_of(catalogue: Catalogue, recipe: str, prompt: str = "a cat", **pictures: str) -> GenerationSpec:
    """Four seconds, of a shape that is not the recipes' own."""
    options: Mapping[str, Any] = {"recipe": recipe, "seconds": 4.0, "ratio": "1:1"}
    return catalogue.complete(Options(**options), prompt, 7, **pictures)
