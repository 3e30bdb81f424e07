"""Turns settings into a menu of buttons, and a press into the value that was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bots.choices import Field, Value, key_of
from bots.telegram.press import LONGEST, Press
from translation.localiser import Localiser

_IN_A_ROW = 3


def overview(localiser: Localiser, verb: str, fields: Iterable[Field], settings: object) -> InlineKeyboardMarkup:
    """A button for each setting, with its value."""
    return InlineKeyboardMarkup([[_entry(localiser, verb, field, getattr(settings, field.name))] for field in fields])


def values_of(localiser: Localiser, verb: str, field: Field, settings: object) -> InlineKeyboardMarkup:
    """A button for each value of a setting, those in force with a tick, and the way back."""
    current = getattr(settings, field.name)
    buttons = [
        InlineKeyboardButton(
            f"✓ {label}" if field.is_chosen(value, current) else label,
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
        if press.extra and press.extra == key_of(value):
            return {field.name: _toggled(value, getattr(settings, field.name)) if field.several else value}
    return None


def _toggled(value: Value, current: Iterable[Value]) -> tuple[Value, ...]:
    if value is None:
        return ()
    kept = tuple(one for one in current if one != value)
    return kept if value in current else (*kept, value)


def _entry(localiser: Localiser, verb: str, field: Field, current: object) -> InlineKeyboardButton:
    text = localiser.text("choice", title=localiser.text(field.title), value=field.shown(localiser, current))
    turned = Press(verb, field.name, key_of(not current)) if isinstance(current, bool) else Press(verb, field.name)
    return InlineKeyboardButton(text, callback_data=turned.pack())


def _press(verb: str, field: Field, value: Value) -> Press:
    return Press(verb, field.name, key_of(value))


def _fits(verb: str, field: Field, value: Value) -> bool:
    """Whether a button can hold it: a recipe's name may be longer than that, and is typed then."""
    return len(f"{verb}:{field.name}:{key_of(value)}".encode()) <= LONGEST
