"""Turns ``templates.toml`` into sentences, harmful ones and innocent ones that look like them."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.types import Category

_SLOT = re.compile(r"\{(who|public|ruler|work|brand|thing|move|dish|actor|deed)\}")
_TIMES = {"": 5, "who": 8, "named": 36, "innocent": 5}
"""How often a template is filled, by what is in it."""
_HARMLESS, _NEIGHBOURS, _NEIGHBOUR_STORIES, _EVERYDAY = 90, 4, 12, 2


@dataclass(frozen=True)
class Sentence:
    """``innocent``: it means no harm, though it may have words of its category."""

    text: str
    category: Category | None
    language: str
    innocent: bool


def sentences(seed: int) -> list[Sentence]:
    """Every template, filled some times over, each sentence once."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return list(dict.fromkeys(_filled(data, random.Random(seed))))


def _filled(data: dict[str, Any], rng: random.Random) -> Iterator[Sentence]:
    for name, lists in data["category"].items():
        for key, templates in lists.items():
            language, innocent = key.removeprefix("innocent_"), key.startswith("innocent_")
            for template in templates:
                for number in range(_times(template, innocent=innocent)):
                    frame = "{}" if number == 0 else rng.choice(data["frames"][language])
                    text = frame.replace("{}", _fill(template, data, language, rng))
                    yield Sentence(text, Category(name), language, innocent)
    for language, templates in data["harmless"].items():
        for template in templates * _HARMLESS:
            yield Sentence(_fill(template, data, language, rng), None, language, innocent=True)
    for name, times, stories in (
        ("neighbours", _NEIGHBOURS, _NEIGHBOUR_STORIES),
        ("everyday", _EVERYDAY, 2 * _EVERYDAY),
    ):
        for language, templates in data[name].items():
            for template in templates:
                yield from _framed(template, stories if "{" in template else times, data, language, rng)


def _framed(template: str, times: int, data: dict[str, Any], language: str, rng: random.Random) -> Iterator[Sentence]:
    for number in range(times):
        frame = "{}" if number == 0 else rng.choice(data["frames"][language])
        yield Sentence(frame.replace("{}", _fill(template, data, language, rng)), None, language, innocent=True)


def _times(template: str, *, innocent: bool) -> int:
    slots = set(_SLOT.findall(template))
    return _TIMES["innocent" if innocent else "named" if slots - {"who"} else "who" if slots else ""]


def _fill(template: str, data: dict[str, Any], language: str, rng: random.Random) -> str:
    return _SLOT.sub(lambda found: str(rng.choice(data[found[1]][language])), template)
