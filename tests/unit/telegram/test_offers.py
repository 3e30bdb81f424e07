"""Words that no clip has yet become one: where they were typed, by a press or by being sent, or in private."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.types import Job, JobState
from tests.telegram.people import Person
from tests.telegram.state import Chat, Message
from tests.telegram.world import Query
from tests.unit.telegram.town import Town, open_town

WORDS = "two red foxes in the snow"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.complaints == []
        assert opened.api.violations == []


async def _offered(person: Person, words: str = WORDS, where: str = "supergroup") -> Query:
    query = person.inline(words, where=where)
    await person.answered(query)
    return query


def _elsewhere(town: Town, *people: Person) -> Chat:
    """A group where the bot is no member."""
    group = town.api.group("Elsewhere", *people)
    town.api.kick(group, people[0], "left")
    return group


def _all_jobs(town: Town, person: Person) -> list[Job]:
    with town.store.look() as tx:
        return tx.jobs.of_chat("telegram", str(person.chat.id), limit=9)


def _videos(chat: Chat) -> list[Message]:
    return [message for message in chat.shown if message.kind == "video"]


async def test_an_offer_that_is_sent_becomes_the_clip_there(town: Town) -> None:
    ann = town.api.person("Ann")
    group = _elsewhere(town, ann)
    message = ann.chooses(await _offered(ann), chat=group)
    assert WORDS in message.text
    job = await town.job()
    assert job.prompt == WORDS
    assert job.address.chat == str(ann.chat.id)
    assert job.place is not None
    assert job.place.chat == "group"
    await town.see(lambda: job.code in message.text)
    assert WORDS in message.text
    async with asyncio.timeout(10):
        while "▰" not in message.text:
            await town.progress(job, "drawing", 0.5)
            await asyncio.sleep(0.3)
    assert ann.chat.from_bot == []
    await town.make(job)
    assert message.kind == "video"
    (own,) = _videos(ann.chat)
    assert message.content["video"]["file_id"] == own.content["video"]["file_id"]
    assert job.code in message.text
    assert not message.buttons
    assert "Again" in own.labels
    assert len(town.api.calls("answerCallbackQuery")) == 0


async def test_without_feedback_a_press_makes_it(town: Town) -> None:
    town.api.world.tells_choices = False
    ann, ben = town.api.person("Ann"), town.api.person("Ben")
    group = _elsewhere(town, ann, ben)
    message = ann.chooses(await _offered(ann), chat=group)
    stranger = await ben.answered(ben.presses(message, "Make it"))
    assert "somebody else" in stranger["text"]
    assert town.jobs() == []
    pressed = ann.presses(message, "Make it")
    job = await town.job()
    await ann.answered(pressed)
    await town.see(lambda: "Cancel" in message.labels)
    await town.make(job)
    assert message.kind == "video"


async def test_sent_and_pressed_it_is_one_clip(town: Town) -> None:
    ann = town.api.person("Ann")
    group = _elsewhere(town, ann)
    message = ann.chooses(await _offered(ann), chat=group)
    data = next(one["callback_data"] for one in message.buttons if "callback_data" in one)
    job = await town.job()
    await ann.answered(ann.calls_back(message, data))
    await town.restart()
    await ann.answered(ann.calls_back(message, data))
    assert [one.id for one in _all_jobs(town, ann)] == [job.id]


async def test_the_link_shows_the_prompt_to_its_user_alone(town: Town) -> None:
    ann, ben = town.api.person("Ann", started=False), town.api.person("Ben")
    query = await _offered(ann, where="sender")
    assert query.answer
    parameter = query.answer["button"]["start_parameter"]
    ben.starts(parameter)
    await town.see(lambda: ben.chat.saying("no longer have"))
    assert not any(WORDS in message.text for message in ben.chat.from_bot)
    await town.restart()
    ann.starts(parameter)
    message = await town.see(lambda: ann.chat.saying(WORDS))
    assert town.jobs() == []
    ann.presses(message, "Make it")
    job = await town.job()
    await town.see(lambda: job.code in message.text)
    await town.make(job)
    assert [one.kind for one in ann.chat.from_bot] == ["video"]
    assert job.place is None or job.place.chat == "private"


async def test_who_never_started_the_bot_is_led_there_and_the_clip_still_comes_to_the_chat(town: Town) -> None:
    ann = town.api.person("Ann", started=False)
    group = _elsewhere(town, ann)
    message = ann.chooses(await _offered(ann), chat=group)
    await town.see(lambda: "opened our private chat" in message.text)
    assert town.jobs() == []
    ann.follows(message, "Open our private chat")
    ready = await town.see(lambda: ann.chat.saying("Ready to be made"))
    ann.presses(ready, "Make it")
    job = await town.job()
    await town.see(lambda: job.code in ready.text)
    await town.see(lambda: job.code in message.text)
    await town.make(job)
    assert message.kind == "video"
    assert len(_videos(ann.chat)) == 1


async def test_a_draft_is_forgotten_after_a_while(town: Town) -> None:
    ann = town.api.person("Ann")
    query = await _offered(ann, where="sender")
    assert query.answer
    town.clock.time += 3601
    ann.starts(query.answer["button"]["start_parameter"])
    await town.see(lambda: ann.chat.saying("no longer have"))


async def test_a_message_that_was_deleted_leaves_the_clip_in_private(town: Town) -> None:
    ann = town.api.person("Ann")
    message = ann.chooses(await _offered(ann), chat=_elsewhere(town, ann))
    job = await town.job()
    await town.see(lambda: job.code in message.text)
    town.api.world.inline_messages.clear()
    await town.make(job)
    assert len(_videos(ann.chat)) == 1
    assert [one.state for one in _all_jobs(town, ann)] == [JobState.SUCCEEDED]


async def test_a_lost_answer_hands_the_clip_on_once(town: Town) -> None:
    ann = town.api.person("Ann")
    message = ann.chooses(await _offered(ann), chat=_elsewhere(town, ann))
    job = await town.job()
    await town.see(lambda: job.code in message.text)
    # The upload is the first edit of media, handing it on the second.
    town.api.faults.add("editMessageMedia", "reset_after", 1, after=1)
    with pytest.raises(Exception, match="delivery-delayed"):
        await town.make(job)
    assert len(_videos(ann.chat)) == 1
    await town.restart()
    ben = town.api.person("Ben")
    ben.says("/help")
    await town.see(lambda: ben.chat.from_bot)
    await town.make(job)
    assert message.kind == "video"
    assert len(_videos(ann.chat)) == 1


async def test_it_can_be_cancelled_and_made_again_there(town: Town) -> None:
    ann = town.api.person("Ann")
    message = ann.chooses(await _offered(ann), chat=_elsewhere(town, ann))
    job = await town.job()
    await town.see(lambda: "Cancel" in message.labels)
    ann.presses(message, "Cancel")
    await town.see(lambda: "Again" in message.labels)
    ann.presses(message, "Again")
    again = await town.see(lambda: [one for one in town.jobs() if one.id != job.id])
    await town.see(lambda: again[0].code in message.text)
    await town.make(again[0])
    assert message.kind == "video"


async def test_a_guest_is_offered_a_clip_that_is_made_there(town: Town) -> None:
    ann = town.api.person("Ann")
    group = _elsewhere(town, ann)
    ann.summons(f"@piying_bot {WORDS}", group)
    message = await town.see(lambda: group.saying("Press the button"))
    ann.presses(message, "Make it")
    job = await town.job()
    assert job.prompt == WORDS
    await town.make(job)
    assert message.kind == "video"


async def test_typing_letter_by_letter_keeps_no_more_than_a_few(town: Town) -> None:
    ann = town.api.person("Ann")
    for length in range(1, 36):
        await _offered(ann, "x" * length)
    with town.store.look() as tx:
        assert len(tx.persons.records(_account(town, ann))["memos"]) == 20
    last = ann.inline("y" * 40)
    answer = await ann.answered(last)
    assert answer["results"] == []
    assert answer["button"]["start_parameter"] == "video"


def _account(town: Town, person: Person) -> str:
    with town.store.begin() as tx:
        return tx.ledger.account_for(
            "telegram", str(person.user.id), now=town.clock.now(), timezone="UTC", welcome=0
        ).id


async def test_chinese_is_offered_in_chinese(town: Town) -> None:
    an = town.api.person("安", "zh-hans")
    message = an.chooses(await _offered(an, "雪地里的狐狸"), chat=_elsewhere(town, an))
    assert "还没制作" in message.text
    await town.job()


@pytest.mark.parametrize("code", ["", "x", "\x00", "A" * 58, "猫", "-", "../..", "a:b"])
async def test_a_code_that_somebody_made_up_finds_nothing(town: Town, code: str) -> None:
    ann = town.api.person("Ann")
    offer = ann.chooses(await _offered(ann), chat=_elsewhere(town, ann))
    job = await town.job()
    await town.see(lambda: job.code in offer.text)
    told = {"from": ann.user.json(), "query": "x", "result_id": f"make-{code}"}
    for inline in ({}, {"inline_message_id": "nobody knows it"}):
        town.api.world.updates.add("chosen_inline_result", told | inline)
    query = ann.calls_back(offer, f"make:{code}"[:64])
    assert "no longer have" in (await ann.answered(query))["text"]
    ann.says(f"/start make_{code}"[:64])
    ann.says("/credits")
    await town.see(lambda: ann.chat.saying("credits"))
    assert [one.id for one in town.jobs()] == [job.id]
