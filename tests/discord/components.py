"""The rules of components that Discord's schema does not express, and their JSON in answers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.discord.cdn import Cdn
from tests.discord.errors import invalid, too_long
from tests.discord.state import Attachment, walk

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = (
    1, 2, 3, 4, 9, 10, 11, 12, 13, 14, 17, 18,
)  # fmt: skip
MENUS = {3, 5, 6, 7, 8}
UPLOADER, RADIOS, CHECKS, CHECK = 19, 21, 22, 23
_TOP = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}
_MOST, _TEXT = 40, 4000
Resolve = Callable[[str], "Attachment | None"]
"""The attachment that ``attachment://name`` means."""


def check(components: list[dict[str, Any]], *, modern: bool) -> None:
    """Refuse what a message may not hold; ``modern`` is whether it has the flag of Components V2.

    Raises:
        Refused: naming the component.
    """
    every = list(walk(components))
    if len(every) > _MOST:
        raise too_long("components", _MOST)
    if not modern and any(component["type"] not in {ROW, BUTTON, *MENUS} for component in every):
        raise invalid("components.0.type", "Value must be one of (1,).", "UNION_TYPE_CHOICES")
    if not modern and len(components) > 5:
        raise too_long("components", 5)
    for index, component in enumerate(components):
        if component["type"] not in _TOP:
            raise invalid(f"components.{index}.type", "Value must be one of (1, 9, 10, 12, 13, 14, 17).")
        _check_one(component, f"components.{index}")
    if sum(len(c["content"]) for c in every if c["type"] == TEXT) > _TEXT:
        raise invalid("components", f"The total length of displayable text exceeds {_TEXT}.")
    check_ids(every)


def check_ids(every: list[dict[str, Any]]) -> None:
    """Refuse custom ids that are too long or there twice."""
    seen: set[str] = set()
    for component in every:
        name = component.get("custom_id")
        if name is None:
            continue
        if not 1 <= len(name) <= 100:
            raise invalid("components.custom_id", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
        if name in seen:
            raise invalid("components.custom_id", "Component custom id cannot be duplicated",
                          "COMPONENT_CUSTOM_ID_DUPLICATED")  # fmt: skip
        seen.add(name)


def _check_one(component: dict[str, Any], path: str) -> None:
    kind = component["type"]
    for index, inner in enumerate(component.get("components", [])):
        _check_one(inner, f"{path}.components.{index}")
    if kind == ROW:
        _check_row(component, path)
    elif kind == BUTTON:
        _check_button(component, path)
    elif kind in MENUS:
        check_menu(component, path)
    elif kind == SECTION:
        _check_section(component, path)
    elif kind == GALLERY and not 1 <= len(component["items"]) <= 10:
        raise invalid(f"{path}.items", "Must be between 1 and 10 in length.")
    elif kind == TEXT and not component["content"].strip():
        raise invalid(f"{path}.content", "This field is required", "BASE_TYPE_REQUIRED")


def _check_row(component: dict[str, Any], path: str) -> None:
    inner = component["components"]
    kinds = {one["type"] for one in inner}
    if not inner or kinds - {BUTTON, *MENUS}:
        raise invalid(path, "An action row holds buttons or one menu.")
    if kinds & MENUS and len(inner) > 1:
        raise invalid(path, "The specified component exceeds the maximum width", "COMPONENT_LAYOUT_WIDTH_EXCEEDED")
    if len(inner) > 5:
        raise invalid(path, "The specified component exceeds the maximum width", "COMPONENT_LAYOUT_WIDTH_EXCEEDED")


def _check_button(component: dict[str, Any], path: str) -> None:
    style, has = component["style"], {name for name in ("custom_id", "url", "sku_id") if component.get(name)}
    need = {5: {"url"}, 6: {"sku_id"}}.get(style, {"custom_id"})
    if has != need:
        raise invalid(path, f"A button of style {style} has {sorted(need)} and no {sorted(has - need)}.")
    if style != 6 and not (component.get("label") or component.get("emoji")):
        raise invalid(f"{path}.label", "This field is required", "BUTTON_COMPONENT_EMPTY_BUTTON")
    if len(component.get("label") or "") > 80:
        raise too_long(f"{path}.label", 80)


def check_menu(component: dict[str, Any], path: str) -> None:
    """Refuse a menu that could not be used."""
    low, high = component.get("min_values"), component.get("max_values")
    low, high = (1 if low is None else low), (1 if high is None else high)
    if not 0 <= low <= 25 or not 1 <= high <= 25 or low > high:
        raise invalid(f"{path}.max_values", "Must be between 1 and 25, and not less than min_values.")
    if component["type"] != SELECT:
        return
    options = component.get("options", [])
    if not 1 <= len(options) <= 25:
        raise invalid(f"{path}.options", "Must be between 1 and 25 in length.", "BASE_TYPE_BAD_LENGTH")
    if len({option["value"] for option in options}) < len(options):
        raise invalid(f"{path}.options", "The specified option value is already used",
                      "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED")  # fmt: skip
    if high > len(options):
        raise invalid(f"{path}.max_values", "More than there are options.")
    if sum(bool(option.get("default")) for option in options) > high:
        raise invalid(f"{path}.options", "More defaults than may be chosen.")
    for option in options:
        if max(len(option["label"]), len(option["value"]), len(option.get("description") or "")) > 100:
            raise too_long(f"{path}.options", 100)


def _check_section(component: dict[str, Any], path: str) -> None:
    if not 1 <= len(component["components"]) <= 3 or any(c["type"] != TEXT for c in component["components"]):
        raise invalid(f"{path}.components", "A section holds 1 to 3 texts.")
    accessory = component.get("accessory") or {}
    if accessory.get("type") not in {BUTTON, THUMBNAIL}:
        raise invalid(f"{path}.accessory", "This field is required", "BASE_TYPE_REQUIRED")
    _check_one(accessory, f"{path}.accessory")


def answer(components: list[dict[str, Any]], resolve: Resolve, cdn: Cdn) -> list[dict[str, Any]]:
    """As the message holds them: numbered, and with the addresses of their files.

    Raises:
        Refused: a file that is not there.
    """
    found = copy.deepcopy(components)
    taken = {component["id"] for component in walk(found) if component.get("id")}
    number = 0
    for component in walk(found):
        if not component.get("id"):
            number += 1
            while number in taken:
                number += 1
            component["id"] = number
        _fill(component, resolve, cdn)
    return found


def _fill(component: dict[str, Any], resolve: Resolve, cdn: Cdn) -> None:
    """Give a component what Discord adds."""
    kind = component["type"]
    if kind == GALLERY:
        for item in component["items"]:
            item["media"] = media(item["media"], resolve, cdn)
            item["description"], item["spoiler"] = item.get("description"), bool(item.get("spoiler"))
    elif kind == THUMBNAIL:
        component["media"] = media(component["media"], resolve, cdn)
        component |= {"description": component.get("description"), "spoiler": bool(component.get("spoiler"))}
    elif kind == FILE:
        if not component["file"]["url"].startswith("attachment://"):
            raise invalid("components.file.url", "Only attachment:// is taken here.")
        component["file"] = media(component["file"], resolve, cdn)
        component |= {"name": component["file"]["url"].rpartition("/")[2], "size": 0, "spoiler":
                      bool(component.get("spoiler"))}  # fmt: skip
    elif kind == CONTAINER:
        component |= {"accent_color": component.get("accent_color"), "spoiler": bool(component.get("spoiler"))}
    elif kind == SEPARATOR:
        component |= {"spacing": component.get("spacing") or 1, "divider": component.get("divider") is not False}
    elif kind in MENUS:
        component |= {name: 1 for name in ("min_values", "max_values") if component.get(name) is None}
        component["disabled"] = bool(component.get("disabled"))


def media(asked: dict[str, Any], resolve: Resolve, cdn: Cdn) -> dict[str, Any]:
    """A file or an address on the web."""
    url = asked["url"]
    if not url.startswith("attachment://"):
        if not url.startswith(("https://", "http://")):
            raise invalid("components.media.url", "Not a well formed URL.", "URL_TYPE_INVALID_URL")
        return {"id": "1", "url": url, "proxy_url": url, "width": None, "height": None, "content_type": None}
    file = resolve(url.removeprefix("attachment://"))
    if file is None:
        raise invalid("components.media.url", f"The attachment {url} is not there.",
                      "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND")  # fmt: skip
    body = file.json(cdn)
    return {"id": str(file.id), "url": body["url"], "proxy_url": body["url"], "width": file.width, "height":
            file.height, "content_type": file.mime, "attachment_id": str(file.id)}  # fmt: skip
