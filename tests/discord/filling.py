"""Fills in a modal, as somebody does who can send only what it lets them."""

from __future__ import annotations

from typing import Any

from tests.discord import components as parts
from tests.discord.resolving import Resolving


def fill_modal(modal: dict[str, Any], values: dict[str, Any], resolving: Resolving) -> list[dict[str, Any]]:
    """As ``components`` of what is sent.

    Raises:
        AssertionError: a field that is not there, or a value that a client would not send.
    """
    left = dict(values)
    found = [_one(component, left, resolving) for component in modal["components"]]
    assert not left, f"the modal has no fields {sorted(left)}"
    return found


def _one(component: dict[str, Any], left: dict[str, Any], resolving: Resolving) -> dict[str, Any]:
    if component["type"] == parts.TEXT:
        return {"type": parts.TEXT, "id": 1}
    if component["type"] == parts.ROW:
        field = component["components"][0]
        return {"type": parts.ROW, "id": 1, "components": [_field(field, field.get("label", ""), left, resolving)]}
    field = component["component"]
    return {"type": parts.LABEL, "id": 1, "component": _field(field, component["label"], left, resolving)}


def _field(field: dict[str, Any], label: str, left: dict[str, Any], resolving: Resolving) -> dict[str, Any]:
    name = next((name for name in (field["custom_id"], label) if name in left), None)
    given = left.pop(name) if name is not None else None
    body = {"type": field["type"], "id": 1, "custom_id": field["custom_id"]}
    if field["type"] == parts.INPUT:
        return body | {"value": _text(field, field.get("value") or "" if given is None else given)}
    if field["type"] == parts.CHECK:
        return body | {"value": bool(field.get("default")) if given is None else given}
    if field["type"] == parts.RADIOS:
        return body | {"value": _choice(field, given, resolving) if given is not None else _defaults(field)[0]}
    if field["type"] == parts.UPLOADER:
        return body | {"values": _files(field, given or [], resolving)}
    wanted = _defaults(field) if given is None else [_choice(field, one, resolving) for one in given]
    low, high = field.get("min_values"), field.get("max_values")
    least = (1 if field.get("required", True) else 0) if low is None else low
    assert least <= len(wanted) <= (1 if high is None else high) or not wanted, field["custom_id"]
    return body | {"values": wanted}


def _text(field: dict[str, Any], text: str) -> str:
    name, most = field["custom_id"], field.get("max_length") or 4000
    assert text or not field.get("required", True), f"{name} is required"
    assert not text or (field.get("min_length") or 0) <= len(text) <= most, f"{name} is too short or too long"
    return text


def _defaults(field: dict[str, Any]) -> list[Any]:
    found = [option["value"] for option in field.get("options", []) if option.get("default")]
    return found or ([None] if field["type"] == parts.RADIOS else [])


def _choice(field: dict[str, Any], label: Any, resolving: Resolving) -> Any:
    if "options" not in field:
        return resolving.of_menu(field["type"], label, field.get("channel_types"))
    fitting = [o["value"] for o in field["options"] if label in {o["label"], o["value"]}]
    assert fitting, f"no option {label!r} among {[o['label'] for o in field['options']]}"
    return fitting[0]


def _files(field: dict[str, Any], given: list[Any], resolving: Resolving) -> list[str]:
    low, high = field.get("min_values"), field.get("max_values") or 1
    least = (1 if field.get("required", True) else 0) if low is None else low
    assert least <= len(given) <= high, f"{field['custom_id']} takes {least} to {high} files"
    return [resolving.file(file) for file in given]
