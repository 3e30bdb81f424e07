"""Holds requests and answers to Discord's machine-readable API, where there is one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[3] / "shared/specs/discord-openapi-v10.json"
Problem = tuple[str, str]
"""A dotted path, and what is wrong there."""
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,), "null": (type(None),),
}  # fmt: skip


class Spec:
    """The OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def request(self, method: str, route: str, body: Any) -> list[Problem]:
        """What is wrong with a request's body; nothing where the document does not know the request."""
        schema = self._body(self._operation(method, route).get("requestBody", {}))
        return list(self.problems(schema, body)) if schema else []

    def answer(self, method: str, route: str, status: int, body: Any) -> list[Problem]:
        """What is wrong with the body of an answer."""
        answers = self._operation(method, route).get("responses", {})
        told = answers.get(str(status)) or answers.get(f"{status // 100}XX")
        schema = self._body(told) if told else None
        return list(self.problems(schema, body)) if schema else []

    def object(self, name: str, value: Any) -> list[Problem]:
        """What is wrong with an object that goes by one of the document's names."""
        return list(self.problems({"$ref": f"#/components/schemas/{name}"}, value))

    def _operation(self, method: str, route: str) -> dict[str, Any]:
        found: dict[str, Any] = self._document["paths"].get(route, {}).get(method.lower(), {})
        return found

    def _body(self, told: dict[str, Any]) -> dict[str, Any] | None:
        content = self._resolve(told).get("content", {})
        found: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return found

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            found = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def problems(self, schema: dict[str, Any], value: Any, path: str = "") -> Iterator[Problem]:
        """What is wrong with a value."""
        schema = self._resolve(schema)
        if schema.get("format") in {"snowflake", "int53"} and type(value) in {int, str}:
            yield from _number(value, path)  # Discord takes both, whatever the document says
            return
        if "type" in schema and not _fits(schema["type"], value):
            yield path, f"must be {schema['type']}, not {type(value).__name__}"
            return
        for part in schema.get("allOf", []):
            yield from self.problems(part, value, path)
        yield from self._either(schema.get("oneOf", []) + schema.get("anyOf", []), value, path)
        yield from _plain(schema, value, path)
        if isinstance(value, dict):
            yield from self._object(schema, value, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.problems(schema.get("items", {}), item, f"{path}.{index}")

    def _object(self, schema: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[Problem]:
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{path}.{name}", "is required"
        more = schema.get("additionalProperties", {})
        for name, item in value.items():
            inner = known.get(name, more if isinstance(more, dict) else {})
            yield from self.problems(inner, item, f"{path}.{name}")

    def _either(self, choices: list[dict[str, Any]], value: Any, path: str) -> Iterator[Problem]:
        """One of them must fit; the complaint is that of the choice that comes nearest."""
        if value is not None:
            choices = [choice for choice in choices if choice != {"type": "null"}]
        if not choices:
            return
        meant = [choice for choice in choices if _may_mean(self._resolve(choice), value)]
        found = [list(self.problems(choice, value, path)) for choice in meant or choices]
        if all(found):
            yield from min(found, key=len)


def _may_mean(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value may be meant as this object, by its ``type``."""
    kinds = schema.get("properties", {}).get("type", {}).get("enum")
    return kinds is None or not isinstance(value, dict) or value.get("type") in kinds


def _fits(types: str | list[str], value: Any) -> bool:
    names = [types] if isinstance(types, str) else types
    if type(value) is bool:
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _number(value: int | str, path: str) -> Iterator[Problem]:
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)", str(value)):
        yield path, f'Value "{value}" is not snowflake.'


def _plain(schema: dict[str, Any], value: Any, path: str) -> Iterator[Problem]:
    """Lengths, ranges, words."""
    if "enum" in schema and value not in schema["enum"] and value is not None:
        yield path, f"must be one of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield path, f"must be {schema['const']!r}"
    if isinstance(value, str | list):
        unit = "Length" if isinstance(value, str) else "Items"
        if len(value) > schema.get(f"max{unit}", len(value)):
            yield path, f"Must be {schema[f'max{unit}']} or fewer in length."
        if len(value) < schema.get(f"min{unit}", 0):
            yield path, f"Must be {schema[f'min{unit}']} or more in length."
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield path, f"must match {schema['pattern']}"
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield path, f"must be from {schema.get('minimum')} to {schema.get('maximum')}"
    if schema.get("uniqueItems") and isinstance(value, list) and len({str(item) for item in value}) < len(value):
        yield path, "must not repeat"


@lru_cache(maxsize=1)
def load() -> Spec | None:
    """The document, or None where it is not at hand."""
    return Spec(json.loads(PATH.read_text("utf-8"))) if PATH.exists() else None
