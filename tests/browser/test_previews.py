"""What there is of a video while it is being made, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.theatre import Theatre, send, shoot, until

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SHOWN = "document.querySelector('.screen .preview') !== null"
BOXES = """
JSON.stringify([...document.querySelectorAll('.reply, .screen, .meter, #composer')].map((node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return [x, y + scrollY, width, height].map(Math.round);
}))
"""


@pytest.fixture
def rehearsing(theatre: Theatre) -> Theatre:
    theatre.commands.previews, theatre.commands.pace = True, 1.5
    return theatre


async def visit_and_send(theatre: Theatre, prompt: str, **how: Any) -> tuple[Page, str]:
    """The page with a job on stage whose preview is shown, and where things lay just before."""
    page = await theatre.visit(**how)
    await page.route("**/previews/**", lambda route: route.abort())
    await send(page, prompt)
    await until(page, "document.querySelector('progress')?.value > 1")
    before = await page.evaluate(BOXES)
    assert not await page.evaluate(SHOWN)
    await page.unroute_all()
    await until(page, SHOWN)
    return page, str(before)


@pytest.mark.parametrize(
    ("locale", "prompt", "alt"),
    [
        ("en-GB", "a red ball", "Rough preview: a red ball"),
        ("zh-CN", "一个红球，方形", "粗略预览: 一个红球，方形"),
    ],
)
async def test_a_preview_is_shown_until_the_film_is_there(
    rehearsing: Theatre, screenshots: Path, locale: str, prompt: str, alt: str
) -> None:
    page, before = await visit_and_send(rehearsing, prompt, locale=locale)
    assert await page.evaluate(BOXES) == before
    preview = page.get_by_role("img", name=alt)
    await expect(preview).to_be_visible()
    box, screen = await preview.bounding_box(), await page.locator(".reply .screen").bounding_box()
    assert box
    assert screen
    assert box["width"] / box["height"] == pytest.approx(screen["width"] / screen["height"], rel=0.03)
    assert box["width"] < 0.7 * screen["width"]
    assert await preview.evaluate("(image) => image.naturalWidth") == (192 if locale == "en-GB" else 120)
    first = await preview.get_attribute("src")
    await shoot(page, screenshots / f"preview-{locale[:2]}.png")
    await until(page, f"document.querySelector('.preview')?.src.endsWith({first!r}) === false")
    await expect(page.locator(".preview")).to_have_count(1)
    await page.locator("video").wait_for()
    await expect(page.locator(".preview")).to_have_count(0)


async def test_it_stays_through_another_language_and_ends_with_a_cancel(rehearsing: Theatre) -> None:
    page, _ = await visit_and_send(rehearsing, "a red ball")
    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_role("img", name="粗略预览: a red ball")).to_be_visible()
    await page.get_by_role("button", name="取消").click()
    await expect(page.locator(".status")).to_have_text("已取消，积分已经退回。")
    await expect(page.locator(".preview")).to_have_count(0)


async def test_who_wants_no_motion_sees_a_still(rehearsing: Theatre, screenshots: Path) -> None:
    page, _ = await visit_and_send(rehearsing, "a red ball", reduced_motion="reduce")
    still = page.get_by_role("img", name="Rough preview: a red ball")
    assert await still.evaluate("(node) => node.tagName") == "CANVAS"
    assert await still.evaluate("(node) => node.width") == 192
    # The first frame has the whole sky and half a ball at its left edge, however long one waits.
    colours = "(node) => [...node.getContext('2d').getImageData(2, Math.round(node.height * 0.6), 1, 1).data]"
    red, green, _, opaque = await still.evaluate(colours)
    assert red > 1.5 * green
    assert opaque == 255
    await shoot(page, screenshots / "preview-still.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone(rehearsing: Theatre, screenshots: Path, scheme: str) -> None:
    page, before = await visit_and_send(
        rehearsing, "一个红球，竖屏", width=360, height=740, locale="zh-CN", color_scheme=scheme, has_touch=True
    )
    assert await page.evaluate(BOXES) == before
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await shoot(page, screenshots / f"preview-phone-{scheme}.png")
