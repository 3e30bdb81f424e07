"""Whatever becomes of the process that orders of vendors: a clip is ordered once, delivered once and charged once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.media.probe import probe
from core.types import JobState
from tests.acceptance.vendors_stage import (
    RUN,
    SPLIT,
    VendorsStage,
    assert_paid,
    assert_refunded,
    casts,
    serving,
)
from tests.acceptance.visitor import Ask, Visitor
from tests.vendors.server import VendorServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Commands = Sequence[Sequence[str]]


@pytest.fixture(params=casts(), ids=lambda cast: "+".join(server.vendor.name for server in cast))
def servers(request: pytest.FixtureRequest) -> Iterator[list[VendorServer]]:
    with serving(request.param) as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path, database_url: str, servers: list[VendorServer]) -> Iterator[VendorsStage]:
    stage = VendorsStage(tmp_path / "play", database_url, servers)
    yield stage
    stage.close()


@pytest.fixture(params=[RUN, SPLIT], ids=["one-process", "worker-and-bot"])
def commands(request: pytest.FixtureRequest) -> Commands:
    return request.param  # type: ignore[no-any-return]


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
    stage.assert_books_balance()
    assert stage.unfinished() == []
