"""Turns enabled models into what is missing of them and how to get it; looks at the GPU only where some are there."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec

from rich.table import Table

from core.catalogue.cards import ModelCard
from core.catalogue.local import PREVIEW
from core.costs import MICRO, Budget, Costs
from core.errors import EngineUnavailable
from piying.settings import Settings

EXTRA = "`make local`, or pip install '.[local]' in Piying's source folder"
_GB = 1e9
_WARNED_DAYS = 60
_NEARLY, _BUDGET = 0.8, "PIYING_ENGINES__DAILY_BUDGET"
_NEEDED = ("torch", "diffusers", "transformers", "safetensors", "huggingface_hub")


@dataclass(frozen=True)
class Finding:
    """One line of a report; ``remedy`` is empty where nothing is to be done. A good one that has one is a warning."""

    subject: str
    good: bool
    state: str
    remedy: str = ""

    @property
    def mark(self) -> str:
        """A sign for it."""
        return "✗" if not self.good else "!" if self.remedy else "✓"


def look_at_costs(costs: Costs, budget: Budget, now: float) -> Finding:
    """What vendors took today of what they may."""
    spent = costs.since(budget.day_began(now)) / MICRO
    if budget.usd is None:
        return Finding("costs", good=True, state=f"{spent:.2f} US dollars today, and no budget", remedy=_BUDGET)
    most = budget.usd / MICRO
    remedy = f"piying costs, {_BUDGET}" if spent >= _NEARLY * most else ""
    return Finding("costs", good=True, state=f"{spent:.2f} of {most:.2f} US dollars today", remedy=remedy)


def report_of(findings: Iterable[Finding]) -> Table:
    """The findings, one a row."""
    table = Table("", "what", "state", "what to do")
    for finding in findings:
        table.add_row(finding.mark, finding.subject, finding.state, finding.remedy)
    return table


def missing_packages() -> list[str]:
    """Packages that open models need and that are not installed."""
    return [name for name in _NEEDED if find_spec(name) is None]


def look_at_models(cards: list[ModelCard], settings: Settings, *, deep: bool = False) -> Iterator[Finding]:
    """The packages, the device and each of the models. Imports torch: for commands, not for servers."""
    if lost := missing_packages():
        yield Finding("open models", good=False, state=f"not installed: {', '.join(lost)}", remedy=EXTRA)
        return
    found, memory = _device(settings)
    yield found
    for card in cards:
        yield _model(card, settings, memory, deep=deep)


def look_at_ends(cards: Iterable[ModelCard], today: date) -> Iterator[Finding]:
    """A warning for each model that its maker gives up, or has. It works still: this is no fault."""
    for card in cards:
        left = _WARNED_DAYS + 1 if card.end_of_life is None else (card.end_of_life - today).days
        if left <= _WARNED_DAYS:
            state = f"its end of life is {_when(left)}: {card.end_of_life}"
            yield Finding(f"model {card.key}", good=True, state=state, remedy="enable another: piying models list")


def _when(days: int) -> str:
    if days < 0:
        return "past"
    return ("today", "tomorrow")[days] if days < 2 else f"in {days} days"


def doubt_of(card: ModelCard, settings: Settings) -> str:
    """What speaks against a model on this machine before it is pulled; empty where its GPU has room."""
    assert card.local is not None
    found, memory = _device(settings)
    least = card.local.vram_gb.offload
    if memory is None:
        return f"{card.key} needs a GPU with {least:g} GB at least; here: {found.state}"
    if memory / _GB < least:
        return f"{card.key} needs {least:g} GB at least ({card.local.vram_gb.stated_by}); here: {found.state}"
    return ""


def _device(settings: Settings) -> tuple[Finding, int | None]:
    from core.engines.local.fit import find_device

    limit = settings.local.gpu_memory
    try:
        found = find_device(settings.local.device, None if limit is None else int(limit * _GB))
    except EngineUnavailable:
        state = f"no GPU is there as PIYING_LOCAL__DEVICE={settings.local.device}"
        return Finding("GPU", good=False, state=state, remedy="nvidia-smi lists them"), None
    if found.is_gpu:
        state = f"{found.name}, {found.memory / _GB:.1f} GB free for models; {found.driver}"
        return Finding("GPU", good=True, state=state), found.memory
    remedy = "" if settings.local.device == "cpu" else "see nvidia-smi, or set PIYING_LOCAL__DEVICE=cpu"
    slow = "none: models would run on the processor, very slowly"
    return Finding("GPU", good=not remedy, state=slow, remedy=remedy), None


def _model(card: ModelCard, settings: Settings, memory: int | None, *, deep: bool) -> Finding:
    from core.engines.local.weights.errors import WeightsError
    from core.engines.local.weights.manifest import faults, read_manifest

    assert card.local is not None
    subject, folder, again = f"model {card.key}", settings.models_folder / card.key, f"piying models pull {card.key}"
    try:
        manifest = read_manifest(folder)
    except WeightsError as error:
        return Finding(subject, good=False, state=str(error), remedy=again)
    if manifest is None:
        return Finding(subject, good=False, state=f"not pulled, {card.local.disk_gb:g} GB", remedy=again)
    lost = [f"the extra {name} is missing" for name in card.local.extras if not _has_extra(card, manifest.files, name)]
    if found := [*faults(folder, manifest, deep=deep), *lost]:
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        return Finding(subject, good=False, state=found[0] + more, remedy=again)
    state = f"ready, {manifest.size / _GB:.1f} GB"
    if memory is None:
        return Finding(subject, good=True, state=state)
    return _fit(card, subject, state, manifest.component_sizes(), settings, memory)


def _has_extra(card: ModelCard, files: Container[str], name: str) -> bool:
    """AnimateDiff's is part of its UNet by now, and without a decoder for previews a model is whole."""
    assert card.local is not None
    return name == PREVIEW or card.local.family == "animatediff" or f"extras/{name}.safetensors" in files


def _fit(card: ModelCard, subject: str, state: str, sizes: dict[str, int], settings: Settings, memory: int) -> Finding:
    from core.engines.local.fit import mode_in

    assert card.local is not None
    needs = card.local.vram_gb
    mode = mode_in(card.local, sizes, settings.local.placement, memory)
    state += f"; placement {mode}; needs {needs.offload:g} GB, or {needs.resident:g} to stay ({needs.stated_by})"
    fits = mode in {"resident", "swap"} or memory / _GB >= needs.offload
    return Finding(subject, good=fits, state=state, remedy="" if fits else "a larger GPU, or a smaller model")
