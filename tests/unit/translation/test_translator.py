"""The translator for when there is none: what passes, what is refused, and what it says of itself."""

from __future__ import annotations

import pytest

from core.errors import Unsupported
from core.types import Translation
from translation.translator import Untranslated


@pytest.mark.parametrize(
    ("text", "language"), [("一只猫", "zh"), ("a cat", "en"), ("一只猫 wide shot", "zh"), ("🐱", "none")]
)
async def test_the_text_goes_on_as_it_came(text: str, language: str) -> None:
    found = await Untranslated().translate(text, ["en", "zh"])
    assert found == Translation(text, language, translator="none", translated=False)


@pytest.mark.parametrize(
    ("text", "languages", "language"),
    [
        ("猫がいる", ["en", "zh"], "ja"),
        ("Привет кот", ["en", "zh"], "other"),
        ("一只猫", ["en"], "zh"),
        ("a cat", ["zh"], "en"),
    ],
)
async def test_what_the_model_cannot_read_is_refused(text: str, languages: list[str], language: str) -> None:
    with pytest.raises(Unsupported) as refused:
        await Untranslated().translate(text, languages)
    assert (refused.value.code, refused.value.details) == ("language-unsupported", {"language": language})
