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
FILM = "film"
"""What makes one film of finished clips: always there, and chosen by nobody."""
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
    models: Iterable[Model],
    keys: Collection[str] = (),
    territory: str | None = None,
    default: str | None = None,
    *,
    hosted: Iterable[Model] = (),
) -> Catalogue:
    """The catalogue of the built-in model and those of ``keys``, as far as their licences grant it in ``territory``.

    ``hosted`` are vendors' models that can be used. Whoever pays for one means it: the first that makes a video of
    words alone is the default, where no other is named and no model of one's own is enabled.

    Raises:
        NotGranted: a licence excludes the territory, or excludes some and none is declared.
        ValueError: an unknown model, a vendor's model without its vendor, or an unknown default recipe.
    """
    known = {model.card.key: model for model in models}
    if unknown := [key for key in keys if key not in known]:
        raise ValueError(f"no model {', '.join(unknown)}: there is {', '.join(known)}")
    paid = {model.card.key: model for model in hosted}
    for key in keys:
        check_territory(known[key].card, territory)
        if known[key].card.hosted and key not in paid:
            raise ValueError(f"{key} needs its vendor's key: PIYING_ENGINES__{known[key].card.engine.upper()}__KEY")
    own = tuple(known[key] for key in dict.fromkeys((BUILT_IN, FILM, *keys)) if key in known and key not in paid)
    if default is None and all(model.card.key in {BUILT_IN, FILM} for model in own):
        default = next((_standard(model) for model in paid.values() if "none" in model.card.pictures), None)
    return Catalogue((*own, *paid.values()), default)


def _standard(model: Model) -> str:
    """The recipe that whoever names none means."""
    keys = [recipe.key for recipe in model.recipes]
    return next((key for key in keys if key.endswith("standard")), keys[0])


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
