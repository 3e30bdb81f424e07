"""Turns the options for each stretch of a source sentence into the likeliest English, left to right.

The Chinese was put into English order before, so the search is monotone: a hypothesis is how much of the source is done
and the last two words. One stack a source position; each keeps the best hypotheses only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from translation.english import Word

BEAM = 12
MARGIN = 6.0
"""Hypotheses this much worse than the best of their stack are not followed."""

Words = tuple[int, ...]
Step = tuple[float, "Step | None", "Choice | None"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One translation of the source from where it is listed up to ``end``."""

    end: int
    words: Words
    score: float
    """All that does not depend on what stands around it."""
    shown: tuple[Word, ...]
    """What is written."""


def search(
    choices: Sequence[Sequence[Choice]], word_score: Callable[[int, int, int], float], beam: int = BEAM
) -> list[Choice]:
    """The chosen options in order. ``choices[i]`` begin at source token i, and there is a way through them."""
    size = len(choices)
    stacks: list[dict[tuple[int, int], Step]] = [{} for _ in range(size + 1)]
    stacks[0][0, 0] = (0.0, None, None)
    for place in range(size):
        stack = stacks[place]
        if not stack:
            continue
        best = sorted(stack.items(), key=_score, reverse=True)[:beam]
        floor = best[0][1][0] - MARGIN
        for (before, last), step in best:
            base = step[0]
            if base < floor:
                break
            for choice in choices[place]:
                x, y, score = before, last, base + choice.score
                for word in choice.words:
                    score += word_score(x, y, word)
                    x, y = y, word
                target = stacks[choice.end]
                known = target.get((x, y))
                if known is None or known[0] < score:
                    target[x, y] = (score, step, choice)
    return _path(max(((step[0] + word_score(x, y, 0), step) for (x, y), step in stacks[size].items()), key=_first)[1])


def _score(entry: tuple[tuple[int, int], Step]) -> float:
    return entry[1][0]


def _first(entry: tuple[float, Step]) -> float:
    return entry[0]


def _path(step: Step | None) -> list[Choice]:
    path: list[Choice] = []
    while step is not None and step[2] is not None:
        path.append(step[2])
        step = step[1]
    return path[::-1]
