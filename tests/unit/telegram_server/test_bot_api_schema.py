"""The table of methods, held to the machine-readable Bot API where there is one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.needs import need
from tests.telegram.schema import Field, Fields, load, load_updates, newer
from tests.telegram.server import _METHODS

NEWER = Path(__file__).parents[4] / "shared/specs/telegram-botapi-10.3-aiogram-butcher.json"
SPEC = Path(__file__).parents[4] / "shared/specs/telegram-botapi-10.1-paulsonoflars.json"
TABLE, TOLD = load(), load_updates()
_LENGTH = re.compile(r"(?<![\d-])(\d+)-(\d+) (characters|bytes)")


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    need(SPEC.exists(), "the machine-readable Bot API 10.1")
    found: dict[str, Any] = json.loads(SPEC.read_text("utf-8"))
    return found


def _differences(where: str, ours: Fields, theirs: list[dict[str, Any]], *, with_lengths: bool = True) -> Iterator[str]:
    known = {field["name"]: field for field in theirs}
    for name in sorted(ours.keys() ^ known.keys()):
        yield f"{where}.{name} is in one only"
    for name in ours.keys() & known.keys():
        if problem := _difference(ours[name], known[name], with_lengths=with_lengths):
            yield f"{where}.{name}: {problem}"


def _difference(ours: Field, theirs: dict[str, Any], *, with_lengths: bool) -> str:
    types = {name.replace("Array of ", "[]") for name in theirs["types"]}
    if set(ours.types) != types or ours.required != theirs["required"]:
        return f"{ours.types} {ours.required} is not {types} {theirs['required']}"
    told = _LENGTH.search(theirs["description"])
    if told and "String" in types and with_lengths:
        unit = {"bytes": "b", "characters": "u" if ours.length and ours.length.unit == "u" else ""}[told[3]]
        if ours.length is None or (ours.length.low, ours.length.high, ours.length.unit) != (
            *map(int, told.groups()[:2]),
            unit,
        ):
            return f"{ours.length} is not {told[0]}"
    word = re.search(r"(?:must be|always) \W*(\w+)\W*$", theirs["description"])
    if ours.word and (not word or word[1] != ours.word):
        return f"{ours.word!r} is not in {theirs['description']!r}"
    return ""


def test_every_method_takes_what_telegram_says(spec: dict[str, Any]) -> None:
    found = [d for name, ours in TABLE.methods.items()
             for d in _differences(name, ours, spec["methods"][name].get("fields", []))]  # fmt: skip
    assert found == []


def test_every_object_holds_what_telegram_says(spec: dict[str, Any]) -> None:
    found = [d for name, ours in TABLE.types.items()
             for d in _differences(name, ours, spec["types"][name].get("fields", []))]  # fmt: skip
    assert found == []


def test_every_update_holds_what_telegram_says(spec: dict[str, Any]) -> None:
    found = [d for name, ours in TOLD.types.items()
             for d in _differences(name, ours, spec["types"][name].get("fields", []), with_lengths=False)]  # fmt: skip
    assert found == []
    for name, members in TOLD.unions.items():
        assert [one.replace("Array of ", "[]") for one in spec["types"][name]["subtypes"]] == list(members), name


def test_whatever_an_update_may_hold_is_in_the_table() -> None:
    fields = [field for fields in TOLD.types.values() for field in fields.values()]
    named = {kind.replace("[]", "") for field in fields for kind in field.types}
    assert named <= {*TOLD.types, *TOLD.unions, "Integer", "String", "Boolean", "Float", "True"}


def test_what_may_stand_for_what_is_what_telegram_says(spec: dict[str, Any]) -> None:
    for name, members in TABLE.unions.items():
        assert set(members) <= set(spec["types"][name]["subtypes"]), name


def test_what_is_newer_than_the_library_is_in_the_newer_api() -> None:
    need(NEWER.exists(), "the machine-readable Bot API 10.3")
    items = [entry for part in json.loads(NEWER.read_text("utf-8"))["items"] for entry in part["children"]]
    told = {entry["name"]: {field["name"]: field for field in entry["annotations"]} for entry in items}
    for name, fields in newer().items():
        for field in fields.values():
            assert told[name][field.name]["type"] in field.types, (name, field)
            assert told[name][field.name]["required"] == field.required, (name, field)


def test_every_method_of_the_table_is_answered() -> None:
    assert TABLE.methods.keys() == _METHODS.keys()
