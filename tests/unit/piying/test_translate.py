"""``piying translate``, and the settings of translators."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr, ValidationError

from piying.__main__ import _describe
from piying.doctor import _translation
from piying.mistake import Mistake
from piying.settings import Settings
from piying.translate import translate_lines
from piying.translation_settings import BUILT_IN, LlmSettings, TranslationSettings
from piying.translators import describe, make_chain
from tests.fakes import FakeClock
from tests.services import BaiduService, ChatService, DeeplService, TencentService, as_json, serve
from translation.cache import MemoryCache

PROMPT, ENGLISH = "一只猫在雪地里奔跑", "A cat is running in the snow."


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PIYING_DATABASE_URL", "PIYING_DATA_FOLDER", "PIYING_REQUIRE_ALL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatService]:
    with serve(ChatService(lambda _text: ENGLISH)) as service:
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__BASE_URL", f"{service.url}/v1")
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__MODEL", "m-1")
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__KEY", "sk-1")
        monkeypatch.setenv("PIYING_TRANSLATION__ORDER", "llm")
        yield service
        assert service.wrong == []


def translate(capsys: pytest.CaptureFixture[str], *lines: str, to: str = "en", by: str | None = None) -> list[Any]:
    with structlog.testing.capture_logs():
        translate_lines(Settings(), lines, to, by)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_has_its_json_line(chat: ChatService) -> None:
    text = f"{PROMPT}\r\na dog\n\n{PROMPT}".encode() + b"\n\xff\n"
    command = [sys.executable, "-m", "piying", "translate", "--to", "en"]
    ran = subprocess.run(command, input=text, capture_output=True, check=True, timeout=60)
    assert ran.stderr == b""
    lines = [json.loads(line) for line in ran.stdout.decode().splitlines()]
    assert [(line["text"], line["translator"], line["fallbacks"]) for line in lines] == [
        (ENGLISH, "llm", []), ("a dog", "none", []), ("", "none", []), (ENGLISH, "llm", []), ("\ufffd", "none", []),
    ]  # fmt: skip
    assert all(set(line) == {"text", "translator", "fallbacks", "ms"} and line["ms"] >= 0 for line in lines)
    assert chat.asked == [PROMPT]
    assert list(Path.cwd().iterdir()) == []


def test_what_fails_is_said_and_the_next_translates(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], chat: ChatService
) -> None:
    with serve(DeeplService(lambda _text: "A cat runs in the snow")) as deepl:
        monkeypatch.setenv("PIYING_TRANSLATION__DEEPL__KEY", deepl.key)
        monkeypatch.setenv("PIYING_TRANSLATION__DEEPL__URL", deepl.url)
        monkeypatch.setenv("PIYING_TRANSLATION__ORDER", "llm,deepl")
        chat.instead += [as_json({}, 500), ChatService.answer(PROMPT)]
        lines = translate(capsys, PROMPT, "猫在雪地里奔跑着")
        assert [(line["translator"], line["fallbacks"]) for line in lines] == [
            ("deepl", [{"translator": "llm", "reason": "unavailable"}]),
            ("deepl", [{"translator": "llm", "reason": "untranslated"}]),
        ]
        monkeypatch.setenv("PIYING_TRANSLATION__ORDER", "deepl, llm")
        assert translate(capsys, PROMPT)[0]["translator"] == "deepl"
        assert translate(capsys, PROMPT, by="llm")[0]["translator"] == "llm"
        assert deepl.wrong == []


def test_english_becomes_chinese(capsys: pytest.CaptureFixture[str], chat: ChatService) -> None:
    chat.say = lambda _text: PROMPT
    assert translate(capsys, "a cat runs in the snow", to="zh")[0]["text"] == PROMPT


def test_a_line_that_nobody_translates_comes_back_with_its_error(
    capsys: pytest.CaptureFixture[str], chat: ChatService
) -> None:
    chat.instead.append(as_json({}, 401))
    (line,) = translate(capsys, PROMPT)
    assert (line["text"], line["translator"], line["error"]) == (PROMPT, "none", "translation-failed")
    assert line["fallbacks"] == [{"translator": "llm", "reason": "denied"}]


def test_who_is_not_set_up_is_named(capsys: pytest.CaptureFixture[str], chat: ChatService) -> None:
    with pytest.raises(Mistake, match="no translator gpt: there is llm"):
        translate(capsys, by="gpt")


WRONG = [
    ({"ORDER": "llm,gpt"}, "PIYING_TRANSLATION__ORDER: no translator gpt"),
    ({"ORDER": "baidu"}, "names baidu, which is not set up"),
    ({"ORDER": "llm,llm", "LLM__BASE_URL": "http://a/v1", "LLM__MODEL": "m"}, "named twice"),
    ({"LLM__BASE_URL": "http://a/v1"}, "set both PIYING_TRANSLATION__LLM__BASE_URL and"),
    ({"LLM__MODEL": "m"}, "set both"),
    ({"LLM__BASE_URL": "a.com/v1", "LLM__MODEL": "m"}, "PIYING_TRANSLATION__LLM__BASE_URL: this is no address"),
    ({"DEEPL__URL": "https://me:secret@a.com"}, "PIYING_TRANSLATION__DEEPL__URL: no password belongs"),
    ({"LLM__EXTRA": "{no"}, "PIYING_TRANSLATION__LLM__EXTRA: this is no JSON"),
    ({"LLM__EXTRA": "[]"}, "no JSON object"),
    ({"BAIDU__KEY": "secret"}, "BAIDU__APP_ID"),
    ({"TENCENT__SECRET_ID": "1"}, "TENCENT__SECRET_ID and …__KEY"),
    ({"DEEPL__KEY_FILE": "missing"}, "PIYING_TRANSLATION__DEEPL__KEY_FILE: cannot read missing"),
    ({"NMT__FOLDER": "missing"}, "PIYING_TRANSLATION__NMT__FOLDER: missing cannot be used without"),
    ({"DEEPL__TIMEOUT": "0"}, "PIYING_TRANSLATION__DEEPL__TIMEOUT"),
]


@pytest.mark.parametrize(("variables", "why"), WRONG)
def test_a_mistake_in_the_settings_is_named_and_no_secret_shown(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], why: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PIYING_TRANSLATION__{name}", value)
    with pytest.raises((ValidationError, Mistake)) as caught:
        make_chain(Settings(), cache=MemoryCache(), clock=FakeClock())
    told = "\n".join(map(_describe, caught.value.errors())) if isinstance(caught.value, ValidationError) else ""
    assert why in (told or str(caught.value))
    assert "secret" not in f"{told}{caught.value}".replace("SECRET_ID", "")


def test_all_that_are_set_up_stand_in_their_order(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("shh\n")
    parts = TranslationSettings.model_validate(
        {
            "llm": {"base_url": "https://llm.example/v1", "model": "qwen", "extra": '{"a": null}'},
            "baidu": {"app_id": "1", "key_file": key},
            "tencent": {"secret_id": "1", "key": "x"},
            "deepl": {"key": "k:fx"},
        }
    )
    settings = Settings(translation=parts)
    assert parts.names == ("llm", "deepl", "tencent", "baidu", *BUILT_IN)
    assert describe(settings).startswith("llm (qwen at llm.example), then deepl, then tencent, then baidu")
    assert parts.llm.extra == {"a": None}
    chain = make_chain(settings, cache=MemoryCache(), clock=FakeClock())
    assert chain.names == parts.names


async def test_every_service_is_asked_as_it_is_set_up() -> None:
    clock = FakeClock()
    tencent = TencentService(lambda _text: ENGLISH)
    tencent.now = clock.now
    with serve(tencent), serve(BaiduService(lambda _text: ENGLISH)) as baidu:
        parts = TranslationSettings.model_validate(
            {
                "tencent": {"secret_id": tencent.id, "key": tencent.key, "url": tencent.url},
                "baidu": {"app_id": baidu.app_id, "key": baidu.key, "url": baidu.url + baidu.path},
            }
        )
        chain = make_chain(Settings(translation=parts), cache=MemoryCache(), clock=clock)
        for name in ("tencent", "baidu"):
            assert (await chain.translate(PROMPT, ["en"], by=name)).text == ENGLISH
        await chain.close()
        assert (tencent.wrong, baidu.wrong) == ([], [])


def test_the_doctor_says_who_translates_and_what_is_wrong() -> None:
    assert _translation(Settings()).state == "phrase, then gloss; nobody was asked now"
    llm = LlmSettings(base_url="http://127.0.0.1:1/v1", model="qwen", key=SecretStr("secret"))
    found = _translation(Settings(translation=TranslationSettings(llm=llm)))
    assert (found.good, found.state) == (True, "llm (qwen at 127.0.0.1), then phrase, then gloss; nobody was asked now")
    lost = LlmSettings(base_url="http://127.0.0.1:1/v1", model="qwen", key_file=Path("missing"))
    found = _translation(Settings(translation=TranslationSettings(llm=lost)))
    assert (found.good, found.remedy) == (False, "see docs/reference/settings.md")
    assert "LLM__KEY_FILE" in found.state
