"""What is drawn does not depend on the language: a Chinese prompt and its English twin have the same subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from core.engines.scene.parser import parse
from tests.unit.scene.following import PROMPTS
from translation.phrase import PhraseTranslator

LEAST = 0.95
"""Of the pairs whose English a person wrote."""
LEAST_TRANSLATED = 0.9
"""Of the same prompts in the built-in translator's English: what it gets wrong counts here too."""

Twins = list[tuple[str, str]]


@pytest.fixture(scope="module")
def twins() -> Twins:
    lines = (PROMPTS / "twins.tsv").read_text("utf-8").splitlines()
    return [(chinese, english) for chinese, english in (line.split("\t") for line in lines)]


def sprites(prompt: str) -> set[str]:
    return {subject.sprite for subject in parse(prompt).subjects}


def apart(twins: Twins, write: Callable[[str, str], str]) -> Iterator[str]:
    """Those that are drawn with other subjects, with both."""
    for chinese, english in twins:
        text = write(chinese, english)
        drawn, twin = sprites(chinese), sprites(text)
        if drawn != twin:
            yield f"{chinese} {sorted(drawn)} / {text} {sorted(twin)}"


def test_there_are_two_hundred_twins_with_something_to_draw(twins: Twins) -> None:
    assert len({chinese for chinese, _ in twins}) == 200
    assert sum(bool(sprites(chinese) and sprites(english)) for chinese, english in twins) >= 190


def test_a_prompt_is_drawn_as_its_english_twin(twins: Twins) -> None:
    other = list(apart(twins, lambda _chinese, english: english))
    print("\n".join(other))
    assert len(other) <= (1 - LEAST) * len(twins)


def test_a_prompt_is_drawn_as_its_translation(twins: Twins) -> None:
    translator = PhraseTranslator()
    other = list(apart(twins, lambda chinese, _english: translator.translate(chinese)))
    print("\n".join(other))
    assert len(other) <= (1 - LEAST_TRANSLATED) * len(twins)
