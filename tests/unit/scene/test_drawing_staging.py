"""What subjects can do in a place: the sky is behind the land, boats stay in the water, and the rest on the ground."""

import numpy as np
import pytest

from core.engines.scene.drawing import film
from core.engines.scene.drawing.backdrops import BACKDROPS
from core.engines.scene.drawing.staging import acted, own_water, staged
from core.engines.scene.scene import Direction, Motion, Place, Scene, Subject
from core.engines.scene.sprites import load_sprites

WIDTH, HEIGHT, FRAMES = 256, 144, 24
MOMENTS = range(0, FRAMES, 5)


def shoot(sprite: str, place: Place, motion: Motion = "still", *, seed: int = 1) -> film.Film:
    return filmed(Scene((Subject(sprite, sprite, motion=motion),), place), seed=seed)


def filmed(scene: Scene, *, seed: int = 1) -> film.Film:
    return film.shoot(scene, width=WIDTH, height=HEIGHT, num_frames=FRAMES, fps=12, seed=seed)


def rows(made: film.Film, index: int) -> np.ndarray:
    """The rows of all pixels that the subjects change clearly, in frame heights."""
    change = np.abs(made.frame(index).astype(int) - made.plate(index)).sum(axis=2)
    return np.nonzero(change > 90)[0] / HEIGHT


@pytest.mark.parametrize("seed", [1, 3])
@pytest.mark.parametrize("motion", ["float", "still", "swim"])
@pytest.mark.parametrize("boat", ["sailboat", "canoe", "motor-boat", "speedboat"])
def test_a_boat_shows_no_water_of_its_own_and_bobs_gently(boat: str, motion: Motion, seed: int) -> None:
    made = shoot(boat, "sea", motion, seed=seed)
    seen = [rows(made, index) for index in MOMENTS]
    assert np.ptp([found.min() for found in seen]) < 0.08
    (performer,) = made.performers
    assert performer.wet == own_water(load_sprites()[boat]) > 0
    assert performer.sink > performer.wet


def test_a_sailboat_in_a_storm_leaves_no_bright_blue() -> None:
    made = filmed(Scene((Subject("sailboat", "sailboat", motion="float"),), "sea", None, "storm"))
    tint = np.array(made.stage.light.sprite_tint) * (0, 0xA6, 0xED)
    for index in MOMENTS:
        alone = np.abs(made.frame(index).astype(int) - made.plate(index)).sum(axis=2) > 60
        assert (np.abs(made.frame(index) - tint).max(axis=2) < 12)[alone].mean() < 0.02


@pytest.mark.parametrize("place", ["sea", "mountain", "meadow", "village", "city", "desert", "lake", "beach"])
@pytest.mark.parametrize(("motion", "first"), [("fall", True), ("rise", False)])
@pytest.mark.parametrize("orb", ["sun", "full-moon"])
def test_sun_and_moon_go_behind_the_land(orb: str, motion: Motion, first: bool, place: Place) -> None:
    made = shoot(orb, place, motion)
    seen = [rows(made, index) for index in (*MOMENTS, FRAMES - 1)]
    assert max(found.max(initial=0) for found in seen) < 0.67
    high, low = (seen[0], seen[-1]) if first else (seen[-1], seen[0])
    assert len(high) > 1.6 * len(low)
    assert high.mean() < 0.4


@pytest.mark.parametrize("place", ["meadow", "forest", "city", "sea", "room"])
@pytest.mark.parametrize("thing", ["star", "crescent-moon", "sun", "fireworks", "rainbow"])
def test_what_belongs_in_the_sky_keeps_above_the_ground(thing: str, place: Place) -> None:
    made = shoot(thing, place)
    found = rows(made, FRAMES // 2)
    assert len(found) > 20
    assert found.max() < 0.65


def test_what_is_in_the_sky_hardly_moves_in_a_pan() -> None:
    def shift(sprite: str) -> float:
        made = filmed(Scene((Subject(sprite, sprite),), "meadow", camera="pan_right"))
        changes = (np.abs(made.frame(i).astype(int) - made.plate(i)).sum(axis=2) for i in (0, FRAMES - 1))
        start, end = (np.nonzero(change > 90)[1].mean() for change in changes)
        return float(start - end)

    assert abs(shift("full-moon")) < 0.15 * shift("dog")


@pytest.mark.parametrize("place", ["city", "meadow", "forest", "room", "studio"])
@pytest.mark.parametrize("motion", ["float", "swim", "still", "walk"])
@pytest.mark.parametrize("swimmer", ["duck", "swan", "sailboat"])
def test_swimmers_without_water_are_on_the_ground(swimmer: str, motion: Motion, place: str) -> None:
    sprite, backdrop = load_sprites()[swimmer], BACKDROPS[place]
    subject = acted(Subject(swimmer, swimmer, motion=motion), sprite, backdrop)
    assert subject.motion in ("walk", "still")
    if place != "studio":
        made = shoot(swimmer, place, motion)  # type: ignore[arg-type]
        assert min(rows(made, index).max() for index in MOMENTS) > backdrop.ground[0] - 0.05


def test_swimmers_swim_where_there_is_water_and_fly_when_asked() -> None:
    duck, lake, city = load_sprites()["duck"], BACKDROPS["lake"], BACKDROPS["city"]
    for motion, backdrop in (("swim", lake), ("float", lake), ("fly", city), ("rise", city)):
        subject = Subject("duck", "duck", motion=motion)  # type: ignore[arg-type]
        assert acted(subject, duck, backdrop) is subject


@pytest.mark.parametrize(("vehicle", "place"), [("train", "mountain"), ("bus", "city"), ("tractor", "meadow")])
@pytest.mark.parametrize("direction", ["up", None])
def test_vehicles_climb_but_do_not_take_off(vehicle: str, place: Place, direction: Direction | None) -> None:
    made = filmed(Scene((Subject(vehicle, vehicle, motion="rise", direction=direction),), place))
    feet = [rows(made, index).max() for index in (*MOMENTS, FRAMES - 1)]
    assert feet[0] - feet[-1] > 0.08
    assert feet[-1] > 0.6


@pytest.mark.parametrize("riser", ["rocket", "balloon", "kite", "dove"])
def test_what_can_fly_still_rises(riser: str) -> None:
    made = shoot(riser, "meadow", "rise")
    assert rows(made, 0).mean() - rows(made, FRAMES - 1).mean() > 0.3


@pytest.mark.parametrize("size", ["small", "medium"])
def test_a_mouse_beside_elephants_is_seen_in_front(size: str) -> None:
    mouse = Subject("mouse", "mouse", size=size)  # type: ignore[arg-type]
    made = filmed(Scene((Subject("elephant", "elephant", 4, "purple"), mouse), "meadow"))
    *_, small = sorted(made.performers, key=lambda performer: -performer.path.height)
    assert small.path.height >= 0.05 * HEIGHT
    assert all(small.path.y >= other.path.y for other in made.performers)


@pytest.mark.parametrize("seed", range(4))
def test_a_setting_sun_is_over_its_path_on_the_water(seed: int) -> None:
    made = filmed(Scene((Subject("sun", "sun", motion="fall"),), "sea", "sunset"), seed=seed)
    assert made.performers[0].path.x == pytest.approx(made.stage.sun * WIDTH, abs=1)


def test_a_rainbow_is_a_whole_arch() -> None:
    made = shoot("rainbow", "meadow")
    assert made.performers[0].cel.aspect > 1.6
    picture = made.performers[0].cel.pictures[0][..., 3]
    middle = picture.shape[1] // 2
    assert np.abs(picture[:, :middle].astype(int) - picture[:, ::-1][:, :middle]).mean() < 12
    assert staged(load_sprites()["dog"]) is load_sprites()["dog"]
