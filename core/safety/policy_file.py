"""Turns an operator's TOML file into a policy, or into a list of what is wrong with it, line by line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.safety.findings import Action
from core.safety.policy import OPEN, SECTIONS, Policy
from core.types import Category

_THRESHOLDS = "thresholds"
_ACTIONS = ", ".join(Action)
_CATEGORIES = ", ".join(OPEN)
_TABLE = re.compile(r"\s*\[\s*[\"']?([^\]\"'\s]+)[\"']?\s*\]")
_KEY = re.compile(r"\s*[\"']?([^\"'=\s]+)[\"']?\s*=")
_NEVER = "minors in anything sexual are never allowed; no file changes that"


@dataclass(frozen=True)
class Problem:
    """``line`` counts from 1, and is 0 where it is not known; ``key`` is such as ``group.sexual``."""

    line: int
    key: str
    text: str

    def __str__(self) -> str:
        """One line for the operator."""
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.key}: {self.text}" if self.key else f"{where}{self.text}"


class PolicyInvalid(Exception):
    """The file is no policy, for all these ``problems``."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load_policy(path: Path | None = None) -> Policy:
    """The policy that comes with Piying, and over it what the file says, if there is one.

    Raises:
        PolicyInvalid: the file says something that no policy can.
        OSError: it cannot be read.
    """
    return shipped_policy() if path is None else read_policy(_text(path))


def read_policy(text: str) -> Policy:
    """The policy that comes with Piying, and over it what the text says.

    Raises:
        PolicyInvalid: it says something that no policy can.
    """
    shipped = shipped_policy()
    said = _parsed(text)
    if problems := tuple(_problems(said, _lines(text))):
        raise PolicyInvalid(problems)
    actions = {name: _over(name, shipped, said) for name in SECTIONS}
    thresholds = {Category(key): float(value) for key, value in said.get(_THRESHOLDS, {}).items()}
    return Policy(actions, {**shipped.thresholds, **thresholds})


@cache
def shipped_policy() -> Policy:
    """The policy that comes with Piying (``data/policy.toml``)."""
    said = tomllib.loads((files("core.safety") / "data" / "policy.toml").read_text("utf-8"))
    thresholds = {Category(key): value for key, value in said.pop(_THRESHOLDS, {}).items()}
    return Policy({name: _row(row) for name, row in said.items()}, thresholds)


def _over(name: str, shipped: Policy, said: dict[str, Any]) -> dict[Category, Action]:
    """One section of the file, over the shipped one. Of a category that the file names no shipped exception stays."""
    named = {Category(key) for section in SECTIONS for key in said.get(section, {})}
    kept = shipped.actions.get(name, {}).items()
    old = {category: action for category, action in kept if name == "everywhere" or category not in named}
    return {**old, **_row(said.get(name, {}))}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise PolicyInvalid((Problem(0, "", "the file is not UTF-8"),)) from error


def _row(said: dict[str, str]) -> dict[Category, Action]:
    return {Category(key): Action(value) for key, value in said.items()}


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid((Problem(0, "", f"this is no TOML: {error}"),)) from error


def _problems(said: dict[str, Any], lines: dict[str, int]) -> Iterator[Problem]:
    for section, row in said.items():
        if section not in {*SECTIONS, _THRESHOLDS}:
            allowed = ", ".join((*SECTIONS, _THRESHOLDS))
            yield Problem(lines.get(section, 0), section, f"no such section; there is {allowed}")
        elif not isinstance(row, dict):
            yield Problem(lines.get(section, 0), section, f"this is a section; write [{section}]")
        else:
            for key, value in row.items():
                yield from _problem(section, key, value, lines)


def _problem(section: str, key: str, value: object, lines: dict[str, int]) -> Iterator[Problem]:
    name = f"{section}.{key}"
    line = lines.get(name, 0)
    if key == Category.MINORS:
        yield Problem(line, name, _NEVER)
    elif key not in OPEN:
        yield Problem(line, name, f"no such category; there is {_CATEGORIES}")
    elif section == _THRESHOLDS:
        if not _is_threshold(value):
            yield Problem(line, name, f"{value!r} is no threshold; write a number above 0 and at most 1")
    elif value not in tuple(Action):
        yield Problem(line, name, f"{value!r} is no action; there is {_ACTIONS}")


def _is_threshold(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1


def _lines(text: str) -> dict[str, int]:
    """Where sections and keys stand, for files written in the usual way."""
    found: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if table := _TABLE.match(line):
            section = table[1]
            found.setdefault(section, number)
        elif key := _KEY.match(line):
            found.setdefault(f"{section}.{key[1]}" if section else key[1], number)
    return found
