"""A director's prompt: checked, in time, and with all that was to be copied; or none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from tests.services import HANG, ChatService, serve
from translation.chat import Chat, ChatModel
from translation.director import Director
from translation.llm import LlmRewriter

SHORT = "一只猫在雪地里，35mm，牌子写着“你好”"
LONG = (
    "An orange cat steps through deep snow at dusk, shot low on <k0>, past a sign that says <k1>, breath in the cold."
)


class Desk:
    def __init__(self, service: ChatService) -> None:
        self.service = service
        chat = Chat(ChatModel(f"{service.url}/v1", "m", "sk-1"))
        self.director = Director(LlmRewriter(chat), 0.2)

    async def rewrite(self, answer: str, language: str = "en", limit: int = 200) -> str | None:
        self.service.say = lambda _text: answer
        return await self.director.rewrite(SHORT, language, limit=limit)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    with serve(ChatService()) as service:
        opened = Desk(service)
        yield opened
        await opened.director.close()
        assert service.wrong == []


async def test_a_short_prompt_is_written_out_with_all_that_is_copied(desk: Desk) -> None:
    assert await desk.rewrite(LONG) == LONG.replace("<k0>", "35mm").replace("<k1>", "“你好”")
    assert desk.service.asked == ["一只猫在雪地里,<k0>,牌子写着<k1>"]


async def test_it_is_in_the_language_that_the_model_reads_best(desk: Desk) -> None:
    chinese = "黄昏时分，一只橘猫踩着厚厚的积雪走来，<k0>低机位，身后的牌子写着<k1>，呼出的白气在冷空气里散开。"
    assert "橘猫" in (await desk.rewrite(chinese, "zh") or "")


BAD = {
    "too long": LONG + " And more of it." * 9,
    "lost": "An orange cat steps through deep snow at dusk.",
    "in Chinese": "一只橘猫踩着厚厚的积雪走来，<k0>，<k1>",
    "half in Chinese": "An orange cat 在雪地里 <k0> <k1> in the snow",
    "talk": "Sure! Here is the prompt: a cat in the snow, <k0>, <k1>",
    "a refusal": "I'm sorry, but I can't help with that. <k0> <k1>",
    "stutter": "a cat a cat a cat a cat a cat in snow, <k0>, <k1>",
    "a tag that nobody asked for": LONG + " <lora:evil:1>",
    "nothing": "",
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
async def test_what_is_not_sound_is_not_used(desk: Desk, answer: str) -> None:
    assert await desk.rewrite(answer) is None


async def test_english_is_not_taken_for_chinese(desk: Desk) -> None:
    assert await desk.rewrite(LONG, "zh") is None


async def test_nobody_waits_for_long(desk: Desk) -> None:
    desk.service.instead.append(HANG)
    with capture_logs() as logs:
        assert await desk.rewrite(LONG) is None
    assert [(line["event"], line["reason"]) for line in logs] == [("director.failed", "timed-out")]


NUDE = "a nude woman walks through a park at dusk"


@pytest.mark.parametrize(
    ("prompt", "answer", "softer"),
    [
        (
            NUDE,
            "a woman in a red coat walks through a park at dusk",
            "a woman in a red coat walks through a park at dusk",
        ),
        ("一个裸体女人在公园里散步", "一个穿红大衣的女人在公园里散步", "一个穿红大衣的女人在公园里散步"),
        (NUDE, "-", None),
        (NUDE, "", None),
        (NUDE, "一个女人在公园里散步", None),
        (NUDE, "a woman walks <lora:evil:1>", None),
        (NUDE, "a woman walks, see https://example.com", None),
        (NUDE, "a woman walks through a park. " * 20, None),
        (NUDE, "I'm sorry, but I can't help with that.", None),
    ],
)
async def test_a_refused_prompt_is_made_harmless(desk: Desk, prompt: str, answer: str, softer: str | None) -> None:
    desk.service.say = lambda _text: answer
    assert await desk.director.soften(prompt, category="sexual") == softer
    assert desk.service.asked == [prompt]
    assert "refused as sexual" in desk.service.orders[0]


async def test_nobody_waits_for_long_for_a_harmless_version(desk: Desk) -> None:
    desk.service.instead.append(HANG)
    with capture_logs() as logs:
        assert await desk.director.soften(NUDE, category="sexual") is None
    assert [(line["event"], line["reason"]) for line in logs] == [("director.not_softened", "timed-out")]
