"""Whatever Telegram may send, somebody sends, or a button of ours is said to say: nothing of it stops the bot.

Updates are made from the schema of the Bot API (``rumours``), every kind and every field of it, also those of which the
library and the bot know nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from telegram import Update
from telegram.ext import ExtBot

from bots.telegram import routes
from bots.telegram.incoming import Me, read
from bots.telegram.press import LONGEST, unpack
from bots.telegram.updates import ALLOWED, read_update, subject_of
from bots.telegram.webhook import Webhook
from core.types import Job
from tests.unit.telegram.hours import Loop
from tests.unit.telegram.rumours import KINDS, broken, odd, updates
from tests.unit.telegram.stage import Stage, open_stage
from tests.unit.telegram.town import Town, open_town

# An update may be long, and an example that fails is worth its place.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

ME = Me(77, "piying_bot")
BOT: ExtBot[None] = ExtBot("77:loopback")
CASES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ACTING = settings(CASES, max_examples=60)


@CASES
@given(updates())
def test_any_update_is_read(told: Any) -> None:
    update = read_update(told, BOT)
    assert update is not None
    subject_of(update)
    read(update, ME)
    routes.event_of(update)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_update_is_read_with_all_that_it_must_hold(kind: str) -> None:
    told: list[Any] = []

    @settings(max_examples=1, database=None)
    @given(updates([kind]))
    def tell(update: Any) -> None:
        told.append(update)

    tell()
    update = read_update(told[0], BOT)
    assert update is not None
    assert update.to_dict().keys() >= {"update_id"}


@CASES
@given(broken() | odd)
def test_what_is_no_update_is_forgotten(told: Any) -> None:
    update = read_update(told, BOT)
    assert update is None or update.update_id == told["update_id"]


@CASES
@given(st.text(max_size=100))
def test_any_buttons_data_are_read(data: str) -> None:
    press = unpack(data)
    assert ":" not in press.verb + press.code
    assert len(press.verb + press.code + press.extra) <= LONGEST


verbs = st.sampled_from(sorted({*routes.BUTTONS, "declare", "nonsense", ""}))
codes = st.one_of(st.text(max_size=12), st.sampled_from(["K7QM2XD", "", "../..", "0", "-1", "' OR 1=1", "\u202e"]))
extras = st.one_of(st.text(max_size=20), st.sampled_from([*sorted(routes.BUTTONS), "0", "-1", "9" * 30, "1:2:3"]))
data = st.builds(lambda verb, code, extra: f"{verb}:{code}:{extra}", verbs, codes, extras) | st.text(max_size=70)


@dataclass(repr=False)
class Living:
    """One bot for all examples: none of them leaves anything."""

    runner: asyncio.Runner
    stage: Stage

    async def handle(self, update: Update) -> None:
        await routes.handle(self.stage.desk, update, ME)

    def bugs(self, update: Update) -> list[Any]:
        """What the log says of it, and what it made us ask Telegram for in vain."""
        with capture_logs() as logs:
            self.runner.run(self.handle(update))
        wrong, self.stage.clerk.wrong = self.stage.clerk.wrong, []
        return [*wrong, *(one for one in logs if one.get("exc_info"))]

    @property
    def jobs(self) -> list[Job]:
        with self.stage.store.look() as tx:
            return tx.jobs.unfinished("telegram")


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with asyncio.Runner(loop_factory=Loop) as runner:
        opened = open_stage(tmp_path_factory.mktemp("stage"))
        yield Living(runner, runner.run(opened.__aenter__()))
        runner.run(opened.__aexit__(None, None, None))


@ACTING
@given(data=data, chat=st.sampled_from([5, -100]))
def test_any_buttons_data_are_harmless(living: Living, data: str, chat: int) -> None:
    ann = {"id": 5, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": 9, "date": 1, "chat": {"id": chat, "type": "private" if chat > 0 else "group"}}
    told = {"id": "1", "from": ann, "chat_instance": "1", "data": data, "message": message}
    assert living.bugs(living.stage.update(callback_query=told)) == []
    assert living.jobs == []
    assert living.stage.clerk.methods


@ACTING
@given(told=updates(ALLOWED) | updates())
def test_no_update_is_a_bug(living: Living, told: Any) -> None:
    update = read_update(told, living.stage.bot)
    assert update is not None
    assert living.bugs(update) == []


@dataclass(repr=False)
class Inhabited:
    """One bot that fetches what it is told."""

    runner: asyncio.Runner
    town: Town


@pytest.fixture(scope="module")
def inhabited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inhabited]:
    with asyncio.Runner(loop_factory=Loop) as runner:
        opened = open_town(tmp_path_factory.mktemp("town"))
        yield Inhabited(runner, runner.run(opened.__aenter__()))
        runner.run(opened.__aexit__(None, None, None))


@settings(ACTING, max_examples=25)
@given(rumours=st.lists(updates(ALLOWED) | broken(), min_size=1, max_size=5))
def test_whoever_writes_after_any_updates_is_answered(inhabited: Inhabited, rumours: Sequence[Any]) -> None:
    town = inhabited.town

    async def story() -> None:
        ann = town.api.person("Ann")
        for rumour in rumours:
            for kind in rumour.keys() & set(ALLOWED):
                town.api.world.updates.add(kind, rumour[kind])
        ann.says("/credits")
        await town.see(ann.chat.last)
        await town.see(lambda: not town.api.world.updates.waiting)

    inhabited.runner.run(story())


@ACTING
@given(body=(updates() | broken() | odd).map(json.dumps) | st.binary(max_size=50).map(bytes.hex))
def test_a_webhook_takes_whatever_is_posted(living: Living, body: str) -> None:
    async def story() -> int:
        hook = Webhook(living.stage.bot, living.handle, url="https://films.example", host="127.0.0.1", port=0)
        await hook.start()
        url, secret = f"http://127.0.0.1:{hook.port}/{hook._path}", {"X-Telegram-Bot-Api-Secret-Token": hook._secret}
        try:
            async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=secret) as answer:
                return answer.status
        finally:
            await hook.stop()

    assert living.runner.run(story()) == 200


@pytest.mark.parametrize("offset", ["K7QM2XD", "nonsense", "\u202e", "0" * 64])
def test_a_list_that_goes_on_after_a_clip_that_is_gone_ends(living: Living, offset: str) -> None:
    ann = {"id": 5, "is_bot": False, "first_name": "Ann"}
    query = {"id": "1", "from": ann, "query": "", "offset": offset}
    assert living.bugs(living.stage.update(inline_query=query)) == []
    asked = living.stage.clerk.of("answerInlineQuery")[-1]
    assert (asked["results"], asked.get("next_offset", "")) == ([], "")


def test_an_update_of_nobody_that_can_be_told_is_forgotten() -> None:
    message = {"message_id": 1, "date": 0, "chat": {"id": [1], "type": "private"}, "text": "a cat"}
    assert read_update({"update_id": 1, "message": message}, BOT) is None
