"""Turns what feature modules offer under one name into one table, in which each entry answers alone."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TypeVar

Handler = TypeVar("Handler")


def merged(modules: Sequence[ModuleType], name: str) -> dict[str, Handler]:
    """What all modules have under that name.

    Raises:
        ValueError: two have an entry of one name, and nobody could say which answers.
    """
    table: dict[str, Handler] = {}
    for module in modules:
        found = getattr(module, name, {})
        if twice := table.keys() & found.keys():
            raise ValueError(f"{name} of {module.__name__} are another module's as well: {sorted(twice)}")
        table.update(found)
    return table
