"""What Telegram takes is counted as Telegram counts it; captions fit, in two languages, with any name."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.telegram.captions import keyboard_of, write_caption
from bots.telegram.press import unpack
from bots.telegram.units import CAPTION
from bots.units import cut, isolated, units
from core.jobs.codes import CODE_LENGTH
from core.types import Note
from tests.fakes import SPEC, make_job
from translation.localiser import Localiser

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e8\U0001f1f3"
WAVE = "\U0001f44b\U0001f3fd"
ACCENT = "e\u0301"
ARABIC = "\u0639\u0645\u0631"
HOSTILE = "\u202eevil\u2069\u2068\u200f\nname"


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("皮影", 2), ("🐧", 2), (WAVE, 4), (FLAG, 4), (FAMILY, 8)])
def test_units_are_those_of_utf_16(text: str, length: int) -> None:
    assert units(text) == length


@pytest.mark.parametrize("whole", [FAMILY, FLAG, WAVE, ACCENT, "🐧"])
def test_what_is_one_character_to_the_eye_is_not_cut_in_two(whole: str) -> None:
    for most in range(4, 40):
        shown = cut(f"abc{whole * 9}", most)
        assert units(shown) <= most
        assert shown.removesuffix("…").removeprefix("abc").replace(whole, "") == ""


@given(st.text(), st.integers(1, 60))
def test_cut_text_fits_and_begins_as_it_did(text: str, most: int) -> None:
    shown = cut(text, most)
    assert units(shown) <= most
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


def test_a_name_turns_nothing_around() -> None:
    for name in (ARABIC, HOSTILE):
        shown = isolated(name)
        assert shown[0] == "\u2068"
        assert shown[-1] == "\u2069"
        inner = shown[1:-1]
        assert all(unicodedata.bidirectional(char) not in {"RLO", "PDI", "FSI", "LRO", "RLE", "LRE"} for char in inner)
        assert "\n" not in inner


def test_a_private_caption_has_prompt_code_and_engine() -> None:
    job = make_job(prompt="two penguins dancing")
    lines = write_caption(job, ["en"]).split("\n")
    assert lines[0] == "two penguins dancing"
    assert lines[1] == f"{job.code} · {Localiser('en').text('engine-scene')}"


def test_a_caption_is_bilingual_where_chat_and_user_differ() -> None:
    note = Note("undrawn", {"words": "unicorn"})
    job = make_job(prompt="一只独角兽", notes=(note,), locale="zh-Hans")
    both = write_caption(job, ["zh-Hans", "en"])
    for locale in ("en", "zh-Hans"):
        localiser = Localiser(locale)
        assert localiser.text("engine-scene") in both
        assert localiser.text("note-undrawn", words="unicorn") in both
    assert write_caption(job, ["en", "en"]).count(job.code) == 1


def test_a_group_caption_begins_with_a_right_to_left_name() -> None:
    job = make_job(prompt="a cat 🐈")
    assert write_caption(job, ["en"], ARABIC).startswith(f"\u2068{ARABIC}\u2069: a cat 🐈\n")


@given(st.text(max_size=3000), st.text(max_size=300), st.lists(st.text(max_size=900), max_size=4))
def test_no_caption_is_longer_than_telegram_takes(prompt: str, name: str, words: list[str]) -> None:
    notes = tuple(Note("undrawn", {"words": one}) for one in words)
    job = make_job(prompt=prompt, notes=notes, spec=replace(SPEC, model="wan-2.2-ti2v-5b"))
    caption = write_caption(job, ["zh-Hans", "en"], name)
    assert units(caption) <= CAPTION
    assert job.code in caption


@pytest.mark.parametrize("locale", ["en", "zh-Hans"])
def test_every_button_below_a_clip_holds_the_code_in_64_bytes(locale: str) -> None:
    job = make_job(code="K" * CODE_LENGTH)
    keyboard = keyboard_of(Localiser(locale), job, may_share=True).inline_keyboard  # type: ignore[arg-type]
    buttons = [one for row in keyboard for one in row]
    presses = [unpack(str(one.callback_data)) for one in buttons if one.callback_data]
    assert [press.verb for press in presses] == ["again", "take", "longer", "details", "report"]
    assert all(press.code == job.code for press in presses)
    (share,) = [one.switch_inline_query_chosen_chat for one in buttons if one.switch_inline_query_chosen_chat]
    assert share.query == job.code


def test_a_protected_clip_has_no_button_to_share_it() -> None:
    keyboard = keyboard_of(Localiser("en"), make_job(), may_share=False).inline_keyboard
    assert not any(one.switch_inline_query_chosen_chat for row in keyboard for one in row)
