"""Commands about rights, typed in a chat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bots.text_commands import Answer, answer
from core.errors import Refusal
from core.reports import ReportReason, ReportState, make_report
from core.types import Address, Request
from tests.unit.console.fake_commands import FakeCommands
from translation.localiser import Localiser

HERE = Address("console", "chat", "user")
EN, ZH = Localiser("en"), Localiser("zh-Hans")


@pytest.fixture
def commands(tmp_path: Path) -> FakeCommands:
    return FakeCommands(tmp_path, pace=0)


async def _type(commands: FakeCommands, text: str, localiser: Localiser = EN) -> Answer:
    return await answer(commands, localiser, HERE, text, f"key:{text}")


async def _make(commands: FakeCommands) -> str:
    return (await commands.video(Request("k", HERE, "a cat in the snow"))).job.code


@pytest.mark.parametrize(
    ("words", "reason", "text"),
    [
        ("likeness – that is me", ReportReason.LIKENESS, "that is me"),
        ("Non-consent: take it down", ReportReason.NON_CONSENT, "take it down"),
        ("肖像 这是我的脸", ReportReason.LIKENESS, "这是我的脸"),
        ("版權，我畫的", ReportReason.COPYRIGHT, "我畫的"),
        ("minors", ReportReason.MINORS, ""),
        ("hateful rubbish", ReportReason.OTHER, "hateful rubbish"),
        ("I do not like it", ReportReason.OTHER, "I do not like it"),
    ],
)
async def test_a_report_says_what_is_wrong(commands: FakeCommands, words: str, reason: ReportReason, text: str) -> None:
    code = await _make(commands)
    said = await _type(commands, f"/report {code.lower()} {words}")
    (filed,) = commands.filed
    assert (filed.code, filed.reason, filed.text) == (code, reason, text)
    assert said.text.startswith(f"Thank you. Somebody will look at {code} within 48 hours.")


async def test_a_report_needs_a_code_and_words(commands: FakeCommands) -> None:
    code = await _make(commands)
    for text in ("/report", f"/举报 {code}"):
        assert (await _type(commands, text)).refused
    assert "肖像、版权" in (await _type(commands, f"/举报 {code}", ZH)).text
    with pytest.raises(Refusal, match="job-unknown"):
        await _type(commands, "/report K7QM999 hate")
    assert commands.filed == []


async def test_whose_clip_was_removed_is_told(commands: FakeCommands) -> None:
    await _make(commands)
    job = next(iter(commands.jobs.values()))
    report = make_report(job, None, HERE, ReportReason.LIKENESS, "me", now=0)
    commands.removed = [replace(report, state=ReportState.UPHELD)] * 2
    lines = (await _type(commands, "/my")).text.splitlines()
    assert lines.count(f"{job.code} was removed after a report. Reason: likeness") == 1
    commands.jobs.clear()
    assert f"{job.code} 因举报被移除。理由：肖像" in (await _type(commands, "/my", ZH)).text


async def test_privacy_tells_how_long_and_that_nothing_leaves(commands: FakeCommands) -> None:
    lines = (await _type(commands, "/privacy")).text.splitlines()
    assert "Videos: 30 days after they are finished." in lines
    assert any(line.startswith("Nobody else reads your prompts") for line in lines)
    assert any("1,096 days" in line for line in lines)


async def test_privacy_names_who_reads_prompts(commands: FakeCommands) -> None:
    commands.away = (("deepl", "llm"), ("aliyun", "guard"))
    english, chinese = [(await _type(commands, "/privacy", localiser)).text for localiser in (EN, ZH)]
    assert "These services read prompts to translate or expand them: DeepL, the language model" in english
    assert "These services read prompts to check them: Alibaba Cloud, a guard model" in english
    assert "Nobody else" not in english
    assert "为了审核，提示词会发给：阿里云、审核模型" in chinese


async def test_an_export_comes_as_a_document(commands: FakeCommands) -> None:
    code = await _make(commands)
    said = await _type(commands, "/export")
    assert said.document is not None
    assert said.document["jobs"] == [code]
    assert "one video, 2 entries about credits" in said.text


@pytest.mark.parametrize("text", ["/forget_me", "/forget_me yes", "/忘记我"])
async def test_nobody_is_forgotten_by_mistake(commands: FakeCommands, text: str) -> None:
    await _make(commands)
    said = await _type(commands, text)
    assert "/forget_me erase" in said.text
    assert f"{commands.balance} credits are lost" in said.text
    assert len(commands.jobs) == 1


@pytest.mark.parametrize("text", ["/forget_me erase", "/forget_me ERASE", "/forget_me 删除", "/忘記我 刪除"])
async def test_the_word_erases(commands: FakeCommands, text: str) -> None:
    await _make(commands)
    assert (await _type(commands, text)).text.startswith("Done. One video and your account are gone.")
    assert commands.jobs == {}
