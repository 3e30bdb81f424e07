"""Turns TOML files into the models that may be used here."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pydantic
from pydantic_core import ErrorDetails

from core.catalogue.cards import Model, ModelCard
from core.catalogue.catalogue import Catalogue

BUILT_IN = "scene"
"""The model that needs no weights, and so is always there."""
_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - a list
)


class BadCard(ValueError):
    """A file of the catalogue is not as it should be; the text names it and what is wrong."""


class NotGranted(ValueError):
    """A licence does not cover the use of a model here."""


def load_models(folder: Path | None = None) -> tuple[Model, ...]:
    """Read and validate every TOML file of ``core/catalogue/models`` and of ``folder``, an operator's own cards.

    Raises:
        BadCard: a file is not as it should be.
        OSError: the folder cannot be read.
    """
    entries = sorted(
        (files("core.catalogue") / "models").iterdir(), key=lambda entry: (entry.name != f"{BUILT_IN}.toml", entry.name)
    )
    own = sorted(folder.iterdir()) if folder else []
    return tuple(_read(entry) for entry in (*entries, *own) if entry.name.endswith(".toml"))


def _read(entry: Traversable | Path) -> Model:
    try:
        return Model.model_validate(tomllib.loads(entry.read_text("utf-8")))
    except pydantic.ValidationError as error:
        raise BadCard(f"{entry.name}: {'; '.join(map(_told, error.errors()))}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadCard(f"{entry.name}: {error}") from error


def _told(error: ErrorDetails) -> str:
    """Where, unless it is the whole file, and what."""
    place = ".".join(map(str, error["loc"]))
    return ": ".join(filter(None, (place, error["msg"].removeprefix("Value error, "))))


def enable(
    models: Iterable[Model], keys: Collection[str] = (), territory: str | None = None, default: str | None = None
) -> Catalogue:
    """The catalogue of the built-in model and those of ``keys``, as far as their licences grant it in ``territory``.

    Raises:
        NotGranted: a licence excludes the territory, or excludes some and none is declared.
        ValueError: an unknown model, or an unknown default recipe.
    """
    known = {model.card.key: model for model in models}
    if unknown := [key for key in keys if key not in known]:
        raise ValueError(f"no model {', '.join(unknown)}: there is {', '.join(known)}")
    for key in keys:
        check_territory(known[key].card, territory)
    return Catalogue(tuple(known[key] for key in dict.fromkeys((BUILT_IN, *keys))), default)


def check_territory(card: ModelCard, territory: str | None) -> None:
    """Whether a card's licence grants its use there.

    Raises:
        NotGranted: it does not, or where it is used was not declared.
    """
    if not card.excluded_territories:
        return
    excluded = ", ".join(card.excluded_territories)
    if territory is None:
        raise NotGranted(f"the licence of {card.key} does not cover {excluded}: declare where you are")
    if territory in card.excluded_territories or ("EU" in card.excluded_territories and territory in _EU):
        raise NotGranted(
            f"the licence of {card.key} ({card.licence}) does not cover {excluded}, and you are in {territory}"
        )


def load_catalogue() -> Catalogue:
    """The catalogue of an installation that has set nothing: the built-in model."""
    return enable(load_models())
