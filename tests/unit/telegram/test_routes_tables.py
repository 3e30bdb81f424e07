"""Every command, button and event has one answer, and every command that a menu shows has one at all."""

from __future__ import annotations

from collections import Counter
from types import ModuleType

import pytest

from bots.command_texts import LANGUAGES, command_text
from bots.tables import merged
from bots.telegram import menus, routes
from bots.telegram.press import Press, unpack
from bots.telegram.updates import ALLOWED

TABLES = ("VERBS", "BUTTONS", "EVENTS")
IN_MENUS = sorted({key for keys in menus.menus(sells=True).values() for key in keys})


@pytest.mark.parametrize("table", TABLES)
def test_no_name_belongs_to_two_modules(table: str) -> None:
    names = Counter(name for module in routes.MODULES for name in getattr(module, table, {}))
    assert names
    assert [name for name, times in names.items() if times > 1] == []
    assert set(getattr(routes, table)) == set(names)


@pytest.mark.parametrize("table", TABLES)
def test_two_modules_with_one_name_do_not_start(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(iter(getattr(routes, table)))
    second = ModuleType("bots.telegram.second")
    setattr(second, table, {name: getattr(routes, table)[name]})
    monkeypatch.setattr(routes, "MODULES", (*routes.MODULES, second))
    with pytest.raises(ValueError, match=rf"{table} of bots\.telegram\.second .*{name}"):
        merged(routes.MODULES, table)


def test_no_module_is_listed_twice() -> None:
    assert len(set(routes.MODULES)) == len(routes.MODULES)


@pytest.mark.parametrize("verb", IN_MENUS)
def test_what_a_menu_shows_is_answered_and_has_a_sentence(verb: str) -> None:
    assert callable(routes.VERBS[verb])
    assert set(command_text(verb).descriptions) == set(LANGUAGES)


@pytest.mark.parametrize("verb", sorted(routes.BUTTONS))
def test_every_button_fits_with_the_longest_code(verb: str) -> None:
    press = Press(verb, "K7QM2XDK7QM2", "x")
    assert unpack(press.pack()) == press


def test_events_that_are_updates_of_their_own_are_asked_for() -> None:
    of_messages = {"successful_payment", "refunded_payment", "migrate_to_chat_id", "migrate_from_chat_id"}
    assert set(routes.EVENTS) - of_messages <= {str(kind) for kind in ALLOWED}
