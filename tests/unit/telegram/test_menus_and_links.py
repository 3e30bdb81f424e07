"""Menus hold every command in both languages; links give a command that changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.command_texts import TELEGRAM_LANGUAGES, command_text, in_all_languages, telegram_descriptions
from bots.telegram import menus
from bots.telegram.start import follow, start_parameter

ASKED_FOR = (
    "video", "animate", "again", "queue", "cancel", "my", "show", "credits", "settings", "help", "privacy", "export",
    "forget_me", "report", "verify",
)  # fmt: skip


def _by_scope(*, sells: bool = False) -> dict[str, Any]:
    return {scope.type: keys for scope, keys in menus.menus(sells=sells).items()}


def test_every_command_is_in_a_menu() -> None:
    found = _by_scope()
    assert set(ASKED_FOR) <= set(found["all_private_chats"])
    assert set(found["all_chat_administrators"]) - set(found["all_group_chats"]) == {"admin"}
    assert not {"export", "forget_me", "link"} & set(found["all_group_chats"])


def test_stars_add_theirs_where_they_are_on() -> None:
    more = set(_by_scope(sells=True)["all_private_chats"]) - set(_by_scope()["all_private_chats"])
    assert more == {"buy", "terms", "paysupport"}


@pytest.mark.parametrize("key", sorted({key for keys in _by_scope(sells=True).values() for key in keys}))
def test_every_command_is_described_in_both_languages(key: str) -> None:
    told = telegram_descriptions(command_text(key))
    assert set(told) == set(TELEGRAM_LANGUAGES)
    assert bool(re.search("[\u4e00-\u9fff]", told["zh"]))
    assert not re.search("[\u4e00-\u9fff]", told[""])
    assert all(1 <= len(text) <= 256 for text in told.values())


@pytest.mark.parametrize(
    ("message_id", "longest"),
    [
        ("telegram-name", menus.NAME),
        ("telegram-description", menus.DESCRIPTION),
        ("telegram-short-description", menus.SHORT_DESCRIPTION),
    ],
)
def test_the_bots_own_page_fits(message_id: str, longest: int) -> None:
    assert all(1 <= len(text) <= longest for text in in_all_languages(message_id).values())


@pytest.mark.parametrize(
    ("parameter", "command"),
    [
        ("show_K7QM2XD", ("show", "K7QM2XD")),
        ("show_k7qm2xd", ("show", "K7QM2XD")),
        ("settings", ("settings", "")),
        ("buy", ("buy", "")),
        ("settings_x", ("start", "settings_x")),
        ("link_0123456789abcdef", ("start", "link_0123456789abcdef")),
        ("forget_me", ("start", "forget_me")),
        ("cancel_K7QM2XD", ("start", "cancel_K7QM2XD")),
        ("", ("start", "")),
    ],
)
def test_a_link_gives_a_command_that_changes_nothing(parameter: str, command: tuple[str, str]) -> None:
    assert follow("start", parameter) == command


def test_what_is_no_start_is_left_alone() -> None:
    assert follow("video", "show_K7QM2XD") == ("video", "show_K7QM2XD")


@given(st.text(max_size=80))
def test_any_parameter_gives_a_known_command(parameter: str) -> None:
    assert follow("start", parameter)[0] in {"start", "show", "settings", "buy", "help", "credits"}


def test_links_hold_what_telegram_takes() -> None:
    assert follow("start", start_parameter("show", "K7QM2XD")) == ("show", "K7QM2XD")
    with pytest.raises(ValueError, match="no link can hold"):
        start_parameter("show", "两只企鹅")
    with pytest.raises(ValueError, match="no link can hold"):
        start_parameter("show", "X" * 60)
