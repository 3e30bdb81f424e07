"""Turns options in plain words, beside those of controls, into what a recipe is asked for and what it cannot do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from core.catalogue.cards import ModelCard, Recipe
from core.types import Note, Options

NegativeReader = Callable[[str], tuple[str, str]]
"""Takes what shall not be there out of a prompt: what is left of it, and the negative prompt, "" if there is none."""


def merge(chosen: Options, spoken: Options) -> Options:
    """Controls win over words."""
    return replace(
        chosen,
        ratio=chosen.ratio or spoken.ratio,
        seconds=spoken.seconds if chosen.seconds is None else chosen.seconds,
        resolution=chosen.resolution or spoken.resolution,
        seed=spoken.seed if chosen.seed is None else chosen.seed,
        recipe=chosen.recipe or spoken.recipe,
        fps=spoken.fps if chosen.fps is None else chosen.fps,
        takes=spoken.takes if chosen.takes is None else chosen.takes,
    )


def split_negative(
    prompt: str, card: ModelCard, recipe: Recipe, read_negative: NegativeReader
) -> tuple[str, str, tuple[Note, ...]]:
    """The prompt and the negative prompt that the recipe is given, and a note where it cannot follow one.

    Then the words stay in the prompt: a distilled model may still heed them. So they do for the built-in engine, which
    reads them itself.
    """
    rest, negative = read_negative(prompt)
    if not negative or (card.local is None and card.hosted is None):
        return prompt, "", ()
    if not card.takes_negative(recipe):
        return prompt, "", (Note("negative-ignored", {"recipe": recipe.key, "words": negative}),)
    return rest, negative, ()


def join_negatives(chosen: str | None, spoken: str) -> str:
    """Both, but each thing once: a clip made again brings the whole of its negative prompt along.

    A translator may have made a sentence of what is a list.
    """
    spoken = spoken.rstrip(" .。")
    return ", ".join(dict.fromkeys(f"{chosen}, {spoken}".split(", "))) if chosen else spoken


def attainable(options: Options, card: ModelCard) -> Options:
    """Without a 4K or 8K that the model has not: people write them as praise (cinematic, 4K) more than as a wish.

    Who writes 1080p means it, and is refused.
    """
    return replace(options, resolution=None) if _is_praise(options, card) else options


def note_unheeded(options: Options, card: ModelCard) -> Iterator[Note]:
    """Every model has one frame rate of its own, and one request makes one clip; who asks for more is told."""
    if _is_praise(options, card):
        yield Note("resolution-ignored", {"asked": f"{options.resolution}", "known": ", ".join(card.resolutions)})
    if options.fps is not None and options.fps != card.fps:
        yield Note("fps-fixed", {"asked": f"{options.fps:g}", "fps": f"{card.fps}"})
    if options.seed is not None and not card.takes_seed:
        yield Note("seed-ignored", {"recipe": options.recipe or card.key})
    if (options.takes or 1) > 1:
        yield Note("one-clip")


def _is_praise(options: Options, card: ModelCard) -> bool:
    return (options.resolution or "").endswith("K") and options.resolution not in card.resolutions
