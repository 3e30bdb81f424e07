"""``piying models …``: the cards there are, and how their weights come here."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from core.catalogue.cards import Model, ModelCard, Recipe, length_of
from core.catalogue.hosted import Offer
from core.catalogue.load import BUILT_IN, FILM, BadCard, NotGranted, check_territory, load_models
from core.catalogue.local import LocalRecipe, Source
from piying.hosted import offered_models
from piying.mistake import Mistake
from piying.readiness import EXTRA, doubt_of, look_at_models, missing_packages, report_of
from piying.settings import Settings

_GB = 1e9
_CANCEL = {"none": "no: the cost stands", "queued": "before it has begun", "any": "at any time"}
_DECLARE = "set PIYING_TERRITORY to an ISO 3166 code such as CN"


def list_models(settings: Settings) -> None:
    """Every card: whether it is used, pulled and granted here, and what it takes."""
    models = _models(settings)
    used = {BUILT_IN, FILM, *settings.models, *(model.card.key for model in offered_models(settings, models.values()))}
    table = _table("used", "made by", "pulled", "granted", "GPU memory, GB", "disk, GB", key="model")
    for card in (model.card for model in models.values()):
        table.add_row(card.key, "yes" if card.key in used else "-", card.engine, *_weights(card, settings))
    Console(markup=False).print(table)


def _table(*columns: str, key: str) -> Table:
    """Keys, which people type, stay whole in a narrow terminal; of the rest nothing is left out."""
    return Table(Column(key, no_wrap=True), *(Column(name, overflow="fold") for name in columns))


def show_model(settings: Settings, key: str) -> None:
    """Every fact of one card, and its recipes.

    Raises:
        Mistake: there is none of that key.
    """
    model = _find(settings, key)
    facts = Table("", Column("", overflow="fold"), show_header=False)
    for name, value in _facts(model.card, settings):
        facts.add_row(name, value)
    console = Console(markup=False)
    console.print(facts)
    console.print(_sizes(model.card))
    console.print(_recipes(model))


def pull_model(settings: Settings, key: str, folder: Path | None) -> None:
    """Bring the weights of one model here, from the hub that its card names or from a folder.

    Raises:
        Mistake: its licence does not grant its use here, or its weights cannot be had.
    """
    card = _find(settings, key).card
    if card.local is None:
        raise Mistake(f"{key} needs no weights")
    _check_granted(card, settings)
    if lost := missing_packages():
        raise Mistake(f"not installed: {', '.join(lost)}: {EXTRA}")
    from core.engines.local.weights.errors import WeightsError
    from core.engines.local.weights.plan import from_folder
    from core.engines.local.weights.pull import pull

    settings.make_data_folder()
    if doubt := doubt_of(card, settings):
        # It may be for another machine.
        print(doubt, file=sys.stderr)
    find = from_folder(folder) if folder else None
    try:
        manifest = pull(card, settings.models_folder, find, report=lambda text: print(text, file=sys.stderr))
    except WeightsError as error:
        raise Mistake(f"{key}: {error}") from error
    print(f"{settings.models_folder / key}: {manifest.size / _GB:.1f} GB, weights {manifest.weights}")
    if key not in settings.models:
        print(f"To use it: PIYING_MODELS={','.join((*settings.models, key))}", file=sys.stderr)


def check_models(settings: Settings, key: str | None, *, deep: bool) -> bool:
    """Print what is missing of one model, or of all that are enabled; whether nothing is.

    Raises:
        Mistake: there is none of that key, or a licence does not grant its use here.
    """
    cards = [_find(settings, name).card for name in ((key,) if key else settings.models)]
    for card in cards:
        _check_granted(card, settings)
    needy = [card for card in cards if card.local]
    found = list(look_at_models(needy, settings, deep=deep)) if needy else []
    if not found:
        print("no open model is enabled: `piying models list`, then PIYING_MODELS")
    else:
        Console(markup=False).print(report_of(found))
    return all(finding.good for finding in found)


def _models(settings: Settings) -> dict[str, Model]:
    try:
        return {model.card.key: model for model in load_models(settings.cards_folder)}
    except (BadCard, OSError) as error:
        raise Mistake(f"PIYING_CARDS_FOLDER: {error}") from error


def _find(settings: Settings, key: str) -> Model:
    models = _models(settings)
    if key not in models:
        raise Mistake(f"no model {key}: there is {', '.join(models)}")
    return models[key]


def _check_granted(card: ModelCard, settings: Settings) -> None:
    try:
        check_territory(card, settings.territory)
    except NotGranted as error:
        raise Mistake(str(error) if settings.territory else f"{error} ({_DECLARE})") from error


def _here(card: ModelCard, settings: Settings) -> str:
    try:
        check_territory(card, settings.territory)
    except NotGranted:
        return "no" if settings.territory else f"not in {', '.join(card.excluded_territories)}"
    return "yes"


def _weights(card: ModelCard, settings: Settings) -> tuple[str, ...]:
    here = _here(card, settings)
    if card.local is None:
        return "-", here, "-", "-"
    pulled = "yes" if (settings.models_folder / card.key / "manifest.json").is_file() else "-"
    memory = card.local.vram_gb
    return pulled, here, f"{memory.offload:g} to {memory.resident:g}", f"{card.local.disk_gb:g}"


def _facts(card: ModelCard, settings: Settings) -> list[tuple[str, str]]:
    languages = ", ".join(card.prompt_languages) + (" (a rewrite to English helps)" if card.needs_rewrite else "")
    tokens = f", {card.max_prompt_tokens} tokens" if card.max_prompt_tokens else ""
    facts = [
        ("model", f"{card.key}: {card.name}, {card.vendor}"),
        ("licence", f"{card.licence} {card.licence_url}".strip()),
        ("not granted in", ", ".join(card.excluded_territories) or "-"),
        ("granted here", _here(card, settings)),
        ("revenue", card.revenue_cap or "-"),
        ("end of life", str(card.end_of_life or "-")),
        ("prompts", f"{languages}; up to {card.max_prompt_chars} characters{tokens}"),
        ("pictures", ", ".join(card.pictures)),
        ("sound", "yes" if card.has_audio else "no"),
        ("lengths", _lengths(card)),
        ("workers", card.worker_class),
    ]
    return [*facts, *_local_facts(card), *_hosted_facts(card)]


def _lengths(card: ModelCard) -> str:
    if not card.num_frames:
        return f"{card.min_seconds} to {card.max_seconds} s at {card.fps} frames a second"
    known = (f"{length_of(frames, card.fps)} s ({frames} frames)" for frames in card.num_frames)
    return f"{', '.join(known)} at {card.fps} frames a second"


def _local_facts(card: ModelCard) -> list[tuple[str, str]]:
    if card.local is None:
        return []
    local, memory = card.local, card.local.vram_gb
    rule = f"{local.frame_multiple} * k + {local.frame_remainder} frames, multiples of {local.size_multiple} pixels"
    return [
        ("pipeline", ", ".join(filter(None, (local.pipeline, local.image_pipeline))) + f" (family {local.family})"),
        ("rules", rule),
        ("source", _source(local.source)),
        *((f"extra {name}", _source(source)) for name, source in local.extras.items()),
        ("GPU memory", f"{memory.offload:g} to {memory.resident:g} GB ({memory.stated_by})"),
        ("disk", f"{local.disk_gb:g} GB"),
    ]


def _hosted_facts(card: ModelCard) -> list[tuple[str, str]]:
    if card.hosted is None:
        return []
    facts = card.hosted
    negative = f"up to {facts.negative_limit} characters" if facts.negative_limit else "not taken"
    return [
        ("engine", f"{card.engine}, by a key: PIYING_ENGINES__{card.engine.upper()}__KEY"),
        *((f"at {region}", f"{offer.model or 'as set'}; {_price(card, offer)}") for region, offer in facts.at.items()),
        ("seed", "yes" if facts.has_seed else "no"),
        ("negative prompt", negative),
        ("cancel", _CANCEL[facts.cancel]),
        ("at once", f"{facts.concurrency} for each key, {facts.rate:g} new ones a second"),
        ("links live", f"{facts.url_seconds / 3600:g} hours"),
    ]


def _price(card: ModelCard, offer: Offer) -> str:
    if offer.price is None:
        return f"no published price: state one by PIYING_ENGINES__{card.engine.upper()}__PRICES"
    told = ", ".join(f"{resolution} {amount}" for resolution, amount in offer.price.per_second.items())
    return f"{offer.price.currency} a second: {told} ({offer.price.stated_by}, {offer.price.as_of})"


def _source(source: Source) -> str:
    left = f", without {', '.join(source.leave_out)}" if source.leave_out else ""
    return f"{source.repo}{'/' + source.file if source.file else ''} at {source.revision}{left}"


def _sizes(card: ModelCard) -> Table:
    table = Table("pixels", *card.ratios)
    for resolution in card.resolutions:
        sizes = (card.size(resolution, ratio) for ratio in card.ratios)
        table.add_row(resolution, *(f"{width} x {height}" for width, height in sizes))
    return table


def _recipes(model: Model) -> Table:
    table = _table("if nothing is asked", "steps", "guidance", "how", "credits a second", key="recipe")
    for recipe in model.recipes:
        shape = f"{recipe.seconds} s, {recipe.resolution}, {recipe.ratio}"
        table.add_row(recipe.key, shape, *_how(recipe.local), _prices(recipe))
    return table


def _how(local: LocalRecipe | None) -> tuple[str, str, str]:
    if local is None:
        return "-", "-", "-"
    guidance = "-" if local.guidance_scale <= 1 else f"{local.guidance_scale:g}"
    second = "" if local.guidance_scale_2 is None else f" and {local.guidance_scale_2:g}"
    parts = [
        local.scheduler,
        f"shift {local.flow_shift:g}" if local.flow_shift else "",
        *(f"LoRA {use.extra} x {use.scale:g}" for use in local.loras),
        f"cache {local.cache}" if local.cache != "none" else "",
        f"VAE {local.vae_dtype}",
        *(f"{name}={value}" for name, value in local.arguments.items()),
    ]
    return str(local.num_inference_steps), guidance + second, ", ".join(filter(None, parts))


def _prices(recipe: Recipe) -> str:
    told = (f"{resolution} {price}" for resolution, price in recipe.credits_per_second.items())
    return ", ".join(told) or "of the vendor's price"
