"""Turns the name of a family into its module's ``FAMILY``."""

from __future__ import annotations

from importlib import import_module

from core.catalogue.local import known_family
from core.engines.local.family import Family


def family(name: str) -> Family:
    """The family that a card names.

    Raises:
        ValueError: there is none of that name.
    """
    found: Family = import_module(f"core.engines.local.families.{known_family(name)}").FAMILY
    return found
