import tomllib
from importlib.resources import files
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.catalogue.cards import Model
from core.catalogue.catalogue import MAX_SEED, Catalogue
from core.catalogue.load import load_catalogue
from core.errors import Unsupported
from core.types import Options, Ratio, Resolution

SCENE = (files("core.catalogue") / "models" / "scene.toml").read_text("utf-8")
CATALOGUE = load_catalogue()


def read(text: str) -> Model:
    return Model.model_validate(tomllib.loads(text))


def test_the_default_recipe_is_the_built_in_scene() -> None:
    assert CATALOGUE.default == "standard"
    assert CATALOGUE.recipes[:2] == ("standard", "hd")
    assert "scene" in CATALOGUE.worker_classes
    spec = CATALOGUE.complete(Options(), "a cat", seed=7)
    assert (spec.width, spec.height, spec.num_frames, spec.fps, spec.seconds) == (854, 480, 96, 24, 4.0)
    assert (spec.model, spec.recipe, spec.recipe_version, spec.prompt, spec.seed) == (
        "scene",
        "standard",
        1,
        "a cat",
        7,
    )
    assert CATALOGUE.card(spec.model).engine == "scene"


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("16:9", "480p", (854, 480)),
        ("9:16", "480p", (480, 854)),
        ("1:1", "480p", (480, 480)),
        ("16:9", "720p", (1280, 720)),
        ("9:16", "720p", (720, 1280)),
        ("1:1", "720p", (720, 720)),
    ],
)
def test_every_size_is_even_and_as_named(ratio: str, resolution: str, size: tuple[int, int]) -> None:
    spec = CATALOGUE.complete(Options(ratio=ratio, resolution=resolution), "x", seed=0)
    assert (spec.width, spec.height) == size


@pytest.mark.parametrize(
    ("options", "price"),
    [
        (Options(), 4),
        (Options(seconds=2), 2),
        (Options(seconds=2.04), 3),
        (Options(seconds=8), 8),
        (Options(resolution="720p"), 8),
        (Options(recipe="hd"), 8),
        (Options(recipe="hd", resolution="480p", ratio="9:16"), 4),
        (Options(recipe="hd", ratio="1:1", seconds=3), 6),
    ],
)
def test_the_price_is_by_started_second_and_resolution(options: Options, price: int) -> None:
    assert CATALOGUE.price(CATALOGUE.complete(options, "x", seed=0)) == price


@given(seconds=st.floats(2, 8), resolution=st.sampled_from(["480p", "720p"]))
def test_a_clip_is_as_long_as_asked_to_half_a_frame_and_its_price_follows(seconds: float, resolution: str) -> None:
    spec = CATALOGUE.complete(Options(seconds=seconds, resolution=resolution), "x", seed=0)
    assert abs(spec.seconds - seconds) <= 0.5 / spec.fps + 1e-9
    assert CATALOGUE.price(spec) >= spec.seconds
    # Asked again with what came of it, it is the same clip.
    again = CATALOGUE.complete(Options(seconds=spec.seconds, resolution=resolution), "x", seed=0)
    assert again == spec


@pytest.mark.parametrize("seconds", [1.99, 8.01, 0, -3, float("nan"), float("inf"), float("-inf")])
def test_other_lengths_are_refused(seconds: float) -> None:
    with pytest.raises(Unsupported) as refused:
        CATALOGUE.complete(Options(seconds=seconds), "x", seed=0)
    assert refused.value.code == "option-seconds"
    assert refused.value.details == {"value": f"{seconds:g}", "minimum": 2, "maximum": 8}


def test_unknown_recipes_are_refused_with_the_known_ones() -> None:
    with pytest.raises(Unsupported) as refused:
        CATALOGUE.choose("cinema")
    assert refused.value.code == "option-recipe"
    assert refused.value.details == {"value": "cinema", "known": "standard, hd"}


def test_seeds_are_given_or_chosen_and_within_32_bits() -> None:
    assert CATALOGUE.complete(Options(seed=0), "x", seed=9).seed == 0
    assert CATALOGUE.complete(Options(seed=MAX_SEED), "x", seed=9).seed == MAX_SEED
    for seed in (-1, MAX_SEED + 1):
        with pytest.raises(Unsupported, match="option-seed"):
            CATALOGUE.complete(Options(seed=seed), "x", seed=9)


@pytest.mark.parametrize(("option", "code"), [("ratio", "option-ratio"), ("resolution", "option-resolution")])
def test_what_the_card_lacks_is_refused(option: str, code: str) -> None:
    text = SCENE.replace('["16:9", "9:16", "1:1"]', '["16:9"]').replace('["480p", "720p"]', '["480p"]')
    text = text.split('[[recipes]]\nkey = "hd"')[0].replace(', "720p" = 2', "")
    small = Catalogue((read(text),))
    options = Options(ratio="1:1") if option == "ratio" else Options(resolution="720p")
    with pytest.raises(Unsupported) as refused:
        small.complete(options, "x", seed=0)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fps = 24\n", ""),
        ("fps = 24", "fps = 0"),
        ("fps = 24", 'fps = "fast"'),
        ("fps = 24", "fps = 24\nspeed = 3"),
        ('ratios = ["16:9", "9:16", "1:1"]', 'ratios = ["16:9", "21:9"]'),
        ("version = 1", "version = 0"),
        ("seconds = 4", "seconds = 40"),
        ("seconds = 4", "seconds = 1"),
        ('resolutions = ["480p", "720p"]', 'resolutions = ["720p"]'),
        ('ratios = ["16:9", "9:16", "1:1"]', 'ratios = ["9:16", "1:1"]'),
        ('credits_per_second = { "480p" = 1, "720p" = 2 }', 'credits_per_second = { "480p" = 1 }'),
        ('credits_per_second = { "480p" = 1, "720p" = 2 }', 'credits_per_second = { "480p" = 0, "720p" = 2 }'),
        ('"720p" = 2', '"720p" = 1.5'),
        ("[[recipes]]", "[[receipts]]"),
    ],
)
def test_a_bad_file_is_refused(old: str, new: str) -> None:
    assert old in SCENE
    with pytest.raises(ValidationError):
        read(SCENE.replace(old, new))


def test_every_size_is_of_its_name_and_shape_and_h264_can_hold_it() -> None:
    card = read(SCENE).card
    for resolution, ratio in product(get_args(Resolution), get_args(Ratio)):
        width, height = card.size(resolution, ratio)
        wide, high = map(int, ratio.split(":"))
        assert min(width, height) == int(resolution.removesuffix("p"))
        assert width / height == pytest.approx(wide / high, rel=0.002)
        assert width % 2 == height % 2 == 0


def test_the_shapes_are_those_that_some_card_has() -> None:
    assert Catalogue((read(SCENE),)).ratios == ("16:9", "9:16", "1:1")
    other = SCENE.replace('key = "scene"', 'key = "other"').replace('key = "', 'key = "x-')
    wide = read(other.replace('ratios = ["16:9", "9:16", "1:1"]', 'ratios = ["3:4", "16:9"]'))
    assert Catalogue((read(SCENE), wide)).ratios == ("16:9", "9:16", "1:1", "3:4")
    assert Catalogue((wide,)).ratios == ("16:9", "3:4")


def test_two_models_cannot_share_a_key() -> None:
    with pytest.raises(ValueError, match="scene"):
        Catalogue((read(SCENE), read(SCENE)))
    with pytest.raises(ValueError, match="hd, standard"):
        Catalogue((read(SCENE), read(SCENE.replace('key = "scene"', 'key = "other"'))))


@pytest.mark.parametrize(
    ("options", "code"),
    [(Options(resolution="1080p"), "option-resolution"), (Options(ratio="4:3"), "option-ratio")],
)
def test_what_the_card_has_not_is_refused_with_what_it_has(options: Options, code: str) -> None:
    with pytest.raises(Unsupported) as refused:
        load_catalogue().complete(options, "a cat", 1)
    assert refused.value.code == code
    assert refused.value.details["known"] in {"480p, 720p", "16:9, 9:16, 1:1"}
