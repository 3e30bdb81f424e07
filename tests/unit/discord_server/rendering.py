"""Writes a request of Discord's machine-readable API as the table of requests has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_RANGES = {"string": "Length", "array": "Items"}


class Rendering:
    """``schemas`` are the components of the OpenAPI document."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def fields(self, name: str) -> set[str]:
        """Every field of an object, as a word."""
        schema = self._schemas[name]
        required = schema.get("required", [])
        return {f"{field}{'*' if field in required else ''}:{self.type(part)}"
                for field, part in schema.get("properties", {}).items()}  # fmt: skip

    def type(self, schema: Mapping[str, Any]) -> str:
        """A type as text."""
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2])
        kind, null = schema.get("type"), ""
        if isinstance(kind, list):
            kind, null = next(one for one in kind if one != "null"), "?"
        if kind is None:
            return self._either(schema)
        if "enum" in schema or "oneOf" in schema:
            words = schema.get("enum") or [choice["const"] for choice in schema["oneOf"]]
            return f"{kind}={'/'.join(map(str, sorted(words)))}{null}"
        if kind == "object":
            return f"{{}}{_grouped(self.type(schema['additionalProperties']))}{null}"
        if kind == "array":
            unique = "!" if schema.get("uniqueItems") else ""
            return f"[]{_grouped(self.type(schema['items']))}{_range(schema, kind)}{unique}{null}"
        return f"{kind}{_range(schema, kind)}{null}"

    def _named(self, name: str) -> str:
        if name == "SnowflakeType":
            return "snowflake"
        return name if self._schemas[name].get("type") == "object" else self.type(self._schemas[name])

    def _either(self, schema: Mapping[str, Any]) -> str:
        choices = schema.get("oneOf", []) + schema.get("anyOf", [])
        rest = [self.type(choice) for choice in choices if choice != {"type": "null"}]
        return "|".join(sorted(rest)) + ("?" if len(rest) < len(choices) else "")


def _grouped(text: str) -> str:
    return text if text.isalnum() else f"({text})"


def _range(schema: Mapping[str, Any], kind: str) -> str:
    low, high = (f"min{_RANGES[kind]}", f"max{_RANGES[kind]}") if kind in _RANGES else ("minimum", "maximum")
    return f"<{schema.get(low, '')}..{schema.get(high, '')}>" if low in schema or high in schema else ""
