"""The chat page in a real browser, as a person uses it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from core.types import Address, JobState
from tests.browser.theatre import Theatre, send, shoot, until
from tests.fakes import make_job

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CAT = "一只橙色的小猫在雪地里向右奔跑，竖屏 4秒"
CARS = "two red cars racing left through a city at night in the rain, 3s"
PLAYS = """(() => {
  const film = document.querySelector("video");
  return film && film.readyState >= 2 && film.currentTime > 0.2;
})()"""
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
NAMELESS = """
[...document.querySelectorAll('button, select, textarea, a, video, progress')]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.innerText?.trim() || node.ariaLabel || node.title))
  .map((node) => node.outerHTML)
"""
CONTRAST = """
((selector) => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const { backgroundColor } = getComputedStyle(node);
    return /rgba\\(.*, 0\\)/.test(backgroundColor) ? behind(node.parentElement) : backgroundColor;
  };
  const node = document.querySelector(selector);
  const pair = [light(getComputedStyle(node).color), light(behind(node))].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
})
"""


async def test_from_a_sentence_to_a_film(theatre: Theatre, screenshots: Path) -> None:
    page = await theatre.visit()
    await expect(page.locator("#hello h2")).to_be_visible()
    await expect(page.locator("#hello .slip")).to_have_count(4)
    await shoot(page, screenshots / "page-empty-en.png")
    await page.locator("#prompt").fill(f"{CARS}, with a dragonfruit, seed 42")
    chips = page.locator("#meaning .chip")
    await expect(chips).to_have_text(["Landscape", "3 s", "480p", "Seed 42", "3 credits", "40 credits left"])
    await expect(page.locator("#meaning .note")).to_contain_text("dragonfruit")
    assert theatre.commands.jobs == {}
    await page.locator("#prompt").press("Enter")
    await expect(page.locator("#prompt")).to_have_value("")
    await expect(page.locator(".said p")).to_have_text(f"{CARS}, with a dragonfruit, seed 42")
    await expect(page.locator(".status")).to_contain_text("next")
    await expect(page.locator("#balance")).to_have_text("37 credits left")
    seen = await until(
        page, "(() => { const bar = document.querySelector('progress'); return bar?.value > 5 && bar.value; })()"
    )
    assert 5 < seen < 100
    await shoot(page, screenshots / "page-progress-en.png")
    assert await until(page, PLAYS)
    await expect(page.locator(".seal")).to_have_text("K7QM001")
    await expect(page.locator(".label")).to_contain_text("Built-in cartoon scene engine")
    await expect(page.locator(".reply .note")).to_contain_text("dragonfruit")
    assert (
        await page.evaluate(
            "(() => { const v = document.querySelector('video'); return v.videoWidth + 'x' + v.videoHeight })()"
        )
        == "854x480"
    )
    await shoot(page, screenshots / "page-done-en.png")
    assert await page.evaluate(NAMELESS) == []


async def test_the_recipe_card_copying_and_the_download(theatre: Theatre) -> None:
    page = await theatre.visit(permissions=["clipboard-read", "clipboard-write"])
    await send(page, "a cat, seed 42")
    await page.locator("video").wait_for()
    await page.get_by_role("button", name="Details").click()
    card = page.locator("dl")
    await expect(card).to_contain_text("42")
    await expect(card).to_contain_text("854 × 480")
    await expect(card).to_contain_text("4 credits")
    await page.get_by_role("button", name="Copy prompt").click()
    assert await page.evaluate("navigator.clipboard.readText()") == "a cat, seed 42"
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download").click()
    download = await waiting.value
    assert download.suggested_filename == "piying-K7QM001.mp4"
    assert (await download.path()).read_bytes()[4:8] == b"ftyp"


async def test_again_and_another_take(theatre: Theatre) -> None:
    page = await theatre.visit()
    await send(page, "a cat")
    await page.locator("video").wait_for()
    await page.get_by_role("button", name="Again", exact=True).click()
    await page.locator("video").nth(1).wait_for()
    await page.get_by_role("button", name="Another take").first.click()
    await page.locator("video").nth(2).wait_for()
    seeds = [job.spec.seed for job in theatre.commands.jobs.values()]
    assert seeds[0] == seeds[1] != seeds[2]
    await expect(page.locator(".said p")).to_have_text(["a cat"] * 3)


async def test_cancel(theatre: Theatre) -> None:
    page = await theatre.visit()
    await send(page, CARS)
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator(".status")).to_have_text("Cancelled. Your credits are back.")
    await expect(page.locator("#balance")).to_have_text("40 credits left")
    await expect(page.locator("progress")).to_have_count(0)
    await page.get_by_role("button", name="Edit").click()
    await expect(page.locator("#prompt")).to_have_value(CARS)


async def test_a_clip_on_its_way_can_no_longer_be_cancelled(theatre: Theatre) -> None:
    theatre.commands.delivery = 3.0
    page = await theatre.visit()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    await send(page, "a cat")
    cancel = page.get_by_role("button", name="Cancel")
    await cancel.focus()
    await expect(page.locator(".status")).to_have_text("Delivering")
    await expect(cancel).to_be_hidden()
    await expect(page.locator("progress")).to_have_attribute("value", "100")
    await expect(page.locator(".reply")).to_be_focused()
    await page.reload()
    await expect(page.locator(".status")).to_have_text("Delivering")
    await expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    assert not [url for url in fetched if "/clips/" in url]
    await page.locator("video").wait_for()
    await expect(page.locator(".reply")).not_to_contain_text("Delivering")


async def test_refusals_say_what_to_do(theatre: Theatre, screenshots: Path) -> None:
    page = await theatre.visit(locale="zh-CN")
    await page.locator("#prompt").fill("竖屏 6秒")
    await expect(page.locator("#meaning .problem")).to_contain_text("再写写要画什么")
    await page.locator("#prompt").fill("")
    await page.locator("#send").click()
    await expect(page.locator("#meaning .problem")).to_contain_text("写一句话")
    await send(page, "斩首")
    await expect(page.locator(".reply.refused")).to_contain_text("血腥")
    await page.get_by_role("button", name="修改").click()
    await expect(page.locator("#prompt")).to_have_value("斩首")
    await send(page, "雷劈一棵树")
    await expect(page.locator(".reply.refused").nth(1)).to_contain_text("积分已经退回")
    await send(page, "/没有这个命令")
    await expect(page.locator(".reply.refused").nth(2)).to_contain_text("/help")
    await page.get_by_role("button", name="帮助").click()
    await expect(page.locator(".reply").last).to_contain_text("/cancel")
    await page.locator("#prompt").fill("猫" * 30_000)
    await expect(page.locator("#meaning .problem")).to_contain_text("太长")
    await shoot(page, screenshots / "page-refusals-zh.png")


BELOW = "document.documentElement.scrollHeight - innerHeight - scrollY"
HIDDEN = """document.querySelector("#talk > li:last-child").getBoundingClientRect().bottom
    - document.querySelector("#composer").getBoundingClientRect().top"""
PHONE: dict[str, Any] = {"width": 360, "height": 640, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.mark.parametrize("gap", [0.05, 0.15, 0.3])
async def test_the_view_follows_what_is_sent(theatre: Theatre, gap: float) -> None:
    page = await theatre.visit()
    await send(page, "a cat")
    await page.locator("video").wait_for()
    for number in range(6):
        await send(page, f"{number} cats")
        await asyncio.sleep(gap)
    await expect(page.locator(".seal")).to_have_count(7)
    await asyncio.sleep(1)
    await until(page, f"{BELOW} <= 2", seconds=3)
    assert await page.evaluate(HIDDEN) <= 0
    await page.mouse.move(500, 400)
    await page.mouse.wheel(0, -900)
    await asyncio.sleep(0.5)
    reading = await page.evaluate("scrollY")
    await page.locator("video").nth(6).wait_for()
    assert await page.evaluate("scrollY") == reading
    await page.locator("#newest").click()
    await until(page, f"{BELOW} <= 2")
    await page.get_by_role("button", name="简体中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await asyncio.sleep(0.3)
    assert await page.evaluate(HIDDEN) <= 0


async def test_too_few_credits_are_told_while_typing(theatre: Theatre) -> None:
    theatre.commands.balance = 2
    page = await theatre.visit(locale="zh-CN")
    await page.locator("#prompt").fill("一只猫")
    await expect(page.locator("#meaning .chip.short")).to_have_text(["4 积分", "剩余 2 积分"])
    await expect(page.locator("#meaning .problem")).to_contain_text("你还有 2 积分")


async def test_a_long_message_is_folded(theatre: Theatre, screenshots: Path) -> None:
    page = await theatre.visit(**PHONE, locale="zh-CN")
    await send(page, "一只橙色的小猫在雪地里奔跑，" * 30)
    more = page.get_by_role("button", name="展开")
    await expect(more).to_have_attribute("aria-expanded", "false")
    await page.locator("video").wait_for()
    await page.locator(".said").scroll_into_view_if_needed()
    await shoot(page, screenshots / "phone-folded-zh.png")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="收起")).to_be_focused()
    words = "document.querySelector('.said p')"
    assert await page.evaluate(f"{words}.scrollHeight <= {words}.clientHeight + 1")
    await send(page, "一只猫")
    await page.locator(".said").nth(1).wait_for()
    await expect(page.locator(".said").nth(1).locator(".more")).to_be_hidden()


async def test_codes_in_answers_lead_to_their_videos(theatre: Theatre, screenshots: Path) -> None:
    page = await theatre.visit()
    for prompt in ("a cat", "a dog", "a bird"):
        await send(page, prompt)
    await page.locator("video").nth(2).wait_for()
    await send(page, "/show K7QM001")
    code = page.locator(".reply").last.get_by_role("button", name="K7QM001")
    await expect(code).to_be_in_viewport()
    await asyncio.sleep(0.7)
    assert await page.evaluate(BELOW) <= 2
    await code.click()
    await expect(page.locator(".seal").first).to_be_in_viewport()
    await send(page, "/my")
    await expect(page.locator(".reply").last.locator(".code")).to_have_text(["K7QM003", "K7QM002", "K7QM001"])
    theatre.commands.balance = 2
    await page.locator("#prompt").fill("a cow")
    await page.locator("#meaning .problem").wait_for()
    await shoot(page, screenshots / "page-codes-en.png")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_a_small_phone(theatre: Theatre, screenshots: Path, locale: str) -> None:
    page = await theatre.visit(**PHONE, locale=locale)
    assert await page.evaluate("scrollY") == 0
    await shoot(page, screenshots / f"small-empty-{locale[:2]}.png")
    composer = await page.locator("#composer").bounding_box()
    second = await page.locator(".slip").nth(1).bounding_box()
    assert composer
    assert second
    assert second["y"] + second["height"] <= composer["y"]
    empty = await page.locator("#prompt").bounding_box()
    await page.locator("#prompt").fill("a")
    typed = await page.locator("#prompt").bounding_box()
    assert empty
    assert typed
    assert typed["height"] == empty["height"]
    await page.locator("#prompt").fill(f"{CARS}, {CARS}")
    await page.locator("#meaning .chip").first.wait_for()
    await shoot(page, screenshots / f"small-typing-{locale[:2]}.png")
    written = await page.locator("#prompt").bounding_box()
    assert written
    assert written["width"] > 280
    recipe = page.locator("#recipe")
    assert await recipe.evaluate("node => node.scrollWidth <= node.clientWidth")


async def test_history_survives_a_reload_and_a_restart(theatre: Theatre) -> None:
    page = await theatre.visit()
    await send(page, "a cat")
    await page.locator("video").wait_for()
    await page.reload()
    await expect(page.locator(".said p")).to_have_text("a cat")
    await expect(page.locator("video")).to_have_attribute("poster", "/clips/K7QM001.jpg")
    await send(page, "a dog")
    await page.locator("progress").wait_for()
    await page.reload()
    await page.locator("video").nth(1).wait_for()
    await theatre.close()
    await theatre.open()
    await page.reload()
    await expect(page.locator(".said p")).to_have_text(["a cat", "a dog"])


async def test_older_turns_are_loaded_on_demand(theatre: Theatre) -> None:
    for number in range(70):
        job = make_job(
            address=Address("console", "local", "local"),
            code=f"OLD{number}",
            prompt=f"number {number}",
            created_at=1_700_000_000.0 + number,
            state=JobState.CANCELLED,
        )
        theatre.commands.jobs[job.code] = job
    page = await theatre.visit()
    await expect(page.locator(".said p")).to_have_count(50)
    await expect(page.locator(".said p").first).to_have_text("number 20")
    await page.get_by_role("button", name="Show older videos").click()
    await expect(page.locator(".said p")).to_have_text([f"number {number}" for number in range(70)])
    await expect(page.locator("#older")).to_be_hidden()


async def test_the_language_is_the_browsers_until_switched(theatre: Theatre, screenshots: Path) -> None:
    page = await theatre.visit(locale="zh-TW")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await expect(page.locator("#hello h2")).to_have_text("今天演哪一出？")
    await send(page, CAT)
    await page.locator("video").wait_for()
    await expect(page.locator(".chip").first).to_have_text("竖屏")
    await shoot(page, screenshots / "page-done-zh.png")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator(".chip").first).to_have_text("Vertical")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    await page.reload()
    await expect(page.locator("#balance")).to_have_text("36 credits left")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone(theatre: Theatre, screenshots: Path, scheme: str) -> None:
    page = await theatre.visit(
        width=360,
        height=740,
        locale="zh-CN",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        color_scheme=scheme,
    )
    assert await page.evaluate(TOO_WIDE) <= 0
    await shoot(page, screenshots / f"phone-empty-{scheme}.png")
    await page.locator("#prompt").fill(f"{CAT}，火龙果")
    await page.locator("#meaning .note").wait_for()
    assert await page.evaluate(TOO_WIDE) <= 0
    await page.locator("#send").tap()
    await until(page, "document.querySelector('progress')?.value > 20")
    await shoot(page, screenshots / f"phone-progress-{scheme}.png")
    assert await until(page, PLAYS)
    await shoot(page, screenshots / f"phone-done-{scheme}.png")
    await send(page, f"{'x' * 300} مرحبا بالعالم {'猫' * 200}")
    await page.locator("video").nth(1).wait_for()
    await page.get_by_role("button", name="详情").nth(1).tap()
    assert await page.evaluate(TOO_WIDE) <= 0
    box = await page.locator("#composer").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 741
    await shoot(page, screenshots / f"phone-long-{scheme}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out(theatre: Theatre, screenshots: Path, scheme: str) -> None:
    page = await theatre.visit(color_scheme=scheme)
    for selector in ("#hello h2", "#hello p", "#hello h3", ".slip", "#balance", "#meaning p", "h1 small"):
        assert await page.evaluate(f"{CONTRAST}({json.dumps(selector)})") >= 4.5, selector
    await send(page, "a cat and a dragonfruit")
    await page.locator("video").wait_for()
    await send(page, "beheading")
    await page.locator(".reply.refused").wait_for()
    for selector in (
        ".seal",
        ".label",
        ".chip",
        ".chip.price",
        ".note",
        ".button",
        ".said p",
        "time",
        ".lines",
        "#send",
    ):
        assert await page.evaluate(f"{CONTRAST}({json.dumps(selector)})") >= 4.5, selector
    await shoot(page, screenshots / f"page-{scheme}.png")


async def test_by_keyboard_alone(theatre: Theatre) -> None:
    page = await theatre.visit()
    keys, focused = page.keyboard, page.locator(":focus")
    await expect(focused).to_have_id("prompt")
    await keys.type("a cat")
    await keys.press("Shift+Enter")
    await keys.type("seed 42")
    await expect(page.locator("#prompt")).to_have_value("a cat\nseed 42")
    await keys.press("Enter")
    await page.locator("video").wait_for()
    await expect(focused).to_have_id("prompt")
    await keys.press("ArrowUp")
    await expect(page.locator("#prompt")).to_have_value("a cat\nseed 42")
    await keys.press("Escape")
    assert await page.evaluate("document.activeElement === document.body")
    await page.get_by_role("button", name="Details").focus()
    await keys.press("Enter")
    await expect(page.locator("dl")).to_be_visible()
    await keys.press("Escape")
    await expect(page.locator("dl")).to_be_hidden()
    await keys.press("/")
    await expect(focused).to_have_id("prompt")
    await keys.press("Shift+Tab")
    await expect(focused).to_have_text("Details")
    order = []
    await page.locator("#help").focus()
    for _ in range(3):
        order.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        await keys.press("Tab")
    assert order == ["help", "中文", "EN"]


async def test_the_enter_that_ends_a_word_sends_nothing(theatre: Theatre) -> None:
    page = await theatre.visit(locale="zh-CN")
    await page.locator("#prompt").focus()
    tools = await page.context.new_cdp_session(page)
    await tools.send("Input.imeSetComposition", {"text": "xiao mao", "selectionStart": 8, "selectionEnd": 8})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await tools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    await tools.send("Input.insertText", {"text": "小猫"})
    await tools.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    await asyncio.sleep(0.3)
    await expect(page.locator("#prompt")).to_have_value("小猫")
    await expect(page.locator("#talk > li")).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(page.locator(".said p")).to_have_text("小猫")


async def test_nothing_is_lost_while_the_line_is_down(theatre: Theatre) -> None:
    page = await theatre.visit()
    await theatre.close()
    await expect(page.locator("#line")).to_contain_text("Reconnecting")
    await send(page, "a cat")
    await expect(page.locator(".status")).to_have_text("Will be sent when the connection is back.")
    await theatre.open()
    await page.locator("video").wait_for()
    await expect(page.locator("#line")).to_be_hidden()
    assert len(theatre.commands.jobs) == 1


async def test_a_submission_survives_a_reload_while_the_line_is_down(theatre: Theatre) -> None:
    page = await theatre.visit()
    await page.route("**/ws", lambda route: route.abort())
    await page.evaluate("""sessionStorage.setItem('piying.pending', JSON.stringify(
        [{message: {type: 'submit', id: 'kept', prompt: 'a cat', options: {}}, prompt: 'a cat'}]))""")
    await page.unroute("**/ws")
    await page.reload()
    await page.locator("video").wait_for()
    await page.reload()
    await page.locator("video").wait_for()
    assert [job.key for job in theatre.commands.jobs.values()] == ["console:local:kept"]


async def test_what_people_write_is_text(theatre: Theatre) -> None:
    page = await theatre.visit()
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script> ${alert(3)} dragonfruit"
    await send(page, nasty)
    await page.locator("video").wait_for()
    await expect(page.locator(".said p")).to_have_text(nasty)
    await page.get_by_role("button", name="Details").click()
    await expect(page.locator("dl dd").nth(1)).to_have_text(nasty)
    assert await page.evaluate("document.querySelectorAll('#talk img, #talk script').length") == 0


async def test_screen_readers_are_told(theatre: Theatre) -> None:
    page = await theatre.visit(reduced_motion="reduce")
    said: list[str] = []
    await page.expose_function("heard", lambda text: said.append(text))  # noqa: PLW0108 - Playwright marks what it is given
    await page.evaluate("""new MutationObserver(() => heard(document.querySelector('#announcer').textContent))
        .observe(document.querySelector('#announcer'), {childList: true})""")
    await send(page, "a cat")
    await page.locator("video").wait_for()
    await until(page, "document.querySelector('#announcer').textContent.includes('ready')")
    assert any("next" in text or "turn" in text for text in said)
    assert any("Being made" in text for text in said)
    assert len(said) < 6
    assert await page.evaluate("document.querySelector('video').paused")


async def test_two_pages_show_the_same(theatre: Theatre) -> None:
    one, other = await theatre.visit(), await theatre.visit(locale="zh-CN")
    await send(one, "a cat")
    await expect(other.locator(".said p")).to_have_text("a cat")
    await other.get_by_role("button", name="取消").click()
    await expect(one.locator(".status")).to_have_text("Cancelled. Your credits are back.")


async def test_the_gate(theatre: Theatre, screenshots: Path) -> None:
    await theatre.close()
    theatre.token = "open sesame"
    await theatre.open()
    page: Page = await theatre.visit(ready=False, locale="zh-CN")
    await expect(page.get_by_label("访问令牌")).to_be_focused()
    await page.keyboard.type("guess")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("令牌不对")
    await shoot(page, screenshots / "gate-zh.png")
    await page.get_by_label("访问令牌").fill("open sesame")
    await page.get_by_role("button", name="进入").click()
    await page.locator("#prompt:enabled").wait_for()
    await send(page, "一只猫")
    assert await until(page, PLAYS)
    assert "sesame" not in page.url
    theatre.token = "another"
    await theatre.close()
    await theatre.open()
    await page.get_by_label("访问令牌").wait_for()
