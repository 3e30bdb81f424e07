"""Turns ``methods.toml`` into the fields that methods and objects take, ``updates.toml`` into what a bot is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FIELD = re.compile(
    r"(?P<name>\w+)(?P<required>\*?)(?:=(?P<word>\w+)|:(?P<types>[\w\[\]|]+)(?:<(?P<low>\d+)-(?P<high>\d+)(?P<unit>[bu]?)>)?)"
)


@dataclass(frozen=True)
class Length:
    """``unit`` is empty for characters, ``b`` for bytes in UTF-8, ``u`` for UTF-16 units once the entities are read."""

    low: int
    high: int
    unit: str = ""

    def fits(self, text: str) -> bool:
        """Whether a text has it. What is counted after parsing is checked after parsing."""
        size = {"": len(text), "b": len(text.encode()), "u": self.low}[self.unit]
        return self.low <= size <= self.high


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of an object. ``word`` is the one value it may have."""

    name: str
    types: tuple[str, ...]
    required: bool
    length: Length | None = None
    word: str = ""


Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Schema:
    """Every method and object that the server knows."""

    methods: Mapping[str, Fields]
    types: Mapping[str, Fields]
    unions: Mapping[str, tuple[str, ...]]

    def with_newer(self) -> Schema:
        """With what a newer Bot API takes besides."""
        more = newer()
        methods = {name: {**fields, **more.get(name, {})} for name, fields in self.methods.items()}
        objects = {name: fields for name, fields in more.items() if name not in methods}
        return Schema(methods, {**self.types, **objects}, self.unions)


def _read(text: str, groups: Mapping[str, str]) -> Fields:
    fields: dict[str, Field] = {}
    for word in text.split():
        if word.startswith("@"):
            fields |= _read(groups[word[1:]], groups)
            continue
        found = _FIELD.fullmatch(word)
        if found is None:
            raise ValueError(f"methods.toml: what is {word!r}?")
        part = found.groupdict()
        length = Length(int(part["low"]), int(part["high"]), part["unit"]) if part["low"] else None
        types = tuple((part["types"] or "String").split("|"))
        fields[part["name"]] = Field(part["name"], types, bool(part["required"]), length, part["word"] or "")
    return fields


def _table(name: str = "methods") -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


def newer() -> dict[str, Fields]:
    """What methods and objects of a newer Bot API than the library's take besides."""
    return {name: _read(text, {}) for name, text in _table()["newer"].items()}


def load() -> Schema:
    """What the server takes."""
    return _schema(_table())


def load_updates() -> Schema:
    """What it tells: ``types["Update"]``, and all that may be in one."""
    return _schema(_table("updates"))


def _schema(table: Mapping[str, Mapping[str, str]]) -> Schema:
    groups = table.get("groups", {})
    return Schema(
        {name: _read(text, groups) for name, text in table.get("methods", {}).items()},
        {name: _read(text, groups) for name, text in table["types"].items()},
        {name: tuple(text.split()) for name, text in table["unions"].items()},
    )
