"""Turns a card and its repositories into the files to store, each with where it comes from and how it is saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.catalogue.local import PREVIEW, LocalCard, Source
from core.engines.local.weights import choice
from core.engines.local.weights.errors import WeightsError
from core.engines.local.weights.manifest import Origin, safe_name
from core.engines.local.weights.precision import BFLOAT16, PUBLISHED, kept_modules
from core.engines.local.weights.repositories import (
    WANTED,
    FolderRepository,
    HubRepository,
    Listing,
    Published,
    Repository,
)
from core.engines.local.weights.whole import strangeness, without_weights

EXTRAS = "extras"
Find = Callable[[str, Source], Repository]
"""The repository of the base (``""``) or of an extra, by its name."""


@dataclass(frozen=True)
class Item:
    """One file to store as ``target``, a path below the model's folder."""

    repository: Repository
    published: Published
    target: str

    @property
    def component(self) -> str:
        """The folder it is in; empty for an index of the model."""
        return self.target.partition("/")[0] if "/" in self.target else ""


@dataclass(frozen=True)
class Plan:
    """Everything a model is made of; ``leave_out`` are components that its index must not list.

    ``lacks`` says, a line each, why something is left out that a model can do without.
    """

    items: tuple[Item, ...]
    origins: tuple[Origin, ...]
    leave_out: Collection[str] = ()
    lacks: tuple[str, ...] = ()


def make_plan(card: LocalCard, find: Find) -> Plan:
    """Ask each repository once. The previews' decoder is left out where it cannot be had.

    Raises:
        WeightsError: a repository cannot be asked, or lacks something.
    """
    index = choice.MODULAR_INDEX if card.pipeline.endswith("ModularPipeline") else choice.INDEX
    repository = find("", card.source)
    base = plan_of(repository, card.source.leave_out, index)
    _check_whole(card, repository, base, index)
    extras, lacks = [], []
    for name, source in card.extras.items():
        try:
            extras.append(_extra(name, source, find(name, source)))
        except WeightsError as error:
            if name != PREVIEW:
                raise
            lacks.append(f"{error}; previews will be coarser")
    origins = dict.fromkeys([*base.origins, *(origin for _, origin in extras)])
    items = (*base.items, *(item for item, _ in extras))
    return Plan(items, tuple(origins), card.source.leave_out, tuple(lacks))


def _check_whole(card: LocalCard, repository: Repository, base: Plan, index: str) -> None:
    """A hub's repository is the card's own; what is in a folder is for whoever brought it to know."""
    content = choice.parse(index, repository.fetch(index).read_bytes())
    problem = "" if base.origins[0].commit else strangeness(card, content)
    if lost := without_weights(card, content, [item.target for item in base.items]):
        problem = problem or f"there are no safetensors of {', '.join(lost)}"
    if problem:
        raise WeightsError(f"{repository.place}: {problem}")


def plan_of(repository: Repository, leave_out: Collection[str] = (), index: str = choice.INDEX) -> Plan:
    """What is needed of one repository in diffusers' layout.

    Raises:
        WeightsError: it cannot be asked, or is in no such layout.
    """
    listing = repository.listing()
    try:
        names = choice.choose(listing.files, lambda name: repository.fetch(name).read_bytes(), leave_out, index)
    except WeightsError as error:
        if listing.origin.commit:
            raise
        raise WeightsError(f"{repository.place}: {error}; {WANTED}") from error
    return Plan(tuple(Item(repository, listing.files[name], name) for name in names), (listing.origin,), leave_out)


def from_hub(folder: Path) -> Find:
    """Repositories of a hub, whose files wait in ``folder`` until they are stored."""

    def find(name: str, source: Source) -> Repository:
        return HubRepository(source, folder / (name or "base"))

    return find


def from_folder(folder: Path) -> Find:
    """All in one folder: the base in diffusers' layout, extras in its ``extras`` or beside ``model_index.json``."""

    def find(_name: str, _source: Source) -> Repository:
        return FolderRepository(folder)

    return find


def how_saved(item: Item, folder: Path) -> str:
    """``published``, or a precision and what keeps its own; ``folder`` has the component's settings already.

    What decodes pictures and sound keeps its precision, for recipes that want it; so do LoRAs, which are small.
    """
    component = item.component
    if not item.target.endswith(choice.WEIGHTS) or component == EXTRAS or _decodes(component):
        return PUBLISHED
    path = folder / component / "config.json"
    kept = kept_modules(json.loads(path.read_text("utf-8"))) if path.is_file() else ()
    return f"{BFLOAT16} but {' '.join(kept)}" if kept else BFLOAT16


def kept_by(saved_as: str) -> tuple[str, ...]:
    """The modules that keep their precision, from what ``how_saved`` says."""
    return tuple(saved_as.partition(" but ")[2].split())


def _decodes(component: str) -> bool:
    return component.endswith("vae") or component == "vocoder"


def _extra(name: str, source: Source, repository: Repository) -> tuple[Item, Origin]:
    listing = repository.listing()
    published = _find(name, source, repository, listing)
    if not published.name.endswith(choice.WEIGHTS):
        raise WeightsError(f"the extra {name} is no file of safetensors: not taken")
    return Item(repository, published, safe_name(f"{EXTRAS}/{name}{choice.WEIGHTS}")), listing.origin


def _find(name: str, source: Source, repository: Repository, listing: Listing) -> Published:
    known = (source.file,) if listing.origin.commit else tuple(_names(name, source))
    for file in known:
        if file in listing.files:
            return listing.files[file]
    raise WeightsError(f"the extra {name} is missing: {repository.place} has no {', nor '.join(known)}")


def _names(name: str, source: Source) -> Iterator[str]:
    """What an extra's file may be called in a folder: as published, or as it is stored."""
    published = Path(source.file).name
    places = (source.file, f"{EXTRAS}/{name}{choice.WEIGHTS}", f"{EXTRAS}/{source.file}", f"{EXTRAS}/{published}")
    yield from dict.fromkeys((*places, published))
