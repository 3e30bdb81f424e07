"""What a prompt asks of camera, speed and style: what is read, and what only looks so."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.scene.parser import parse
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
    ("the camera slowly pushes in on a cat, shallow depth of field", "camera-push-in camera-shallow-focus"),
    ("镜头缓缓地推近，浅景深，复古", "camera-push-in camera-shallow-focus style-vintage"),
    ("一只猫，移镜，中景，0.5倍速，国风", "camera-pan camera-medium speed-slow-motion style-chinese"),
    ("希区柯克变焦，荷兰角，2倍速", "camera-dolly-zoom camera-dutch-angle speed-fast-motion"),
    ("over-the-shoulder shot, rack focus, freeze frame", "camera-over-shoulder camera-rack-focus speed-freeze"),
    ("a cat, retro, VHS, needle-felted", "style-vintage style-vhs style-felt"),
]
UNREAD = [
    "a frying pan on a satellite that orbits the earth", "no zoom in, no slow motion", "不要航拍，不要慢动作",
    "two pans left on the stove", "汽车启动，加速，飞驰", "手持相机的女孩", "an over-the-shoulder bag", "看老电影的人",
    "插画师在画画", "a VHS tape on a shelf", "a drone flying over a field", "写着“慢动作”的标语",
    "a handheld console", "他手持宝剑", "a drone on a table", "animes",
    "一只猫", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "wishes"), READ)
def test_wishes_are_read(text: str, wishes: str) -> None:
    assert " ".join(f"{wish.kind}-{wish.name}" for wish in read_wishes(text)) == wishes


@pytest.mark.parametrize("text", UNREAD)
def test_other_things_are_not(text: str) -> None:
    assert read_wishes(text) == ()


_SLOWLY = {"camera ": "slowly ", "镜头": "缓缓"}
_DRAWN = {
    "push-in": "zoom_in", "zoom-in": "zoom_in", "pull-back": "zoom_out", "zoom-out": "zoom_out",
    "pan-left": "pan_left", "pan-right": "pan_right", "pan": "pan_right", "still": "still",
}  # fmt: skip


@pytest.mark.parametrize("name", _DRAWN)
def test_the_built_in_engine_moves_its_camera_at_every_word_that_it_is_said_to_follow(name: str) -> None:
    words = vocabulary()[Wish("camera", name)]
    slowly = [re.sub("^(?:camera |镜头)(?=.)", lambda found: found[0] + _SLOWLY[found[0]], word) for word in words]
    assert {word: parse(f"a cat, {word}").camera for word in (*words, *slowly)} == dict.fromkeys(
        (*words, *slowly), _DRAWN[name]
    )


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
