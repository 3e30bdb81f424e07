"""Whatever Discord may tell, somebody types, or a component is said to say: nothing of it stops the bot.

Interactions are made from the commands that Discord was told of and from what components of ours say (``hearsay``).
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core.types import EntryKind, Job
from tests.desks import painter
from tests.discord.interaction import COMMAND, MODAL, Interaction
from tests.discord.server import Request
from tests.discord.state import THREAD
from tests.unit.discord.hearsay import Rumour, Scene, rumours
from tests.unit.discord.town import Town, ask, open_town
from tests.unit.discord.zoo import InEnglish

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

# Each example talks to a server: to look for the smallest that fails would take minutes.
CASES = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_LATER = 60.0
_REFUSED = {400, 405, 418}


@dataclass(repr=False)
class Living:
    """One bot for all examples. ``errors`` are those that nobody caught."""

    runner: asyncio.Runner
    town: Town
    scene: Scene
    errors: list[str] = field(default_factory=list)

    def tell(self, told: Sequence[Rumour]) -> tuple[list[Interaction], list[Any], list[Request]]:
        """Let the bot hear of them, and then of a plain wish; what its log says, and what it asked for in vain."""
        self.town.api.requests.clear()
        with capture_logs() as logs:
            asked = self.runner.run(self._story(told))
        return asked, list(logs), [one for one in self.town.api.requests if one.status in _REFUSED]

    async def _story(self, told: Sequence[Rumour]) -> list[Interaction]:
        town = self.town
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.errors.append(str(context)))
        town.later(_LATER)
        before, begun = {job.id for job in town.jobs()}, []
        for rumour in told:
            asked, body = self.scene.begin(rumour)
            guild = asked.channel.guild
            town.api.gateway.tell("INTERACTION_CREATE", body, guild.id if guild and guild.has_bot else None)
            begun.append(asked)
        await self.quiet()
        made = [job for job in town.jobs() if job.id not in before]
        assert len(made) <= len(told)
        for job in made:
            assert town.kinds(job) == [EntryKind.HOLD]
            await self._free(job)
        _, job = await ask(town, town.api.person("Dan"), None)
        await self._free(job)
        return begun

    async def quiet(self) -> None:
        """Until all that was told is heard and done."""
        sentinel = self.town.api.person("Eve")
        await sentinel.finished(sentinel.runs("queue"))
        if in_hand := set(self.town.adapter._desk.in_hand):
            await asyncio.wait(in_hand)

    async def _free(self, job: Job) -> None:
        """Nobody waits for it any more, and nothing of it was charged."""
        await self.town.commands.cancel(job.address, job.code)
        assert self.town.kinds(job) == [EntryKind.HOLD, EntryKind.RELEASE]

    def check(self) -> None:
        """Every error was caught, every request was as Discord wants it, and the connection is the first one."""
        api = self.town.api
        gc.collect()
        self.runner.run(asyncio.sleep(0))
        errors = self.errors[:]
        self.errors.clear()
        assert errors == []
        assert api.violations == []
        assert api.misfits == []
        assert len(api.gateway.connected) == 1
        assert api.gateway.identified == 1


class _Errors(logging.Handler):
    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.told = told

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


async def _scene(town: Town) -> Scene:
    """Ann rules a server, Bob is in it, and there are clips of both, an unfinished one too."""
    ann, bob = town.api.person("Ann", installed=True), town.api.person("Bob", "zh-CN", installed=True)
    guild, elsewhere = town.api.guild("Zoo", ann, bob), town.api.guild("Park", bob, has_bot=False)
    general, adults = town.api.channel(guild, "general"), town.api.channel(guild, "adults", nsfw=True)
    thread = town.api.thread(general, "cats", ann, THREAD)
    park, between = town.api.channel(elsewhere, "general"), town.api.private(ann, bob)
    codes = []
    for person, channel, is_private in ((ann, general, False), (bob, general, True), (bob, None, False)):
        _, job = await ask(town, person, channel, private=is_private)
        await town.make(job)
        codes.append(job.code)
    ann.says("a cat on a roof", general)
    return Scene(town.api, [ann, bob], [general, adults, thread, park, between], codes)


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    folder = tmp_path_factory.mktemp("town")
    with asyncio.Runner() as runner:
        opened = open_town(folder, catalogue=painter(("none", "first")), translator=InEnglish())
        town = runner.run(opened.__aenter__())
        found = Living(runner, town, runner.run(_scene(town)))
        handler = _Errors(found.errors)
        for name in ("discord", "asyncio"):
            logging.getLogger(name).addHandler(handler)
        yield found
        for name in ("discord", "asyncio"):
            logging.getLogger(name).removeHandler(handler)
        runner.run(opened.__aexit__(None, None, None))


def test_what_may_be_told_is_answered_without_a_bug(living: Living) -> None:
    @CASES
    @given(st.lists(rumours(), min_size=1, max_size=4))
    def tell(told: list[Rumour]) -> None:
        asked, logs, vain = living.tell(told)
        assert [one for one in logs if one.get("exc_info")] == []
        assert vain == []
        assert [one.data for one in asked if COMMAND <= one.kind <= MODAL and not one.answer] == []

    tell()
    living.check()


def test_what_is_never_told_stops_nothing(living: Living) -> None:
    @CASES
    @given(st.lists(rumours(spoilt=3), min_size=1, max_size=5))
    def tell(told: list[Rumour]) -> None:
        _, logs, vain = living.tell(told)
        assert [one for one in logs if one["event"] == "discord.event_failed"] == []
        assert vain == []

    tell()
    living.check()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", [3]),
        ("user", None),
        ("data", {"name": {}}),
        ("data", {"name": "queue", "type": False}),
        ("data", {}),
        ("attachment_size_limit", "10 MiB"),
        ("attachment_size_limit", None),
        ("channel", {}),
        ("context", 9),
        ("locale", 5),
        ("locale", {}),
    ],
)
def test_a_part_of_another_kind_stops_nothing(living: Living, name: str, value: Any) -> None:
    ann, town = living.scene.people[0], living.town

    async def story() -> None:
        _, job = await ask(town, ann, None)
        for kind in ("command", "complete", "press", "form", "plain"):
            asked, body = living.scene.begin(Rumour(kind, custom_id="p:my"))
            assert asked.channel is ann.dm
            told = {part: one for part, one in (body | {name: value}).items() if one is not None}
            town.api.gateway.tell("INTERACTION_CREATE", told)
        await living.quiet()
        await town.make(job)

    with capture_logs() as logs:
        town.later(_LATER)
        living.runner.run(story())
    assert [one for one in logs if one["event"] == "discord.event_failed"] == []
    living.check()
