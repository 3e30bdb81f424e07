"""The public gallery in a real browser, without scripts, as somebody who came by a link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Response, expect

from core.reports import ReportReason
from core.types import Note
from tests.browser.theatre import until
from tests.gallery_stage import CAT_ZH, WORDS, Hall, open_hall
from tests.stores import ALICE, BOB
from tests.unit.console.console_stage import make_adapter
from tests.unit.console.fake_commands import FakeCommands

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PHONE = {"viewport": {"width": 375, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1200, "height": 850}}
LOOKS: dict[str, dict[str, Any]] = {
    "desk-en": {**DESK, "locale": "en-GB"},
    "desk-dark-zh": {**DESK, "locale": "zh-CN", "color_scheme": "dark"},
    "phone-zh": {**PHONE, "locale": "zh-CN"},
    "phone-dark-en": {**PHONE, "locale": "en-GB", "color_scheme": "dark"},
}
TITLES = ("A cat in the snow", "雪地里的小猫，向右奔跑", "", 'שלום "<b>', "👩‍🚀 " + "very" * 19)
HEAVIEST = 100_000
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"


@cache
def axe() -> str:
    return (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")


@dataclass
class Street:
    """``complaints`` are errors of pages and requests to others; ``weights`` are bytes by path, without videos."""

    hall: Hall
    url: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    visits: list[BrowserContext] = field(default_factory=list)

    async def visit(self, path: str = "/gallery", *, look: str = "desk-en", scripts: bool = False) -> Page:
        context = await self.browser.new_context(**LOOKS[look], java_script_enabled=scripts)
        self.visits.append(context)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        page.on("request", lambda request: self._note(request.url))
        page.on("response", self._weigh)
        await page.goto(f"{self.url}{path}", wait_until="load")
        return page

    def _note(self, url: str) -> None:
        if not url.startswith(self.url):
            self.complaints.append(f"request: {url}")

    def _weigh(self, response: Response) -> None:
        if response.status == 200 and not response.url.endswith(".mp4"):
            self.weights[response.url.removeprefix(self.url)] = int(response.headers["content-length"])


@pytest_asyncio.fixture(loop_scope="module")
async def street(browser: Browser, tmp_path: Path) -> AsyncIterator[Street]:
    with open_hall(f"sqlite:///{tmp_path / 'piying.db'}", tmp_path) as hall:
        adapter = make_adapter(FakeCommands(tmp_path, pace=0), extra=tuple(hall.gallery().routes()))
        await adapter.start()
        found = Street(hall, adapter.url.rstrip("/"), browser)
        yield found
        for visit in found.visits:
            await visit.close()
        await adapter.stop()
    assert found.complaints == []


async def fill(hall: Hall, count: int = 14) -> str:
    """Clips of many titles, and one that was made out of another; its code."""
    first = await hall.show(title="The first of all", prompt=CAT_ZH, wording=WORDS, remix=True)
    for number in range(count):
        address = (ALICE, BOB)[number % 2]
        await hall.show(address, title=TITLES[number % len(TITLES)], prompt=CAT_ZH, wording=WORDS)
    hall.showcase.vote(hall.account(BOB), first.code)
    notes = (Note("remix-of", {"job": first.code}),)
    return (await hall.show(BOB, title="雪夜 A night", prompt=CAT_ZH, wording=WORDS, notes=notes)).code


async def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical."""
    await page.evaluate(axe())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_are_for_everybody_and_fit(street: Street, screenshots: Path, look: str) -> None:
    code = await fill(street.hall)
    for name, path in (("list", "/gallery"), ("top", "/gallery/top?period=month"), ("clip", f"/gallery/{code}")):
        page = await street.visit(path, look=look, scripts=True)
        assert await faults(page) == []
        assert await page.evaluate(TOO_WIDE) <= 0
        await page.screenshot(path=screenshots / f"gallery-{name}-{look}.png")
    page = await street.visit(f"/gallery/{code}", look=look, scripts=True)
    await page.locator("summary").click()
    assert await faults(page) == []
    await page.screenshot(path=screenshots / f"gallery-report-{look}.png", full_page=True)


@pytest.mark.parametrize("path", ["/gallery", "/gallery/CODE"])
async def test_a_page_weighs_less_than_100_kb_without_its_video(street: Street, path: str) -> None:
    code = await fill(street.hall)
    page = await street.visit(path.replace("CODE", code), scripts=True)
    # What is loaded late is loaded as well.
    await page.evaluate("document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })")
    await until(page, "[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    cards = [name for name in street.weights if name.endswith("-card.jpg")]
    assert len(cards) == (12 if path == "/gallery" else 0)
    assert sum(street.weights.values()) < HEAVIEST


async def test_a_clip_plays_without_scripts_and_a_credit_leads_on(street: Street) -> None:
    code = await fill(street.hall, 1)
    page = await street.visit("/gallery")
    await page.get_by_role("link", name="雪夜 A night").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("雪夜 A night")
    await expect(page.locator("strong.label")).to_have_text("AI-generated")
    assert page.url.endswith(f"/gallery/{code}")
    await page.get_by_role("link", name="The first of all").click()
    await expect(page.locator("article")).to_contain_text("lets others build on it")
    played = await street.visit(f"/gallery/{code}", scripts=True)
    await played.evaluate("(() => { const film = document.querySelector('video'); film.muted = true; film.play(); })()")
    assert await until(played, "document.querySelector('video').currentTime > 0.1")


async def test_the_other_language_is_one_click_away_and_stays(street: Street) -> None:
    await fill(street.hall)
    page = await street.visit("/gallery")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.get_by_role("link", name="中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await page.get_by_role("link", name="更多").click()
    await expect(page.locator("h1")).to_have_text("最新")
    await page.locator(".cards a").first.click()
    await expect(page.locator("strong.label")).to_have_text("AI 生成")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("strong.label")).to_have_text("AI-generated")


async def test_by_keyboard_alone_from_the_list_to_a_report(street: Street) -> None:
    code = await fill(street.hall, 1)
    page = await street.visit("/gallery")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await expect(page.locator(".skip")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.locator(".cards a").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("article.clip")).to_be_visible()
    await page.locator("summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("What is wrong with it")).to_be_focused()
    await page.keyboard.type("like")
    await page.keyboard.press("Tab")
    await page.keyboard.type("That is my cat. 那是我的猫")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("within 48 hours")
    with street.hall.store.look() as tx:
        (report,) = tx.reports.open_of(street.hall.showcase.find(code).job.id)
    assert (report.reason, report.text) == (ReportReason.LIKENESS, "That is my cat. 那是我的猫")


async def test_an_embedded_clip_is_shown_within_another_page(street: Street, screenshots: Path) -> None:
    code = await fill(street.hall, 1)
    page = await street.visit(f"/gallery/{code}/embed", scripts=True)
    await expect(page.locator("strong.label")).to_have_text("AI-generated")
    assert await faults(page) == []
    await page.screenshot(path=screenshots / "gallery-embed.png")


async def test_what_is_not_here_says_so(street: Street) -> None:
    context = await street.browser.new_context()
    street.visits.append(context)
    page = await context.new_page()
    answer = await page.goto(f"{street.url}/gallery/K7QM2XD")
    assert answer
    assert answer.status == 404
    await expect(page.locator("h1")).to_have_text("Not here")
    await page.get_by_role("link", name="Back to the gallery").click()
    await expect(page.locator("main")).to_contain_text("Nothing is shown here yet")
