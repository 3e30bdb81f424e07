"""Turns a service's label into a category, and the words of a failed exchange into those of a panel."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from core.exchange import ServiceFailed
from core.safety.panel import ModeratorDown
from core.types import Category

_ANY = "*"


def category_of(service: str, label: str) -> Category:
    """The category of a label, by its name or by the longest beginning that is known; else what ``*`` stands for."""
    known = _labels()[service]
    found = max((name for name in known if name != _ANY and label.startswith(name)), key=len, default=_ANY)
    return Category(known[label if label in known else found])


def labels_of(service: str) -> frozenset[str]:
    """All labels that are known."""
    return frozenset(_labels()[service]) - {_ANY}


@contextmanager
def as_verdict() -> Iterator[None]:
    """Around asking a service and reading its answer: whatever is amiss is no verdict.

    Raises:
        ModeratorDown: with the reason of the exchange, or ``unreadable``.
    """
    try:
        yield
    except ServiceFailed as failed:
        raise ModeratorDown(failed.reason) from failed
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise ModeratorDown("unreadable") from error


@cache
def _labels() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("core.safety.hosted") / "labels.toml").read_text("utf-8"))
