"""Turns ``requests.toml`` into the shape of an OpenAPI document, for where the real one is not at hand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.discord.spec import Spec

_WORD = re.compile(r"(?P<name>\w+)(?P<required>\*?):(?P<type>\S+)")
_PLAIN = re.compile(r"(?P<kind>\w+?)(?:=(?P<words>[\w/]+))?(?:<(?P<low>-?\d*)\.\.(?P<high>-?\d*)>)?")
_LIST = re.compile(r"\[\](?P<inner>\w+|\(.*?\))(?:<(?P<low>\d*)\.\.(?P<high>\d*)>)?(?P<unique>!?)")
_UNITS = {"string": "Length", "array": "Items"}


def raw() -> dict[str, dict[str, str]]:
    """The table as it is written."""
    return tomllib.loads(Path(__file__).with_name("requests.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def load() -> Spec:
    """What requests take."""
    table = raw()
    schemas = {name: _object(text) for name, text in table["objects"].items()}
    schemas |= {name: {"oneOf": [_named(one) for one in text.split()]} for name, text in table["unions"].items()}
    paths: dict[str, Any] = {}
    for rule, text in table["requests"].items():
        method, route = rule.split(" ")
        body = {"content": {"application/json": {"schema": _type(text)}}}
        paths.setdefault(route, {})[method.lower()] = {"requestBody": body}
    return Spec({"paths": paths, "components": {"schemas": schemas}})


def _object(text: str) -> dict[str, Any]:
    found = [_WORD.fullmatch(word) for word in text.split()]
    assert all(found), f"requests.toml: what is {text!r}?"
    words = [word for word in found if word]
    return {"type": "object", "properties": {word["name"]: _type(word["type"]) for word in words},
            "required": [word["name"] for word in words if word["required"]]}  # fmt: skip


def _type(text: str) -> dict[str, Any]:
    if text.endswith("?"):
        return {"oneOf": [{"type": "null"}, _type(text[:-1])]}
    if text.startswith("{}"):
        return {"type": "object", "additionalProperties": _type(_bare(text[2:]))}
    if found := _LIST.fullmatch(text):
        inner = {"type": "array", "items": _type(_bare(found["inner"])), "uniqueItems": bool(found["unique"])}
        return inner | _range("array", found["low"], found["high"])
    if "|" in text:
        return {"oneOf": [_type(one) for one in text.split("|")]}
    return _plain(text)


def _plain(text: str) -> dict[str, Any]:
    found = _PLAIN.fullmatch(text)
    assert found, f"requests.toml: what is {text!r}?"
    kind = found["kind"]
    if kind[0].isupper():
        return _named(kind)
    if kind in {"any", "snowflake"}:
        return {} if kind == "any" else {"type": "string", "format": "snowflake"}
    words: Iterable[Any] = (found["words"] or "").split("/")
    words = [int(word) for word in words] if found["words"] and kind == "integer" else words
    return {"type": kind} | ({"enum": list(words)} if found["words"] else _range(kind, found["low"], found["high"]))


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("(") else text


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _range(kind: str, low: str | None, high: str | None) -> dict[str, Any]:
    least, most = (f"min{_UNITS[kind]}", f"max{_UNITS[kind]}") if kind in _UNITS else ("minimum", "maximum")
    return {name: int(value) for name, value in ((least, low), (most, high)) if value}
