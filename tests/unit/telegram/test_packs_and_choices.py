"""Packs are read as they were set, invoices are checked against them, and a press chooses what its button says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from bots.choices import user_fields
from bots.telegram import admin, settings_menu
from bots.telegram.choices import chosen, overview, values_of
from bots.telegram.packs import MOST_STARS, Pack, Shop, read_packs, read_payload
from bots.telegram.press import LONGEST, Press, unpack
from bots.telegram.stars import refusal
from core.preferences import NO_CHAT, NO_USER, ChatSettings, UserSettings, changed
from translation.localiser import LOCALES, Localiser

SHOP = Shop(read_packs("100:50, 500:200"))
RECIPES = ("draft", "standard", "hd", "wan2.1-t2v-1.3b-standard")


def test_packs_are_read() -> None:
    assert SHOP.packs == (Pack(100, 50), Pack(500, 200))
    assert read_packs("") == ()


@pytest.mark.parametrize(
    "text", ["100", "0:50", "100:0", f"1:{MOST_STARS + 1}", "a:b", "100:50,100:50", "-1:5", ",".join(["1:1"] * 11)]
)
def test_what_is_no_pack_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"pack|Stars"):
        read_packs(text)


def test_an_invoice_says_what_it_is_for() -> None:
    for pack in SHOP.packs:
        assert read_payload(pack.payload) == pack
        assert 1 <= len(pack.payload.encode()) <= 128


@given(st.text(max_size=140))
def test_no_payload_breaks_the_reader(payload: str) -> None:
    found = read_payload(payload)
    assert found is None or payload.startswith("credits:")


@pytest.mark.parametrize(
    ("payload", "currency", "stars", "reason"),
    [
        ("credits:100:50", "XTR", 50, None),
        ("credits:500:200", "XTR", 200, None),
        ("credits:100:50", "XTR", 49, "stars-pack-gone"),
        ("credits:100:50", "USD", 50, "stars-pack-gone"),
        ("credits:999:50", "XTR", 50, "stars-pack-gone"),
        ("something", "XTR", 50, "stars-pack-gone"),
    ],
)
def test_only_what_is_on_offer_can_be_paid(payload: str, currency: str, stars: int, reason: str | None) -> None:
    assert refusal(SHOP, payload, currency, stars) == reason
    assert refusal(None, payload, currency, stars) == "stars-none"


def _presses(keyboard: InlineKeyboardMarkup) -> list[Press]:
    data = [str(button.callback_data) for row in keyboard.inline_keyboard for button in row]
    assert all(1 <= len(one.encode()) <= LONGEST for one in data)
    return [unpack(one) for one in data]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_button_of_settings_leads_to_a_value_that_can_be_kept(locale: str) -> None:
    localiser = Localiser("en" if locale == "en" else "zh-Hans")
    for verb, fields, settings in (
        (settings_menu.VERB, user_fields(RECIPES), NO_USER),
        (admin.VERB, admin.fields(RECIPES), NO_CHAT),
    ):
        by_name = {field.name: field for field in fields}
        first = _presses(overview(localiser, verb, fields, settings))
        assert [press.code for press in first] == list(by_name)
        for press in first:
            field = by_name[press.code]
            opened = [press] if press.extra else _presses(values_of(localiser, verb, field, settings))[:-1]
            for choice in opened:
                changes = chosen(field, choice, settings)
                assert changes is not None
                changed(settings, changes)  # type: ignore[type-var]
        assert all(overview(localiser, verb, fields, settings).inline_keyboard)


def test_what_is_in_force_has_a_tick_and_can_be_undone() -> None:
    ratio = next(field for field in user_fields(RECIPES) if field.name == "ratio")
    settings = UserSettings(ratio="9:16")
    texts = [
        button.text for row in values_of(Localiser("en"), "set", ratio, settings).inline_keyboard for button in row
    ]
    assert texts == ["automatic", "Landscape", "✓ Vertical", "Square", "← Back"]
    assert chosen(ratio, Press("set", "ratio", "-"), settings) == {"ratio": None}
    assert chosen(ratio, Press("set", "ratio"), settings) is None
    assert chosen(ratio, Press("set", "ratio", "21:9"), settings) is None


def test_several_recipes_are_allowed_one_by_one() -> None:
    recipes = next(field for field in admin.fields(RECIPES) if field.name == "recipes")
    settings = ChatSettings(recipes=("draft",))
    assert chosen(recipes, Press("adm", "recipes", "hd"), settings) == {"recipes": ("draft", "hd")}
    assert chosen(recipes, Press("adm", "recipes", "draft"), settings) == {"recipes": ()}
    assert chosen(recipes, Press("adm", "recipes", "-"), settings) == {"recipes": ()}


def test_a_recipe_with_too_long_a_name_has_no_button_and_breaks_none() -> None:
    long = "x" * 60 + "-hd"
    recipe = next(field for field in user_fields((long, "hd")) if field.name == "recipe")
    presses = _presses(values_of(Localiser("en"), "set", recipe, UserSettings(recipe=long)))
    assert [press.extra for press in presses] == ["-", "hd", ""]


def test_a_recipe_that_is_gone_breaks_no_menu() -> None:
    fields, settings = user_fields(("hd",)), UserSettings(recipe="gone")
    texts = [row[0].text for row in overview(Localiser("en"), "set", fields, settings).inline_keyboard]
    assert "Quality: gone" in texts
