"""Turns a run of Chinese characters into words, by the likeliest way to cut it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from translation.source import Token

LONGEST_WORD = 8


def segment(tokens: Sequence[Token], costs: Mapping[str, float], unknown: float) -> list[Token]:
    """Join neighbouring characters to words.

    ``costs`` are negative log probabilities; a character without one costs ``unknown``.
    """
    words: list[Token] = []
    run: list[str] = []
    for token in tokens:
        if token.kind == "han":
            run.append(token.text)
            continue
        words += [Token(word, "han") for word in cut("".join(run), costs, unknown)]
        run = []
        words.append(token)
    return words + [Token(word, "han") for word in cut("".join(run), costs, unknown)]


def cut(run: str, costs: Mapping[str, float], unknown: float) -> list[str]:
    """The words of a run of nothing but Chinese characters."""
    best = [0.0]
    starts = [0]
    for end in range(1, len(run) + 1):
        best.append(best[end - 1] + costs.get(run[end - 1], unknown))
        starts.append(end - 1)
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            cost = costs.get(run[start:end])
            if cost is not None and best[start] + cost < best[end]:
                best[end], starts[end] = best[start] + cost, start
    words: list[str] = []
    end = len(run)
    while end:
        words.append(run[starts[end] : end])
        end = starts[end]
    return words[::-1]
