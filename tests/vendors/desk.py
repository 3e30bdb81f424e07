"""An engine at a vendor's server, and a run that remembers what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from PIL import Image

from core.breaker import Breaker
from core.catalogue.catalogue import Catalogue
from core.catalogue.hosted import Rates
from core.catalogue.load import enable, load_models
from core.catalogue.offers import Terms, offered
from core.costs import Cost, CostState
from core.engines.hosted.account import Account
from core.engines.hosted.asking import Pace
from core.engines.hosted.engine import HostedEngine
from core.errors import Conflict, EngineUnavailable
from core.ports import Clock
from core.types import GenerationSpec, Options, Progress
from piying.clock import SystemClock
from tests.vendors.server import VendorServer

_QUICK = Pace(0.01, 0.02)
TODAY = date(2026, 11, 28)
RATES = Rates(100.0, 7.1)


@dataclass
class PaidRun:
    """``core.ports.Run``. ``budget`` in millionths of a dollar; ``claimed`` are tasks that other jobs have."""

    folder: Path
    resume_token: str | None = None
    budget: int | None = None
    is_over: bool = False
    claimed: set[str] = field(default_factory=set)
    reports: list[Progress] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    costs: dict[str, Cost] = field(default_factory=dict)

    def report(self, progress: Progress) -> None:
        self.reports.append(progress)

    async def save(self, resume_token: str, cost: Cost | None = None) -> None:
        if cost and cost.task in self.claimed:
            raise Conflict
        if cost and self.budget is not None and cost.id not in self.costs and cost.usd > self.budget:
            raise EngineUnavailable("budget-spent")
        if cost:
            self.costs[cost.id] = cost
        self.tokens.append(resume_token)
        self.resume_token = resume_token

    async def is_cancelled(self) -> bool:
        return self.is_over

    @property
    def states(self) -> list[CostState]:
        return [cost.state for cost in self.costs.values()]

    def again(self, folder: Path) -> PaidRun:
        """The next attempt, after a crash."""
        folder.mkdir(exist_ok=True)
        for picture in self.folder.glob("*.png"):
            (folder / picture.name).write_bytes(picture.read_bytes())
        return replace(self, folder=folder, reports=[], tokens=[])


def catalogue_of(server: VendorServer, *, rates: Rates = RATES) -> Catalogue:
    """What the server's vendor offers; a card without a price gets one here."""
    models = load_models()
    cards = {model.card.key: model.card for model in models}
    prices = {
        key: dict.fromkeys(cards[key].resolutions, Decimal("0.1"))
        for key in server.cards
        if (facts := cards[key].hosted) and facts.at[server.region].price is None
    }
    terms = Terms(
        server.vendor.name,
        server.region,
        server.cards,
        prices,
        model=getattr(server, "model", ""),
    )
    return enable(models, hosted=offered(models, terms, rates, TODAY))


def engine_of(
    server: VendorServer,
    catalogue: Catalogue | None = None,
    *,
    keys: tuple[str, ...] | None = None,
    at_once: int = 4,
    failures: int = 5,
    clock: Clock | None = None,
    watermark: bool | None = None,
    pace: Pace = _QUICK,
) -> HostedEngine:
    """An engine that does not wait long."""
    clock = clock or SystemClock()
    account = Account(keys or (server.key,), server.region, server.url, at_once, 1000.0, watermark)
    return HostedEngine(
        server.vendor,
        account,
        catalogue or catalogue_of(server),
        rates=RATES,
        clock=clock,
        breaker=Breaker(clock, failures=failures, pause=60.0),
        pace=pace,
        largest=50_000_000,
        count_alert=server.alerts.append,
    )


def spec_of(catalogue: Catalogue, card: str, folder: Path, *, prompt: str = "a red fox in snow") -> GenerationSpec:
    """The cheapest that the card's first recipe can be asked for, with the pictures it needs."""
    recipe = next(key for key in catalogue.recipes if catalogue.choose(key)[0].key == card)
    facts = catalogue.card(card)
    needs = facts.pictures[0]
    names = {"none": (None, None), "first": ("first.png", None), "first-last": ("first.png", "last.png")}[needs]
    options = Options(recipe=recipe, resolution=facts.resolutions[0], seconds=facts.min_seconds)
    spec = catalogue.complete(options, prompt, 7, image=names[0], last_image=names[1])
    lay_pictures(spec, folder)
    return spec


def lay_pictures(spec: GenerationSpec, folder: Path) -> None:
    """Where an engine looks for them."""
    for name in filter(None, (spec.image, spec.last_image)):
        Image.new("RGB", (spec.width, spec.height), (200, 80, 40)).save(folder / name)
