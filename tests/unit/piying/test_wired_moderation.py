"""A process judges prompts and their English by rules and policy, and frames by looking at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from core.errors import DeclarationNeeded, PromptBlocked, Refusal
from core.reports import ReportReason, make_report
from core.types import Address, Note, Request
from piying.safety_settings import SafetySettings
from piying.settings import ConsoleSettings, Settings
from piying.wiring import Process, Role
from tests.fakes import make_job
from tests.stores import held_job

CLI, HERE = Role(platforms=("cli",)), Address("cli", "local", "local")


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    opened = Process(Settings(data_folder=tmp_path), CLI)
    yield opened
    await opened.translator.close()
    await opened.moderator.close()
    opened.store.close()


@pytest.mark.parametrize(
    ("prompt", "category"),
    [
        ("一个赤裸的女人", "sexual"),
        ("a nude woman in a park", "sexual"),
        ("a n u d e woman", "sexual"),
        ("小女孩裸体", "minors"),
    ],
)
async def test_what_is_not_allowed_is_refused_and_named(process: Process, prompt: str, category: str) -> None:
    with pytest.raises(PromptBlocked) as blocked:
        await process.intake.quote(Request("key", HERE, prompt, declares=True))
    assert blocked.value.details["category"] == category
    assert str(blocked.value.details["fragment"]) in prompt


async def test_a_character_of_somebodys_wants_a_declaration_and_keeps_it(process: Process) -> None:
    request = Request("key", HERE, "皮卡丘在草地上跑，旁边有一只猫")
    with pytest.raises(DeclarationNeeded) as needed:
        await process.intake.quote(request)
    assert needed.value.details == {"category": "ip", "fragment": "皮卡丘"}
    declared = await process.intake.quote(Request("key", HERE, request.prompt, declares=True))
    assert Note("declared", {"category": "ip"}) in declared.notes
    account = process.intake.account(HERE).id
    job = make_job(prompt=request.prompt, notes=declared.notes, account=account)
    assert not process.intake.request_again(make_job(notes=declared.notes), "again", HERE).declares
    assert process.intake.request_again(job, "again", HERE).declares
    assert not process.intake.request_again(make_job(), "again", HERE).declares


@pytest.mark.parametrize("prompt", ["grass on a hill with a cat", "草原上的一只猫", "a cat in Scunthorpe"])
async def test_innocent_words_pass(process: Process, prompt: str) -> None:
    assert (await process.intake.quote(Request("key", HERE, prompt))).prompt == prompt


async def test_frames_are_looked_at(process: Process) -> None:
    frames = [np.full((48, 64, 3), shade, np.uint8) for shade in (0, 128, 255)]
    verdict = await process.moderator.review_frames(frames)
    assert (verdict.allowed, verdict.reviewed) == (True, True)


async def test_an_operators_policy_is_heeded(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[everywhere]\nip = "allow"\n')
    opened = Process(Settings(data_folder=tmp_path, safety=SafetySettings(policy_file=policy)), CLI)
    quote = await opened.intake.quote(Request("key", HERE, "皮卡丘和一只猫"))
    assert "declared" not in {note.code for note in quote.notes}
    with pytest.raises(PromptBlocked):
        await opened.intake.quote(Request("key", HERE, "小女孩裸体"))
    await opened.translator.close()
    opened.store.close()


def test_who_decides_is_named_and_a_token_that_others_hold_is_not_read(tmp_path: Path) -> None:
    """A worker or another chat's bot has no file with the page's token."""
    console = ConsoleSettings(token_file=tmp_path / "elsewhere")
    safety = SafetySettings(moderators=("telegram:7",))
    process = Process(Settings(data_folder=tmp_path, console=console, safety=safety), CLI)
    assert process.commands.is_moderator(Address("telegram", "7", "7"))
    assert not process.commands.is_moderator(Address("console", "local", "local"))
    process.store.close()


def test_who_sits_at_the_machine_decides_on_a_page_without_a_token(tmp_path: Path) -> None:
    process = Process(Settings(data_folder=tmp_path), Role(platforms=("console",)))
    assert process.commands.is_moderator(Address("console", "local", "local"))
    assert not process.commands.is_moderator(Address("console", "other", "other"))
    process.store.close()


@pytest.mark.parametrize("token", [None, "a-long-enough-token-of-the-page"])
async def test_only_who_sits_at_an_open_page_decides_what_is_their_own(tmp_path: Path, token: str | None) -> None:
    console = ConsoleSettings(token=SecretStr(token) if token else None)
    settings = Settings(data_folder=tmp_path, console=console, safety=SafetySettings(moderators=("console:local",)))
    process, owner = Process(settings, Role(platforms=("console",))), Address("console", "local", "local")
    job = held_job(process.store, owner)
    with process.store.begin() as tx:
        report = tx.reports.add(make_report(job, None, owner, ReportReason.OTHER, "not nice", now=process.clock.now()))
    (case,) = await process.commands.cases(owner)
    assert case.own is bool(token)
    if token:
        with pytest.raises(Refusal, match="case-own"):
            await process.commands.rule(owner, report.id, allows=True, why="a drawing")
    else:
        assert await process.commands.rule(owner, report.id, allows=True, why="a drawing") == "report"
    process.store.close()
