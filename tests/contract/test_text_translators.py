"""The port of translators, held by all of them: a language model, services, a folder, what is built in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.fakes import FakeClock
from tests.services import HANG, Answer, BaiduService, ChatService, DeeplService, Service, TencentService, serve
from translation.chat import Chat, ChatModel
from translation.hosted.baidu import BaiduTranslator
from translation.hosted.deepl import DeeplTranslator
from translation.hosted.tencent import TencentTranslator
from translation.llm import LlmTranslator
from translation.ports import TextTranslator, TranslatorFailed
from translation.threaded import Threaded

CLOCK = FakeClock()


def say(text: str) -> str:
    return f"cat {text}"


def tencent() -> TencentService:
    service = TencentService(say)
    service.now = CLOCK.now
    return service


ON_THE_NETWORK: dict[str, tuple[Callable[[], Service], Callable[[str], TextTranslator]]] = {
    "llm": (lambda: ChatService(say), lambda url: LlmTranslator(Chat(ChatModel(f"{url}/v1", "m", "sk-1")))),
    "deepl": (lambda: DeeplService(say), lambda url: DeeplTranslator("k:fx", url=url)),
    "baidu": (lambda: BaiduService(say), lambda url: BaiduTranslator("20260101", "shh", url=url + BaiduService.path)),
    "tencent": (tencent, lambda url: TencentTranslator("AKID1", "shh", region="ap-guangzhou", clock=CLOCK, url=url)),
}


@pytest.fixture(params=[*ON_THE_NETWORK, "threaded"])
async def translator(request: pytest.FixtureRequest) -> AsyncIterator[TextTranslator]:
    if request.param == "threaded":
        yield Threaded("threaded", "1", lambda: say)
        return
    make_service, make_translator = ON_THE_NETWORK[request.param]
    with serve(make_service()) as service:
        made = make_translator(service.url)
        yield made
        await made.close()
        assert service.wrong == []


def test_its_name_and_version_fit_the_cache(translator: TextTranslator) -> None:
    assert 0 < len(translator.name) <= 32
    assert 0 < len(translator.version) <= 64
    assert translator.version == translator.version


def test_it_translates_chinese_to_english_and_nothing_to_itself(translator: TextTranslator) -> None:
    assert translator.takes("zh", "en")
    assert not translator.takes("en", "en")
    assert not translator.takes("zh", "zh")
    assert not translator.takes("zh", "tlh")


@pytest.mark.parametrize("text", ["一只猫", "一只猫，<k0>和<k1>", "猫 & 狗, 50% \"'\\ 🐈", "猫" * 1000])
async def test_a_text_becomes_another_with_its_placeholders(translator: TextTranslator, text: str) -> None:
    assert await translator.translate(text, "zh", "en") == f"cat {text}"


async def test_many_texts_at_once_are_not_mixed_up(translator: TextTranslator) -> None:
    texts = [f"猫{number}" for number in range(12)]
    found = await asyncio.gather(*(translator.translate(text, "zh", "en") for text in texts))
    assert found == [f"cat {text}" for text in texts]


async def test_it_can_be_closed_without_having_been_used(translator: TextTranslator) -> None:
    await translator.close()
    await translator.close()
    assert await translator.translate("猫", "zh", "en") == "cat 猫"


@pytest.mark.parametrize("kind", ON_THE_NETWORK)
async def test_a_service_that_fails_is_no_more_than_a_failure(kind: str) -> None:
    make_service, make_translator = ON_THE_NETWORK[kind]
    with serve(make_service()) as service:
        made = make_translator(service.url)
        service.instead += [Answer(500, b"oops"), Answer(200, b"<html>"), Answer(200, b"{}"), Answer(418, b"")]
        for _ in range(4):
            with pytest.raises(TranslatorFailed):
                await made.translate("猫", "zh", "en")
        service.instead.append(HANG)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await made.translate("猫", "zh", "en")
        assert await made.translate("猫", "zh", "en") == "cat 猫"
        await made.close()


async def test_what_is_built_in_is_loaded_once_and_called_by_one_at_a_time() -> None:
    loaded, inside = [], []

    def load() -> Callable[[str], str]:
        loaded.append(1)
        return work

    def work(text: str) -> str:
        inside.append(text)
        assert len(inside) == 1
        return inside.pop()

    made = Threaded("t", "1", load)
    texts = [f"猫{number}" for number in range(20)]
    assert await asyncio.gather(*(made.translate(text, "zh", "en") for text in texts)) == texts
    assert loaded == [1]
