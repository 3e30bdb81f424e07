"""What is meant letter for letter: what is found, what is not, and that it always comes back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translation.normalise import normalise
from translation.spans import lost, protect, restore
from translation.views import view

PROTECTED = [
    ("一块写着「繁體字」的牌子", ("「繁體字」",)),
    ("“你好”和『再見』", ("“你好”", "『再見』")),
    ('he says "hello, world" twice', ('"hello, world"',)),
    ("«bonjour» and ‹salut› and „Hallo“", ("«bonjour»", "‹salut›", "„Hallo“")),
    ("《流浪地球》的海报", ("《流浪地球》",)),
    ("a sign 'Open 24 hours' by the road", ("'Open 24 hours'",)),
    ("一个‘招牌’上", ("‘招牌’",)),
    ("‘don’t go’ he said", ("‘don’t go’",)),
    ("<lora:ink_wash:0.8> 一只猫", ("<lora:ink_wash:0.8>",)),
    ("@小明 在跑，@name在跑", ("@小明", "@name")),
    ("#话题# 和 #赛博朋克 #sunset", ("#话题#", "#赛博朋克", "#sunset")),
    ("看 https://example.com/a?b=1。好", ("https://example.com/a?b=1",)),
    ("write to a.b@example.com", ("a.b@example.com",)),
    ("一只猫 --ar 16:9 --no-text", ("--ar 16:9", "--no-text")),
    ("35mm 镜头，f/1.8，ISO 400，1/500s", ("35mm", "f/1.8", "ISO 400", "1/500s")),
    ("4K 120 fps 1920x1080 16:9 3.5 100%", ("4K", "120 fps", "1920x1080", "16:9", "3.5", "100%")),
    ("3D动画，POV，浅景深bokeh", ("3D", "POV", "bokeh")),
    ("🐱🐱在雪地，👨‍👩‍👧", ("🐱🐱", "👨‍👩‍👧")),
    ("<k0> and < K1 >", ("<k0>", "< K1 >")),
]
OPEN = [
    "三只猫", "3只猫和2条狗", "3 cats in a row, 5 in Paris", "it's the dogs' and cats' toys", "rock and roll - loud",
    "a < b > c" * 60 + "<" * 300, 'six feet 6" tall', "推镜头，慢动作，航拍", "bokehs 5kids", "a -- b", "", "@ # <>",
]  # fmt: skip


@pytest.mark.parametrize(("text", "spans"), PROTECTED)
def test_spans_are_found(text: str, spans: tuple[str, ...]) -> None:
    assert protect(text)[1] == spans


@pytest.mark.parametrize("text", OPEN[:5] + OPEN[6:])
def test_what_is_meant_to_be_translated_is_left(text: str) -> None:
    assert protect(text) == (text, ())


_PIECES = [
    *"\"'“”‘’„«»「」『』《》<>@#-:./0123 kK猫\n", "<k0>", "< k1 >", "<k", "k0>", "35mm", "16:9", "4k", "https://a.b/c",
    "@a", "#b", "--ar 1", "🐱", "❤️", "bokeh", "一隻貓", "cat", "，",
]  # fmt: skip
_texts = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join), st.text(max_size=40))


@settings(max_examples=1000, deadline=None)
@given(_texts)
def test_what_was_protected_comes_back(text: str) -> None:
    covered, spans = protect(text)
    assert restore(covered, spans) == text
    assert lost(covered, spans) == ()


@settings(max_examples=500, deadline=None)
@given(_texts)
def test_placeholders_outlive_every_view(text: str) -> None:
    covered, spans = protect(normalise(text))
    simplified = view(covered).simplified
    assert lost(simplified, spans) == ()
    assert all(span in restore(simplified, spans) for span in spans)


@settings(max_examples=300, deadline=None)
@given(_texts)
def test_the_spans_are_the_texts_own_in_order(text: str) -> None:
    position = 0
    for span in protect(text)[1]:
        position = text.index(span, position) + len(span)


def test_a_translation_may_space_them_and_what_it_drops_is_told() -> None:
    covered, spans = protect("「甲」在 4k 的《乙》里")
    assert covered == "<k0>在 <k1> 的<k2>里"
    assert restore("< K2 > in <k0>", spans) == "《乙》 in 「甲」"
    assert lost("< K2 > in <k0>", spans) == ("4k",)
    assert restore("<k7>", spans) == "<k7>"


@pytest.mark.parametrize("unit", ['"', "“", "<", "@", "#", "1.", "1 ", "--a", "🐱", "a@", "www.", "'a ", "《", "k0>"])
def test_ten_times_the_text_takes_about_ten_times_the_time(unit: str) -> None:
    def cost(length: int) -> float:
        text = (unit * length)[:length]
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            protect(text)
            best = min(best, time.process_time() - start)
        return best

    assert cost(10_000) < 30 * max(cost(1_000), 0.002)
