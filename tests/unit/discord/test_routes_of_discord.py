"""Every button, menu and form of the bot on Discord has its answer, and only one."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import get_args

import pytest

from bots.discord import routes
from bots.discord.press import LONGEST, Press, unpack
from bots.rewording import Kind
from bots.tables import merged

SOURCES = Path(routes.__file__).parent
_PRESSED = re.compile(r"\bPress\(\"([a-z-]+)\"")


def test_two_answers_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = SimpleNamespace(__name__="twin", ANSWERS={"again": None})
    modules: tuple[ModuleType | SimpleNamespace, ...] = (*routes.MODULES, twin)
    monkeypatch.setattr(routes, "MODULES", modules)
    with pytest.raises(ValueError, match="again"):
        merged(routes.MODULES, "ANSWERS")


def test_whatever_is_shown_to_be_pressed_is_answered() -> None:
    shown = {verb for path in SOURCES.glob("*.py") for verb in _PRESSED.findall(path.read_text("utf-8"))}
    assert len(shown) > 5
    assert shown | set(get_args(Kind)) <= {*routes.ANSWERS, *routes.FORMS}


def test_every_form_is_answered_once_it_is_sent() -> None:
    assert set(routes.FORMS) <= set(routes.ANSWERS)


def test_no_two_commands_have_one_name() -> None:
    names = [str(command.name) for command in routes.COMMANDS]
    assert len(names) == len(set(names))
    assert {"video", "animate", "again", "queue", "cancel", "my", "show", "credits", "settings", "help", "privacy"} <= {
        *names
    }


@pytest.mark.parametrize("press", [Press("my"), Press("again", "K7QM2XD"), Press("a", "b", "c:d"), Press("a", "", "x")])
def test_a_press_comes_back_as_it_was(press: Press) -> None:
    assert unpack(press.pack()) == press
    assert len(press.pack()) <= LONGEST


@pytest.mark.parametrize("press", [Press("a:b"), Press("a", "b:c"), Press("a", "b", "c" * 100)])
def test_what_a_component_cannot_hold_is_refused(press: Press) -> None:
    with pytest.raises(ValueError, match="hold"):
        press.pack()


@pytest.mark.parametrize("custom_id", ["", "p", "p:", "q:again:X", "again"])
def test_what_is_not_ours_is_nobodys(custom_id: str) -> None:
    assert unpack(custom_id) is None
