"""Turns a prompt into the words that an engine reads, without a translator: known prompts have their English."""

from __future__ import annotations

from core.errors import Refusal
from core.types import DIRECTOR, Fallback, Request, Translation, Wording

TRANSLATORS = ("phrase", "gloss")
ENGLISH_ONLY = frozenset({"hd"})
"""Recipes that are taken to read nothing else."""
LOSING = "123456"
"""Whoever translates a prompt with it loses it, but for the last one."""
_ENGLISH = {
    "橙色的小猫": "An orange kitten runs to the right in the snow.",
    "猫": "A cat.",
    "企鹅": "Two penguins dance by the sea.",
}


def word(request: Request, prompt: str, recipe: str) -> Wording:
    """As ``core.wording`` does it: settled words stay, others are translated where the recipe needs it."""
    revised = _revise(request, prompt, recipe)
    english = _translate(revised.text, "phrase") if _is_chinese(revised.text) else _as_is(revised.text)
    return Wording(revised, english)


def _revise(request: Request, prompt: str, recipe: str) -> Translation:
    if request.revised:
        text = prompt if request.revised.text == request.prompt else request.revised.text
        if not text.strip():
            raise Refusal("prompt-empty")
        return Translation(text, "", request.revised.translator, translated=request.revised.translated)
    if request.rewrite:
        return Translation(f"{prompt}，远景，暖光", "zh", DIRECTOR, translated=False)
    if request.translator not in {None, *TRANSLATORS}:
        raise Refusal("translator-unknown", translator=str(request.translator), known=", ".join(TRANSLATORS))
    is_read = recipe not in ENGLISH_ONLY or not _is_chinese(prompt)
    return _as_is(prompt) if is_read else _translate(prompt, request.translator or "phrase")


def _translate(text: str, translator: str) -> Translation:
    english = next((english for part, english in _ENGLISH.items() if part in text), "Something to be seen.")
    if translator == "gloss":
        return Translation(f"gloss {english.lower()}", "zh", "gloss", translated=True)
    if LOSING in text:
        fallback = Fallback("phrase", "number-lost", english)
        return Translation(f"gloss {english.lower()} {LOSING}", "zh", "gloss", translated=True, fallbacks=(fallback,))
    return Translation(english, "zh", translator, translated=True)


def _as_is(text: str) -> Translation:
    return Translation(text, "zh" if _is_chinese(text) else "en", "none", translated=False)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
