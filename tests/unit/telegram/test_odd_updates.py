"""Whatever somebody sends, or pretends a button of ours said: nothing of it stops the bot or makes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from telegram import Update
from telegram.ext import ExtBot

from bots.telegram import routes
from bots.telegram.incoming import Me, read
from bots.telegram.press import LONGEST, unpack
from bots.telegram.updates import read_update, subject_of
from core.types import Job
from tests.unit.telegram.stage import Stage, open_stage

ME = Me(77, "piying_bot")
BOT: ExtBot[None] = ExtBot("77:loopback")
CASES = settings(max_examples=150, deadline=None)
ACTING = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])

numbers = st.one_of(st.integers(-(2**52), 2**52), st.sampled_from([0, -1, 5, 77, 2**63, -1_001_234_567_890]))
words = st.one_of(
    st.text(max_size=60),
    st.sampled_from([
        "", " ", "/", "/@", "/video", "/video@piying_bot two cats", "/cancel \u202eK7QM2XD", "/start show_K7QM2XD",
        "/set 🎬", "@piying_bot", "@piying_bot： 两只猫", "取消", "\u200f\u202eمرحبا", "🐱\u200d👤" * 20, "\ud83d",
        "\x00", "/edit K7QM2XD",
    ]),
)  # fmt: skip
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


def record(required: dict[str, st.SearchStrategy[Any]], **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object; of ``others`` any may be missing."""
    return st.fixed_dictionaries(required, optional=others)


users = record({"id": numbers, "is_bot": st.booleans(), "first_name": words}, language_code=words, username=words)
chats = record(
    {"id": numbers, "type": st.sampled_from(["private", "group", "supergroup", "channel", "sender", "new"])},
    title=words, first_name=words, is_forum=st.booleans(),
)  # fmt: skip
entities = st.lists(
    record({"type": words, "offset": numbers, "length": numbers}, url=words, user=users, language=words), max_size=3
)
photos = st.lists(record({"file_id": words, "file_unique_id": words, "width": numbers, "height": numbers}), max_size=2)
documents = record({"file_id": words, "file_unique_id": words}, file_name=words, mime_type=words, file_size=numbers)


def messages(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """``more`` fields are those that a message within a message has not."""
    return record(
        {"message_id": numbers, "date": st.integers(0, 2**31), "chat": chats},
        **{"from": users},
        text=words,
        caption=words,
        entities=entities,
        sender_chat=chats,
        via_bot=users,
        photo=photos,
        document=documents,
        message_thread_id=numbers,
        is_topic_message=st.booleans(),
        is_automatic_forward=st.booleans(),
        migrate_to_chat_id=numbers,
        **more,
    )


presses = record(
    {"id": words, "from": users, "chat_instance": words}, data=words, message=messages(), inline_message_id=words
)
updates = record(
    {"update_id": st.integers(0, 2**31)},
    message=messages(reply_to_message=messages()),
    channel_post=messages(),
    edited_message=messages(),
    callback_query=presses,
    inline_query=record({"id": words, "from": users, "query": words, "offset": words}),
)


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """An update of which one field, somewhere, is something else."""
    holder = told = draw(updates)
    while True:
        name = draw(st.sampled_from(sorted(holder)))
        if not isinstance(holder[name], dict) or draw(st.booleans()):
            holder[name] = draw(odd)
            return told
        holder = holder[name]


@CASES
@given(updates)
def test_any_update_is_read(told: Any) -> None:
    update = read_update(told, BOT)
    assert update is not None
    subject_of(update)
    read(update, ME)
    routes.event_of(update)


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


@dataclass
class Living:
    """One bot for all examples: none of them leaves anything."""

    runner: asyncio.Runner
    stage: Stage = field(repr=False)

    def bugs(self, update: Update) -> list[Any]:
        """What the log says of it."""
        with capture_logs() as logs:
            self.runner.run(routes.handle(self.stage.desk, update, ME))
        return [one for one in logs if one["log_level"] in {"error", "critical"}]

    @property
    def jobs(self) -> list[Job]:
        with self.stage.store.look() as tx:
            return tx.jobs.unfinished("telegram")


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with asyncio.Runner() as runner:
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
@given(told=updates)
def test_no_update_is_a_bug(living: Living, told: Any) -> None:
    update = read_update(told, living.stage.bot)
    assert update is not None
    assert living.bugs(update) == []


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
