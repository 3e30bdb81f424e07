import io
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bots.commands import Commands
from bots.text_commands import Answer, answer
from core.errors import Refusal
from core.jobs import settlement
from core.jobs.settlement import Settlement
from core.metrics import Metrics
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import Address, Job, JobState, Progress, StoredClip
from storage.database import SqlStore
from tests.desks import ask, make_intake, painter
from tests.fakes import FakeClipStore, FakeClock, FakeQueue
from tests.stores import ALICE, BOB, account_of, open_store, state_of
from translation.localiser import Localiser

EN = Localiser("en")
GROUP_ANN, GROUP_BEN = Address("telegram", "group", "ann"), Address("telegram", "group", "ben")


@dataclass
class Shop:
    """Commands over fakes, but for the store."""

    commands: Commands
    store: SqlStore
    queue: FakeQueue
    clock: FakeClock

    async def order(self, prompt: str = "a cat", address: Address = ALICE, key: str = "first", **options: Any) -> Job:
        return (await self.commands.video(ask(prompt, key=key, address=address, **options))).job


@contextmanager
def open_shop(folder: Path, **parts: Any) -> Iterator[Shop]:
    queue, clock = FakeQueue(), FakeClock()
    with open_store(f"sqlite:///{folder / 'piying.db'}") as store:
        intake = make_intake(store, queue=queue, clock=clock, limits=Limits(welcome_credits=100), **parts)
        commands = Commands(
            intake=intake,
            store=store,
            queue=queue,
            settlement=Settlement(store, clock, Metrics()),
            clock=clock,
            rate=Rate(5, 1),
        )
        yield Shop(commands, store, queue, clock)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as shop:
        yield shop


async def test_again_and_a_remix_begin_with_the_same_picture(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 18), (200, 30, 40)).save(buffer, "PNG")
    clips = FakeClipStore(tmp_path)
    with open_shop(tmp_path, catalogue=painter(("first",)), clips=clips) as shop:
        first = (await shop.commands.video(replace(ask(), image=buffer.getvalue(), declares=True))).job
        again = (await shop.commands.again(ALICE, first.code, "again", another_take=False)).job
        remix = (await shop.commands.remix(ALICE, first.code, "remix", "a dog", "en")).job
    pictures = {clips.files[job.spec.image or ""] for job in (first, again, remix)}
    assert (len(pictures), len(clips.files)) == (1, 3)
    assert (remix.spec.prompt, remix.spec.seed) == ("a dog", first.spec.seed)


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("a cat", {}),
        ("a cat vertical", {}),
        ("a cat 6s", {"ratio": "1:1"}),
        ("a cat", {"seconds": 2.5, "resolution": "720p"}),
        ("a cat hd", {"ratio": "9:16"}),
        ("a cat hd", {"resolution": "480p"}),
        ("a cat seed7", {"seconds": 7.99}),
    ],
)
async def test_again_is_the_same_clip_and_another_take_differs_in_seed_alone(
    shop: Shop, prompt: str, options: dict[str, Any]
) -> None:
    first = await shop.order(prompt, **options)
    again = (await shop.commands.again(ALICE, first.code, "again", another_take=False)).job
    take = (await shop.commands.again(ALICE, first.code, "take", another_take=True)).job
    assert again.spec == first.spec
    assert (again.prompt, again.price, again.locale) == (first.prompt, first.price, first.locale)
    assert {first.id, again.id, take.id} == set(shop.queue.submitted)
    assert take.spec.seed != first.spec.seed
    assert vars(take.spec) | {"seed": 0} == vars(first.spec) | {"seed": 0}


async def test_again_by_another_member_is_that_members_own(shop: Shop) -> None:
    first = await shop.order(address=GROUP_ANN)
    second = (await shop.commands.again(GROUP_BEN, first.code, "again", another_take=False)).job
    assert second.address == GROUP_BEN
    assert second.account != first.account


async def test_codes_are_read_as_people_type_them(shop: Shop) -> None:
    job = await shop.order()
    assert (await shop.commands.show(ALICE, f"  {job.code.lower()} ")).id == job.id


async def test_unknown_and_foreign_codes_are_refused(shop: Shop) -> None:
    job = await shop.order()
    with pytest.raises(Refusal, match="job-unknown"):
        await shop.commands.show(ALICE, "NOSUCH")
    with pytest.raises(Refusal, match="not-yours"):
        await shop.commands.show(BOB, job.code)
    with pytest.raises(Refusal, match="not-yours"):
        await shop.commands.again(BOB, job.code, "again", another_take=True)
    with pytest.raises(Refusal, match="not-yours"):
        await shop.commands.show(Address("telegram", "alice", "alice"), job.code)


async def test_a_cancelled_job_costs_nothing_and_is_taken_out(shop: Shop) -> None:
    job = await shop.order()
    assert (account_of(shop.store).balance, account_of(shop.store).held) == (96, 4)
    cancelled = await shop.commands.cancel(ALICE, job.code)
    assert cancelled.state == "cancelled"
    assert shop.queue.cancelled == [job.id]
    assert (account_of(shop.store).balance, account_of(shop.store).held) == (100, 0)
    with pytest.raises(Refusal, match="job-finished"):
        await shop.commands.cancel(ALICE, job.code)
    assert shop.queue.cancelled == [job.id]


@pytest.mark.parametrize("stranger", [BOB, GROUP_BEN])
async def test_a_stranger_cannot_cancel(shop: Shop, stranger: Address) -> None:
    job = await shop.order(address=GROUP_ANN)
    with pytest.raises(Refusal, match="not-yours"):
        await shop.commands.cancel(stranger, job.code)
    assert state_of(shop.store, job.id) == ("queued", None)
    assert shop.queue.cancelled == []
    await shop.commands.cancel(GROUP_ANN, job.code)


async def test_a_finished_job_cannot_be_cancelled(shop: Shop) -> None:
    job = await shop.order()
    with shop.store.begin() as tx:
        settlement.succeed(tx, job.id, now=shop.clock.now())
    with pytest.raises(Refusal, match="job-finished"):
        await shop.commands.cancel(ALICE, job.code)
    assert account_of(shop.store).balance == 96


async def test_a_deleted_job_is_stopped_and_seen_by_nobody(shop: Shop) -> None:
    job = await shop.order(address=GROUP_ANN)
    with pytest.raises(Refusal, match="not-yours"):
        await shop.commands.delete(GROUP_BEN, job.code)
    assert (await shop.commands.delete(GROUP_ANN, job.code)).state == "cancelled"
    assert shop.queue.cancelled == [job.id]
    assert account_of(shop.store, GROUP_ANN).held == 0
    for member in (GROUP_ANN, GROUP_BEN):
        with pytest.raises(Refusal, match="job-unknown"):
            await shop.commands.show(member, job.code)
        assert await shop.commands.history(member) == []


async def test_a_finished_job_is_deleted_and_stays_paid(shop: Shop) -> None:
    job = await shop.order()
    with shop.store.begin() as tx:
        settlement.succeed(tx, job.id, now=shop.clock.now())
    assert (await shop.commands.delete(ALICE, job.code)).state == "succeeded"
    assert account_of(shop.store).balance == 96
    assert shop.queue.cancelled == []


async def test_a_job_that_is_being_delivered_is_deleted_after_that(shop: Shop) -> None:
    job = await shop.order()
    with shop.store.begin() as tx:
        tx.jobs.attach_clip(job.id, StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 5))
    with pytest.raises(Refusal, match="job-delivering"):
        await shop.commands.delete(ALICE, job.code)
    assert (await shop.commands.show(ALICE, job.code)).id == job.id


async def test_a_remix_differs_in_the_prompt_alone(shop: Shop) -> None:
    first = await shop.order("a cat hd", ratio="9:16", seconds=3)
    remix = (await shop.commands.remix(ALICE, first.code, "remix", "a dog", "zh-Hans")).job
    assert (remix.prompt, remix.locale, remix.spec.prompt) == ("a dog", "zh-Hans", "a dog")
    assert replace(remix.spec, prompt=first.spec.prompt) == first.spec


async def test_history_is_the_chats_and_comes_in_pages(shop: Shop) -> None:
    codes = []
    for number in range(55):
        shop.clock.time += 2
        codes.append(
            (await shop.order(key=f"k{number}", seconds=2, address=GROUP_ANN if number % 2 else GROUP_BEN)).code
        )
        with shop.store.begin() as tx:
            for job in tx.jobs.unfinished("telegram"):
                settlement.cancel(tx, job.id, now=shop.clock.now())
    await shop.order(key="elsewhere")
    newest = await shop.commands.history(GROUP_ANN)
    oldest = await shop.commands.history(GROUP_BEN, before=newest[-1].created_at)
    assert [job.code for job in newest + oldest] == codes[::-1]
    assert len(newest) == 50


async def test_progress_and_place_are_told(shop: Shop) -> None:
    jobs = [await shop.order(key=f"k{number}") for number in range(2)]
    shop.store.write_progress(jobs[0].id, Progress("drawing", 0.5))
    assert await shop.commands.progress(jobs) == {jobs[0].id: Progress("drawing", 0.5)}
    assert (await shop.commands.position(jobs[1])).position == 2


async def test_too_many_messages_are_refused_and_cost_nothing(shop: Shop) -> None:
    for number in range(5):
        await shop.order(key=f"k{number}", seconds=2)
    with pytest.raises(Refusal, match="too-fast"):
        await shop.order(key="k6")
    assert account_of(shop.store).held == 10
    await shop.order(key="k7", address=BOB)
    shop.clock.time += 1
    await shop.order(key="k8")


class TestTimezone:
    async def test_it_is_a_name_of_the_tz_database(self, shop: Shop) -> None:
        assert (await shop.commands.set_timezone(ALICE, "America/New_York")).timezone == "America/New_York"

    @pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "UTC+8", "北京", "x" * 500])
    async def test_others_are_refused(self, shop: Shop, name: str) -> None:
        with pytest.raises(Refusal) as refused:
            await shop.commands.set_timezone(ALICE, name)
        assert refused.value.code == "timezone-unknown"
        assert len(str(refused.value.details["value"])) <= 40

    async def test_it_changes_once_a_week(self, shop: Shop) -> None:
        await shop.commands.set_timezone(ALICE, "America/New_York")
        shop.clock.time += 6 * 86400
        assert (await shop.commands.set_timezone(ALICE, "Asia/Tokyo")).timezone == "America/New_York"
        shop.clock.time += 86400
        assert (await shop.commands.set_timezone(ALICE, "Asia/Tokyo")).timezone == "Asia/Tokyo"


class TestLinking:
    TELEGRAM = Address("telegram", "7", "7")

    async def test_accounts_meet_across_platforms_by_a_code(self, shop: Shop) -> None:
        code = await shop.commands.offer_link(ALICE)
        joined = await shop.commands.accept_link(self.TELEGRAM, f" {code.upper()} ")
        assert joined == await shop.commands.account(ALICE) == await shop.commands.account(self.TELEGRAM)
        assert joined.balance == 100

    async def test_without_a_code_nobody_is_anybody_else(self, shop: Shop) -> None:
        same_name = Address("telegram", "alice", "alice")
        assert (await shop.commands.account(ALICE)).id != (await shop.commands.account(same_name)).id

    async def test_a_code_works_once(self, shop: Shop) -> None:
        code = await shop.commands.offer_link(ALICE)
        await shop.commands.accept_link(self.TELEGRAM, code)
        with pytest.raises(Refusal, match="link-invalid"):
            await shop.commands.accept_link(BOB, code)

    async def test_a_code_lasts_ten_minutes(self, shop: Shop) -> None:
        code = await shop.commands.offer_link(ALICE)
        shop.clock.time += 600
        with pytest.raises(Refusal, match="link-invalid"):
            await shop.commands.accept_link(self.TELEGRAM, code)

    async def test_codes_cannot_be_guessed_quickly(self, shop: Shop) -> None:
        await shop.commands.offer_link(ALICE)
        for _ in range(5):
            with pytest.raises(Refusal, match="link-invalid"):
                await shop.commands.accept_link(BOB, "0" * 16)
        with pytest.raises(Refusal, match="too-fast"):
            await shop.commands.accept_link(BOB, "0" * 16)

    async def test_the_code_itself_is_not_stored(self, shop: Shop) -> None:
        code = await shop.commands.offer_link(ALICE)
        with shop.store.engine.connect() as connection:
            stored = connection.exec_driver_sql("SELECT * FROM link_offers").all()
        assert len(stored) == 1
        assert code not in repr(stored)

    async def test_while_a_clip_is_made_one_waits(self, shop: Shop) -> None:
        code = await shop.commands.offer_link(ALICE)
        job = await shop.order(address=self.TELEGRAM)
        with pytest.raises(Refusal, match="link-busy"):
            await shop.commands.accept_link(self.TELEGRAM, code)
        await shop.commands.cancel(self.TELEGRAM, job.code)
        assert (await shop.commands.accept_link(self.TELEGRAM, code)).balance == 100


def say(shop: Shop, text: str, address: Address = ALICE, localiser: Localiser = EN) -> Awaitable[Answer]:
    return answer(shop.commands, localiser, address, text, f"key:{text}")


def finish(shop: Shop, job: Job) -> None:
    with shop.store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=shop.clock.now())
        tx.jobs.attach_clip(job.id, StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 5))
        settlement.succeed(tx, job.id, now=shop.clock.now())


async def test_a_clip_without_its_label_wants_its_owners_word_and_keeps_it(tmp_path: Path) -> None:
    with open_shop(tmp_path, allows_unlabelled=True) as shop:
        job = await shop.order()
        with pytest.raises(Refusal, match="unlabelled-unmade"):
            await say(shop, f"/unlabelled {job.code}")
        finish(shop, job)
        with pytest.raises(Refusal, match="not-yours"):
            await say(shop, f"/unlabelled {job.code} agree", BOB)
        for text in (f"/unlabelled {job.code}", f"/unlabelled {job.code} no", f"/无标识 {job.code.lower()}"):
            told = await say(shop, text)
            assert f"/unlabelled {job.code} agree" in told.text
            assert f"for {job.price} credits" in told.text
            assert told.job is None
        chinese = await say(shop, f"/unlabelled {job.code}", localiser=Localiser("zh-Hans"))
        assert f"/unlabelled {job.code} 同意" in chinese.text
        with shop.store.look() as tx:
            assert tx.agreements.listed(limit=9) == []
        made = (await say(shop, f"/unlabelled {job.code} 同意")).job
        assert made is not None
        with shop.store.look() as tx:
            (agreement,) = tx.agreements.listed(limit=9)
        finish(shop, made)
        again = (await shop.commands.again(ALICE, made.code, "again", another_take=False)).job
    assert (agreement.matter, agreement.job, agreement.account) == ("unlabelled", made.id, job.account)
    assert made.spec == job.spec
    assert [note.code for note in made.notes] == ["unlabelled"]
    # Once more is no agreement: it has its label.
    assert again.notes == ()


async def test_no_clip_goes_without_its_label_where_the_operator_says_nothing(shop: Shop) -> None:
    job = await shop.order()
    finish(shop, job)
    with pytest.raises(Refusal, match="unlabelled-off"):
        await say(shop, f"/unlabelled {job.code} agree")
    with pytest.raises(Refusal, match="unlabelled-off"):
        await shop.commands.video(replace(ask(key="straight"), unlabelled=True))
