"""Commands typed in a chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.text_commands import COMMANDS, Answer, answer, is_command
from core.errors import Refusal
from core.types import DIRECTOR, ORIGINAL, USER, Address, JobState, Options, Request
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
    receipt = await commands.video(Request("k", HERE, "a cat in the snow"))
    return receipt.job.code


@pytest.mark.parametrize("text", ["/help", "  /help", "／帮助", "/", "/nonsense"])
def test_a_slash_makes_a_command(text: str) -> None:
    assert is_command(text)


@pytest.mark.parametrize("text", ["", "help a cat", "你好，世界", "hippo", "a cat / a dog", "\\help"])
def test_other_texts_are_prompts(text: str) -> None:
    assert not is_command(text)


@pytest.mark.parametrize("text", ["/help", "/HELP", "/help@piying_bot", "/start", "／帮助", "/?"])
async def test_help_names_every_command(commands: FakeCommands, text: str) -> None:
    help_text = (await _type(commands, text)).text
    for name in COMMANDS:
        assert f"/{name}" in help_text
    assert "/edit CODE words – Give the engine other words" in help_text.splitlines()


@pytest.mark.parametrize("text", ["help", " Help! ", "?", "？", "hi", "Hello.", "帮助", "你好！"])
async def test_who_greets_is_greeted_and_helped(commands: FakeCommands, text: str) -> None:
    assert is_command(text)
    lines = (await _type(commands, text, ZH)).text.splitlines()
    assert lines[0] == "你好！"
    assert "/show 编号 或 /查看 编号：视频详情" in lines


@pytest.mark.parametrize("text", ["/nonsense", "/", "//", "/imagine a cat", "/" + "x" * 5000])
async def test_unknown_commands_point_to_help(commands: FakeCommands, text: str) -> None:
    found = await _type(commands, text)
    assert found.refused
    assert "/help" in found.text
    assert len(found.text) < 200


@pytest.mark.parametrize("text", ["/cancel", "/show ", "/again", "/取消", "/original", "/edit", "/重译", "/扩写 "])
async def test_a_missing_code_is_asked_for(commands: FakeCommands, text: str) -> None:
    found = await _type(commands, text, ZH)
    assert found.refused
    assert " K7QM2XD" in found.text


@pytest.mark.parametrize(
    "text",
    [
        "/幫助",
        "/說明",
        "／我的",
        "/查看 X",
        "/檢視 X",
        "/再來 X",
        "/取消 X",
        "/積分",
        "/點數",
        "/關聯",
        "/用原文 X",
        "/修改 X 猫",
        "/重譯 X",
        "/擴寫 X",
    ],
)
async def test_traditional_names_are_understood(commands: FakeCommands, text: str) -> None:
    try:
        assert "命令" not in (await _type(commands, text, ZH)).text
    except Refusal as refusal:
        assert str(refusal) == "job-unknown"  # noqa: PT017 - it asks for the video X, so the command was understood


@pytest.mark.parametrize("text", ["幫助", "說明", "您好"])
def test_who_greets_in_traditional_characters_is_helped(text: str) -> None:
    assert is_command(text)


async def test_my_lists_the_latest(commands: FakeCommands) -> None:
    assert "还没有" in (await _type(commands, "/my", ZH)).text
    code = await _make(commands)
    assert f"{code} · waiting · a cat in the snow" in (await _type(commands, "/my")).text


async def test_show_tells_about_one(commands: FakeCommands) -> None:
    code = await _make(commands)
    found = await _type(commands, f"/show {code.lower()}")
    assert found.job is not None
    assert found.job.code == code
    assert "a cat in the snow" in found.text
    assert "4 credits" in found.text


async def test_cancel_stops_it(commands: FakeCommands) -> None:
    code = await _make(commands)
    found = await _type(commands, f"/取消 {code}", ZH)
    assert found.job is not None
    assert found.job.state is JobState.CANCELLED
    with pytest.raises(Refusal, match="job-finished"):
        await _type(commands, f"/cancel {code}")


async def test_again_makes_one_more_and_only_one(commands: FakeCommands) -> None:
    code = await _make(commands)
    once, twice = await _type(commands, f"/again {code}"), await _type(commands, f"/again {code}")
    assert once.receipt is not None
    assert once.job is not None
    assert once.job == twice.job
    assert once.job.code in once.text
    assert once.job.spec.seed == commands.jobs[code].spec.seed


async def test_credits_tell_what_is_set_aside(commands: FakeCommands) -> None:
    assert (await _type(commands, "/credits")).text == "40 credits left"
    await _make(commands)
    assert (await _type(commands, "/积分", ZH)).text == "剩余 36 积分，另有 4 积分留给制作中的视频。"


async def test_link_gives_a_code_and_takes_it(commands: FakeCommands) -> None:
    offered = await _type(commands, "/link")
    assert offered.text.splitlines()[-1] == "/link 5f0e"
    assert "40 credits left" in (await _type(commands, "/link 5f0e")).text
    with pytest.raises(Refusal, match="link-invalid"):
        await _type(commands, "/link nonsense")


async def _make_translated(commands: FakeCommands) -> str:
    return (await commands.video(Request("k", HERE, "一只猫", options=Options(recipe="hd")))).job.code


async def test_show_tells_both_texts(commands: FakeCommands) -> None:
    code = await _make_translated(commands)
    lines = (await _type(commands, f"/查看 {code}", ZH)).text.splitlines()
    assert lines[1] == "一只猫"
    assert lines[-2:] == ["引擎读到的是译文（内置翻译）：", "A cat."]


@pytest.mark.parametrize(
    ("typed", "text", "translator"),
    [
        ("/original {}", "一只猫", ORIGINAL),
        ("/修改 {} a white  cat, vertical", "a white  cat, vertical", USER),
        ("/translate {}", "gloss a cat.", "gloss"),
        ("/translate {} gloss", "gloss a cat.", "gloss"),
        ("/重译 {} 内置词典", "gloss a cat.", "gloss"),
        ("/rewrite {}", "一只猫，远景，暖光", DIRECTOR),
    ],
)
async def test_words_are_changed_and_the_waiting_video_gives_way(
    commands: FakeCommands, typed: str, text: str, translator: str
) -> None:
    commands.can_rewrite = True
    code = await _make_translated(commands)
    found = await _type(commands, typed.format(code), ZH)
    assert found.job is not None
    assert found.job.wording is not None
    assert (found.job.wording.revised.text, found.job.wording.revised.translator) == (text, translator)
    assert found.text.startswith(f"换了文字，新编号是 {found.job.code}。")
    assert found.receipt is not None
    assert found.receipt.replaced is not None
    assert (found.receipt.replaced.code, found.receipt.replaced.state) == (code, JobState.CANCELLED)


async def test_words_as_they_are_cost_nothing(commands: FakeCommands) -> None:
    code = await _make(commands)
    for verb in ("original", "translate", "rewrite"):
        found = await _type(commands, f"/{verb} {code.lower()}")
        assert (found.refused, found.receipt) == (True, None)
        assert f"/show {code}" in found.text
    found = await _type(commands, f"/edit {code} ")
    assert (found.refused, found.text.endswith(f"/edit {code} a white cat")) == (True, True)
    assert len(commands.jobs) == 1


async def test_only_a_known_translator_is_asked(commands: FakeCommands) -> None:
    code = await _make_translated(commands)
    with pytest.raises(Refusal, match="translator-unknown"):
        await _type(commands, f"/translate {code} nobody")


@pytest.mark.parametrize("verb", ["show", "cancel", "again", "original", "translate", "rewrite"])
async def test_what_is_not_there_is_refused(commands: FakeCommands, verb: str) -> None:
    with pytest.raises(Refusal, match="job-unknown"):
        await _type(commands, f"/{verb} NOTHING")
