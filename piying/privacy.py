"""Turns the settings into what people are told about their data."""

from __future__ import annotations

from urllib.parse import urlsplit

from bots.console.door import is_loopback
from core.rights import Privacy
from piying.hosted import VENDORS, region_of
from piying.settings import Settings


def make_privacy(settings: Settings) -> Privacy:
    """What is kept, how long, and which services on the network read prompts, by the names in the settings."""
    translation, safety = settings.translation, settings.safety
    translators = [name for name in translation.names if name in {"deepl", "tencent", "baidu"}]
    if translation.llm.is_on and _is_away(str(translation.llm.base_url)):
        # It writes prompts out as well, whether or not it translates.
        translators.append("llm")
    moderators = [name for name in ("openai", "aliyun", "tencent", "azure") if getattr(safety, name).is_on]
    if safety.guard.is_on and _is_away(str(safety.guard.base_url)):
        moderators.append("guard")
    return Privacy(settings.kept, tuple(translators), tuple(moderators), _engines(settings))


def _engines(settings: Settings) -> tuple[str, ...]:
    """Hosts, which people may know: a vendor's address may be a proxy's."""
    addresses = [
        told.base_url or VENDORS[name].hosts.get(region_of(name, told), "")
        for name, told in settings.engines.vendors.items()
    ]
    return tuple(dict.fromkeys(urlsplit(url).hostname or "" for url in addresses if _is_away(url)))


def _is_away(url: str) -> bool:
    return not is_loopback(urlsplit(url).hostname or "")
