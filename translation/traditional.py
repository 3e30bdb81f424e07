"""Turns our own simplified Chinese into traditional Chinese, as it is written in Taiwan."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from opencc import OpenCC


def to_traditional(text: str) -> str:
    """The same in traditional characters and Taiwan's words (视频 is 影片), Latin letters and figures as they are.

    By OpenCC, then by the reviewed table of what it gets wrong (``locales/zh-Hant.tsv``). Meant for sentences that
    somebody has read: names and descriptions of commands. Readers in Hong Kong are given the same.
    """
    converted = str(_converter().convert(text))
    for wrong, right in corrections():
        converted = converted.replace(wrong, right)
    return converted


@cache
def corrections() -> tuple[tuple[str, str], ...]:
    """What OpenCC gives, and what is put in its place; the longest first."""
    lines = (files("translation") / "locales" / "zh-Hant.tsv").read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(sorted(((wrong, right) for wrong, right, _ in pairs), key=lambda pair: -len(pair[0])))


@cache
def _converter() -> OpenCC:
    return OpenCC("s2twp")
