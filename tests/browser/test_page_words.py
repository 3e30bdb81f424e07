"""Both texts in a real browser: what the engine reads is seen, can be changed, and is what is sent."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from core.types import ORIGINAL, USER, JobState
from tests.browser.test_page import CONTRAST, NAMELESS, PHONE, TOO_WIDE
from tests.browser.theatre import Theatre, send, shoot
from tests.unit.console.fake_wording import LOSING

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CAT = "一只橙色的小猫在雪地里向右奔跑"
KITTEN = "An orange kitten runs to the right in the snow."
GLOSSED = f"gloss {KITTEN.lower()}"


async def ask(page: Page, prompt: str, recipe: str = "hd") -> Locator:
    """Type a prompt for the recipe that reads only English; what is said of its words."""
    await page.locator("#recipe").select_option(recipe)
    await page.locator("#prompt").fill(prompt)
    words = page.locator("#meaning .words:not(.stale)")
    await expect(words).to_be_visible()
    return words


async def choose(words: Locator, label: str) -> None:
    if not await words.evaluate("node => node.classList.contains('open')"):
        await words.locator(".more").click()
    await words.get_by_role("button", name=label, exact=True).click()


def words_of(theatre: Theatre) -> list[tuple[str, str]]:
    """Text and translator of what each job's engine reads."""
    wordings = [job.wording for job in theatre.commands.jobs.values()]
    return [(wording.revised.text, wording.revised.translator) for wording in wordings if wording]


async def test_a_translation_is_seen_before_it_is_sent(theatre: Theatre, screenshots: Path) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await expect(words.locator(".title")).to_have_text("The engine reads this, translated by the built-in translator:")
    await expect(words.locator(".text")).to_have_text(KITTEN)
    await expect(words.locator(".text")).to_have_attribute("lang", "en")
    await expect(words.locator(".choices")).to_be_hidden()
    assert theatre.commands.jobs == {}
    await shoot(page, screenshots / "words-en.png")
    await page.locator("#prompt").press("Enter")
    await expect(words).to_be_hidden()
    await expect(page.locator(".reply .words .text")).to_have_text(KITTEN)
    await expect(page.locator(".said > p")).to_have_text(CAT)
    assert words_of(theatre) == [(KITTEN, "phrase")]


async def test_what_needs_no_translation_has_nothing_beside_it(theatre: Theatre) -> None:
    page = await theatre.visit()
    await page.locator("#recipe").select_option("hd")
    await page.locator("#prompt").fill("a cat")
    await page.locator("#meaning .chip").first.wait_for()
    await expect(page.locator("#meaning .words")).to_be_hidden()
    await page.locator("#prompt").press("Enter")
    await page.locator(".reply .seal").wait_for()
    await expect(page.locator(".reply .words")).to_be_hidden()


async def test_an_engine_that_reads_the_prompt_has_its_english_beside(theatre: Theatre) -> None:
    page = await theatre.visit(locale="zh-CN")
    words = await ask(page, CAT, "standard")
    await expect(words.locator(".title")).to_contain_text("引擎直接读你的原文")
    await expect(words.locator(".text")).to_have_text(KITTEN)
    await expect(words.locator("button:visible")).to_have_count(0)


async def test_the_original_can_be_sent_instead_and_taken_back(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Use original")
    await expect(words.locator(".title")).to_contain_text("as you typed it")
    await choose(words, "Back to automatic")
    await expect(words.locator(".title")).to_contain_text("translated by the built-in translator")
    await expect(page.locator("#prompt")).to_be_focused()
    await choose(words, "Use original")
    await expect(words.locator(".title")).to_contain_text("as you typed it")
    await page.locator("#prompt").press("Enter")
    await expect(page.locator(".reply .title")).to_contain_text("as you typed it")
    assert words_of(theatre) == [(CAT, ORIGINAL)]


async def test_an_edit_is_quoted_and_sent(theatre: Theatre, screenshots: Path) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Edit")
    editor = words.get_by_role("textbox", name="Words for the engine")
    await expect(editor).to_be_focused()
    await expect(editor).to_have_value(KITTEN)
    await page.keyboard.type(" A dragonfruit.")
    await expect(page.locator("#meaning .note")).to_contain_text("dragonfruit")
    await expect(editor).to_be_focused()
    await expect(words.locator(".title")).to_have_text("The engine reads the words you chose:")
    await shoot(page, screenshots / "words-edit-en.png")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reply .words .text")).to_have_text(f"{KITTEN} A dragonfruit.")
    await expect(page.locator("#prompt")).to_have_value("")
    await expect(page.locator("#meaning .words")).to_be_hidden()
    assert words_of(theatre) == [(f"{KITTEN} A dragonfruit.", USER)]


async def test_escape_leaves_the_editor_with_the_automatic_words(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Edit")
    await page.keyboard.type(" Never.")
    await page.keyboard.press("Escape")
    await expect(words.locator("textarea")).to_be_hidden()
    await expect(words.locator(".text")).to_have_text(KITTEN)
    await expect(page.locator("#prompt")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.locator(".reply .seal").wait_for()
    assert words_of(theatre) == [(KITTEN, "phrase")]


async def test_another_translation_is_sent_as_it_was_seen(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Translate again: the built-in dictionary")
    await expect(words.locator(".text")).to_have_text(GLOSSED)
    await expect(words.locator(".title")).to_contain_text("the built-in dictionary")
    await expect(page.locator("#announcer")).to_contain_text(GLOSSED)
    await page.locator("#prompt").press("Enter")
    await expect(page.locator(".reply .words .text")).to_have_text(GLOSSED)
    assert words_of(theatre) == [(GLOSSED, USER)]


async def test_words_written_out_are_sent_as_they_were_seen(theatre: Theatre) -> None:
    theatre.commands.can_rewrite = True
    page = await theatre.visit(locale="zh-CN")
    words = await ask(page, "企鹅跳舞", "standard")
    await choose(words, "扩写")
    await expect(words.locator(".text")).to_have_text("企鹅跳舞，远景，暖光")
    await expect(words.locator(".remark")).to_have_text("英文：Two penguins dance by the sea.")
    await page.locator("#prompt").press("Enter")
    await page.locator(".reply .seal").wait_for()
    assert words_of(theatre) == [("企鹅跳舞，远景，暖光", USER)]


async def test_chosen_words_are_not_sent_with_another_prompt(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Edit")
    await page.keyboard.type(" Mine.")
    await page.locator("#prompt").press("End")
    await page.keyboard.type("，夜里")
    await expect(words.locator(".text")).to_have_text(KITTEN)
    await expect(words.locator("textarea")).to_be_hidden()
    await expect(words.locator(".remark")).to_contain_text("set aside")
    await page.locator("#prompt").press("Enter")
    await page.locator(".reply .seal").wait_for()
    assert words_of(theatre) == [(KITTEN, "phrase")]
    await ask(page, CAT)
    await choose(words, "Edit")
    await page.keyboard.type(" Mine.")
    await page.locator("#prompt").press("End")
    await page.keyboard.type("，夜里")
    await words.get_by_role("button", name="Use it all the same").click()
    await expect(words.locator(".text")).to_have_text(f"{KITTEN} Mine.")
    await page.locator("#prompt").press("Enter")
    await page.locator(".reply .seal").nth(1).wait_for()
    assert words_of(theatre)[1] == (f"{KITTEN} Mine.", USER)


async def test_a_fallback_is_said_before_and_after(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, f"{CAT} {LOSING}")
    said = f"Not used: “{KITTEN}” by the built-in translator (a number was lost)."
    await expect(words.locator(".remark")).to_have_text(said)
    await page.locator("#prompt").press("Enter")
    await expect(page.locator(".reply .remark")).to_have_text(said)


async def test_words_that_are_refused_can_be_mended(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Edit")
    await page.keyboard.type(" A beheading.")
    await expect(page.locator("#meaning .problem")).to_be_visible()
    await expect(words.locator("textarea")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.locator(".reply.refused").get_by_role("button", name="Edit").click()
    await expect(page.locator("#prompt")).to_have_value(CAT)
    await expect(page.locator("#meaning .problem")).to_be_visible()
    await expect(words.locator("textarea")).to_have_value(f"{KITTEN} A beheading.")
    await choose(words, "Back to automatic")
    await expect(words.locator(".text")).to_have_text(KITTEN)


async def test_other_words_take_the_place_of_a_waiting_video(theatre: Theatre, screenshots: Path) -> None:
    theatre.commands.pace = 60
    page, other = await theatre.visit(), await theatre.visit()
    await ask(page, CAT)
    await page.locator("#prompt").press("Enter")
    words = page.locator(".reply .words").first
    await words.locator(".more").click()
    again = words.get_by_role("button", name="Use original")
    await expect(again).to_have_attribute("title", "Takes the place of this unfinished video, whose credits come back")
    await choose(words, "Edit")
    editor = words.get_by_role("textbox", name="Words for the engine")
    await expect(editor).to_be_focused()
    await page.keyboard.type(" At night.")
    await page.keyboard.press("Escape")
    await expect(editor).to_be_hidden()
    await expect(words.locator(".more")).to_be_focused()
    assert len(theatre.commands.jobs) == 1
    await choose(words, "Edit")
    await page.keyboard.type(" By day.")
    await shoot(page, screenshots / "words-turn-en.png")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reply").nth(1).locator(".text")).to_have_text(f"{KITTEN} By day.")
    await expect(page.locator(".reply").first.locator(".status")).to_have_text("Cancelled. Your credits are back.")
    for visit in (page, other):
        note = visit.locator(".reply").first.locator(".note")
        await expect(note).to_contain_text("was made in its place")
        await expect(note.get_by_role("button", name="K7QM002")).to_be_visible()
    await page.locator(".reply").first.locator(".code").click()
    await expect(page.locator(".reply").nth(1)).to_be_focused()
    await expect(page.locator("#balance")).to_have_text("32 credits left")
    await page.reload()
    await expect(page.locator(".reply").nth(1).locator(".text")).to_have_text(f"{KITTEN} By day.")
    await expect(page.locator(".note").get_by_role("button", name="K7QM002")).to_be_visible()
    states = [job.state for job in theatre.commands.jobs.values()]
    assert states == [JobState.CANCELLED, JobState.QUEUED]


async def test_an_editor_stays_open_while_its_video_goes_on(theatre: Theatre) -> None:
    page = await theatre.visit()
    await ask(page, CAT)
    await page.locator("#prompt").press("Enter")
    words = page.locator(".reply .words")
    await choose(words, "Edit")
    await page.keyboard.type(" One.")
    await page.locator("video").wait_for()
    editor = words.locator("textarea")
    await expect(editor).to_be_focused()
    await page.keyboard.type(" Two.")
    await expect(editor).to_have_value(f"{KITTEN} One. Two.")
    use = words.get_by_role("button", name="Use these words")
    await expect(use).to_have_attribute("title", "Makes another video, and costs credits again")
    await use.click()
    await page.locator("video").nth(1).wait_for()
    assert [text for text, _ in words_of(theatre)] == [KITTEN, f"{KITTEN} One. Two."]
    assert [job.state for job in theatre.commands.jobs.values()] == [JobState.SUCCEEDED] * 2


async def test_twice_pressed_is_once_made(theatre: Theatre) -> None:
    theatre.commands.pace = 60
    page = await theatre.visit()
    await ask(page, CAT)
    await page.locator("#prompt").press("Enter")
    words = page.locator(".reply .words").first
    await words.locator(".more").click()
    await words.get_by_role("button", name="Translate again: the built-in dictionary").dblclick()
    await page.locator(".reply .seal").nth(1).wait_for()
    await asyncio.sleep(0.3)
    assert words_of(theatre) == [(KITTEN, "phrase"), (GLOSSED, "gloss")]


async def test_chosen_words_survive_a_reload_while_the_line_is_down(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Edit")
    await page.keyboard.type(" Kept.")
    await expect(words.locator(".title")).to_have_text("The engine reads the words you chose:")
    await theatre.close()
    await expect(page.locator("#line")).to_contain_text("Reconnecting")
    await page.keyboard.press("Enter")
    await expect(page.locator(".status")).to_have_text("Will be sent when the connection is back.")
    kept = json.loads(await page.evaluate("sessionStorage.getItem('piying.pending')"))
    assert [one["message"]["words"] for one in kept] == [{"own": f"{KITTEN} Kept."}]
    await theatre.open()
    await page.reload()
    await page.locator("video").wait_for()
    await expect(page.locator(".reply .words .text")).to_have_text(f"{KITTEN} Kept.")
    assert words_of(theatre) == [(f"{KITTEN} Kept.", USER)]


async def test_by_keyboard_alone(theatre: Theatre) -> None:
    page = await theatre.visit()
    await ask(page, CAT)
    keys, focused = page.keyboard, page.locator(":focus")
    await page.locator("#send").focus()
    await keys.press("Tab")
    await expect(focused).to_have_text("Change")
    await expect(focused).to_have_attribute("aria-expanded", "false")
    await keys.press("Enter")
    await expect(focused).to_have_attribute("aria-expanded", "true")
    await keys.press("Tab")
    await expect(focused).to_have_text("Use original")
    await keys.press("Enter")
    await expect(page.locator("#meaning .title")).to_contain_text("as you typed it")
    await expect(focused).to_have_text("Change")
    await keys.press("Tab")
    await expect(focused).to_have_text("Back to automatic")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_in_chinese_on_a_phone(theatre: Theatre, screenshots: Path, scheme: Any) -> None:
    theatre.commands.can_rewrite = True
    page = await theatre.visit(**(PHONE | {"width": 390, "height": 800}), locale="zh-CN", color_scheme=scheme)
    words = await ask(page, f"{CAT} {LOSING}")
    await expect(words.locator(".title")).to_have_text("引擎读到的是译文（内置词典）：")
    await expect(words.locator(".remark")).to_contain_text("丢了数字")
    await shoot(page, screenshots / f"words-phone-{scheme}.png")
    await choose(words, "修改")
    assert await page.evaluate(TOO_WIDE) <= 0
    assert await page.evaluate(NAMELESS) == []
    await page.keyboard.type(" mine")
    await expect(words.locator(".title")).to_have_text("引擎读到的是你选定的文字：")
    await expect(words.locator(".choices button")).to_have_text(
        ["改回自动", "用原文", "重新翻译：内置翻译", "重新翻译：内置词典", "扩写"]
    )
    for selector in (".words .title", ".choice", ".words textarea", ".words .more"):
        assert await page.evaluate(f"{CONTRAST}({json.dumps(selector)})") >= 4.5, selector
    await shoot(page, screenshots / f"words-phone-edit-{scheme}.png")
    await page.locator("#send").tap()
    turn = page.locator(".reply .words")
    await expect(turn.locator(".text")).to_contain_text("mine")
    await page.locator("video").wait_for()
    await choose(turn, "修改")
    assert await page.evaluate(TOO_WIDE) <= 0
    await shoot(page, screenshots / f"words-phone-turn-{scheme}.png")


async def test_the_language_can_be_switched_while_words_are_chosen(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Use original")
    await page.get_by_role("button", name="简体中文").click()
    await expect(words.locator(".more")).to_have_text("更改")
    await expect(words.get_by_role("button", name="改回自动")).to_be_visible()
    await page.locator("#prompt").press("Enter")
    await page.locator(".reply .seal").wait_for()
    assert words_of(theatre) == [(CAT, ORIGINAL)]


async def test_words_are_text_and_no_markup(theatre: Theatre) -> None:
    page = await theatre.visit()
    words = await ask(page, CAT)
    await choose(words, "Edit")
    nasty = "<img src=x onerror=alert(1)> <script>alert(2)</script>"
    await words.locator("textarea").fill(nasty)
    await expect(words.locator(".title")).to_have_text("The engine reads the words you chose:")
    await words.locator("textarea").press("Enter")
    await expect(page.locator(".reply .words .text")).to_have_text(nasty)
    assert await page.evaluate("document.querySelectorAll('#talk img, #talk script').length") == 0


async def test_slash_commands_say_nothing_of_words(theatre: Theatre) -> None:
    page = await theatre.visit()
    await ask(page, CAT)
    await page.locator("#prompt").fill("/my")
    await expect(page.locator("#meaning .words")).to_be_hidden()
    await send(page, "/my")
    await expect(page.locator(".reply")).to_contain_text("No videos yet")


async def test_what_wants_a_declaration_is_made_once_it_is_given(theatre: Theatre) -> None:
    page = await theatre.visit()
    await send(page, "pikachu and a cat")
    refused = page.locator(".reply.refused")
    await expect(refused.locator(".lines")).to_contain_text("only if you declare that you may use it")
    await expect(refused.locator(".lines")).to_contain_text("It is about: “pikachu”.")
    assert theatre.commands.jobs == {}
    await refused.get_by_role("button", name="I declare that I may: make it").click()
    await expect(page.locator(".reply .seal")).to_be_visible()
    assert len(theatre.commands.jobs) == 1


async def test_a_video_is_looked_at_in_the_language_of_the_page(theatre: Theatre, tmp_path: Path) -> None:
    page = await theatre.visit(locale="zh-CN")
    await send(page, "/查验")
    reply = page.locator(".reply").last
    await expect(reply).to_contain_text("MP4")
    (tmp_path / "假的.mp4").write_bytes(b"no video")
    async with page.expect_file_chooser() as chooser:
        await reply.get_by_role("button", name="选择视频").click()
    await (await chooser.value).set_files(tmp_path / "假的.mp4")
    await expect(page.locator(".said").last).to_contain_text("/verify 假的.mp4")
    await expect(page.locator(".reply").last).to_contain_text("读不出这个视频")
    await page.screenshot(path=str(tmp_path / "verify.png"))
