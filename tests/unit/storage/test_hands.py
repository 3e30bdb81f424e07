"""What a process has in hand, apart from the durable queue that hands it over."""

import asyncio
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from core.errors import (
    Conflict,
    DeliveryDelayed,
    EngineBusy,
    EngineFault,
    PromptBlocked,
    RecipientGone,
    Refusal,
    TooLarge,
)
from core.types import StoredClip
from storage.saga import Hands, failed, turn

CLIP = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 5)


class Worker:
    """Renders when told to; notes what was handed back."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.jobs: list[str] = []
        self.most = 0
        self.handed_back: list[str] = []

    @property
    def running(self) -> int:
        return len(self.jobs)

    def of(self, worker_class: str) -> int:
        return sum(class_of(job_id) == worker_class for job_id in self.jobs)

    async def render(self, job_id: str) -> StoredClip:
        self.jobs.append(job_id)
        self.most = max(self.most, self.running)
        try:
            await self.go.wait()
        finally:
            self.jobs.remove(job_id)
        return CLIP

    async def hand_back(self, job_ids: Sequence[str]) -> None:
        self.handed_back.extend(job_ids)


class Bot:
    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.settled: list[tuple[str, str | None]] = []

    async def deliver(self, job_id: str, clip: StoredClip) -> None:
        if self.fault:
            raise self.fault

    async def charge(self, job_id: str) -> None:
        self.settled.append((job_id, None))

    async def fail(self, job_id: str, code: str) -> None:
        self.settled.append((job_id, code))


def class_of(job_id: str) -> str | None:
    """Jobs are called after their class; one that is gone after nobody."""
    return job_id.partition("-")[0] if job_id != "gone" else None


async def until_running(worker: Worker, number: int) -> None:
    async with asyncio.timeout(5):
        while worker.running < number:
            await asyncio.sleep(0.001)


def make_hands(worker: Worker | None = None, bot: Bot | None = None, **lanes: int) -> Hands:
    return Hands(worker, bot, lanes, class_of)


async def test_no_more_than_its_lanes_are_rendered_at_once() -> None:
    worker = Worker()
    hands = make_hands(worker, job=2)
    renders = [asyncio.create_task(hands.render(f"job-{n}")) for n in range(5)]
    await until_running(worker, 2)
    await asyncio.sleep(0.05)
    assert worker.running == 2
    worker.go.set()
    outcomes = await asyncio.gather(*renders)
    assert worker.most == 2
    assert [outcome["video"] for outcome in outcomes] == ["a.mp4"] * 5


async def test_each_class_has_lanes_of_its_own() -> None:
    worker = Worker()
    hands = make_hands(worker, job=3, scene=1)
    renders = [asyncio.create_task(hands.render(f"job-{n}")) for n in range(9)]
    await until_running(worker, 3)
    scenes = [asyncio.create_task(hands.render(f"scene-{n}")) for n in range(2)]
    await until_running(worker, 4)
    await asyncio.sleep(0.05)
    assert (worker.running, worker.of("job"), worker.of("scene")) == (4, 3, 1)
    worker.go.set()
    await asyncio.gather(*renders, *scenes)
    assert worker.most == 4


async def test_a_job_that_is_gone_waits_for_no_lane() -> None:
    worker = Worker()
    hands = make_hands(worker, job=1)
    first = asyncio.create_task(hands.render("job-1"))
    await until_running(worker, 1)
    gone = asyncio.create_task(hands.render("gone"))
    await until_running(worker, 2)
    worker.go.set()
    await asyncio.gather(first, gone)


async def test_a_database_that_is_away_when_the_class_is_asked_for_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("storage.saga.AWAY_PAUSE", 0.001)
    away = [sa.exc.OperationalError("SELECT 1", {}, ConnectionError()) for _ in range(3)]

    def asked(_job_id: str) -> str:
        if away:
            raise away.pop()
        return "job"

    worker = Worker()
    worker.go.set()
    assert (await Hands(worker, None, {"job": 1}, asked).render("job-1"))["video"] == "a.mp4"
    assert away == []


async def test_what_is_in_hand_may_end_and_the_rest_is_handed_back() -> None:
    worker = Worker()
    hands = make_hands(worker, job=2)
    renders = [asyncio.create_task(hands.render(f"job-{n}")) for n in range(3)]
    await until_running(worker, 2)
    await hands.put_down(grace=0.05)
    assert sorted(worker.handed_back) == ["job-0", "job-1"]
    worker.go.set()
    await asyncio.sleep(0.05)
    # The third was never begun: whoever comes next begins it.
    assert [render.done() for render in renders] == [True, True, False]
    renders[2].cancel()


async def test_a_stop_waits_no_longer_than_it_must() -> None:
    worker = Worker()
    hands = make_hands(worker, job=1)
    render = asyncio.create_task(hands.render("job"))
    await until_running(worker, 1)
    worker.go.set()
    async with asyncio.timeout(2):
        await hands.put_down(grace=60)
    assert worker.handed_back == []
    assert (await render)["poster"] == "a.jpg"


async def test_nothing_begins_after_the_stop() -> None:
    bot = Bot()
    hands = make_hands(bot=bot)
    await hands.put_down(grace=0)
    for begin in (hands.settle("job", None), hands.deliver("job", vars(CLIP))):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(begin, 0.05)
    assert bot.settled == []


async def test_a_stop_waits_for_what_a_workflow_has_in_hand_and_lets_no_other_begin() -> None:
    hands, has_begun, may_end = make_hands(), asyncio.Event(), asyncio.Event()

    async def workflow() -> None:
        async with hands.in_hand():
            has_begun.set()
            await may_end.wait()

    first = asyncio.create_task(workflow())
    await has_begun.wait()
    stopping = asyncio.create_task(hands.put_down(grace=60))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(stopping), 0.1)
    has_begun.clear()
    second = asyncio.create_task(workflow())
    may_end.set()
    async with asyncio.timeout(2):
        await asyncio.gather(first, stopping)
    assert not has_begun.is_set()
    second.cancel()


async def test_a_job_is_charged_or_failed() -> None:
    bot = Bot()
    hands = make_hands(bot=bot)
    await hands.settle("good", None)
    await hands.settle("bad", "timed-out")
    assert bot.settled == [("good", None), ("bad", "timed-out")]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (RecipientGone(), "recipient-gone"),
        (TooLarge(limit_bytes=1), "too-large"),
        (EngineFault("clip-invalid"), "clip-invalid"),
        (Conflict(), "conflict"),
        # Outside a retried step the first attempt is the last.
        (DeliveryDelayed(retry_after=60), "delivery-delayed"),
        (ZeroDivisionError("secret"), "engine-fault"),
    ],
)
async def test_a_delivery_that_failed_is_an_outcome(fault: Exception, code: str) -> None:
    assert await make_hands(bot=Bot(fault)).deliver("job", vars(CLIP)) == {"error": code}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineBusy(retry_after=3), "engine-busy"),
        (PromptBlocked(category="gore"), "prompt-blocked"),
        (Refusal("job-unknown"), "engine-fault"),
        (ZeroDivisionError(), "engine-fault"),
    ],
)
def test_only_errors_that_can_end_a_job_are_stored(error: Exception, code: str) -> None:
    assert failed(error) == {"error": code}


def test_a_turn_is_its_time_less_the_head_start_and_never_below_one() -> None:
    now = 1_760_000_000.0
    assert turn(now) < turn(now + 0.11) < turn(now + 1)
    assert turn(now + 599, 600) < turn(now) == turn(now + 600, 600) < turn(now + 601, 600)
    assert turn(0.0) == 1
    # From 2032 on all turns are the same, and never above the 31 bits the queue has for it.
    assert turn(1_960_000_000.0) < turn(1_970_000_000.0) == turn(3_840_000_000.0) == 2**31 - 1
