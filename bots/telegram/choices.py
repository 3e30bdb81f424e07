"""Turns settings into a menu of buttons, and a press into the value that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bots.telegram.press import LONGEST, Press
from translation.localiser import Localiser

_IN_A_ROW = 3
_UNSET = "-"
"""What a button carries for a setting that shall be as if nobody had chosen."""

Value = str | float | bool | None


@dataclass(frozen=True)
class Field:
    """One setting: its name, the values to choose from, and what users call each of them.

    Its title is the sentence ``setting-NAME``. ``several``: any number of the values together; none means all.
    """

    name: str
    values: Sequence[Value]
    label: Callable[[Localiser, Value], str]
    several: bool = False


def yes_or_no(name: str) -> Field:
    """A setting that one press turns over."""
    return Field(name, (False, True), lambda localiser, value: localiser.text("choice-on" if value else "choice-off"))


def overview(localiser: Localiser, verb: str, fields: Iterable[Field], settings: object) -> InlineKeyboardMarkup:
    """A button for each setting, with its value."""
    return InlineKeyboardMarkup([[_entry(localiser, verb, field, getattr(settings, field.name))] for field in fields])


def values_of(localiser: Localiser, verb: str, field: Field, settings: object) -> InlineKeyboardMarkup:
    """A button for each value of a setting, those in force with a tick, and the way back."""
    current = getattr(settings, field.name)
    buttons = [
        InlineKeyboardButton(
            f"✓ {label}" if _is_chosen(field, value, current) else label,
            callback_data=_press(verb, field, value).pack(),
        )
        for value in field.values
        for label in (field.label(localiser, value),)
        if _fits(verb, field, value)
    ]
    rows = [buttons[start : start + _IN_A_ROW] for start in range(0, len(buttons), _IN_A_ROW)]
    back = InlineKeyboardButton(localiser.text("choice-back"), callback_data=Press(verb).pack())
    return InlineKeyboardMarkup([*rows, [back]])


def chosen(field: Field, press: Press, settings: object) -> Mapping[str, object] | None:
    """What a press changes; None where it only opens the values, or says none that there is."""
    for value in field.values:
        if press.extra and press.extra == _key(value):
            return {field.name: _toggled(value, getattr(settings, field.name)) if field.several else value}
    return None


def _toggled(value: Value, current: Iterable[Value]) -> tuple[Value, ...]:
    if value is None:
        return ()
    kept = tuple(one for one in current if one != value)
    return kept if value in current else (*kept, value)


def _is_chosen(field: Field, value: Value, current: object) -> bool:
    if field.several and isinstance(current, tuple):
        return value in current if value is not None else not current
    return value == current


def _entry(localiser: Localiser, verb: str, field: Field, current: object) -> InlineKeyboardButton:
    title = localiser.text(f"setting-{field.name.replace('_', '-')}")
    text = localiser.text("choice", title=title, value=_shown(localiser, field, current))
    turned = Press(verb, field.name, _key(not current)) if isinstance(current, bool) else Press(verb, field.name)
    return InlineKeyboardButton(text, callback_data=turned.pack())


def _shown(localiser: Localiser, field: Field, current: object) -> str:
    if not field.several:
        return field.label(localiser, current)  # type: ignore[arg-type]  # a setting holds what its field offers
    assert isinstance(current, tuple)
    return ", ".join(field.label(localiser, value) for value in current) or field.label(localiser, None)


def _press(verb: str, field: Field, value: Value) -> Press:
    return Press(verb, field.name, _key(value))


def _fits(verb: str, field: Field, value: Value) -> bool:
    """Whether a button can hold it: a recipe's name may be longer than that, and is typed then."""
    return len(f"{verb}:{field.name}:{_key(value)}".encode()) <= LONGEST


def _key(value: Value) -> str:
    if value is None:
        return _UNSET
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"
