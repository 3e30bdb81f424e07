"""What a menu offers of a setting, and what a choice in it means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import pytest
from discord.ui import TextDisplay
from hypothesis import given
from hypothesis import strategies as st

from bots.choices import Field, chat_fields, key_of, user_fields
from bots.discord.choosing import MOST_OPTIONS, change_of, menu, offered
from bots.discord.press import Press
from bots.discord.server_menus import fields, overview
from core.preferences import NO_CHAT, NO_USER, ChatSettings, UserSettings, changed
from core.quotas.usage import ChatUsage, Used
from core.types import Ratio
from translation.localiser import LOCALES, Localiser

RECIPES = ("draft", "standard", "hd")
MANY = tuple(f"model{number}-standard" for number in range(40))


def named(of: Sequence[Field], name: str) -> Field:
    return next(field for field in of if field.name == name)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("all_fields", "settings"),
    [(user_fields(RECIPES), NO_USER), (chat_fields(RECIPES), NO_CHAT), (tuple(fields(RECIPES).values()), NO_CHAT)],
)
def test_every_option_means_a_value_that_can_be_kept(all_fields: Any, settings: Any, locale: Any) -> None:
    for field in all_fields:
        current = getattr(settings, field.name)
        (select,) = menu(Localiser(locale), field, current, Press("set", field.name, "7f")).children
        options = select.to_component_dict()["options"]
        assert 1 <= len(options) <= MOST_OPTIONS
        assert sum(bool(option["default"]) for option in options) == (0 if field.several else 1)
        for option in options:
            assert 1 <= len(option["label"]) <= 100
            change = change_of(field, [option["value"]], current)
            assert change is not None
            changed(settings, change)


def test_of_more_recipes_than_a_menu_holds_the_chosen_ones_are_there_and_the_hidden_stay() -> None:
    one = named(user_fields(MANY), "recipe")
    assert MANY[39] not in offered(one, None)
    assert offered(one, MANY[39])[0] == MANY[39]
    several = named(chat_fields(MANY), "recipes")
    assert {MANY[0], MANY[39]} <= set(offered(several, (MANY[0], MANY[39])))
    chosen = MANY[:30]
    change = change_of(several, [MANY[0]], chosen)
    assert change == {"recipes": (MANY[0], *chosen[25:])}


def test_a_recipe_that_is_gone_is_shown_and_can_be_left() -> None:
    field = named(user_fields(RECIPES), "recipe")
    settings = UserSettings(recipe="gone")
    assert "gone" in offered(field, settings.recipe)
    assert change_of(field, ["hd"], settings.recipe) == {"recipe": "hd"}
    several = named(chat_fields(RECIPES), "recipes")
    assert change_of(several, ["hd"], ChatSettings(recipes=("gone", "hd")).recipes) == {"recipes": ("hd",)}


def test_nothing_chosen_of_several_is_all_and_what_is_not_offered_changes_nothing() -> None:
    several = named(chat_fields(RECIPES), "recipes")
    assert change_of(several, [], ("hd",)) == {"recipes": ()}
    assert change_of(several, ["hd", "nonsense"], ()) is None
    one = named(user_fields(RECIPES), "ratio")
    assert change_of(one, [], None) is change_of(one, ["4:3"], None) is None
    assert change_of(one, ["-"], "1:1") == {"ratio": None}


def test_a_shape_is_offered_where_some_model_has_it() -> None:
    usual, more = (named(fields, "ratio") for fields in (user_fields(RECIPES), user_fields(RECIPES, get_args(Ratio))))
    assert set(offered(usual, None)) == {None, "16:9", "9:16", "1:1"}
    assert set(offered(more, None)) == {None, *get_args(Ratio)}
    names = {locale: [more.label(Localiser(locale), value) for value in more.values] for locale in LOCALES}
    assert names["en"] == ["automatic", "Landscape", "Vertical", "Square", "Landscape 4:3", "Vertical 3:4"]
    assert all(len(set(one)) == len(one) for one in names.values())
    # Who chose it while a model had it sees that, and can leave it.
    assert "4:3" in offered(usual, "4:3")
    assert usual.shown(Localiser("zh-Hans"), "4:3") == "横屏 4:3"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_server_that_has_chosen_much_still_sees_it(locale: Any) -> None:
    """A message holds 4000 characters; ids have nineteen figures."""
    ids = [str(1_400_000_000_000_000_000 + number) for number in range(100)]
    settings = ChatSettings(channels=tuple(ids), recipes=MANY, role_clips_a_day=dict.fromkeys(ids, 1_000_000))
    used = ChatUsage(0.0, [Used(one, 1000, 1000.5) for one in ids])
    view = overview(Localiser(locale), settings, used, MANY)
    said = [one.content for one in view.walk_children() if isinstance(one, TextDisplay)]
    assert len("".join(said)) <= 4000
    assert "…" in said[1]


@given(st.lists(st.text(max_size=120), max_size=30))
def test_no_choice_breaks_the_reader(keys: list[str]) -> None:
    for field in (*user_fields(RECIPES), *fields(RECIPES).values()):
        settings = NO_USER if hasattr(NO_USER, field.name) and field.name != "locale" else NO_CHAT
        change = change_of(field, keys, getattr(settings, field.name))
        if change is not None and keys:
            assert {key_of(value) for value in field.values} & set(keys)
