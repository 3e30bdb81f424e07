"""Turns a setting into a menu to choose from, and what was chosen into the change that it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from discord import SelectOption
from discord.ui import ActionRow, LayoutView, Select

from bots.choices import Field, Value, key_of
from bots.discord.call import Call
from bots.discord.press import Press
from bots.units import cut
from translation.localiser import Localiser

MOST_OPTIONS = 25
_LABEL = 100
"""The most characters of an option (OpenAPI)."""


def menu(localiser: Localiser, field: Field, current: object, press: Press) -> ActionRow[LayoutView]:
    """The values of a setting, with a tick at those in force."""
    options = [
        SelectOption(
            label=cut(field.label(localiser, value), _LABEL),
            value=key_of(value),
            default=field.is_chosen(value, current),
        )
        for value in offered(field, current)
    ]
    most = len(options) if field.several else 1
    none = cut(field.shown(localiser, ()), _LABEL) if field.several else None
    return ActionRow(
        Select(
            custom_id=press.pack(),
            options=options,
            min_values=0 if field.several else 1,
            max_values=most,
            placeholder=none,
        )
    )


def offered(field: Field, current: object) -> Sequence[Value]:
    """As many values as a menu holds; those in force come first where they are not all there."""
    known = [value for value in field.values if not (field.several and value is None)]
    held: Sequence[Value] = current if isinstance(current, tuple) else (cast("Value", current),)
    shown = [*known, *(value for value in held if value not in known)]
    if len(shown) > MOST_OPTIONS:
        shown.sort(key=lambda value: not field.is_chosen(value, current))
    return shown[:MOST_OPTIONS]


def picked(call: Call) -> tuple[str, ...]:
    """What was chosen, as the menu carried it: ids, or keys of values."""
    data = cast("dict[str, Any]", call.interaction.data or {})
    return tuple(str(value) for value in data.get("values") or ())[:MOST_OPTIONS]


def change_of(field: Field, keys: Sequence[str], current: object) -> Mapping[str, object] | None:
    """What the choice of these keys means; None where there is no such value."""
    shown = offered(field, current)
    values = [value for value in shown if key_of(value) in keys]
    if field.several:
        hidden = [value for value in current if value not in shown] if isinstance(current, tuple) else []
        return {field.name: (*values, *hidden)} if len(values) == len(set(keys)) else None
    return {field.name: values[0]} if values else None
