"""The console, and a browser in front of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from bots.console.adapter import ConsoleAdapter
from tests.unit.console.console_stage import make_adapter
from tests.unit.console.fake_commands import FakeCommands


@dataclass
class Theatre:
    """``complaints`` are errors the pages met and requests that left this machine; tests end with none."""

    browser: Browser
    commands: FakeCommands
    token: str | None = None
    complaints: list[str] = field(default_factory=list)
    _visits: list[BrowserContext] = field(default_factory=list)
    _port: int = 0

    async def open(self) -> None:
        """Open the doors; after a break, at the same address."""
        self.adapter: ConsoleAdapter = make_adapter(self.commands, token=self.token, port=self._port)
        await self.adapter.start()
        self.url = self.adapter.url
        self._port = int(self.url.rsplit(":", 1)[1].strip("/"))

    async def close(self) -> None:
        await self.adapter.stop()

    async def work(self) -> None:
        """Queue, worker and courier, by whichever adapter is there."""
        while True:
            await self.commands.tick(self.adapter)
            await asyncio.sleep(0.1)

    async def visit(self, *, width: int = 1100, height: int = 820, ready: bool = True, **how: Any) -> Page:
        """A new browser profile with the page open; ``how`` as in Playwright's new_context."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height}, **{"locale": "en-GB", **how}
        )
        self._visits.append(context)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", lambda request: self._note_request(request.url))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        await page.goto(self.url)
        if ready:
            await page.locator("#prompt:enabled").wait_for()
        return page

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.url, self.url.replace("http", "ws"))):
            self.complaints.append(f"request: {url}")

    async def leave(self) -> None:
        for visit in self._visits:
            await visit.close()
        await self.close()


async def send(page: Page, prompt: str) -> None:
    await page.locator("#prompt").fill(prompt)
    await page.locator("#prompt").press("Enter")


async def shoot(page: Page, path: Path) -> None:
    """Take a picture once nothing scrolls any more."""
    await asyncio.sleep(0.7)
    await page.screenshot(path=path)


async def until(page: Page, script: str, seconds: float = 10) -> Any:
    """What the script gives, once it gives something. The page's policy forbids Playwright's own waiting by script."""
    async with asyncio.timeout(seconds):
        while not (value := await page.evaluate(script)):
            await asyncio.sleep(0.05)
        return value
