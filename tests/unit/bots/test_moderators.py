"""Moderators decide by typing; to everybody else their commands do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bots.commands import Commands
from bots.crier import Crier
from bots.presenter import present_notice
from bots.text_commands import answer
from core.errors import DeliveryDelayed, RecipientGone, Refusal
from core.jobs.settlement import Settlement
from core.metrics import Metrics
from core.quotas.rate import Rate
from core.reports import ReportReason, make_report
from core.safety.appeals import Appeal, AppealState
from core.safety.cases import Cases
from core.types import Address, Category, Notice
from storage.database import SqlStore
from tests.desks import make_intake
from tests.fakes import FakeAdapter, FakeClipStore, FakeClock, FakeQueue
from tests.stores import ALICE, BOB, NOW, held_job, open_account, open_store
from translation.localiser import Localiser

EN = Localiser("en")


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
            moderators=[("console", "bob")],
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
        report = tx.reports.add(make_report(job, None, BOB, ReportReason.LIKENESS, "my face", now=NOW))
    assert "my face" in await house.type("/moderate")
    await house.type(f"/rule {report.id} deny it is")
    with house.store.look() as tx:
        assert tx.jobs.by_code(job.code) is None
        decided = tx.reports.get(report.id)
    assert decided is not None
    assert (decided.by, decided.outcome) == ("console:bob", "it is")
    await house.crier.tell_due()
    assert job.code in present_notice(EN, house.adapter.told[0][1])


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
