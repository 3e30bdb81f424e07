"""Refusals in a real browser: they offer a harmless version, and can be appealed against."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from core.safety.appeals import AppealState
from tests.browser.theatre import Theatre, send

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def test_a_harmless_version_is_used_and_the_refusal_appealed(theatre: Theatre) -> None:
    page = await theatre.visit()
    await send(page, "a beheading of a cat")
    refused = page.locator(".reply.refused").first
    await expect(refused.locator(".softer q")).to_have_text("a of a cat")
    await refused.get_by_role("button", name="Use this").click()
    await expect(page.locator(".said > p").nth(1)).to_have_text("a of a cat")
    await page.locator(".reply .seal").wait_for()
    assert [job.prompt for job in theatre.commands.jobs.values()] == ["a of a cat"]
    appeal = refused.get_by_role("button", name="Appeal")
    await appeal.click()
    await expect(appeal).to_be_disabled()
    await expect(page.locator(".reply").last).to_contain_text("people will look at it")
    (code,) = theatre.commands.appealed
    theatre.commands.settle_appeal(code, AppealState.OVERTURNED)
    await send(page, "/appeals")
    await expect(page.locator(".reply").last).to_contain_text(f"{code}: you were right")


async def test_what_leaves_no_prompt_behind_offers_no_version(theatre: Theatre) -> None:
    page = await theatre.visit(locale="zh-CN")
    await send(page, "斩首")
    refused = page.locator(".reply.refused").first
    await expect(refused.get_by_role("button", name="申诉")).to_be_visible()
    await expect(refused.locator(".softer")).to_have_count(0)
    await expect(refused.get_by_role("button", name="用这个")).to_have_count(0)
