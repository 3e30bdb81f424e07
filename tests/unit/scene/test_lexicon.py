"""The word lists hold together: every sprite named exists, every form is made, every value is one of the scene's."""

from __future__ import annotations

from typing import get_args
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
import resvg_py

from core.engines.scene.inflection import forms, plural
from core.engines.scene.lexicon import load_lexicon
from core.engines.scene.movement import VAGUE, load_traits
from core.engines.scene.scene import COLOURS, MOTIONS, PLACES, Camera, Direction, Size, TimeOfDay, Weather
from core.engines.scene.sprites import load_sprites

ALLOWED: dict[str, set[str]] = {
    "colour": set(COLOURS),
    "motion": {*MOTIONS, *VAGUE},
    "direction": set(get_args(Direction)),
    "side": set(get_args(Direction)),
    "size": set(get_args(Size)),
    "camera": set(get_args(Camera)),
    "sprite": set(load_sprites()),
}
FACTS: dict[str, set[str]] = {"place": set(PLACES), "time": set(get_args(TimeOfDay)), "weather": set(get_args(Weather))}


def senses() -> list[tuple[str, str, str]]:
    lexicon = load_lexicon()
    tables = (lexicon.english, lexicon.chinese, lexicon.emoji)
    return [(word, s.kind, s.value) for table in tables for word, found in table.items() for s in found]


def test_every_value_is_known() -> None:
    assert [entry for entry in senses() if entry[1] in ALLOWED and entry[2] not in ALLOWED[entry[1]]] == []


def test_every_fact_is_known() -> None:
    facts = [part.split("=") for _, kind, value in senses() if kind == "fact" for part in value.split()]
    assert [fact for fact in facts if fact[1] not in FACTS[fact[0]]] == []


def test_every_colour_place_and_motion_has_words_in_both_languages() -> None:
    lexicon = load_lexicon()
    for table in (lexicon.english, lexicon.chinese):
        values = {(s.kind, s.value) for found in table.values() for s in found}
        assert {("colour", colour) for colour in COLOURS} <= values
        assert {("fact", f"place={place}") for place in PLACES} <= values
        assert {("motion", motion) for motion in MOTIONS} <= values


def test_no_word_names_two_drawings() -> None:
    lexicon = load_lexicon()
    for table in (lexicon.english, lexicon.chinese):
        twice = {word for word, found in table.items() if len({s.value for s in found if s.kind == "sprite"}) > 1}
        assert twice == set()


def test_traits_name_drawings() -> None:
    traits = load_traits()
    sheet = set(load_sprites())
    assert set(traits.moves) <= sheet
    assert {sprite for sprite, _ in traits.variants} | set(traits.variants.values()) <= sheet


def test_over_a_thousand_sprites_named_in_both_languages() -> None:
    sheet = load_sprites()
    assert len(sheet) >= 1000
    assert all(sprite.en and sprite.zh and sprite.svg for sprite in sheet.values())
    assert all(0.05 <= sprite.height <= 0.7 for sprite in sheet.values())


@pytest.mark.parametrize(
    ("one", "many"),
    [("fire truck", "fire trucks"), ("glass of milk", "glasses of milk"), ("puppy", "puppies"), ("fox", "foxes"),
     ("sheep", "sheep"), ("goldfish", "goldfish"), ("wolf", "wolves"), ("snowman", "snowmen"), ("monkey", "monkeys")],
)  # fmt: skip
def test_plural(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize(
    ("entry", "made"),
    [
        ("run/ran/run", ["run", "runs", "running", "ran", "run"]),
        ("take off", ["take off", "takes off", "taking off", "took off", "taken off"]),
        ("dance", ["dance", "dances", "dancing", "danced"]),
        ("fly/flew/flown", ["fly", "flies", "flying", "flew", "flown"]),
        ("go/goes/going/went/gone", ["go", "goes", "going", "went", "gone"]),
        ("row", ["row", "rows", "rowing", "rowed"]),
        ("hop", ["hop", "hops", "hopping", "hopped"]),
    ],
)
def test_forms(entry: str, made: list[str]) -> None:
    assert [form for form, _ in forms(entry)] == made


def test_every_drawing_is_well_formed() -> None:
    for sprite in load_sprites().values():
        assert ET.fromstring(sprite.document(64, 64)).get("viewBox")


@pytest.mark.parametrize("name", ["cat", "automobile", "fireworks", "man-running", "red-heart", "crescent-moon"])
def test_drawings_leave_ink_on_a_clear_ground(name: str) -> None:
    png = bytes(resvg_py.svg_to_bytes(svg_string=load_sprites()[name].document(48, 48), width=48, height=48))
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    assert pixels.shape == (48, 48, 4)
    covered = float((pixels[..., 3] > 0).mean())
    assert 0.05 < covered < 0.95
