"""Turns what somebody filled in into values by the names of the fields."""

from __future__ import annotations

from typing import Any, cast

from bots.discord.call import Call


def typed(call: Call) -> dict[str, str]:
    """Words, and what was chosen of several; "" where nothing was."""
    data = cast("dict[str, Any]", call.interaction.data or {})
    fields = (row.get("component") or {} for row in data.get("components", ()))
    return {str(one["custom_id"]): _value(one) for one in fields if "custom_id" in one}


def _value(component: dict[str, Any]) -> str:
    values = component.get("values") or ()
    return str(component.get("value") or next(iter(values), ""))
