"""The scene film as a whole: what is promised of its frames."""

import hashlib
import itertools
import tracemalloc
from typing import get_args

import numpy as np
import pytest

from core.engines.scene.drawing import film
from core.engines.scene.drawing.camera import move
from core.engines.scene.drawing.casting import default_place
from core.engines.scene.drawing.raster import Image
from core.engines.scene.scene import (
    COLOURS,
    MOTIONS,
    PLACES,
    Camera,
    Direction,
    Motion,
    Place,
    Scene,
    Subject,
    TimeOfDay,
    Weather,
)
from core.engines.scene.sprites import load_sprites

WIDTH, HEIGHT = 160, 90


def shoot(scene: Scene, *, seed: int = 1, num_frames: int = 24, size: tuple[int, int] = (WIDTH, HEIGHT)) -> film.Film:
    return film.shoot(scene, width=size[0], height=size[1], num_frames=num_frames, fps=12, seed=seed)


def digest(scene: Scene, seed: int) -> str:
    total = hashlib.sha256()
    for frame in film.frames(scene, width=WIDTH, height=HEIGHT, num_frames=5, fps=6, seed=seed):
        total.update(frame.tobytes())
    return total.hexdigest()


def subject_pixels(made: film.Film, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns where the subjects change the frame clearly."""
    change = np.abs(made.frame(index).astype(int) - made.plate(index)).sum(axis=2)
    rows, columns = np.nonzero(change > 90)
    return rows, columns


BUSY = Scene(
    (Subject("dog", "dog", 2, "white", motion="run"), Subject("butterfly", "butterfly", 3, motion="fly")),
    place="meadow",
    time="sunset",
    weather="rain",
    camera="pan_left",
)


def test_frames_are_new_contiguous_rgb_arrays_in_number() -> None:
    frames = list(film.frames(BUSY, width=WIDTH, height=HEIGHT, num_frames=7, fps=24, seed=3))
    assert len(frames) == 7
    assert all(f.shape == (HEIGHT, WIDTH, 3) and f.dtype == np.uint8 and f.flags.c_contiguous for f in frames)
    assert not np.shares_memory(frames[0], frames[1])


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    assert digest(BUSY, 7) == digest(BUSY, 7)
    assert digest(BUSY, 7) != digest(BUSY, 8)


def test_frames_can_be_drawn_in_any_order() -> None:
    made = shoot(BUSY)
    last, first = made.frame(23), made.frame(0)
    again = shoot(BUSY)
    assert np.array_equal(again.frame(0), first)
    assert np.array_equal(again.frame(23), last)


def test_frames_follow_each_other_smoothly() -> None:
    made = shoot(
        Scene((Subject("automobile", "car", motion="drive", direction="right"),), camera="pan_right"), num_frames=48
    )
    drawn = [made.frame(index).astype(int) for index in range(20, 28)]
    steps = [np.abs(b - a).mean() for a, b in itertools.pairwise(drawn)]
    assert max(steps) < 3 * min(steps)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_draws_at_every_hour_in_every_weather(place: Place) -> None:
    subjects = (Subject("cat", "cat", motion="walk"),)
    for time, weather in itertools.product(get_args(TimeOfDay), get_args(Weather)):
        frame = shoot(Scene(subjects, place, time, weather), size=(96, 54)).frame(9)
        assert frame.std() > 4, (time, weather)


@pytest.mark.parametrize("motion", MOTIONS)
def test_every_motion_draws_a_subject_that_moves_and_stays_in_sight(motion: Motion) -> None:
    made = shoot(Scene((Subject("dog", "dog", colour="red", motion=motion),), place="snow"))
    seen = [subject_pixels(made, index) for index in range(0, 24, 3)]
    assert all(len(rows) > 25 for rows, _ in seen)
    assert len({(round(r.mean(), 1), round(c.mean(), 1), len(r)) for r, c in seen}) > 1


@pytest.mark.parametrize("motion", ["walk", "run", "drive", "fly", "swim", "roll", "jump", "float", "dance", "spin"])
@pytest.mark.parametrize("direction", ["left", "right"])
@pytest.mark.parametrize("camera", ["still", "pan_left", "pan_right", "zoom_in"])
def test_who_is_sent_to_a_side_gets_there(motion: Motion, direction: Direction, camera: Camera) -> None:
    scene = Scene((Subject("dog", "dog", colour="red", motion=motion, direction=direction),), "desert", camera=camera)
    made = shoot(scene)
    start, end = (subject_pixels(made, index)[1].mean() for index in (0, 23))
    assert (end - start) * (1 if direction == "right" else -1) > 0.35 * WIDTH


@pytest.mark.parametrize(
    ("motion", "direction", "sign"), [("rise", None, -1), ("fall", None, 1), ("fly", "up", -1), ("fly", "down", 1)]
)
def test_who_rises_or_falls_does(motion: Motion, direction: Direction | None, sign: int) -> None:
    made = shoot(Scene((Subject("balloon", "balloon", motion=motion, direction=direction),)))
    start, end = (subject_pixels(made, index)[0].mean() for index in (0, 23))
    assert (end - start) * sign > 0.3 * HEIGHT


def test_who_grows_grows() -> None:
    cases: tuple[tuple[Motion, bool], ...] = (("grow", True), ("shrink", False))
    for motion, larger in cases:
        made = shoot(Scene((Subject("red-apple", "apple", motion=motion),), "snow"))
        start, end = (len(subject_pixels(made, index)[0]) for index in (0, 23))
        assert (end > 3 * start) if larger else (start > 3 * end)


def test_travellers_look_where_they_go() -> None:
    to_left = shoot(Scene((Subject("automobile", "car", motion="drive", direction="left"),), "snow"))
    to_right = shoot(Scene((Subject("automobile", "car", motion="drive", direction="right"),), "snow"))
    assert {p.at(0.5, to_left.camera.view(0.5)).heading for p in to_left.performers} == {-1}
    assert {p.at(0.5, to_right.camera.view(0.5)).heading for p in to_right.performers} == {1}


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (100, 100)])
@pytest.mark.parametrize("motion", ["still", "walk", "fly", "swim"])
def test_twelve_of_four_kinds_stand_apart(size: tuple[int, int], motion: Motion) -> None:
    kinds = ("dog", "cat", "rabbit", "penguin")
    made = shoot(Scene(tuple(Subject(kind, kind, 12, motion=motion) for kind in kinds), "meadow"), size=size)
    assert len(made.performers) == 48
    paths = [p.path for p in made.performers]
    for one, other in itertools.combinations(paths, 2):
        apart = abs(one.x - other.x) / one.width, abs(one.y - other.y) / one.height
        assert max(apart[0] / 0.25, apart[1] / 0.12) > 1
    assert all(0 <= path.x <= size[0] for path in paths)


def test_sizes_are_in_order() -> None:
    heights = [
        shoot(Scene((Subject("dog", "dog", size=size),), "meadow")).performers[0].path.height
        for size in ("small", "medium", "large")
    ]
    assert heights[0] < 0.75 * heights[1] < 0.75 * heights[2]


def test_another_seed_moves_the_subjects() -> None:
    scene = Scene((Subject("dog", "dog", 3),), "meadow")
    marks = [[(p.path.x, p.path.y, p.path.height) for p in shoot(scene, seed=seed).performers] for seed in (1, 2)]
    assert all(one != other for one, other in zip(*marks, strict=True))


def test_rain_snow_and_lightning_can_be_seen() -> None:
    clear = shoot(Scene(place="mountain")).frame(10).astype(int)
    for weather in get_args(Weather)[1:]:
        assert np.abs(shoot(Scene(place="mountain", weather=weather)).frame(10) - clear).mean() > 3, weather
    storm = shoot(Scene(place="mountain", weather="storm"), num_frames=36)
    brightness = [storm.frame(index).mean() for index in range(36)]
    assert max(brightness) > 1.25 * float(np.median(brightness))


def test_night_is_darker_and_city_windows_shine() -> None:
    day, night = (shoot(Scene(place="city", time=time)).frame(0) for time in ("day", "night"))
    assert night.mean() < 0.55 * day.mean()
    warm = (night[..., 0] > 220) & (night[..., 2] < 190)
    assert warm.mean() > 0.004


def test_a_room_keeps_the_rain_out() -> None:
    dry, wet = (shoot(Scene(place="room", weather=weather)) for weather in ("cloudy", "rain"))
    floor = slice(round(0.8 * HEIGHT), None)
    moving = np.abs(wet.frame(3)[floor].astype(int) - wet.frame(9)[floor]).max()
    assert moving == 0
    assert dry.frame(3).shape == wet.frame(3).shape


def test_a_pan_moves_near_things_more_than_far_ones() -> None:
    view = move("pan_right", 0, WIDTH, HEIGHT).view(1.0)
    far, near = (view.point(50, 50, depth)[0] for depth in (0.1, 1.0))
    assert near < far < 50


def test_the_camera_starts_and_ends_softly() -> None:
    pans = [move("pan_right", 0, WIDTH, HEIGHT).view(u).pan for u in np.linspace(0, 1, 21)]
    steps = np.diff(pans)
    assert (steps > 0).all()
    assert steps[0] < 0.7 * steps[10] > steps[-1]


@pytest.mark.parametrize(
    ("sprite", "motion", "place"),
    [
        ("whale", "swim", "underwater"),
        ("sailboat", "float", "sea"),
        ("balloon", "rise", "sky"),
        ("ringed-planet", "spin", "space"),
        ("automobile", "drive", "city"),
        ("horse", "run", "meadow"),
        ("red-apple", "spin", "studio"),
    ],
)
def test_a_prompt_without_a_place_gets_one_that_suits(sprite: str, motion: Motion, place: str) -> None:
    scene = Scene((Subject(sprite, sprite, motion=motion),))
    assert default_place(scene, [load_sprites()[sprite]]) == place


def test_an_empty_scene_is_a_meadow() -> None:
    frame = shoot(Scene()).frame(0)
    sky, grass = frame[HEIGHT // 3].mean(axis=0), frame[-8].mean(axis=0)
    assert sky[2] > sky[0]
    assert grass[1] > max(grass[0], grass[2])


def test_memory_does_not_grow_with_length() -> None:
    def peak(num_frames: int) -> int:
        made = film.frames(BUSY, width=96, height=54, num_frames=num_frames, fps=24, seed=1)
        tracemalloc.start()
        for _ in made:
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(2)
    assert peak(96) < 1.3 * peak(12)


@pytest.mark.parametrize("wrong", [{"width": 8}, {"height": 31}, {"num_frames": 0}, {"fps": 0}])
def test_impossible_sizes_are_refused_at_once(wrong: dict[str, int]) -> None:
    asked = {"width": 64, "height": 64, "num_frames": 2, "fps": 24, "seed": 1} | wrong
    with pytest.raises(ValueError, match="cannot draw"):
        film.frames(Scene(), **asked)


def test_unknown_sprites_are_refused_at_once() -> None:
    with pytest.raises(KeyError):
        film.frames(Scene((Subject("jabberwock", "jabberwock"),)), width=64, height=64, num_frames=2, fps=24, seed=1)


def test_all_colours_and_cameras_draw() -> None:
    for colour, camera in zip(COLOURS, itertools.cycle(get_args(Camera))):
        frame: Image = shoot(Scene((Subject("cat", "cat", colour=colour),), camera=camera), size=(64, 64)).frame(5)
        assert frame.any()
