"""Turns a GenerationSpec into a vendor's order with its pictures, and an order into what it will cost."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from PIL import Image

from core.catalogue.cards import ModelCard, Recipe, length_of
from core.catalogue.hosted import HostedCard, ImageRule, Price, Rates, Region
from core.engines.hosted.vendor import Order, Picture, Status
from core.errors import EngineFault
from core.types import GenerationSpec, Ratio, Resolution

_QUALITIES = (95, 85, 70, 50)
MOST_REVISED = 1000
"""Characters that are kept of what a vendor says it made of a prompt: a clip's signature has to hold them."""


@dataclass(frozen=True)
class Taken:
    """What an order takes: millionths of a US dollar, and the same in the vendor's words."""

    usd: int
    price: str


def hosted(card: ModelCard) -> HostedCard:
    """The part of a card that is about its vendor; only such cards come here."""
    assert card.hosted is not None
    return card.hosted


def compose(
    spec: GenerationSpec,
    card: ModelCard,
    recipe: Recipe,
    *,
    region: Region,
    folder: Path,
    mark: str,
    watermark: bool | None,
) -> Order:
    """The order for a spec; its pictures are read from ``folder``. Blocking. The same mark, the same order."""
    facts = hosted(card)
    resolution, ratio = shape_of(spec, card)
    return Order(
        model=facts.at[region].model,
        prompt=spec.prompt,
        mark=mark,
        seconds=length_of(spec.num_frames, spec.fps),
        resolution=resolution,
        ratio=ratio,
        width=spec.width,
        height=spec.height,
        card=facts,
        negative_prompt=spec.negative_prompt,
        seed=spec.seed % (facts.max_seed + 1) if facts.has_seed else None,
        image=_picture(folder, spec.image, facts.image),
        last_image=_picture(folder, spec.last_image, facts.image),
        watermark=watermark,
        arguments=recipe.hosted.arguments if recipe.hosted else {},
    )


def shape_of(spec: GenerationSpec, card: ModelCard) -> tuple[Resolution, Ratio]:
    """The names of a spec's size.

    Raises:
        EngineFault: the card has changed since.
    """
    for resolution in card.resolutions:
        for ratio in card.ratios:
            if card.size(resolution, ratio) == (spec.width, spec.height):
                return resolution, ratio
    raise EngineFault


def taken_by(order: Order, price: Price | None, rates: Rates, told: Status | None = None) -> Taken:
    """By the price list, or by what the vendor said of the finished clip: its seconds, or the very amount."""
    if price is None:
        return Taken(0, "")
    if told and told.amount is not None:
        return Taken(rates.usd(told.amount, "USD"), f"{told.amount} USD")
    each = price.per_second[order.resolution]
    length = Decimal(str((told and told.seconds) or order.seconds))
    return Taken(rates.usd(each * length, price.currency), f"{length} s x {each} {price.currency}")


def _picture(folder: Path, key: str | None, rule: ImageRule) -> Picture | None:
    if key is None:
        return None
    with Image.open(folder / PurePosixPath(key).name, formats=("PNG",)) as image:
        image.load()
    fitted = _within(image.convert("RGB"), rule)
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        fitted.save(buffer, "JPEG", quality=quality, subsampling=0 if quality > 90 else -1)
        if buffer.tell() <= rule.max_bytes:
            return Picture(buffer.getvalue())
    raise EngineFault


def _within(image: Image.Image, rule: ImageRule) -> Image.Image:
    """With every side as long as the vendor wants it; the shape stays."""
    scale = max(1.0, rule.min_side / min(image.size))
    scale = min(scale, rule.max_side / max(image.size))
    if scale == 1.0:
        return image
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def record(order: Order, vendor: str, told: Status) -> dict[str, str | int | float]:
    """The recipe of record: what was asked for, of whom. Nobody can make the same frames from it again."""
    revised = _plain(told.revised_prompt or "")
    rewritten = {"revised_prompt": revised} if revised else {}
    asked: dict[str, str | int | float] = {
        "engine": vendor,
        "model": order.model,
        "prompt": order.prompt,
        "size": f"{order.width}x{order.height}",
        "seconds": order.seconds,
    }
    return asked | ({} if order.seed is None else {"seed": order.seed}) | rewritten


def _plain(text: str) -> str:
    """A vendor's words as every database, and a clip's signature, takes them."""
    known = text[:MOST_REVISED].encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else " " for letter in known).strip()
