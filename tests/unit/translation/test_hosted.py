"""DeepL, Baidu and Tencent by their own protocols, and every way in which a service fails."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.services import HANG, Answer, BaiduService, DeeplService, Service, TencentService, as_json, serve
from translation.hosted.baidu import URL as BAIDU_URL
from translation.hosted.baidu import BaiduTranslator
from translation.hosted.deepl import FREE, PRO, DeeplTranslator
from translation.hosted.tencent import TencentTranslator
from translation.hosted.variables import from_variables, to_variables
from translation.ports import TextTranslator, TranslatorFailed

CLOCK = FakeClock()


def deepl(service: Service, key: str = "k:fx") -> TextTranslator:
    return DeeplTranslator(key, url=service.url)


def baidu(service: Service, key: str = "shh") -> TextTranslator:
    return BaiduTranslator("20260101", key, url=f"{service.url}{BaiduService.path}")


def tencent(service: Service, key: str = "shh") -> TextTranslator:
    return TencentTranslator("AKID1", key, region="ap-guangzhou", clock=CLOCK, url=service.url)


def tencent_service(say: Callable[[str], str] = lambda text: f"a cat: {text}") -> TencentService:
    service = TencentService(say)
    service.now = CLOCK.now
    return service


@dataclass
class Desk:
    service: Service
    translator: TextTranslator

    async def ask(self, text: str = "一只猫", source: str = "zh", target: str = "en") -> str:
        return await self.translator.translate(text, source, target)

    async def reason(self, text: str = "一只猫") -> str:
        with pytest.raises(TranslatorFailed) as failed:
            await self.ask(text)
        return failed.value.reason


KINDS: dict[str, tuple[Callable[[], Service], Callable[..., TextTranslator]]] = {
    "deepl": (DeeplService, deepl),
    "baidu": (BaiduService, baidu),
    "tencent": (tencent_service, tencent),
}


@pytest.fixture(params=KINDS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async for opened in open_desk(request.param):
        yield opened


async def open_desk(kind: str, **how: Any) -> AsyncIterator[Desk]:
    make_service, make_translator = KINDS[kind]
    with serve(make_service()) as service:
        translator = make_translator(service, **how)
        yield Desk(service, translator)
        await translator.close()
        assert service.wrong == []


async def test_a_text_goes_there_and_its_translation_comes_back(desk: Desk) -> None:
    assert await desk.ask("一只猫 & <一条狗>, 100% “好”") == "a cat: 一只猫 & <一条狗>, 100% “好”"
    assert await desk.ask("a dog", "en", "zh") == "a cat: a dog"
    assert len(desk.service.asked) == 2


async def test_placeholders_come_back_as_they_were(desk: Desk) -> None:
    assert await desk.ask("一只猫<k0>，<k12>") == "a cat: 一只猫<k0>，<k12>"
    assert "<k0>" not in desk.service.asked[0]


async def test_the_languages_are_chinese_and_english_both_ways(desk: Desk) -> None:
    pairs = [(source, target) for source in ("zh", "en", "ja", "other") for target in ("zh", "en", "ja")]
    assert [pair for pair in pairs if desk.translator.takes(*pair)] == [("zh", "en"), ("en", "zh")]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_wrong_key_is_a_denial(kind: str) -> None:
    async for desk in open_desk(kind, key="wrong"):
        assert await desk.reason() == "denied"


STATUSES = {
    400: "rejected", 401: "denied", 402: "spent", 403: "denied", 404: "rejected", 408: "timed-out", 413: "rejected",
    429: "busy", 456: "spent", 500: "unavailable", 502: "unavailable", 503: "busy", 529: "busy", 302: "unavailable",
    204: "unavailable",
}  # fmt: skip


@pytest.mark.parametrize(("status", "reason"), STATUSES.items())
async def test_every_status_has_its_reason(desk: Desk, status: int, reason: str) -> None:
    desk.service.instead.append(as_json({"message": "no"}, status, Location=f"{desk.service.url}/elsewhere"))
    assert await desk.reason() == reason
    assert desk.service.wrong == []


@pytest.mark.parametrize(("header", "rest"), [("7", 7.0), ("99999", 600.0), ("soon", None), ("²", None), ("-1", None)])
async def test_who_is_busy_may_say_for_how_long(desk: Desk, header: str, rest: float | None) -> None:
    headers = {"Retry-After": header.encode().decode("latin-1")}
    desk.service.instead.append(as_json({}, 429, **headers))
    with pytest.raises(TranslatorFailed) as failed:
        await desk.ask()
    assert failed.value.retry_after == rest


GARBAGE = {
    "nothing": b"",
    "a page": b"<html>Welcome to the hotel's network</html>",
    "half": b'{"translations": [{"te',
    "a list": b"[]",
    "a word": b'"a cat"',
    "no text": b'{"translations": [], "trans_result": null, "Response": {}}',
    "a number": b'{"translations": [{"text": 3}], "trans_result": [{"dst": 3}], "Response": {"TargetText": 3}}',
    "two": b'{"translations": [{"text": "a"}, {"text": "b"}], "trans_result": {}, "Response": []}',
    "no UTF-8": b'{"translations": [{"text": "\xff"}]}',
    "deep": b"[" * 100_000,
    "large": b'{"x": "' + b"x" * (2 << 20) + b'"}',
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
async def test_garbage_is_no_translation(desk: Desk, body: bytes) -> None:
    desk.service.instead.append(Answer(200, body))
    assert await desk.reason() == "unreadable"
    assert await desk.ask() == "a cat: 一只猫"


async def test_compressed_garbage_is_no_translation(desk: Desk) -> None:
    desk.service.instead.append(Answer(200, gzip.compress(b"x" * 5000)[:40], {"Content-Encoding": "gzip"}))
    assert await desk.reason() in {"unavailable", "unreadable"}


async def test_an_answer_that_breaks_off_is_none(desk: Desk) -> None:
    desk.service.instead.append(Answer(200, b"{", claimed=100))
    assert await desk.reason() == "unavailable"


async def test_nobody_there_is_no_answer(desk: Desk) -> None:
    with serve(type(desk.service)()) as gone:
        pass
    desk.service.url = gone.url
    make = KINDS[desk.translator.name][1]
    elsewhere = make(desk.service)
    with pytest.raises(TranslatorFailed) as failed:
        await elsewhere.translate("一只猫", "zh", "en")
    await elsewhere.close()
    assert failed.value.reason == "unavailable"


async def test_a_proxy_of_the_environment_is_used_and_no_netrc(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert await desk.reason() == "unavailable"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    await desk.translator.close()
    assert await desk.ask() == "a cat: 一只猫"


async def test_whoever_asks_can_give_up(desk: Desk) -> None:
    desk.service.instead.append(HANG)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await desk.ask()
    assert await desk.ask() == "a cat: 一只猫"


async def test_it_can_be_closed_twice_and_used_again(desk: Desk) -> None:
    await desk.translator.close()
    await desk.translator.close()
    assert await desk.ask() == "a cat: 一只猫"


BAIDU_ERRORS = {
    "52001": "timed-out", "52002": "unavailable", "52003": "denied", "54000": "rejected", "54001": "denied",
    "54003": "busy", "54004": "spent", "54005": "busy", "58000": "denied", "58001": "rejected", "58002": "denied",
    "90107": "denied", "12345": "unavailable",
}  # fmt: skip


@pytest.mark.parametrize(("code", "reason"), BAIDU_ERRORS.items())
async def test_baidus_codes_have_reasons(code: str, reason: str) -> None:
    async for desk in open_desk("baidu"):
        desk.service.instead.append(as_json({"error_code": code, "error_msg": "no"}))
        assert await desk.reason() == reason


async def test_baidu_is_asked_for_no_more_than_it_takes() -> None:
    async for desk in open_desk("baidu"):
        assert await desk.ask("猫" * 2000) == "a cat: " + "猫" * 2000
        assert await desk.reason("猫" * 2001) == "rejected"


def test_baidus_address_is_encrypted() -> None:
    assert BAIDU_URL.startswith("https://")


TENCENT_ERRORS = {
    "AuthFailure.SecretIdNotFound": "denied", "AuthFailure.SignatureFailure": "denied",
    "UnauthorizedOperation": "denied", "FailedOperation.UserNotRegistered": "denied",
    "FailedOperation.NoFreeAmount": "spent", "FailedOperation.ServiceIsolate": "spent",
    "FailedOperation.RequestAiLabErr": "unavailable", "InternalError": "unavailable",
    "InternalError.BackendTimeout": "timed-out", "RequestLimitExceeded": "busy", "LimitExceeded": "busy",
    "InvalidParameter": "rejected", "UnsupportedOperation.TextTooLong": "rejected",
    "UnsupportedOperation.UnsupportedLanguage": "rejected", "Whatever": "unavailable",
}  # fmt: skip


@pytest.mark.parametrize(("code", "reason"), TENCENT_ERRORS.items())
async def test_tencents_codes_have_reasons(code: str, reason: str) -> None:
    async for desk in open_desk("tencent"):
        desk.service.instead.append(TencentService.error(code))
        assert await desk.reason() == reason


async def test_tencents_signature_is_of_its_moment() -> None:
    async for desk in open_desk("tencent"):
        assert isinstance(desk.service, TencentService)
        desk.service.now = lambda: CLOCK.now() + 3600
        assert await desk.reason() == "denied"


@pytest.mark.parametrize(("key", "place"), [("abc:fx", FREE), ("abc", PRO)])
def test_deepls_key_says_where_it_belongs(key: str, place: str) -> None:
    assert DeeplTranslator(key)._url == f"{place}/v2/translate"


@pytest.mark.parametrize("element", ['<k n="0"/>', '<k n="0" />', '<k n="0"></k>'])
async def test_deepl_may_write_elements_in_any_way(element: str) -> None:
    async for desk in open_desk("deepl"):
        desk.service.say = lambda _text: f"a cat {element} &amp; &lt;b&gt;"
        assert await desk.ask("一只猫<k0>") == "a cat <k0> & <b>"


@pytest.mark.parametrize("variable", ["{{0}}", "{ {0} }", "{{ 0 }}", "｛｛0｝｝"])
def test_variables_come_back_however_they_are_written(variable: str) -> None:
    assert from_variables(f"a {variable} b") == "a <k0> b"


def test_a_text_with_variables_of_its_own_is_not_confused() -> None:
    with pytest.raises(TranslatorFailed) as failed:
        to_variables("{{0}} and <k0>")
    assert failed.value.reason == "copy-lost"
