"""Moderators' commands: what waits, and to decide it; to others they are no commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bots.text_commands import answer
from core.errors import Refusal
from core.safety.cases import Case, Cases, Kind
from core.types import Address, Place
from piying.clock import SystemClock
from tests.unit.console.fake_commands import FakeCommands
from translation.localiser import Localiser

MODERATOR, OTHER = Address("telegram", "7", "7"), Address("telegram", "8", "8")
EN, ZH = Localiser("en"), Localiser("zh-Hans")
APPEAL = Case("appeal", "K7QM2XD", "gore", "a butcher at work", 0.0, 48 * 3600.0, fragment="butcher")
REPORT = Case("report", "R2D2C3P", "other", "a cat", 0.0, 3600.0, text="it shows my house", code="CATCAT")
OWN = Case("report", "OWNCASE", "other", "my own cat", 0.0, 90 * 3600.0, code="DOGDOG", own=True)


@dataclass
class Queue(Cases):
    """Two cases, and what was ruled."""

    ruled: list[tuple[str, bool, str, str]] = field(default_factory=list)

    def open(self, judge: Address | None) -> list[Case]:
        return [REPORT, APPEAL, OWN]

    def decide(self, case_id: str, *, judge: Address | None, allows: bool, by: str, why: str) -> Kind:
        found = {case.id: case.kind for case in self.open(judge)}
        if case_id == OWN.id:
            raise Refusal("case-own", case=case_id)
        if case_id not in found:
            raise Refusal("case-unknown", case=case_id)
        self.ruled.append((case_id, allows, by, why))
        return found[case_id]


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def commands(tmp_path: Path, queue: Queue) -> FakeCommands:
    made = FakeCommands(tmp_path, pace=0)
    made._clock = SystemClock()
    made._cases, made._moderators = queue, frozenset({("telegram", "7")})
    made._operator = None
    return made


async def _type(commands: FakeCommands, text: str, who: Address = MODERATOR, localiser: Localiser = EN) -> str:
    return (await answer(commands, localiser, who, text, "key", place=Place("private"))).text


async def test_a_moderator_sees_what_waits_with_its_clock(commands: FakeCommands) -> None:
    told = await _type(commands, "/moderate")
    assert "R2D2C3P" in told
    assert "it shows my house" in told
    assert "a butcher at work" in told
    assert told.index("R2D2C3P") < told.index("K7QM2XD")
    assert "K7QM2XD" in await _type(commands, "/审核", localiser=ZH)


async def test_a_decision_names_who_and_why(commands: FakeCommands, queue: Queue) -> None:
    assert "overturned" in await _type(commands, "/rule K7QM2XD allow a shop is no gore")
    assert "视频已移除" in await _type(commands, "/裁定 R2D2C3P 拒绝 有人住在那里", localiser=ZH)
    assert queue.ruled == [
        ("K7QM2XD", True, "telegram:7", "a shop is no gore"),
        ("R2D2C3P", False, "telegram:7", "有人住在那里"),
    ]


async def test_without_a_reason_nothing_is_decided(commands: FakeCommands, queue: Queue) -> None:
    assert "REASON" in await _type(commands, "/rule K7QM2XD allow")
    assert "REASON" in await _type(commands, "/rule K7QM2XD maybe so")
    with pytest.raises(Refusal, match="case-unknown"):
        await _type(commands, "/rule NOTHING deny spam")
    assert not queue.ruled


async def test_to_others_and_in_groups_they_are_no_commands(commands: FakeCommands, queue: Queue) -> None:
    unknown = await _type(commands, "/nonsense")
    assert await _type(commands, "/moderate", OTHER) == unknown.replace("/nonsense", "/moderate")
    assert "/rule" in await _type(commands, "/rule K7QM2XD allow mine", OTHER)
    in_group = await answer(commands, EN, MODERATOR, "/rule K7QM2XD allow yes", "key", place=Place("group"))
    assert in_group.refused
    assert not queue.ruled


async def test_the_server_checks_whoever_calls(commands: FakeCommands, queue: Queue) -> None:
    with pytest.raises(Refusal, match="not-yours"):
        await commands.cases(OTHER)
    with pytest.raises(Refusal, match="not-yours"):
        await commands.rule(OTHER, "K7QM2XD", allows=True, why="mine")
    assert not queue.ruled


async def test_what_is_the_moderators_own_is_marked_and_refused(commands: FakeCommands, queue: Queue) -> None:
    told = await _type(commands, "/moderate")
    assert told.count("about yourself") == 1
    assert told.index("OWNCASE") < told.index("about yourself")
    assert "与你本人有关" in await _type(commands, "/审核", localiser=ZH)
    with pytest.raises(Refusal, match="case-own"):
        await _type(commands, "/rule OWNCASE allow it is mine")
    assert not queue.ruled
