"""Turns placeholders into the variables of a message template, which translation services leave alone, and back."""

from __future__ import annotations

import re

from translation.ports import TranslatorFailed

_PLACEHOLDER = re.compile("<k([0-9]{1,4})>")
_VARIABLE = re.compile(r"[{｛]\s?[{｛]\s?([0-9]{1,4})\s?[}｝]\s?[}｝]")


def to_variables(text: str) -> str:
    """``<k0>`` as ``{{0}}``: services take the former for markup, or refuse it.

    Raises:
        TranslatorFailed: ``copy-lost``: the text has such variables of its own, nobody could tell them apart.
    """
    if _VARIABLE.search(text):
        raise TranslatorFailed("copy-lost")
    return _PLACEHOLDER.sub(r"{{\1}}", text)


def from_variables(text: str) -> str:
    """And back, where the service may have put spaces or wide braces."""
    return _VARIABLE.sub(r"<k\1>", text)
