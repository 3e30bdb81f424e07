"""Whatever becomes of the process that orders of vendors: a clip is ordered once, delivered once and charged once."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.media.probe import probe
from core.types import JobState, Locale
from tests.acceptance.vendors_stage import (
    RUN,
    SPLIT,
    VendorsStage,
    assert_no_secrets,
    assert_paid,
    assert_refunded,
    casts,
    serving,
)
from tests.acceptance.visitor import Ask, Visitor
from tests.postgres import PostgresServer
from tests.vendors.server import VendorServer
from translation.localiser import Localiser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Commands = Sequence[Sequence[str]]


def _told(cast: Sequence[type[VendorServer]]) -> str:
    return "+".join(server.vendor.name for server in cast)


CASTS = casts()
of_each_vendor = pytest.mark.parametrize("servers", CASTS[:1], ids=_told, indirect=True)
"""Without the further families of a vendor's models, which the contract suite has stopped and cancelled already."""


@pytest.fixture(params=CASTS, ids=_told)
def servers(request: pytest.FixtureRequest) -> Iterator[list[VendorServer]]:
    with serving(request.param) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Commands]:
    """A database, and the processes on it: one with SQLite; a worker and a bot with PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'piying.db'}", RUN
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return postgres.new_database(), SPLIT


@pytest.fixture
def stage(tmp_path: Path, way: tuple[str, Commands], servers: list[VendorServer]) -> Iterator[VendorsStage]:
    stage = VendorsStage(tmp_path / "play", way[0], servers)
    yield stage
    stage.close()


@pytest.fixture
def commands(way: tuple[str, Commands]) -> Commands:
    return way[1]


def ask_all(stage: VendorsStage, servers: Sequence[VendorServer]) -> dict[VendorServer, Visitor]:
    """A clip of each vendor, by somebody else each: one at a time is made for one person."""
    visitors = {server: stage.visitor(type(server).__name__) for server in servers}
    for server, visitor in visitors.items():
        told = visitor.ask(Ask.of(server))
        assert told["type"] == "receipt", told
    return visitors


def has_come_to(server: VendorServer, moment: str) -> bool:
    """Whether the vendor's only clip is that far."""
    if moment == "poll":
        return sum(task.polls for task in server.tasks.values()) >= 3
    return len(server.creates) == 1 and server.asked[moment] >= 1


def stand_still(server: VendorServer, moment: str) -> None:
    if moment == "poll":
        server.running = 10_000
    else:
        server.held.add(moment)


def go_on(server: VendorServer) -> None:
    server.held.clear()
    server.running = 1


def assert_made_once(stage: VendorsStage, server: VendorServer, visitor: Visitor) -> None:
    assert_paid(stage, visitor.key())
    job = stage.job(visitor.key())
    path = stage.folder / f"{job.code}.mp4"
    path.write_bytes(visitor.clip(job.code))
    assert probe(path).seconds == pytest.approx(Ask.of(server).options["seconds"], abs=0.5)


@pytest.mark.parametrize("moment", ["create", "poll", "file"])
def test_killed_while_it_renders(
    stage: VendorsStage, servers: list[VendorServer], commands: Commands, moment: str
) -> None:
    for server in servers:
        stand_still(server, moment)
    renders, *_ = stage.begin_all(commands)
    visitors = ask_all(stage, servers)
    stage.see(lambda: all(has_come_to(server, moment) for server in servers), f"the {moment}s")
    stage.kill_group(renders)
    for server in servers:
        go_on(server)
    stage.begin(*commands[0])
    stage.see_ended(*(visitor.key() for visitor in visitors.values()))
    costs = {cost["vendor"]: cost for cost in stage.costs()}
    assert len(costs) == len(stage.costs()) == len(servers)
    for server, visitor in visitors.items():
        name = server.vendor.name
        assert (name, len(server.creates), server.wrong) == (name, 1, [])
        if moment == "create" and not server.can_find:
            assert_refunded(stage, visitor.key(), JobState.FAILED, "answer-lost")
            assert (name, costs[name]["state"], costs[name]["charged"]) == (name, "unknown", False)
        else:
            assert_made_once(stage, server, visitor)
            assert (name, costs[name]["state"], costs[name]["charged"]) == (name, "final", True)
    assert_no_secrets(stage, servers)
    stage.assert_books_balance()
    assert stage.unfinished() == []


@of_each_vendor
@pytest.mark.parametrize("moment", ["create", "poll"])
def test_told_to_stop(stage: VendorsStage, servers: list[VendorServer], commands: Commands, moment: str) -> None:
    """An order that is on its way is waited for: else nobody would ever know what came of it."""
    for server in servers:
        stand_still(server, moment)
    renders, *_ = stage.begin_all(commands)
    visitors = ask_all(stage, servers)
    stage.see(lambda: all(has_come_to(server, moment) for server in servers), f"the {moment}s")
    renders.send_signal(signal.SIGTERM)
    if moment == "create":
        time.sleep(2)
        for server in servers:
            go_on(server)
    assert renders.wait(60) == 0, stage.log.read_text()
    for server in servers:
        assert [task.is_cancelled for task in server.tasks.values()] == [False], server.vendor.name
        assert server.asked["cancel"] == 0, server.vendor.name
        go_on(server)
    stage.begin(*commands[0])
    stage.see_ended(*(visitor.key() for visitor in visitors.values()))
    for server, visitor in visitors.items():
        assert (server.vendor.name, len(server.creates)) == (server.vendor.name, 1)
        assert_made_once(stage, server, visitor)
    stage.assert_books_balance()


@of_each_vendor
@pytest.mark.parametrize("moment", ["create", "queued", "running"])
def test_a_user_who_cancels_has_the_credits_back_and_is_told_what_cannot_be_stopped(
    stage: VendorsStage, servers: list[VendorServer], commands: Commands, moment: str
) -> None:
    for server in servers:
        server.queued, server.running = (1, 10_000) if moment == "running" else (10_000, 1)
        server.held.update({"create"} & {moment})
    stage.begin_all(commands)
    visitors = ask_all(stage, servers)
    come_to = "create" if moment == "create" else "poll"
    stage.see(lambda: all(has_come_to(server, come_to) for server in servers), f"the {come_to}s")
    begun = {server: next(iter(server.tasks.values())) for server in servers}
    locales: dict[VendorServer, Locale] = {
        server: "zh-Hans" if number % 2 else "en" for number, server in enumerate(servers)
    }
    for server, visitor in visitors.items():
        told = visitor.cancel(stage.job(visitor.key()).code, locales[server])
        stands = Localiser(locales[server]).text("note-cost-stands")
        assert (server.vendor.name, told["state"]) == (server.vendor.name, "cancelled")
        assert (server.vendor.name, stands in told["notes"]) == (server.vendor.name, Ask.of(server).cancel != "any")
    if moment == "create":
        time.sleep(2)
        for server in servers:
            server.held.clear()
    stage.see(lambda: not [cost for cost in stage.costs() if cost["state"] == "open"], "what it costs")
    costs = {cost["vendor"]: cost["state"] for cost in stage.costs()}
    for server, visitor in visitors.items():
        can = Ask.of(server).cancel in ({"any"} if moment == "running" else {"any", "queued"})
        became = (server.vendor.name, begun[server].is_cancelled, costs[server.vendor.name], len(server.creates))
        assert became == (server.vendor.name, can, "free" if can else "final", 1)
        assert_refunded(stage, visitor.key(), JobState.CANCELLED, None)
        assert server.asked["file"] == 0
    stage.assert_books_balance()
    stage.see(lambda: stage.unfinished() == [], "the end of what was begun")
