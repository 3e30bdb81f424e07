"""One suite over every vendor's engine, at a server that is as strict as the vendor."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.costs import CostState
from core.engines.hosted.engine import HostedEngine
from core.engines.hosted.faults import ALERTS, Kind
from core.errors import EngineBusy, EngineError, EngineFault, EngineRefused, EngineUnavailable, TooLong
from core.media.probe import probe
from core.types import Clip, GenerationSpec
from tests.fakes import FakeClock
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, lay_pictures, spec_of
from tests.vendors.rigs import SERVERS
from tests.vendors.server import DROP, Reply, VendorServer

_ERRORS = {
    Kind.PROMPT: (EngineRefused, "prompt-refused"),
    Kind.OUTPUT: (EngineRefused, "clip-refused"),
    Kind.REQUEST: (EngineFault, "engine-fault"),
    Kind.MODEL: (EngineUnavailable, "engine-unavailable"),
    Kind.KEY: (EngineUnavailable, "engine-unavailable"),
    Kind.BALANCE: (EngineUnavailable, "engine-unavailable"),
    Kind.DOWN: (EngineUnavailable, "engine-unavailable"),
    Kind.GONE: (EngineFault, "clip-lost"),
}


def _cards() -> list[tuple[type[VendorServer], str]]:
    return [(server, card) for server in SERVERS for card in server.cards]


def _refusals() -> list[tuple[type[VendorServer], Kind, Reply]]:
    return [
        (server, kind, reply)
        for server in SERVERS
        for kind, replies in server.create_errors.items()
        for reply in replies
    ]


def _failures() -> list[tuple[type[VendorServer], Kind, str]]:
    return [(server, kind, code) for server in SERVERS for kind, codes in server.task_errors.items() for code in codes]


def name_of(value: object) -> str | None:
    """For the test's name."""
    if isinstance(value, type):
        return value.__name__.removesuffix("Server")
    return json.dumps(value.body)[:60] if isinstance(value, Reply) else None


@pytest.fixture(params=SERVERS, ids=name_of)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[VendorServer]:
    async with request.param() as running:
        yield running


@pytest.fixture
def catalogue(server: VendorServer) -> Catalogue:
    return catalogue_of(server)


@pytest.fixture
async def engine(server: VendorServer, catalogue: Catalogue) -> AsyncIterator[HostedEngine]:
    engine = engine_of(server, catalogue)
    yield engine
    await engine.close()


@pytest.fixture
def spec(server: VendorServer, catalogue: Catalogue, tmp_path: Path) -> GenerationSpec:
    return spec_of(catalogue, server.cards[0], tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> PaidRun:
    return PaidRun(tmp_path)


async def asked_after(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun, *, polls: int
) -> asyncio.Task[Clip]:
    """A clip in the making, once it was asked after so often."""
    making = asyncio.create_task(engine.generate(spec, run))
    while sum(task.polls for task in server.tasks.values()) < polls:
        await asyncio.sleep(0.01)
    return making


@pytest.mark.parametrize(("kind", "card"), _cards(), ids=name_of)
@pytest.mark.parametrize("prompt", ["a red fox in snow", "雪地里的一只红狐狸"])
async def test_every_card_makes_a_clip_and_nothing_wrong_was_sent(
    kind: type[VendorServer], card: str, prompt: str, tmp_path: Path
) -> None:
    async with kind() as server:
        catalogue = catalogue_of(server)
        if not set(catalogue.card(card).prompt_languages) >= {"zh", "en"}:
            prompt = "雪地里的一只红狐狸"
        spec, run = spec_of(catalogue, card, tmp_path, prompt=prompt), PaidRun(tmp_path)
        engine = engine_of(server, catalogue)
        clip = await engine.generate(spec, run)
        await engine.close()
    found = probe(clip.path)
    assert (clip.width, clip.height) == (found.width, found.height)
    assert clip.poster.read_bytes()[:3] == b"\xff\xd8\xff"
    assert server.wrong == []
    assert len(server.creates) == 1
    assert prompt in json.dumps(dict(server.creates[0]), ensure_ascii=False, default=str)
    assert run.states == [CostState.FINAL]
    assert server.files_carried_keys == []


@pytest.mark.parametrize(("kind", "card"), _cards(), ids=name_of)
async def test_pictures_go_along_where_the_card_takes_them(kind: type[VendorServer], card: str, tmp_path: Path) -> None:
    async with kind() as server:
        catalogue = catalogue_of(server)
        facts = catalogue.card(card)
        spec = spec_of(catalogue, card, tmp_path)
        for pictures in set(facts.pictures) - {"none"}:
            with_pictures = replace(
                spec, image="first.png", last_image="last.png" if pictures == "first-last" else None
            )
            lay_pictures(with_pictures, tmp_path)
            engine = engine_of(server, catalogue)
            await engine.generate(with_pictures, PaidRun(tmp_path))
            await engine.close()
    assert server.wrong == []


@pytest.mark.parametrize(("kind", "card"), _cards(), ids=name_of)
async def test_every_shape_and_length_of_a_card_is_one_that_the_vendor_takes(
    kind: type[VendorServer], card: str, tmp_path: Path
) -> None:
    async with kind() as server:
        catalogue = catalogue_of(server)
        facts, first = catalogue.card(card), spec_of(catalogue, card, tmp_path)
        engine = engine_of(server, catalogue, failures=1000)
        shapes = [facts.size(resolution, ratio) for resolution in facts.resolutions for ratio in facts.ratios]
        lengths = facts.num_frames or tuple(
            second * facts.fps for second in range(facts.min_seconds, facts.max_seconds + 1)
        )
        specs = [replace(first, width=width, height=height) for width, height in shapes]
        specs += [replace(first, num_frames=frames) for frames in lengths]
        for spec in specs:
            lay_pictures(spec, tmp_path)
            server.fail_with.append("stop-here")
            with contextlib.suppress(EngineError):
                await engine.generate(spec, PaidRun(tmp_path))
        await engine.close()
    assert server.wrong == []
    assert len(server.creates) == len(specs)


@pytest.mark.parametrize(("kind", "meant", "reply"), _refusals(), ids=name_of)
async def test_a_refused_order_says_who_must_act_and_costs_nothing(
    kind: type[VendorServer], meant: Kind, reply: Reply, tmp_path: Path
) -> None:
    async with kind() as server:
        catalogue = catalogue_of(server)
        engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
        spec = spec_of(catalogue, server.cards[0], tmp_path)
        server.instead["create"] = deque([reply])
        if meant is Kind.BUSY:
            await engine.generate(spec, run)
            assert len(server.creates) == 1
            assert run.states == [CostState.FREE, CostState.FINAL]
        else:
            expected, code = _ERRORS[meant]
            with pytest.raises(expected) as caught:
                await engine.generate(spec, run)
            assert caught.value.code == code
            assert server.creates == []
            assert run.states == [CostState.FREE]
            assert set(server.alerts) == ({meant} & ALERTS)
        await engine.close()


@pytest.mark.parametrize(("kind", "meant", "code"), _failures(), ids=name_of)
async def test_a_task_that_fails_says_who_must_act(
    kind: type[VendorServer], meant: Kind, code: str, tmp_path: Path
) -> None:
    async with kind() as server:
        catalogue = catalogue_of(server)
        engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
        server.fail_with.append(code)
        expected, ours = _ERRORS.get(meant, (EngineBusy, "engine-busy"))
        with pytest.raises(expected) as caught:
            await engine.generate(spec_of(catalogue, server.cards[0], tmp_path), run)
        await engine.close()
    assert caught.value.code == ours
    assert len(server.creates) == 1
    facts = catalogue.card(server.cards[0]).hosted
    assert facts is not None
    assert run.states == [CostState.FINAL if facts.bills_failures else CostState.FREE]


async def test_the_token_is_saved_before_the_order_and_before_the_first_poll(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    await engine.generate(spec, run)
    first, second = (json.loads(token) for token in run.tokens[:2])
    assert first["task"] is None
    assert second["task"]["id"] in server.tasks
    assert server.key not in json.dumps(run.tokens)


async def test_after_a_crash_the_task_is_asked_for_and_not_ordered_again(
    server: VendorServer, catalogue: Catalogue, spec: GenerationSpec, run: PaidRun, tmp_path: Path
) -> None:
    server.running = 10_000
    engine = engine_of(server, catalogue)
    first = asyncio.create_task(engine.generate(spec, run))
    while sum(task.polls for task in server.tasks.values()) < 4:
        await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await engine.close()
    server.running = 1
    second = engine_of(server, catalogue)
    again = run.again(tmp_path / "again")
    clip = await second.generate(spec, again)
    await second.close()
    assert clip.path.parent == again.folder
    assert len(server.creates) == 1
    assert again.states == [CostState.FINAL]


async def test_a_task_whose_key_was_taken_away_is_lost_and_nobody_else_makes_it(
    server: VendorServer, catalogue: Catalogue, spec: GenerationSpec, run: PaidRun, tmp_path: Path
) -> None:
    engine = engine_of(server, catalogue)
    await engine.generate(spec, run)
    await engine.close()
    other = engine_of(server, catalogue, keys=("another:key",))
    with pytest.raises(EngineFault) as caught:
        await other.generate(spec, run.again(tmp_path / "again"))
    await other.close()
    assert caught.value.code == "clip-lost"
    assert len(server.creates) == 1


async def test_an_order_whose_answer_was_lost_is_looked_for_and_never_sent_again(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.instead["create"] = deque([DROP])
    if server.can_find:
        await engine.generate(spec, run)
        assert run.states == [CostState.FINAL]
    else:
        with pytest.raises(EngineFault) as caught:
            await engine.generate(spec, run)
        assert caught.value.code == "answer-lost"
        assert run.states == [CostState.UNKNOWN]
    assert len(server.creates) == 1


async def test_another_jobs_task_is_not_taken_for_ones_own(
    server: VendorServer, catalogue: Catalogue, spec: GenerationSpec, tmp_path: Path
) -> None:
    engine = engine_of(server, catalogue)
    other = PaidRun(tmp_path)
    await engine.generate(spec, other)
    (theirs,) = server.tasks
    mine = PaidRun(tmp_path, claimed={theirs})
    server.instead["create"] = deque([DROP])
    if server.can_find:
        await engine.generate(spec, mine)
        assert {cost.task for cost in mine.costs.values()} == set(server.tasks) - {theirs}
    else:
        with pytest.raises(EngineFault):
            await engine.generate(spec, mine)
    await engine.close()


async def test_a_task_that_the_vendor_forgot_is_lost_and_not_ordered_again(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.running = 10_000
    making = await asked_after(server, engine, spec, run, polls=3)
    server.forget()
    with pytest.raises(EngineFault) as caught:
        await making
    assert caught.value.code == "clip-lost"
    assert len(server.creates) == 1
    assert run.states == [CostState.UNKNOWN]


async def test_polls_that_fail_are_asked_again(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.instead["poll"] = deque([DROP, Reply(502, "bad gateway"), Reply(200, ["what"]), Reply(429, {}), DROP])
    await engine.generate(spec, run)
    assert len(server.creates) == 1


async def test_a_word_for_a_state_that_is_new_is_waited_through(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.running = 3
    await engine.generate(spec, run)
    stages = [report.stage for report in run.reports]
    assert stages[0] == "ordered"
    assert "generating" in stages
    if server.has_progress:
        assert any(0 < report.fraction < 1 for report in run.reports)


async def test_files_that_break_off_are_fetched_again(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.cut_files = 2
    clip = await engine.generate(spec, run)
    assert probe(clip.path).seconds > 0
    assert len(server.creates) == 1


async def test_a_link_that_has_run_out_is_asked_for_anew(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.instead["file"] = deque([Reply(403, {"Code": "AccessDenied"}), Reply(404, {})])
    await engine.generate(spec, run)
    assert len(server.creates) == 1


async def test_a_clip_that_cannot_be_fetched_is_lost_and_paid(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.instead["file"] = deque([Reply(403, {})] * 9)
    with pytest.raises(EngineFault) as caught:
        await engine.generate(spec, run)
    assert caught.value.code == "clip-unfetched"
    assert run.states == [CostState.FINAL]


async def test_a_task_that_does_not_end_is_given_up_at_the_deadline(
    server: VendorServer, catalogue: Catalogue, spec: GenerationSpec, run: PaidRun
) -> None:
    server.queued = 10_000
    clock = FakeClock(time.time())
    engine = engine_of(server, catalogue, clock=clock)
    making = await asked_after(server, engine, spec, run, polls=2)
    tasks = list(server.tasks.values())
    facts = catalogue.card(spec.model).hosted
    assert facts is not None
    clock.time += facts.deadline_seconds + 1
    with pytest.raises(EngineFault) as caught:
        await making
    await engine.close()
    assert caught.value.code == "timed-out"
    assert tasks[0].is_cancelled == server.can_cancel
    assert run.states == [CostState.FREE if server.can_cancel else CostState.UNKNOWN]


async def test_who_cancels_a_queued_task_stops_it_where_that_can_be(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.queued = 10_000
    making = await asked_after(server, engine, spec, run, polls=2)
    tasks = list(server.tasks.values())
    run.is_over = True
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert tasks[0].is_cancelled == server.can_cancel
    assert run.states == [CostState.FREE if server.can_cancel else CostState.FINAL]


async def test_a_process_that_stops_leaves_the_task_alone(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, run: PaidRun
) -> None:
    server.queued = 10_000
    making = await asked_after(server, engine, spec, run, polls=2)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert not any(task.is_cancelled for task in server.tasks.values())
    assert run.states == [CostState.OPEN]


async def test_a_vendor_that_fails_again_and_again_is_left_alone(
    server: VendorServer, catalogue: Catalogue, spec: GenerationSpec, tmp_path: Path
) -> None:
    engine = engine_of(server, catalogue, failures=2)
    down = server.create_errors[Kind.DOWN][0]
    server.instead["create"] = deque([down, down])
    for _ in range(3):
        with pytest.raises(EngineUnavailable):
            await engine.generate(spec, PaidRun(tmp_path))
    await engine.close()
    assert sum(line.startswith("POST") for line in server.seen) == 2


async def test_a_key_without_money_gives_way_to_the_next(
    server: VendorServer, catalogue: Catalogue, spec: GenerationSpec, run: PaidRun
) -> None:
    engine = engine_of(server, catalogue, keys=(server.key, server.key))
    server.instead["create"] = deque([server.create_errors[Kind.BALANCE][0]])
    await engine.generate(spec, run)
    await engine.close()
    assert [cost.key for cost in run.costs.values()] == [1, 2]


async def test_no_more_clips_are_begun_at_once_than_a_key_allows(
    server: VendorServer, catalogue: Catalogue, spec: GenerationSpec, tmp_path: Path
) -> None:
    engine = engine_of(server, catalogue, at_once=2)
    server.running = 10_000
    making = [asyncio.create_task(engine.generate(spec, PaidRun(tmp_path))) for _ in range(5)]
    while sum(task.polls for task in server.tasks.values()) < 10:
        await asyncio.sleep(0.01)
    assert len(server.creates) == 2
    for task in making:
        task.cancel()
    await asyncio.gather(*making, return_exceptions=True)
    await engine.close()


async def test_nothing_is_sent_beyond_the_budget(
    server: VendorServer, engine: HostedEngine, spec: GenerationSpec, tmp_path: Path
) -> None:
    run = PaidRun(tmp_path, budget=-1)
    with pytest.raises(EngineUnavailable) as caught:
        await engine.generate(spec, run)
    assert caught.value.code == "budget-spent"
    assert server.creates == []


async def test_a_prompt_above_the_vendors_measure_is_refused_before_anything_is_sent(
    server: VendorServer, engine: HostedEngine, catalogue: Catalogue, spec: GenerationSpec
) -> None:
    long = "长" * (catalogue.card(spec.model).max_prompt_chars + 1)
    with pytest.raises(TooLong):
        engine.check(replace(spec, prompt=long))
    assert engine.check(spec) == ()
    assert server.seen == []


async def test_a_wrong_key_is_told_from_a_good_one(server: VendorServer) -> None:
    from piying.live import prove

    assert await prove(server.vendor, server.url, server.key) is None
    told = await prove(server.vendor, server.url, "wrong:key")
    assert told is not None
    assert told.kind is Kind.KEY
