"""What users do about clips and data that are whose they are, on a real store."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.commands import Commands
from core.errors import Refusal
from core.jobs import settlement
from core.jobs.retention import Retention
from core.jobs.settlement import Settlement
from core.jobs.upkeep import Upkeep
from core.metrics import Metrics
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.reports import ReportReason, uphold
from core.rights import Privacy, Rights
from core.types import Address, Clip, Job
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.fakes import FakeClock, FakeQueue
from tests.stores import ALICE, BOB, open_store

KEPT = Retention.of_days(30, 30, 30, 365, 1096)
CAROL = Address(ALICE.platform, ALICE.chat, "carol")
"""Of Alice's chat."""


@dataclass
class Shop:
    commands: Commands
    store: SqlStore
    queue: FakeQueue
    clock: FakeClock
    clips: FolderClipStore
    folder: Path

    async def order(self, address: Address = ALICE, key: str = "first") -> Job:
        return (await self.commands.video(ask("a cat", key=key, address=address))).job

    async def deliver(self, address: Address = ALICE, key: str = "first") -> Job:
        job = await self.order(address, key)
        video, poster = self.folder / "a.mp4", self.folder / "a.jpg"
        for file in (video, poster):
            file.write_bytes(b"made")
        with self.store.begin() as tx:
            tx.jobs.attach_clip(job.id, self.clips.put(job.id, Clip(video, poster, 854, 480, 4.0, 4)))
            settlement.succeed(tx, job.id, now=self.clock.now())
        return job

    def files(self) -> list[Path]:
        return [path for path in (self.folder / "clips").rglob("*") if path.is_file()]

    def upkeep(self) -> Upkeep:
        return Upkeep(
            store=self.store, queue=self.queue, clips=self.clips, clock=self.clock, deliveries=_Nobody(),
            platforms=["console"], kept=KEPT, metrics=Metrics(),
        )  # fmt: skip


class _Nobody:
    async def deliver(self, *_: object) -> None:
        raise AssertionError

    async def charge(self, *_: object) -> None:
        raise AssertionError

    async def fail(self, *_: object) -> None:
        raise AssertionError


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    queue, clock, clips = FakeQueue(), FakeClock(), FolderClipStore(tmp_path / "clips")
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as store:
        ends = Settlement(store, clock, Metrics())
        rights = Rights(
            store=store, queue=queue, clips=clips, settlement=ends, clock=clock, privacy=Privacy(KEPT)
        )  # fmt: skip
        commands = Commands(
            intake=make_intake(store, queue=queue, clock=clock, limits=Limits(welcome_credits=100)),
            store=store, queue=queue, settlement=ends, clock=clock, rate=Rate(9, 1), rights=rights,
        )  # fmt: skip
        yield Shop(commands, store, queue, clock, clips, tmp_path)


async def test_whoever_sees_a_clip_can_report_it_and_nobody_else(shop: Shop) -> None:
    job = await shop.deliver()
    report = await shop.commands.report(CAROL, job.code, ReportReason.HATE, "rude")
    assert (report.address, report.job) == (CAROL, job.id)
    assert report.account == (await shop.commands.account(CAROL)).id
    with pytest.raises(Refusal, match="not-yours"):
        await shop.commands.report(BOB, job.code, ReportReason.HATE, "rude")


async def test_a_flood_of_reports_is_stopped(shop: Shop) -> None:
    job = await shop.deliver()
    for _ in range(8):
        await shop.commands.report(ALICE, job.code, ReportReason.OTHER, "again")
    with pytest.raises(Refusal, match="too-fast"):
        await shop.commands.report(ALICE, job.code, ReportReason.OTHER, "again")


async def test_the_owner_learns_of_a_removal(shop: Shop) -> None:
    job = await shop.deliver()
    report = await shop.commands.report(CAROL, job.code, ReportReason.LIKENESS, "me")
    with shop.store.begin() as tx:
        uphold(tx, report.id, now=shop.clock.now(), outcome="")
    assert [one.code for one in await shop.commands.taken_down(ALICE)] == [job.code]
    assert await shop.commands.taken_down(CAROL) == []
    assert await shop.commands.history(ALICE) == []


async def test_who_asks_to_be_forgotten_is_gone_from_store_files_and_queue(shop: Shop) -> None:
    job, theirs = await shop.deliver(), await shop.deliver(BOB, "second")
    old = await shop.commands.account(ALICE)
    assert len(shop.files()) == 4
    assert await shop.commands.forget(ALICE) == 1
    assert len(shop.files()) == 2
    assert shop.queue.forgotten == [job.id]
    with shop.store.look() as tx:
        assert tx.jobs.get(job.id) is None
        assert tx.jobs.get(theirs.id) is not None
        assert tx.ledger.account(old.id) is None
    new = await shop.commands.account(ALICE)
    assert (new.balance, new.id == old.id) == (0, False)
    told = await shop.commands.export(ALICE)
    assert (told["jobs"], told["ledger"]) == ([], [])


async def test_an_unfinished_job_is_cancelled_and_dropped_once_its_saga_has_seen_it(shop: Shop) -> None:
    job = await shop.order()
    assert await shop.commands.forget(ALICE) == 1
    assert (shop.queue.cancelled, shop.queue.forgotten) == ([job.id], [])
    upkeep = shop.upkeep()
    assert await upkeep.retire() == 0
    shop.clock.time += 61
    assert await upkeep.retire() == 1
    assert shop.queue.forgotten == [job.id]
    with shop.store.look() as tx:
        assert tx.jobs.get(job.id) is None


async def test_what_a_crash_left_of_the_forgotten_is_dropped_by_upkeep(shop: Shop) -> None:
    job = await shop.deliver()
    account = await shop.commands.account(ALICE)
    # A process that dies before the second half.
    shop.commands._rights.forget(account.id)
    assert len(shop.files()) == 2
    shop.clock.time += 61
    assert await shop.upkeep().retire() == 1
    assert (shop.files(), shop.queue.forgotten) == ([], [job.id])


async def test_a_blocked_user_cannot_shake_the_block_off(shop: Shop) -> None:
    account = await shop.commands.account(ALICE)
    with shop.store.begin() as tx:
        tx.ledger.set_blocked(account.id, blocked=True)
    with pytest.raises(Refusal, match="account-blocked"):
        await shop.commands.forget(ALICE)
    assert (await shop.commands.account(ALICE)).id == account.id
