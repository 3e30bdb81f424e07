"""Turns a prompt and the words that were held against it into the prompt without them."""

from __future__ import annotations

import re

_FEWEST_LETTERS, _FEWEST_CHARACTERS = 4, 2
_HAN = re.compile("[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_BLANKS = re.compile(r"[^\S\n]{2,}")
_BEFORE_A_MARK = re.compile(r"\s+(?=[,.;:!?，。；：！？、])")
_MARKS = re.compile(r"([,;，；、])(?:\s*[,;，；、])+")
_EDGES = " \t\n,;，；、"


def without(prompt: str, fragment: str) -> str | None:
    """The prompt without the fragment, wherever it stands; None where it stands nowhere, or too little is left."""
    if not fragment.strip():
        return None
    # Words that are written with blanks end where the fragment does.
    whole = rf"(?<![a-z0-9]){re.escape(fragment.strip())}(?![a-z0-9])"
    text, count = re.subn(whole, " ", prompt, flags=re.IGNORECASE)
    if not count:
        return None
    text = _MARKS.sub(r"\1", _BEFORE_A_MARK.sub("", _joined(text))).strip(_EDGES)
    return text if _is_prompt(text) else None


def _joined(text: str) -> str:
    """Blanks keep words apart, and Chinese characters need none."""
    han = _HAN.pattern
    return re.sub(f"(?<={han}) +(?={han})", "", _BLANKS.sub(" ", text))


def _is_prompt(text: str) -> bool:
    return len(_HAN.findall(text)) >= _FEWEST_CHARACTERS or len(_LETTER.findall(text)) >= _FEWEST_LETTERS
