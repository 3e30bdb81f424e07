"""Which other vendor may make what one cannot: the same film as far as it can be told, and for no more credits."""

from dataclasses import replace
from typing import Any

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.detours import detours
from core.catalogue.hosted import HostedCard, Offer
from core.types import GenerationSpec, Options
from tests.unit.core.vendors_models import catalogue_of, model_of, spec_of

PRICE = 4 * 5
CHOSEN = model_of("one", "first", 5)


def keys(catalogue: Catalogue, spec: GenerationSpec, tried: tuple[str, ...] = ("first",)) -> list[str]:
    return [made.recipe for made in detours(catalogue, spec, PRICE, tried=tried)]


def others(**card: Any) -> list[str]:
    """What becomes of a detour by another vendor's model."""
    catalogue = catalogue_of(CHOSEN, model_of("two", "second", 5, **card))
    return keys(catalogue, spec_of(catalogue, "one-standard"))


def test_the_dearest_that_costs_no_more_comes_first() -> None:
    prices = {"same": 5, "dearer": 6, "cheapest": 1, "cheap": 4}
    models = [model_of(key, f"vendor-{key}", price) for key, price in prices.items()]
    catalogue = catalogue_of(CHOSEN, *models)
    found = detours(catalogue, spec_of(catalogue, "one-standard"), PRICE, tried=["first"])
    assert [made.recipe for made in found] == ["same-standard", "cheap-standard", "cheapest-standard"]
    assert [catalogue.price(made) for made in found] == [20, 16, 4]


def test_it_is_the_same_film_by_another_model() -> None:
    pictured: dict[str, Any] = {"pictures": ("none", "first", "first-last")}
    sizes = {"480p": {"16:9": (832, 480), "1:1": (624, 624)}}
    catalogue = catalogue_of(
        model_of("one", "first", 5, **pictured), model_of("two", "second", 4, fps=30, sizes=sizes, **pictured)
    )
    spec = spec_of(catalogue, "one-standard", "一只猫", image="a.png", last_image="b.png")
    (made,) = detours(catalogue, spec, PRICE, tried=["first"])
    same = ("prompt", "seed", "image", "last_image", "negative_prompt", "seconds")
    assert [getattr(made, name) for name in same] == [getattr(spec, name) for name in same]
    assert (made.model, made.recipe) == ("two", "two-standard")
    assert (made.width, made.height, made.fps, made.num_frames) == (624, 624, 30, 120)


@pytest.mark.parametrize("kinds", ["draft", "hd", "draft hd"])
def test_of_another_class_is_none(kinds: str) -> None:
    assert others(kinds=kinds) == []


@pytest.mark.parametrize(("chosen", "found"), [("draft", "two-draft"), ("standard", "two-standard"), ("hd", "two-hd")])
def test_of_its_own_class_is_one(chosen: str, found: str) -> None:
    every = "draft standard hd"
    catalogue = catalogue_of(model_of("one", "first", 5, kinds=every), model_of("two", "second", 5, kinds=every))
    assert keys(catalogue, spec_of(catalogue, f"one-{chosen}")) == [found]


def test_what_is_built_in_makes_no_vendors_film() -> None:
    catalogue = catalogue_of(CHOSEN)
    spec = spec_of(catalogue, "one-standard")
    assert catalogue.price(spec_of(catalogue, "standard")) < PRICE
    assert keys(catalogue, spec) == []


def test_a_vendor_makes_nothing_that_was_not_a_vendors() -> None:
    catalogue = catalogue_of(CHOSEN)
    assert keys(catalogue, spec_of(catalogue, "standard"), tried=("scene",)) == []


@pytest.mark.parametrize(("wanted", "has", "found"), [(True, True, 1), (True, False, 0), (False, True, 1)])
def test_a_film_with_sound_does_not_become_a_silent_one(wanted: bool, has: bool, found: int) -> None:
    catalogue = catalogue_of(model_of("one", "first", 5, has_audio=wanted), model_of("two", "second", 5, has_audio=has))
    assert len(keys(catalogue, spec_of(catalogue, "one-standard"))) == found


def test_a_vendor_is_not_asked_twice() -> None:
    catalogue = catalogue_of(CHOSEN, model_of("again", "first", 5), model_of("two", "second", 5))
    spec = spec_of(catalogue, "one-standard")
    assert keys(catalogue, spec) == ["two-standard"]
    assert keys(catalogue, spec, tried=("first", "second")) == []


@pytest.mark.parametrize(
    "card",
    [
        {"ratios": ("16:9",)},
        {"resolutions": ("720p",)},
        {"max_seconds": 3},
        {"num_frames": (49, 192)},
        {"prompt_languages": ("zh",)},
        {"max_prompt_chars": 4},
        {"pictures": ("first",)},
    ],
    ids=str,
)
def test_what_its_model_cannot_do_is_no_detour(card: dict[str, Any]) -> None:
    assert others() == ["two-standard"]
    assert others(**card) == []


def test_a_chinese_prompt_is_for_models_that_read_it() -> None:
    catalogue = catalogue_of(CHOSEN, model_of("two", "second", 5, prompt_languages=("en",)))
    assert keys(catalogue, spec_of(catalogue, "one-standard", "一只猫")) == []
    assert keys(catalogue, spec_of(catalogue, "one-standard", "a cat")) == ["two-standard"]


@pytest.mark.parametrize(("has_picture", "pictures"), [(True, ("none",)), (False, ("first",))])
def test_pictures_are_neither_lost_nor_wanted(has_picture: bool, pictures: tuple[str, ...]) -> None:
    catalogue = catalogue_of(
        model_of("one", "first", 5, pictures=("none", "first")), model_of("two", "second", 5, pictures=pictures)
    )
    given = {"image": "a.png"} if has_picture else {}
    assert keys(catalogue, spec_of(catalogue, "one-standard", **given)) == []


def test_what_shall_not_be_seen_is_not_forgotten() -> None:
    def takes(limit: int) -> HostedCard:
        return HostedCard(at={"international": Offer(model="x")}, negative_limit=limit)

    catalogue = catalogue_of(
        model_of("one", "first", 5, hosted=takes(100)),
        model_of("two", "second", 5, hosted=takes(0)),
        model_of("three", "third", 5, hosted=takes(100)),
    )
    spec = replace(spec_of(catalogue, "one-standard"), negative_prompt="rain")
    (made,) = detours(catalogue, spec, PRICE, tried=["first"])
    assert (made.recipe, made.negative_prompt) == ("three-standard", "rain")


def test_fixed_lengths_are_told_as_seconds() -> None:
    frames: dict[str, Any] = {"num_frames": (81,), "fps": 16, "min_seconds": 5, "max_seconds": 5}
    catalogue = catalogue_of(model_of("one", "first", 5, **frames), model_of("two", "second", 5))
    spec = catalogue.complete(Options(recipe="one-standard", seconds=5.0, ratio="1:1"), "a cat", 7)
    (made,) = detours(catalogue, spec, catalogue.price(spec), tried=["first"])
    assert (made.seconds, made.num_frames) == (5.0, 120)
