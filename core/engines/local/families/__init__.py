"""Turns the name of a family into its module's ``FAMILY``."""

from __future__ import annotations

from importlib import import_module

from core.engines.local.family import Family

FAMILIES = ("wan", "ltx", "ltx2", "cogvideox", "hunyuan", "hunyuan15", "animatediff", "h3")
"""Every family there is. The list is closed: a card is data, and data imports no code of its own."""


def family(name: str) -> Family:
    """The family that a card names.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in FAMILIES:
        raise ValueError(f"no family {name}: there is {', '.join(FAMILIES)}")
    found: Family = import_module(f"core.engines.local.families.{name}").FAMILY
    return found
