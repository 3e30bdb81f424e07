"""A real browser, and a console with jobs that take seconds."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.theatre import Theatre
from tests.needs import need
from tests.unit.console.fake_commands import FakeCommands

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    need(shutil.which(CHROMIUM), "Chromium (Debian package chromium)")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def theatre(browser: Browser, tmp_path: Path) -> AsyncIterator[Theatre]:
    stage = Theatre(browser, FakeCommands(tmp_path, pace=0.5))
    await stage.open()
    work = asyncio.create_task(stage.work())
    yield stage
    work.cancel()
    await stage.leave()
    assert stage.complaints == []


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(__file__).parents[2] / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder
