"""Turns a prompt, in Chinese or English or both, into a Scene. Rules and word lists only: no model, no guessing."""

from __future__ import annotations

from core.engines.scene.binding import Binder
from core.engines.scene.folding import fold
from core.engines.scene.lexicon import load_lexicon
from core.engines.scene.meaning import settle
from core.engines.scene.phrases import name_things
from core.engines.scene.scene import Scene
from core.engines.scene.tokens import tokenise
from core.engines.scene.wearing import undress

LONGEST = 10_000  # characters read of a prompt


def parse(prompt: str) -> Scene:
    """What ``prompt`` asks for.

    Never raises, never draws what is not named, and reports what is named and cannot be drawn. At most four kinds of
    subjects with one to twelve of each; what is over is reported as left out. The same prompt gives the same scene.
    """
    lexicon = load_lexicon()
    folded = fold(prompt[:LONGEST], lexicon.simplified)
    tokens = tokenise(folded, lexicon)
    settle(tokens, lexicon)
    tokens = name_things(tokens, lexicon)
    undress(tokens, lexicon)
    return Binder(folded, lexicon, tokens).read()
