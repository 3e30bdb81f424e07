"""Moderators decide by typing; to everybody else their commands do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bots.commands import Commands
from bots.crier import Crier
from bots.presenter import present_notice
from bots.text_commands import answer
from core.errors import DeliveryDelayed, RecipientGone, Refusal
from core.jobs.settlement import Settlement
from core.metrics import Metrics
from core.quotas.rate import Rate
from core.reports import Report, ReportReason, make_report
from core.rights import forget
from core.safety.appeals import Appeal, AppealState
from core.safety.cases import Cases
from core.types import Address, Category, Job, Notice
from storage.database import SqlStore
from tests.desks import make_intake
from tests.fakes import FakeAdapter, FakeClipStore, FakeClock, FakeQueue
from tests.stores import ALICE, BOB, NOW, held_job, open_account, open_store
from translation.localiser import Localiser

EN, ZH = Localiser("en"), Localiser("zh-Hans")
CAROL, DAVE = Address("console", "carol", "carol"), Address("console", "dave", "dave")
OWNER = Address("console", "local", "local")
"""Who sits at a page without a token."""
ON_TELEGRAM, ON_DISCORD = Address("telegram", "7", "7"), Address("discord", "-5", "8")


class House:
    def __init__(self, store: SqlStore, folder: Path) -> None:
        self.store, self.clock, self.metrics = store, FakeClock(NOW), Metrics()
        self.commands = Commands(
            intake=make_intake(store, clock=self.clock),
            store=store,
            queue=FakeQueue(),
            settlement=Settlement(store, self.clock, self.metrics),
            clock=self.clock,
            rate=Rate(10, 1.0),
            cases=Cases(store=store, clips=FakeClipStore(folder), clock=self.clock),
            moderators=[("console", "bob"), ("telegram", "7"), ("discord", "8")],
            operator=("console", "local"),
        )
        self.adapter = FakeAdapter()
        self.crier = Crier(adapters={"console": self.adapter}, store=store, clock=self.clock)

    async def type(self, text: str, address: Address = BOB) -> str:
        return (await answer(self.commands, EN, address, text, "key")).text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as store:
        yield House(store, tmp_path)


def appealed(store: SqlStore) -> None:
    with store.begin() as tx:
        account = open_account(tx, ALICE)
        tx.appeals.add(
            Appeal("K7QM2XD", "d" * 64, account.id, ALICE, "a cat", Category.GORE, "cat", AppealState.OPEN, NOW)
        )


async def test_nobody_else_sees_that_the_commands_exist(house: House) -> None:
    group = replace(BOB, chat="a group")
    for typed in ("/moderate", "/rule K7QM2XD allow because", "/审核"):
        unknown = await house.type("/nothing")
        for address in (ALICE, group):
            name = typed.split()[0]
            assert await house.type(typed, address) == unknown.replace("/nothing", name)
    assert "/moderate" not in await house.type("/help", ALICE)
    with pytest.raises(Refusal, match="not-yours"):
        await house.commands.cases(ALICE)


async def test_an_appeal_is_decided_on_record_and_told_once(house: House) -> None:
    appealed(house.store)
    listed = await house.type("/moderate")
    assert "K7QM2XD · appeal · gore · due in 48 h" in listed
    assert "a cat" in listed
    assert "/rule CODE" in await house.type("/rule K7QM2XD allow")
    assert await house.type("/rule k7qm2xd allow a drawing") == EN.text("case-done-appeal-allow", case="k7qm2xd")
    with pytest.raises(Refusal, match="case-unknown"):
        await house.type("/rule K7QM2XD deny no")
    with house.store.look() as tx:
        (line,) = tx.records.lines()
    assert (line.by, line.why, line.is_policys) == ("console:bob", "a drawing", False)
    assert await house.crier.tell_due() == 1
    assert await house.crier.tell_due() == 0
    ((address, notice),) = house.adapter.told
    assert (address, notice.code) == (ALICE, "appeal-overturned")
    assert "a drawing" in present_notice(EN, notice)


async def test_a_clip_that_is_taken_down_is_told_of(house: House) -> None:
    job = held_job(house.store)
    with house.store.begin() as tx:
        report = tx.reports.add(make_report(job, None, CAROL, ReportReason.LIKENESS, "my face", now=NOW))
    assert "my face" in await house.type("/moderate")
    await house.type(f"/rule {report.id} deny it is")
    with house.store.look() as tx:
        assert tx.jobs.by_code(job.code) is None
        decided = tx.reports.get(report.id)
    assert decided is not None
    assert (decided.by, decided.outcome) == ("console:bob", "it is")
    await house.crier.tell_due()
    assert job.code in present_notice(EN, house.adapter.told[0][1])


def reported(store: SqlStore, job: Job, by: Address, text: str = "my face", **more: Any) -> Report:
    with store.begin() as tx:
        account = open_account(tx, by)
        return tx.reports.add(make_report(job, account.id, by, ReportReason.LIKENESS, text, now=NOW, **more))


@pytest.mark.parametrize(("ruling", "code"), [("deny", "report-upheld"), ("allow", "report-rejected")])
async def test_whoever_reported_a_clip_is_told_what_became_of_it_once(house: House, ruling: str, code: str) -> None:
    job = held_job(house.store, prompt="my secret")
    report = reported(house.store, job, CAROL, locale="zh-Hans")
    await house.type(f"/rule {report.id} {ruling} a drawing of nobody")
    await house.crier.tell_due()
    assert await house.crier.tell_due() == 0
    (notice,) = [notice for address, notice in house.adapter.told if address == CAROL]
    assert (notice.code, notice.locale) == (code, "zh-Hans")
    for localiser in (EN, ZH):
        told = present_notice(localiser, notice)
        assert job.code in told
        assert "a drawing of nobody" in told
        for secret in (job.id, job.account, job.address.user, job.prompt, "my face"):
            assert secret not in told


async def test_all_who_reported_a_clip_that_goes_are_told_each_where_they_did(house: House) -> None:
    job = held_job(house.store)
    report = reported(house.store, job, CAROL)
    reported(house.store, job, DAVE, "not nice")
    await house.type(f"/rule {report.id} deny it is")
    await house.crier.tell_due()
    assert sorted((address.user, notice.code) for address, notice in house.adapter.told) == [
        ("alice", "taken-down"),
        ("carol", "report-upheld"),
        ("dave", "report-upheld"),
    ]


async def test_a_reporter_is_told_after_a_restart_what_was_decided_before(house: House) -> None:
    report = reported(house.store, held_job(house.store), CAROL)
    await house.type(f"/rule {report.id} allow a drawing")
    house.adapter.faults = [ConnectionResetError("and the process dies")]
    await house.crier.tell_due()
    house.clock.time += 60
    risen = Crier(adapters={"console": house.adapter}, store=house.store, clock=house.clock)
    assert await risen.tell_due() == 1
    assert [(address, notice.code) for address, notice in house.adapter.told] == [(CAROL, "report-rejected")]


async def test_a_clip_that_goes_with_its_owners_data_is_told_of_without_a_word_why(house: House) -> None:
    job = held_job(house.store)
    reported(house.store, job, CAROL)
    with house.store.begin() as tx:
        forget(tx, job.account, now=NOW)
    await house.crier.tell_due()
    ((address, notice),) = house.adapter.told
    assert (address, notice) == (CAROL, Notice("report-upheld", {"job": job.code}))


def linked(store: SqlStore, first: Address, other: Address) -> None:
    with store.begin() as tx:
        kept, joining = open_account(tx, first), open_account(tx, other)
        for job_id in tx.ledger.held_jobs():
            tx.ledger.release(job_id, now=NOW)
        tx.ledger.offer_link(kept.id, "a code", expires_at=NOW + 60)
        tx.ledger.accept_link(joining.id, "a code", now=NOW)


@pytest.mark.parametrize("judge", [BOB, ON_TELEGRAM, ON_DISCORD])
@pytest.mark.parametrize("is_linked", [False, True])
async def test_nobody_decides_what_concerns_themselves(house: House, judge: Address, is_linked: bool) -> None:
    me = DAVE if is_linked else judge
    mine, theirs = held_job(house.store, me), held_job(house.store)
    about, by_me = reported(house.store, mine, CAROL), reported(house.store, theirs, me, "not nice")
    with house.store.begin() as tx:
        account = open_account(tx, me).id
        tx.appeals.add(Appeal("K7QM2XD", "d" * 64, account, me, "a cat", Category.GORE, "cat", AppealState.OPEN, NOW))
    if is_linked:
        linked(house.store, judge, DAVE)
    other = reported(house.store, held_job(house.store), CAROL, "nor is this")
    for case in (about.id, by_me.id, "K7QM2XD"):
        for allows in (True, False):
            with pytest.raises(Refusal, match="case-own"):
                await house.commands.rule(judge, case, allows=allows, why="I say so")
    assert {case.id: case.own for case in await house.commands.cases(judge)} == {
        about.id: True,
        by_me.id: True,
        "K7QM2XD": True,
        other.id: False,
    }
    # Nor do they read who says what of their clip.
    assert "my face" not in str([case.text for case in await house.commands.cases(judge)])
    with house.store.look() as tx:
        assert len(tx.reports.listed(is_open=True, limit=9)) == 3
        assert list(tx.records.lines()) == []
        assert tx.appeals.ruling("d" * 64) is None
    assert await house.commands.rule(judge, other.id, allows=True, why="a drawing") == "report"


async def test_what_one_may_not_decide_another_moderator_does(house: House) -> None:
    report = reported(house.store, held_job(house.store, BOB), CAROL)
    assert await house.commands.rule(ON_TELEGRAM, report.id, allows=True, why="a drawing") == "report"


async def test_a_report_of_the_same_clip_by_another_is_not_the_reporters_to_decide_either(house: House) -> None:
    job = held_job(house.store)
    mine, other = reported(house.store, job, BOB), reported(house.store, job, CAROL)
    for case in (mine, other):
        with pytest.raises(Refusal, match="case-own"):
            await house.commands.rule(BOB, case.id, allows=False, why="I say so")


async def test_the_operator_at_the_machine_has_nobody_above_them(house: House) -> None:
    report = reported(house.store, held_job(house.store, OWNER), CAROL)
    (case,) = await house.commands.cases(OWNER)
    assert (case.own, case.text) == (False, "my face")
    assert await house.commands.rule(OWNER, report.id, allows=False, why="it is") == "report"
    with house.store.look() as tx:
        assert [line.by for line in tx.records.lines()] == ["console:local"]


async def test_a_notice_waits_for_who_is_away_and_not_for_who_is_gone(house: House) -> None:
    with house.store.begin() as tx:
        for code in ("appeal-upheld", "appeal-overturned"):
            tx.notices.add("alice", ALICE, Notice(code, {"appeal": "A"}), now=NOW)
    house.adapter.faults = [DeliveryDelayed(retry_after=15), RecipientGone()]
    assert await house.crier.tell_due() == 0
    assert await house.crier.tell_due() == 0
    house.clock.time += 16
    house.adapter.faults = [OSError("a fault")]
    assert await house.crier.tell_due() == 0
    house.clock.time += 60
    assert await house.crier.tell_due() == 1
    assert [notice.code for _, notice in house.adapter.told] == ["appeal-upheld"]
