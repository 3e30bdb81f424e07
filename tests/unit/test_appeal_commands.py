"""Appeals by typed commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.text_commands import answer
from core.errors import PromptBlocked, Refusal
from core.safety.appeals import AppealState
from core.types import Address, Request
from tests.unit.console.fake_commands import FakeCommands
from translation.localiser import Localiser

HERE = Address("console", "chat", "user")
EN, ZH = Localiser("en"), Localiser("zh-Hans")


@pytest.fixture
def commands(tmp_path: Path) -> FakeCommands:
    return FakeCommands(tmp_path, pace=0)


async def _type(commands: FakeCommands, text: str, localiser: Localiser = EN) -> str:
    return (await answer(commands, localiser, HERE, text, f"key:{text}")).text


async def test_an_appeal_is_made_and_its_outcome_told(commands: FakeCommands) -> None:
    with pytest.raises(PromptBlocked) as blocked:
        await commands.video(Request("key", HERE, "a beheading of a cat"))
    code = str(blocked.value.details["appeal"])
    assert await _type(commands, f"/appeal {code}") == (
        f"{code}: people will look at it. Until then your prompt is kept; send /appeals to see what came of it."
    )
    assert code in await _type(commands, "/申诉结果", ZH)
    commands.settle_appeal(code, AppealState.OVERTURNED)
    assert await _type(commands, "/appeals") == (
        f"Your appeals:\n{code}: you were right. Send the prompt again, and it is made."
    )
    commands.settle_appeal(code, AppealState.UPHELD)
    assert "维持原来的决定" in await _type(commands, "/申訴結果", ZH)


async def test_who_has_none_is_told_so(commands: FakeCommands) -> None:
    assert "no appeals" in await _type(commands, "/appeals")


async def test_a_code_is_needed(commands: FakeCommands) -> None:
    found = await answer(commands, EN, HERE, "/appeal", "key")
    assert (found.refused, found.text) == (True, "Add the code of the refusal, for example: /appeal K7QM2XD")
    with pytest.raises(Refusal, match="appeal-unknown"):
        await _type(commands, "/appeal NOTHING")
