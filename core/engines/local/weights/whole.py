"""Turns a card and the index of a model into what speaks against it: another pipeline's, or without its weights."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from core.catalogue.local import LocalCard
from core.engines.local.families import family
from core.engines.local.weights import choice

_SAVED_AS = {
    # It is made of one, when it is pulled.
    "AnimateDiffPipeline": ("StableDiffusionPipeline",),
    # All are of the same components, and diffusers' own conversion saves the first.
    "LTXConditionPipeline": ("LTXPipeline", "LTXImageToVideoPipeline", "LTXConditionPipeline"),
}
"""The classes that an index may name where they are not the card's own."""
_GB = 1e9
_FAR_LESS = 0.1


def strangeness(card: LocalCard, index: Mapping[str, Any]) -> str:
    """Why the index of a folder is not that of the card's model; empty where it may be."""
    wanted = tuple(_classes(card))
    if (found := index.get("_class_name")) not in wanted:
        return f"its index is of {found or 'no pipeline'}, and the card's model of {' or '.join(wanted)}"
    if lost := _unnamed(card, frozenset(choice.components_of(index))):
        return f"its index names no {', nor '.join(lost)}"
    return ""


def without_weights(card: LocalCard, index: Mapping[str, Any], files: Collection[str]) -> list[str]:
    """The family's modules that the index names, and of which no file is safetensors."""
    stages = family(card.family)
    modules = {*stages.text, *stages.denoiser, *stages.decoder} - set(card.source.leave_out)
    there = {name.partition("/")[0] for name in files if name.endswith(choice.WEIGHTS)}
    return [name for name in choice.components_of(index) if name in modules - there]


def doubt_of_size(card: LocalCard, size: int) -> str:
    """Whether so many bytes are far less than the card's model has."""
    if size >= _FAR_LESS * card.disk_gb * _GB:
        return ""
    return f"all files together have {size / _GB:.3g} GB, and the card says {card.disk_gb:g}: is this the whole model?"


def _classes(card: LocalCard) -> Iterator[str]:
    for pipeline in filter(None, (card.pipeline, card.image_pipeline)):
        yield from _SAVED_AS.get(pipeline, (pipeline,))


def _unnamed(card: LocalCard, named: Collection[str]) -> list[str]:
    """Of the modules that no model of the family can do without, those that are not named."""
    stages = family(card.family)
    needed = (stages.text[:1], stages.transformers or stages.denoiser, stages.decoder[:1])
    return [" or ".join(names) for names in needed if not any(name in named for name in names)]
