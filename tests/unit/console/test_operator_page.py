"""The moderators' page: what waits, forms that decide, and nothing for anybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from core.errors import Refusal
from core.safety.cases import Case, Cases, Kind
from core.types import Address, StoredClip
from piying.clock import SystemClock
from tests.unit.console.console_stage import make_adapter
from tests.unit.console.fake_commands import FakeCommands

APPEAL = Case("appeal", "K7QM2XD", "gore", "a <b>butcher</b> & his shop", 0.0, 48 * 3600.0, fragment="butcher")
REPORT = Case("report", "r2d2c3p", "other", "a cat", 0.0, 3600.0, text="it shows my house", code="CATCAT")
OWN = Case("appeal", "AP23456", "gore", "my own butcher", 0.0, 90 * 3600.0, own=True)


@dataclass
class Queue(Cases):
    """Two cases, and what was ruled."""

    video: Path
    waiting: list[Case] = field(default_factory=lambda: [REPORT, APPEAL])
    ruled: list[tuple[str, bool, str, str]] = field(default_factory=list)

    def open(self, judge: Address | None) -> list[Case]:
        return self.waiting

    def decide(self, case_id: str, *, judge: Address | None, allows: bool, by: str, why: str) -> Kind:
        found = next((case for case in self.waiting if case.id == case_id), None)
        if found is None:
            raise Refusal("case-unknown", case=case_id)
        if found.own:
            raise Refusal("case-own", case=case_id)
        self.ruled.append((case_id, allows, by, why))
        self.waiting.remove(found)
        return found.kind

    def clip(self, code: str) -> StoredClip | None:
        return StoredClip("video", "poster", 8, 8, 1.0, 8) if code == REPORT.code else None


class Staffed(FakeCommands):
    """With a queue for moderators, and the one video of it."""

    def clip_path(self, key: str) -> Path:
        assert isinstance(self._cases, Queue)
        assert key == "video"
        return self._cases.video


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    video = tmp_path / "reported.mp4"
    video.write_bytes(b"a video")
    return Queue(video)


@pytest.fixture
def moderators() -> frozenset[tuple[str, str]]:
    """Who sits at the machine."""
    return frozenset({("console", "local")})


@pytest.fixture
async def client(
    tmp_path: Path, queue: Queue, moderators: frozenset[tuple[str, str]]
) -> AsyncIterator[aiohttp.ClientSession]:
    commands = Staffed(tmp_path, pace=0)
    commands._clock, commands._cases, commands._moderators = SystemClock(), queue, moderators
    commands._operator = None
    adapter = make_adapter(commands)
    await adapter.start()
    async with aiohttp.ClientSession(base_url=adapter.url) as session:
        yield session
    await adapter.stop()


async def rule(client: aiohttp.ClientSession, **form: str) -> str:
    async with client.post("/operator", data=form) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_what_waits_is_shown_in_both_languages_and_escaped(client: aiohttp.ClientSession) -> None:
    page = await (await client.get("/operator", headers={"Accept-Language": "en"})).text()
    assert "a &lt;b&gt;butcher&lt;/b&gt; &amp; his shop" in page
    assert "<b>butcher" not in page
    assert "overdue" in page
    assert "it shows my house" in page
    answer = await client.get("/operator", headers={"Accept-Language": "zh-CN"})
    assert "申诉成立" in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_a_form_decides_with_who_and_why(client: aiohttp.ClientSession, queue: Queue) -> None:
    assert "overturned" in await rule(client, case="K7QM2XD", choice="allow", why=" a shop ")
    assert "removed" in await rule(client, case="r2d2c3p", choice="deny", why="x" * 500)
    assert queue.ruled == [
        ("K7QM2XD", True, "console:local", "a shop"),
        ("r2d2c3p", False, "console:local", "x" * 300),
    ]
    assert "Nothing waits" in await (await client.get("/operator")).text()


async def test_nothing_is_decided_without_a_reason_or_twice(client: aiohttp.ClientSession, queue: Queue) -> None:
    assert "write a reason" in await rule(client, case="K7QM2XD", choice="allow", why="  ")
    assert "write a reason" in await rule(client, case="K7QM2XD", choice="maybe", why="well")
    assert not queue.ruled
    await rule(client, case="K7QM2XD", choice="deny", why="gore")
    assert "No open case" in await rule(client, case="K7QM2XD", choice="allow", why="or not")
    assert [ruled[:2] for ruled in queue.ruled] == [("K7QM2XD", False)]


async def test_what_is_the_moderators_own_has_no_form_and_is_not_decided_by_one(
    client: aiohttp.ClientSession, queue: Queue
) -> None:
    queue.waiting.append(OWN)
    page = await (await client.get("/operator")).text()
    assert page.count("<form") == 2
    assert page.count("about yourself") == 1
    page = await rule(client, case=OWN.id, choice="allow", why="I like it")
    assert page.count("yours to decide") == 1
    assert not queue.ruled
    assert OWN in queue.waiting


async def test_another_site_cannot_send_the_form(client: aiohttp.ClientSession, queue: Queue) -> None:
    form = {"case": "K7QM2XD", "choice": "allow", "why": "theirs"}
    async with client.post("/operator", data=form, headers={"Origin": "https://elsewhere.example"}) as answer:
        assert answer.status == 403
    assert not queue.ruled


async def test_a_reported_clip_is_shown_and_no_other(client: aiohttp.ClientSession) -> None:
    answer = await client.get("/operator/clips/CATCAT.mp4")
    assert (answer.status, await answer.read()) == (200, b"a video")
    assert (await client.get("/operator/clips/OTHERS.mp4")).status == 404


@pytest.mark.parametrize("moderators", [frozenset(), frozenset({("telegram", "local")})])
async def test_to_others_there_is_no_such_page(client: aiohttp.ClientSession, queue: Queue) -> None:
    form = {"case": "K7QM2XD", "choice": "allow", "why": "mine"}
    assert (await client.get("/operator")).status == 404
    assert (await client.post("/operator", data=form)).status == 404
    assert (await client.get("/operator/clips/CATCAT.mp4")).status == 404
    assert not queue.ruled
