"""Every move that somebody is told of has its sentence, which says what to do next."""

from __future__ import annotations

import pytest

from bots.adapter import Publisher
from bots.console.adapter import ConsoleAdapter
from bots.discord.adapter import DiscordAdapter
from bots.presenter import present_notice
from bots.telegram.adapter import TelegramAdapter
from core.publishing import telling
from core.publishing.types import Action
from core.types import Locale, Notice
from piying.publishing import find_publishers
from tests.fakes import FakeAdapter
from tests.publishers import FakePublisher
from translation.localiser import LOCALES, Localiser

TOLD = sorted(telling._TO_EDITORS | telling._TO_AUTHOR | {Action.SCHEDULE})
FAILURES = {
    "post-unsure": "now", "recipient-gone": "now", "too-large": "publish", "delivery-delayed": "now",
    "clip-invalid": "/again", "engine-fault": "now", "worker-lost": "now",
}  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("action", TOLD)
def test_every_move_is_told(action: Action, locale: Locale) -> None:
    details = {"publication": "P7QM2XD", "channel": "News", "at": "2026-12-24 18:30 CST", "error": "too-large"}
    text = present_notice(Localiser(locale), Notice(f"publication-{action}", details, locale))
    assert "P7QM2XD" in text
    assert "News" in text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", FAILURES)
def test_a_failure_says_what_to_do(code: str, locale: Locale) -> None:
    details = {"publication": "P7QM2XD", "channel": "News", "error": code}
    text = present_notice(Localiser(locale), Notice("publication-fail", details, locale))
    todo = FAILURES[code] if locale == "en" else {"now": "现在", "publish": "发布", "/again": "/again"}[FAILURES[code]]
    assert todo in text


def test_an_adapter_that_can_post_is_found_and_another_is_not() -> None:
    adapters = {"console": FakeAdapter(), "telegram": FakePublisher()}
    assert list(find_publishers(adapters)) == ["telegram"]  # type: ignore[arg-type]


def test_an_adapter_posts_in_channels_wholly_or_not_at_all() -> None:
    names = [name for name in dir(Publisher) if not name.startswith("_") and name != "upload_limit"]
    kinds = (ConsoleAdapter, TelegramAdapter, DiscordAdapter)
    found = {kind: {hasattr(kind, name) for name in names} for kind in kinds}
    assert found[ConsoleAdapter] == {True}
    assert all(len(has) == 1 for has in found.values())
