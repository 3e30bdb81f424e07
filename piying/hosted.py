"""Turns the settings of vendors into the models that they offer here, and the engines that order there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from core.breaker import Breaker
from core.catalogue.cards import Model
from core.catalogue.catalogue import Catalogue
from core.catalogue.hosted import Region
from core.catalogue.offers import Terms, offered
from core.engines.hosted.account import Account
from core.engines.hosted.alibaba import Alibaba
from core.engines.hosted.asking import Pace
from core.engines.hosted.baidu import Baidu
from core.engines.hosted.bytedance import ByteDance
from core.engines.hosted.engine import HostedEngine
from core.engines.hosted.kling import Kling
from core.engines.hosted.minimax import MiniMax
from core.engines.hosted.openai_videos import OpenAiVideos
from core.engines.hosted.openrouter import OpenRouter
from core.engines.hosted.tencent import Tencent
from core.engines.hosted.tencent_cloud import TencentCloud
from core.engines.hosted.vendor import Vendor
from core.engines.hosted.zhipu import Zhipu
from core.metrics import Metrics
from core.ports import Engine
from piying.clock import SystemClock
from piying.engine_settings import OpenAiVideosSettings, TencentCloudSettings, VendorSettings
from piying.mistake import Mistake
from piying.settings import Settings

_MEGA = 1_000_000
_VENDORS: tuple[Vendor, ...] = (
    OpenAiVideos(),
    Tencent(),
    ByteDance(),
    Alibaba(),
    TencentCloud(),
    MiniMax(),
    Zhipu(),
    Kling(),
    Baidu(),
    OpenRouter(),
)
VENDORS: Mapping[str, Vendor] = {vendor.name: vendor for vendor in _VENDORS}
"""Every vendor there is, by the name that cards and settings use."""


def offered_models(settings: Settings, models: Iterable[Model]) -> tuple[Model, ...]:
    """The models of all vendors that are set up.

    Raises:
        Mistake: a setting names a model that its vendor has not, or has not at that price.
    """
    models, today = tuple(models), datetime.now(UTC).date()
    found: list[Model] = []
    for name, told in settings.engines.vendors.items():
        try:
            found += offered(models, terms_of(name, told), settings.engines.rates, today)
        except ValueError as error:
            raise Mistake(f"{variable(name)}: {error}") from error
    return tuple(found)


def make_hosted(settings: Settings, catalogue: Catalogue, metrics: Metrics) -> Mapping[str, Engine]:
    """An engine for each vendor that is set up. Nothing is asked yet."""
    return {name: _engine(settings, catalogue, metrics, name, told) for name, told in settings.engines.vendors.items()}


def vendor_of(name: str, told: VendorSettings) -> Vendor:
    """The vendor, in the zone that is set, where it has several."""
    return TencentCloud(told.zone) if isinstance(told, TencentCloudSettings) else VENDORS[name]


def terms_of(name: str, told: VendorSettings) -> Terms:
    """How the operator uses a vendor."""
    model = told.model if isinstance(told, OpenAiVideosSettings) else ""
    return Terms(name, region_of(name, told), told.models, told.prices, told.currency, model)


def region_of(name: str, told: VendorSettings) -> Region:
    """Where the key is from: as set, else the first that the vendor has.

    Raises:
        Mistake: the vendor is not there.
    """
    hosts = VENDORS[name].hosts
    if told.region and hosts and told.region not in hosts:
        raise Mistake(f"{variable(name)}__REGION: {name} is in {', '.join(hosts)} alone")
    first: Region = next(iter(hosts), "international")
    return told.region or first


def account_of(name: str, told: VendorSettings, catalogue: Catalogue) -> Account:
    """What is set for a vendor, and of its cards what is not set.

    Raises:
        Mistake: a file of keys is not as it should be, or there is no address.
    """
    region, hosts = region_of(name, told), VENDORS[name].hosts
    cards = [card.hosted for card in catalogue.cards if card.engine == name and card.hosted]
    base = told.base_url or hosts.get(region)
    if base is None:
        raise Mistake(f"{variable(name)}__BASE_URL: there is no usual one, set it")
    return Account(
        keys=told.keys(f"{variable(name)}__KEY") or ("",),
        region=region,
        base=base,
        at_once=told.at_once or max((card.concurrency for card in cards), default=1),
        rate=told.rate or max((card.rate for card in cards), default=1.0),
        watermark=told.watermark,
    )


def variable(name: str) -> str:
    """What the variables of a vendor begin with."""
    return f"PIYING_ENGINES__{name.upper()}"


def _engine(
    settings: Settings, catalogue: Catalogue, metrics: Metrics, name: str, told: VendorSettings
) -> HostedEngine:
    engines, clock = settings.engines, SystemClock()
    return HostedEngine(
        vendor_of(name, told),
        account_of(name, told, catalogue),
        catalogue,
        rates=engines.rates,
        clock=clock,
        breaker=Breaker(clock, failures=engines.failures, pause=engines.rest),
        pace=Pace(engines.poll_first, engines.poll_longest),
        largest=int(engines.largest_mb * _MEGA),
        count_alert=lambda kind: metrics.vendor_alerts.labels(name, str(kind)).inc(),
    )
