"""Turns cards of vendors' models into those that a vendor's key gives access to, with their prices in credits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.catalogue.cards import Model
from core.catalogue.hosted import Currency, Offer, Price, Rates, Region
from core.types import Resolution

STATED = "the operator's settings"


@dataclass(frozen=True)
class Terms:
    """How an operator uses one vendor. ``only`` are keys of cards, all if empty.

    ``prices`` are money a second in ``currency`` by card and resolution, in place of the card's. ``model`` is the
    vendor's name of the model, where the card leaves that to the operator.
    """

    vendor: str
    region: Region
    only: Collection[str] = ()
    prices: Mapping[str, Mapping[Resolution, Decimal]] = field(default_factory=dict)
    currency: Currency = "USD"
    model: str = ""


def offered(models: Iterable[Model], terms: Terms, rates: Rates, today: date) -> tuple[Model, ...]:
    """The vendor's models that can be used, those it prefers first.

    Left out are those of another region, those past their end, and those whose price nobody has stated.

    Raises:
        ValueError: the terms name a card that the vendor has not.
    """
    own = {model.card.key: model for model in models if model.card.engine == terms.vendor and model.card.hosted}
    if unknown := [key for key in (*terms.only, *terms.prices) if key not in own]:
        raise ValueError(f"{terms.vendor} has no model {', '.join(unknown)}: there is {', '.join(own)}")
    wanted = [model for key, model in own.items() if not terms.only or key in terms.only]
    usable = (_on_terms(model, terms, rates) for model in wanted if not _has_ended(model, today))
    return tuple(
        sorted(filter(None, usable), key=lambda model: not (model.card.hosted and model.card.hosted.preferred))
    )


def unpriced(models: Iterable[Model], terms: Terms) -> tuple[str, ...]:
    """Keys of the vendor's cards that nobody has stated a price for: they are not offered."""
    own = (model for model in models if model.card.engine == terms.vendor)
    return tuple(
        model.card.key for model in own if (offer := _offer(model, terms)) and not _credits(model, offer, None)
    )


def _is_second_choice(model: Model) -> bool:
    return not (model.card.hosted and model.card.hosted.preferred)


def _has_ended(model: Model, today: date) -> bool:
    return model.card.end_of_life is not None and model.card.end_of_life <= today


def _offer(model: Model, terms: Terms) -> Offer | None:
    facts = model.card.hosted
    offer = facts.at.get(terms.region) if facts else None
    if offer is None:
        return None
    told = terms.prices.get(model.card.key)
    price = Price(currency=terms.currency, per_second=told, as_of=date.min, stated_by=STATED) if told else offer.price
    return Offer(model=offer.model or terms.model, price=price)


def _on_terms(model: Model, terms: Terms, rates: Rates) -> Model | None:
    offer, facts = _offer(model, terms), model.card.hosted
    if offer is None or facts is None or not (priced := _credits(model, offer, rates)):
        return None
    card = model.card.model_copy(update={"hosted": facts.model_copy(update={"at": {terms.region: offer}})})
    recipes = [recipe.model_copy(update={"credits_per_second": priced[recipe.key]}) for recipe in model.recipes]
    # Validated anew: an operator's price may leave a resolution out.
    return Model.model_validate({"card": card, "recipes": recipes})


def _credits(model: Model, offer: Offer, rates: Rates | None) -> dict[str, Mapping[Resolution, int]]:
    """By recipe: of the price, else as the card says; nothing where neither is there."""
    if offer.price:
        made: Mapping[Resolution, int] = rates.credits_a_second(offer.price) if rates else {}
        return {recipe.key: made for recipe in model.recipes}
    stated = {recipe.key: recipe.credits_per_second for recipe in model.recipes}
    return stated if all(stated.values()) else {}
