"""``piying moderate`` and ``piying policy``, and the settings of moderators."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import ValidationError

from core.safety.audit import AuditLine, Scored, salted
from core.safety.findings import Action
from core.types import Category, Place
from piying import policy
from piying.__main__ import main
from piying.mistake import Mistake
from piying.moderate import moderate_lines
from piying.moderators import make_panel, make_policy
from piying.settings import Settings
from tests.fakes import FakeClock
from tests.moderation_services import BAD, AzureService, GuardService, OpenAiService
from tests.services import ChatService, as_json, serve

OPEN_ALL = "[everywhere]\n" + "".join(f"{one} = 'allow'\n" for one in Category if one is not Category.MINORS)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PIYING_")]:
        monkeypatch.delenv(name)
    logging_as_it_was = structlog.get_config()
    yield
    # A command writes its log to the standard error of its time, which here is pytest's.
    structlog.configure(**logging_as_it_was)


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatService]:
    with serve(ChatService(lambda _text: "A naked person is running in the snow.")) as service:
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__BASE_URL", f"{service.url}/v1")
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__MODEL", "m-1")
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__KEY", "sk-1")
        monkeypatch.setenv("PIYING_TRANSLATION__ORDER", "llm")
        yield service
        assert service.wrong == []


@pytest.fixture
def openai(monkeypatch: pytest.MonkeyPatch, chat: ChatService) -> Iterator[OpenAiService]:
    assert chat.url
    with serve(OpenAiService()) as service:
        monkeypatch.setenv("PIYING_SAFETY__OPENAI__KEY", "sk-1")
        monkeypatch.setenv("PIYING_SAFETY__OPENAI__URL", f"{service.url}{service.path}")
        yield service
        assert service.wrong == []


def moderate(capsys: pytest.CaptureFixture[str], *texts: object, place: Place | None = None) -> list[Any]:
    lines = [text if isinstance(text, str) and text.startswith("!") else json.dumps({"text": text}) for text in texts]
    with structlog.testing.capture_logs():
        moderate_lines(Settings(), lines, place or Place())
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_has_its_verdict(capsys: pytest.CaptureFixture[str], chat: ChatService) -> None:
    found = moderate(capsys, "a cat", "a naked child", "Taylor Swift sings")
    assert chat.asked == []
    assert all({"allowed", "category", "action", "scores", "rule", "ms"} <= line.keys() for line in found)
    assert [(line["allowed"], line["category"], line["action"]) for line in found] == [
        (True, None, "allow"), (False, "minors", "deny"), (False, "real-person", "ask")
    ]  # fmt: skip
    assert (found[1]["rule"], found[1]["fragment"], found[1]["scores"]["minors"]) == (
        "rules:minors-explicit",
        "naked",
        1,
    )


def test_the_english_is_judged_too(capsys: pytest.CaptureFixture[str], chat: ChatService) -> None:
    (found,) = moderate(capsys, "一个人在雪地里奔跑")
    assert (found["allowed"], found["category"]) == (False, "sexual")
    assert chat.asked == ["一个人在雪地里奔跑"]


def test_who_cannot_translate_is_told_and_the_source_is_judged(
    capsys: pytest.CaptureFixture[str], chat: ChatService
) -> None:
    chat.instead.extend([as_json({}, 500)] * 5)
    (found,) = moderate(capsys, "裸體蘿莉")
    assert (found["category"], found["missing"]) == ("minors", {"english": "translation-failed"})


@pytest.mark.parametrize("line", ["!", "!{}", "![1]", '!{"text": 3}'])
def test_what_is_no_prompt_is_not_allowed(capsys: pytest.CaptureFixture[str], chat: ChatService, line: str) -> None:
    assert chat.url
    (found,) = moderate(capsys, line)
    assert (found["allowed"], found["action"], "text" in found["error"]) == (False, "deny", True)


def test_a_service_votes(capsys: pytest.CaptureFixture[str], openai: OpenAiService) -> None:
    found = moderate(capsys, f"something {BAD}", "a cat")
    assert [(line["allowed"], line["category"]) for line in found] == [(False, "gore"), (True, None)]
    assert found[0]["rule"] == "openai:violence/graphic"
    assert len(openai.asked) == 2


def test_a_service_that_is_down_opens_nothing(capsys: pytest.CaptureFixture[str], openai: OpenAiService) -> None:
    openai.instead.append(as_json({}, 500))
    down, well = moderate(capsys, "a cat", "a cat")
    assert (down["allowed"], down["error"]) == (False, "moderation-unavailable")
    assert well["allowed"] is True


def test_an_optional_service_may_be_down(
    capsys: pytest.CaptureFixture[str], openai: OpenAiService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIYING_SAFETY__OPENAI__REQUIRED", "false")
    openai.instead.append(as_json({}, 500))
    (found,) = moderate(capsys, "a cat")
    assert (found["allowed"], found["missing"]) == (True, {"openai": "unavailable"})


def test_no_setting_opens_minors(
    capsys: pytest.CaptureFixture[str], chat: ChatService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert chat.url
    (tmp_path / "open.toml").write_text(OPEN_ALL)
    monkeypatch.setenv("PIYING_SAFETY__POLICY_FILE", str(tmp_path / "open.toml"))
    for chat_kind in ("private", "group", "channel"):
        for nsfw in (False, True):
            found = moderate(capsys, "nude loli", "a naked woman", place=Place(chat_kind, nsfw))
            assert [(line["allowed"], line["action"]) for line in found] == [(False, "deny"), (True, "allow")]
    for name in ("MINORS", "ALLOW_MINORS", "EVERYTHING__MINORS"):
        monkeypatch.setenv(f"PIYING_SAFETY__{name}", "allow")
        with pytest.raises(ValidationError):
            Settings()
        monkeypatch.delenv(f"PIYING_SAFETY__{name}")


def test_a_bad_policy_stops_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[group]\nminors = 'allow'\n")
    monkeypatch.setenv("PIYING_SAFETY__POLICY_FILE", str(tmp_path / "p.toml"))
    with pytest.raises(Mistake, match=r"POLICY_FILE: .*p.toml: line 2: group.minors: .* never allowed"):
        make_policy(Settings())
    monkeypatch.setenv("PIYING_SAFETY__POLICY_FILE", str(tmp_path / "gone.toml"))
    with pytest.raises(Mistake, match="cannot read"):
        make_policy(Settings())


async def test_every_moderator_can_be_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(AzureService()) as azure, serve(GuardService(lambda _text: "safe")) as guard:
        for name, value in {
            "AZURE__KEY": "k", "AZURE__ENDPOINT": azure.url, "GUARD__KEY": "sk-1", "GUARD__BASE_URL": f"{guard.url}/v1",
            "GUARD__MODEL": "g", "GUARD__STYLE": "llama-guard", "ALIYUN__KEY": "shh", "ALIYUN__KEY_ID": "LTAI1",
            "ALIYUN__URL": azure.url, "ALIYUN__REQUIRED": "false", "TENCENT__KEY": "shh", "TENCENT__SECRET_ID": "AKID1",
            "TENCENT__URL": guard.url, "TENCENT__REQUIRED": "false",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"PIYING_SAFETY__{name}", value)
        with structlog.testing.capture_logs():
            panel = make_panel(Settings(), clock=FakeClock())
            opinion = await panel.review(["a cat"])
        await panel.close()
    assert {"rules", "azure", "guard"} <= opinion.versions.keys()
    assert opinion.missing.keys() == {"aliyun", "tencent"}


@pytest.mark.parametrize(
    "variables",
    [
        {"ALIYUN__KEY": "x"}, {"ALIYUN__KEY_ID": "x"}, {"TENCENT__KEY": "x"}, {"AZURE__KEY": "x"},
        {"GUARD__MODEL": "x"},
        {"GUARD__BASE_URL": "http://127.0.0.1/v1", "GUARD__MODEL": "x", "GUARD__STYLE": "other"},
        {"OPENAI__TIMEOUT": "0"},
        {"ALIYUN__KEY": "x", "ALIYUN__KEY_ID": "y", "ALIYUN__REGION": "evil.example/"}, {"AZURE__ENDPOINT": "ftp://x"},
    ],
)  # fmt: skip
def test_half_a_moderator_is_told(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PIYING_SAFETY__{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_a_policy_is_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('[group]\nhorror = "deny"\n[thresholds]\ngore = 0.7\n')
    main(["policy", "check", str(tmp_path / "p.toml")])
    table = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()[1:]}
    assert table["horror"] == ["spoiler", "deny", "spoiler", "deny", "0.5"]
    assert table["gore"][-1] == "0.7"
    assert table["minors"][:4] == ["deny"] * 4


def test_a_bad_one_is_told_line_by_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('[group]\nhorror = "dany"\nminors = "allow"\n')
    with pytest.raises(SystemExit) as stopped:
        main(["policy", "check", str(tmp_path / "p.toml")])
    assert stopped.value.code == 2
    assert [line.split(": ")[1:3] for line in capsys.readouterr().err.splitlines()] == [
        ["line 2", "group.horror"], ["line 3", "group.minors"]
    ]  # fmt: skip


def past(category: Category, action: Action) -> str:
    line = AuditLine(
        1.0, "prompt", salted(b"s", category), Place("group"), action, category, (Scored(category, 1, "rules"),)
    )
    return line.to_json()


def test_a_policy_is_replayed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open.toml").write_text(OPEN_ALL)
    lines = "\n".join([past(Category.GORE, Action.REWRITE), "", past(Category.MINORS, Action.DENY)])
    (tmp_path / "past.jsonl").write_text(lines)
    policy.replay_policy(tmp_path / "open.toml", tmp_path / "past.jsonl")
    from_file = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    policy.replay_policy(tmp_path / "open.toml", None)
    assert capsys.readouterr().out == from_file
    change, total = from_file.splitlines()
    assert change.split()[-4:] == ["gore", "rewrite", "->", "allow"]
    assert total == "1 of 2 would be decided otherwise"


def test_what_is_no_past_is_told(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("")
    (tmp_path / "past.jsonl").write_text(f"{past(Category.GORE, Action.DENY)}\nnot a line\n")
    with pytest.raises(Mistake, match=r"past\.jsonl, line 2"):
        policy.replay_policy(tmp_path / "p.toml", tmp_path / "past.jsonl")
    with pytest.raises(Mistake, match="cannot read"):
        policy.replay_policy(tmp_path / "p.toml", tmp_path / "gone.jsonl")
