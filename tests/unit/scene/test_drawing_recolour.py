"""Painting sprites in an asked colour."""

import re

import numpy as np
import pytest

from core.engines.scene.drawing.colour import from_lab, hexed, rgb, to_lab
from core.engines.scene.drawing.raster import rasterise
from core.engines.scene.drawing.recolour import PAINTS, recoloured
from core.engines.scene.scene import COLOURS, Colour
from core.engines.scene.sprites import load_sprites


def main_tone(sprite: str, colour: Colour | None) -> np.ndarray:
    """Lab of the tone that covers most of the drawing's body."""
    drawn = load_sprites()[sprite]
    picture = rasterise((recoloured(drawn, colour) if colour else drawn).document(48, 48))
    solid = picture[picture[..., 3] == 255][:, :3]
    tones, counts = np.unique(solid, axis=0, return_counts=True)
    return to_lab(tones[counts.argmax()] / 255)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("sprite", ["elephant", "horse", "dog", "bird", "rabbit", "balloon"])
def test_the_body_takes_the_paint(sprite: str, colour: Colour) -> None:
    paint = to_lab(np.array(rgb(PAINTS[colour])))
    assert np.linalg.norm(main_tone(sprite, colour) - paint) < 16


@pytest.mark.parametrize("colour", COLOURS)
def test_a_car_keeps_its_windows_and_tyres(colour: Colour) -> None:
    sprite = load_sprites()["automobile"]
    painted = recoloured(sprite, colour)
    assert painted.svg != sprite.svg
    assert "#26c9fc" in painted.svg


def test_shading_stays() -> None:
    before = load_sprites()["horse"]
    for colour in COLOURS:
        tones = set(re.findall(r"#[0-9a-f]{6}", recoloured(before, colour).svg))
        assert len(tones) >= 3


def test_a_white_horse_is_light_and_a_black_cat_dark_with_visible_eyes() -> None:
    assert main_tone("horse", "white")[0] > 90
    assert main_tone("cat", "black")[0] < 30
    assert "#ffe08a" in recoloured(load_sprites()["cat"], "black").svg


def test_people_keep_their_skin() -> None:
    assert "#ffc83d" in load_sprites()["person-walking"].svg
    assert "#ffc83d" in recoloured(load_sprites()["person-walking"], "blue").svg


def test_every_sprite_can_be_painted() -> None:
    for sprite in list(load_sprites().values())[::16]:
        assert rasterise(recoloured(sprite, "purple").document(24, 24)).any()


def test_lab_goes_there_and_back() -> None:
    colours = np.array([rgb(paint) for paint in PAINTS.values()])
    assert np.allclose(from_lab(to_lab(colours)), colours, atol=2e-3)
    assert np.allclose(to_lab(np.array([1.0, 1.0, 1.0])), [100, 0, 0], atol=0.1)
    assert hexed(rgb("#0f8")) == "#00ff88"
