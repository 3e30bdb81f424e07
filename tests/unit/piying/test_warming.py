"""The first prompt of a process finds all read that it needs, and a fault in that is its own matter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn

import pytest
from structlog.testing import capture_logs

from core.engines.scene.lexicon import load_lexicon
from core.safety.findings import Finding
from core.safety.panel import Panel, Seat
from core.safety.rules.moderator import Rules
from piying.settings import Settings
from piying.warming import warm
from piying.wiring import Process, Role, read_prompt


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    opened = Process(Settings(data_folder=tmp_path), Role(platforms=("cli",)))
    yield opened
    await opened.translator.close()
    await opened.moderator.close()
    opened.store.close()


def _broken(*_: object) -> NoReturn:
    raise FileNotFoundError


async def test_nothing_is_left_to_be_read(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    load_lexicon.cache_clear()
    warm(process.moderator, process.translator.names, process.read_prompt)
    assert load_lexicon.cache_info().currsize == 1
    for name in ("core.safety.classifier.Heads", "core.safety.classifier.Embedding", "translation.weights.Weights"):
        monkeypatch.setattr(name, _broken)
    assert (await process.moderator.review_text("two dogs in the rain")).allowed
    told = await process.translator.translate("两只狗在雨里", ("en",))
    assert (told.translated, "dogs" in told.text) == (True, True)


async def test_what_cannot_be_read_is_left_to_the_first_prompt(process: Process) -> None:
    with capture_logs() as lines:
        warm(process.moderator, process.translator.names, _broken)
    assert [(one["event"], one["error"]) for one in lines if one["log_level"] == "warning"] == [
        ("process.not_warm", "FileNotFoundError")
    ]


async def test_nobody_outside_is_asked() -> None:
    class Service:
        name, version, limit = "service", "1", None

        async def review(self, text: str) -> tuple[Finding, ...]:
            raise AssertionError(text)

    Panel([Seat(Service())], rules=Rules()).open()
    assert read_prompt("a cat")[0] == "a cat"
