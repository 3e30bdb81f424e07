"""A prompt without what was held against it."""

from __future__ import annotations

import pytest

from core.safety.softer import without


@pytest.mark.parametrize(
    ("prompt", "fragment", "left"),
    [
        ("a nude woman in a park", "nude", "a woman in a park"),
        ("a NUDE woman, nude, in a park", "nude", "a woman, in a park"),
        ("a woman in a park, n u d e", "n u d e", "a woman in a park"),
        ("一个赤裸的女人在公园里", "赤裸的", "一个女人在公园里"),
        ("一只猫，血腥，在雪地里", "血腥", "一只猫，在雪地里"),
        ("a denuded hill, nude", "nude", "a denuded hill"),
    ],
)
def test_what_is_left_reads_well(prompt: str, fragment: str, left: str) -> None:
    assert without(prompt, fragment) == left


@pytest.mark.parametrize(
    ("prompt", "fragment"),
    [("a nude", "nude"), ("裸", "裸"), ("a cat", "nude"), ("a denuded hill", "nude"), ("a cat", ""), ("a cat", "  ")],
)
def test_there_is_none_where_nothing_would_be_left_or_nothing_is_found(prompt: str, fragment: str) -> None:
    assert without(prompt, fragment) is None
