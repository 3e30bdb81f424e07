"""What a prompt asks of camera, speed and style: what is read, and what only looks so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translation.localiser import LOCALES, Localiser
from translation.wishes import Wish, read_wishes, vocabulary

READ = [
    ("一只猫，推镜头，慢动作，水墨风格", "camera-push-in speed-slow-motion style-ink-wash"),
    ("無人機航拍，電影感", "camera-aerial style-cinematic"),
    ("拉镜 摇镜 跟拍 一只狗", "camera-pull-back camera-pan camera-tracking"),
    ("a cat, Slow Motion, dolly in, cyberpunk", "speed-slow-motion camera-push-in style-cyberpunk"),
    ("a cat, orbit, handheld. Tilt up", "camera-orbit camera-handheld camera-tilt-up"),
    ("镜头环绕一座城堡，延时摄影", "camera-orbit speed-time-lapse"),
    ("time lapse of a pixel-art city", "speed-time-lapse style-pixel-art"),
    ("ａｎｉｍｅ girl, anime, anime", "style-anime"),
    ("the camera pans right slowly", "camera-pan-right"),
]
UNREAD = [
    "a frying pan on a satellite that orbits the earth", "no zoom in, no slow motion", "不要航拍，不要慢动作",
    "写着“慢动作”的标语", "a handheld console", "他手持宝剑", "a drone on a table", "animes",
    "一只猫", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "wishes"), READ)
def test_wishes_are_read(text: str, wishes: str) -> None:
    assert " ".join(f"{wish.kind}-{wish.name}" for wish in read_wishes(text)) == wishes


@pytest.mark.parametrize("text", UNREAD)
def test_other_things_are_not(text: str) -> None:
    assert read_wishes(text) == ()


@pytest.mark.parametrize("wish", vocabulary())
def test_every_word_asks_for_its_wish_and_every_wish_has_a_name(wish: Wish) -> None:
    for word in vocabulary()[wish]:
        assert wish in read_wishes(f"a cat, {word}"), word
    for locale in LOCALES:
        assert Localiser(locale).text(f"wish-{wish.kind}-{wish.name}")


def test_no_word_stands_for_two_wishes() -> None:
    words = [word for words in vocabulary().values() for word in words]
    assert sorted(set(words)) == sorted(words)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.text("推镜头航拍 no,，slow motion环绕", max_size=40)))
def test_anything_is_read(text: str) -> None:
    assert len(set(read_wishes(text))) == len(read_wishes(text))


@pytest.mark.parametrize("unit", ["镜头", "pan ", "slow ", "no ", "3 ", ","])
def test_a_long_text_takes_no_long_time(unit: str) -> None:
    start = time.process_time()
    read_wishes((unit * 8000)[:8000])
    assert time.process_time() - start < 0.5
