"""A person, a browser and a real ``piying run``: from a typed prompt to a film that plays, and back after a kill."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import browser as browser  # noqa: PLC0414 - the fixture, for the module's loop
from tests.postgres import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]

PROMPT = "一只橙色的小猫在雪地里向右奔跑，方形 2秒"


class Server:
    """``piying run`` on a port and a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._environment = os.environ | {"PIYING_DATA_FOLDER": str(folder), "PIYING_CONSOLE__PORT": str(self._port)}
        self.url = f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        command = [sys.executable, "-m", "piying", "run"]
        self._process = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == self.url

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


async def plays(page: Page, number: int) -> bool:
    """Whether that film has pictures and its time moves."""
    return bool(
        await page.evaluate(
            """async (n) => {
                const video = document.querySelectorAll("video")[n];
                await video.play();
                await new Promise((done) => setTimeout(done, 700));
                return video.readyState >= 2 && video.currentTime > 0 && video.videoWidth === 480;
            }""",
            number,
        )
    )


async def test_prompt_to_film_and_back_after_a_kill(browser: Browser, server: Server) -> None:
    context = await browser.new_context(locale="zh-CN")
    page = await context.new_page()
    await page.goto(server.url)
    await page.locator("textarea").fill(PROMPT)
    await page.locator("textarea").press("Enter")
    await expect(page.locator("video")).to_have_count(1, timeout=60_000)
    assert await plays(page, 0)

    await page.locator("textarea").fill("三只蓝色的蝴蝶在森林里飞舞，方形 2秒")
    await page.locator("textarea").press("Enter")
    await expect(page.locator("text=三只蓝色的蝴蝶").last).to_be_visible()
    await page.wait_for_timeout(1500)
    server.kill()
    server.start()
    await expect(page.locator("video")).to_have_count(2, timeout=90_000)
    assert await plays(page, 1)
    await page.reload()
    await expect(page.locator("video")).to_have_count(2, timeout=20_000)
    await context.close()


async def test_both_texts_are_seen_and_kept_and_can_be_changed(browser: Browser, server: Server) -> None:
    context = await browser.new_context(locale="zh-CN")
    page = await context.new_page()
    await page.goto(server.url)
    await page.locator("#prompt:enabled").fill(PROMPT)
    seen = page.locator("#meaning .words:not(.stale)")
    await expect(seen.locator(".title")).to_have_text("引擎直接读你的原文，英文译文（内置翻译）：", timeout=20_000)
    english = await seen.locator(".text").inner_text()
    assert re.search(r"\b(cat|kitten)\b", english, re.IGNORECASE)
    assert not re.search("[\u4e00-\u9fff]", english)
    await page.locator("#prompt").press("Enter")
    await expect(page.locator("video")).to_have_count(1, timeout=60_000)
    await expect(page.locator(".reply .words .text")).to_have_text(english)

    await page.locator("#prompt").fill("一只黑猫在森林里散步，720p 8秒")
    await page.locator("#prompt").press("Enter")
    code = await page.locator(".seal").nth(1).inner_text()
    await page.locator("#prompt").fill(f"/修改 {code} 一只白色的小狗，方形 2秒")
    await page.locator("#prompt").press("Enter")
    await expect(page.locator(".note .code")).to_have_count(1)
    await expect(page.locator("video")).to_have_count(2, timeout=60_000)
    changed = page.locator(".reply:has(video) .words").last
    await expect(changed.locator(".title")).to_have_text("引擎读到的是你选定的文字：")
    await expect(changed.locator(".text")).to_have_text("一只白色的小狗")

    server.kill()
    server.start()
    await page.reload()
    await expect(page.locator("video")).to_have_count(2, timeout=20_000)
    texts = await page.locator(".reply:has(video) .words .text").all_inner_texts()
    assert texts == [english, "一只白色的小狗"]
    await context.close()
