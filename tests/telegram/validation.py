"""Turns a request's raw fields into typed parameters, or refuses them as the schema says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.telegram.errors import Refused, bad
from tests.telegram.schema import Field, Fields, Schema

_ATTACHED = "attach://"
_PLAIN: Mapping[str, type] = {"Integer": int, "String": str, "Boolean": bool}


@dataclass(frozen=True)
class Upload:
    """A file in a request."""

    name: str
    data: bytes
    mime: str


Raw = Mapping[str, "str | Upload"]


def read_request(schema: Schema, method: str, raw: Raw) -> dict[str, Any]:
    """The parameters with their types; files that others name by ``attach://`` stay behind in ``raw``.

    Raises:
        Refused: unknown, missing or mistyped parameters, or a file that nothing names.
    """
    fields = schema.methods[method]
    parameters = {name: _parse(fields[name], value) for name, value in raw.items() if name in fields}
    named = {name.removeprefix(_ATTACHED) for name in _attached(parameters)}
    if lost := sorted(named - raw.keys()):
        raise bad(f"can't find attached files {lost}")
    if unknown := sorted(raw.keys() - fields.keys() - named):
        raise bad(f"{method} knows no parameters {unknown}")
    _check_fields(schema, fields, parameters, method)
    return parameters


def file_of(raw: Raw, value: str | Upload) -> str | Upload:
    """The upload that ``attach://name`` means; any other value as it is."""
    if isinstance(value, str) and value.startswith(_ATTACHED):
        return raw[value.removeprefix(_ATTACHED)]
    return value


def _attached(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(_ATTACHED):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _attached(part)


def _parse(field: Field, value: str | Upload) -> Any:
    """As its type; what cannot be parsed stays as it was and fails the check of types."""
    if isinstance(value, Upload):
        return value
    if "Integer" in field.types and re.fullmatch(r"-?\d{1,19}", value):
        return int(value)
    if "String" in field.types or "InputFile" in field.types:
        return value
    if "Boolean" in field.types:
        return {"true": True, "false": False}.get(value, value)
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {field.name} JSON object") from None


def _check_fields(schema: Schema, fields: Fields, values: Mapping[str, Any], where: str) -> None:
    for name, value in values.items():
        if name not in fields:
            raise bad(f"{where} knows no field {name!r}")
        _check(schema, fields[name], value, f"{where}.{name}")
    if missing := sorted(field.name for field in fields.values() if field.required and field.name not in values):
        raise bad(f"{where} misses {missing}")


def _check(schema: Schema, field: Field, value: Any, where: str) -> None:
    if field.word and value != field.word:
        raise bad(f"{where} must be {field.word!r}")
    _check_any(schema, field.types, value, where)
    if field.length and isinstance(value, str) and not field.length.fits(value):
        raise bad(_wrong_length(field))


def _wrong_length(field: Field) -> str:
    assert field.length
    known = {"callback_data": "BUTTON_DATA_INVALID", "copy_text": "BUTTON_COPY_TEXT_INVALID"}
    unit = "bytes" if field.length.unit else "characters"
    return known.get(field.name, f"{field.name} must have {field.length.low}-{field.length.high} {unit}")


def _check_any(schema: Schema, types: tuple[str, ...], value: Any, where: str) -> None:
    """One of the types must fit; the complaint is the last one's."""
    problem: Refused | None = None
    whole = [name for name in types if isinstance(value, dict) and _has_required(schema, name, value)]
    for name in whole or types:
        try:
            _check_type(schema, name, value, where)
        except Refused as refused:
            problem = refused
        else:
            return
    assert problem
    raise problem


def _has_required(schema: Schema, name: str, value: Mapping[str, Any]) -> bool:
    """Whether a value may be meant as this object: it has what that needs."""
    fields = schema.types.get(name)
    return fields is not None and all(field.name in value for field in fields.values() if field.required)


def _check_type(schema: Schema, name: str, value: Any, where: str) -> None:
    if name.startswith("[]"):
        if not isinstance(value, list):
            raise bad(f"{where} must be a list")
        for index, item in enumerate(value):
            _check_type(schema, name[2:], item, f"{where}[{index}]")
    elif name in _PLAIN:
        if type(value) is not _PLAIN[name]:
            raise bad(f"{where} must be of type {name}")
    elif name == "InputFile":
        if not isinstance(value, Upload):
            raise bad(f"{where} must be a file")
    elif not isinstance(value, dict):
        raise bad(f"object expected as {where}")
    elif name in schema.unions:
        _check_any(schema, _members(schema, name, value), value, where)
    elif name in schema.types:
        _check_fields(schema, schema.types[name], value, where)


def _members(schema: Schema, union: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of a union that the ``type`` of a value allows."""
    members = schema.unions[union]
    fitting = [name for name in members if schema.types[name].get("type") is None
               or schema.types[name]["type"].word == value.get("type")]  # fmt: skip
    return tuple(fitting) or members
