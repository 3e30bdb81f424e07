"""Moderators see appeals and decide them; what was decided before is on record for a policy to be tried on."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import PromptBlocked
from core.types import Address, Request
from piying.appeals import decide, list_appeals, print_past, show_appeal
from piying.casework import read_salt
from piying.mistake import Mistake
from piying.policy import replay_policy
from piying.settings import Settings
from piying.wiring import Process, Role

HERE = Address("cli", "local", "local")
NUDE = "a nude \x1b[31mwoman in a park"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data")


@pytest.fixture
async def process(settings: Settings) -> AsyncIterator[Process]:
    opened = Process(settings, Role(platforms=("cli",)))
    yield opened
    await opened.translator.close()
    await opened.moderator.close()
    opened.store.close()


async def _refused(process: Process, prompt: str = NUDE) -> PromptBlocked:
    with pytest.raises(PromptBlocked) as blocked:
        await process.commands.video(Request("key", HERE, prompt))
    return blocked.value


async def _appeal(process: Process) -> str:
    code = str((await _refused(process)).details["appeal"])
    return (await process.commands.appeal(HERE, code)).id


async def test_an_appeal_is_listed_shown_and_decided(
    process: Process, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    list_appeals(settings)
    assert capsys.readouterr().out == "no appeal is open\n"
    appeal_id = await _appeal(process)
    list_appeals(settings)
    assert appeal_id in capsys.readouterr().out
    show_appeal(settings, appeal_id.lower())
    shown = capsys.readouterr().out
    assert "a nude \ufffd[31mwoman in a park" in shown
    assert "\x1b" not in shown
    decide(settings, appeal_id, allows=True, by="ann")
    decided = capsys.readouterr().out
    assert "overturned" in decided
    assert "by ann" in decided
    assert "nude" not in decided
    with pytest.raises(Mistake, match="decided before"):
        decide(settings, appeal_id, allows=False, by="ann")
    with pytest.raises(Mistake, match="no appeal NOTHING"):
        show_appeal(settings, "NOTHING")
    (appeal,) = await process.commands.appeals(HERE)
    assert appeal.state == "overturned"
    assert (await process.intake.quote(Request("again", HERE, NUDE))).prompt
    with pytest.raises(PromptBlocked):
        await process.intake.quote(Request("other", HERE, "a nude man in a park"))


async def test_the_past_can_be_replayed(
    process: Process, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await _refused(process)
    await process.intake.quote(Request("plain", HERE, "a cat"))
    print_past(settings)
    past, policy = tmp_path / "past.jsonl", tmp_path / "policy.toml"
    past.write_text(capsys.readouterr().out, "utf-8")
    assert len(past.read_text("utf-8").splitlines()) == 1
    assert "nude" not in past.read_text("utf-8")
    policy.write_text('[everywhere]\nsexual = "deny"\n', "utf-8")
    replay_policy(policy, past)
    assert "1 of 1 would be decided otherwise" in capsys.readouterr().out


async def test_the_harmless_version_is_judged_with_all_there_is(process: Process) -> None:
    assert (await _refused(process, "a nude woman in a park")).details["suggestion"] == "a woman in a park"
    assert (await _refused(process, "一个赤裸的女人在公园里散步")).details["suggestion"] == "一个女人在公园里散步"
    assert "suggestion" not in (await _refused(process, "nude")).details


def test_a_salt_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "audit.salt"
    salt = read_salt(path)
    assert len(salt) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_salt(path) == salt
    assert [file.name for file in tmp_path.iterdir()] == ["audit.salt"]
    assert read_salt(tmp_path / "other.salt") != salt
    path.write_bytes(salt[:5])
    with pytest.raises(Mistake, match="cut short"):
        read_salt(path)
