"""What wants a declaration is made once it is given, by whoever asked, also after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.types import PRIVATE, Category, Place, Verdict
from tests.desks import painter
from tests.fakes import FakeClipStore, FakeModerator
from tests.telegram.people import Person
from tests.telegram.state import Chat, Message
from tests.unit.telegram.town import Town, open_town

DECLARE = "I declare that I may"
TAKES_PICTURES = painter(("none", "first"))


class Asking(FakeModerator):
    """Wants a declaration for a mouse."""

    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        return Verdict(allowed=True, category=Category.IP, asks="mouse" in text)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    parts: dict[str, Any] = {"catalogue": TAKES_PICTURES, "clips": FakeClipStore(tmp_path), "moderator": Asking()}
    async with open_town(tmp_path, **parts) as opened:
        yield opened
        assert opened.api.violations == []


def _picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (900, 600), "red").save(buffer, "JPEG")
    return buffer.getvalue()


async def _whispered(town: Town, person: Person, group: Chat) -> Message:
    return (await town.see(lambda: group.whispers.get(person.user.id)))[-1]


async def test_in_a_group_a_picture_that_was_answered_is_still_known_after_a_restart(town: Town) -> None:
    ann, ben = town.api.person("Ann"), town.api.person("Ben")
    group = town.api.group("Film club", ann, ben)
    photo = ben.sends_photo(_picture(), chat=group)
    asked = ann.says("/animate the cat turns around", group, reply_to=photo)
    whisper = await _whispered(town, ann, group)
    await town.restart()
    query = ann.presses(whisper, DECLARE)
    job = await town.job()
    await ann.answered(query)
    assert (job.prompt, job.spec.image is not None) == ("the cat turns around", True)
    receipt = await town.see(lambda: group.saying(job.code))
    assert receipt.reply_to is asked


async def test_words_in_a_group_are_still_known_after_a_restart(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann)
    ann.says("/video a mouse in white gloves", group)
    whisper = await _whispered(town, ann, group)
    await town.restart()
    ann.presses(whisper, DECLARE)
    job = await town.job()
    assert job.prompt == "a mouse in white gloves"
    assert job.address.chat == str(group.id)


async def test_where_the_line_is_seen_by_all_only_its_reader_declares(town: Town) -> None:
    town.api.world.keeps_whispers = False
    ann, ben = town.api.person("Ann"), town.api.person("Ben")
    group = town.api.group("Film club", ann, ben)
    ann.says("/video a mouse", group)
    line = await town.see(lambda: group.saying("declare"))
    told = await ben.answered(ben.presses(line, DECLARE))
    assert "somebody else" in told["text"]
    assert town.jobs() == []
    ann.presses(line, DECLARE)
    assert (await town.job()).prompt == "a mouse"


async def test_after_a_while_it_must_be_asked_again(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.says("a mouse")
    line = await town.see(lambda: next((one for one in ann.chat.from_bot if DECLARE in str(one.labels)), None))
    town.clock.time += 3601
    told = await ann.answered(ann.presses(line, DECLARE))
    assert "no longer have" in told["text"]
    assert town.jobs() == []


async def test_a_photo_with_words_below_it_in_private(town: Town) -> None:
    ann = town.api.person("小安", "zh-hans")
    ann.sends_photo(_picture(), "让它动起来")
    line = await town.see(lambda: next((one for one in ann.chat.from_bot if "声明" in str(one.labels)), None))
    await town.restart()
    ann.presses(line, "声明")
    job = await town.job()
    assert (job.prompt, job.spec.image is not None) == ("让它动起来", True)


async def test_other_words_that_want_one_are_known_with_their_clip(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.says("a cat")
    first = await town.job()
    receipt = await town.see(lambda: ann.chat.saying(first.code))
    ann.calls_back(receipt, f"edit:{first.code}")
    question = await town.see(lambda: ann.chat.saying("/edit"))
    ann.says("a mouse", reply_to=question)
    line = await town.see(lambda: next((one for one in ann.chat.from_bot if DECLARE in str(one.labels)), None))
    await town.restart()
    ann.presses(line, DECLARE)
    again = await town.see(lambda: [one for one in town.jobs() if one.id != first.id])
    assert again[0].spec.prompt == "a mouse"


async def test_an_offer_that_wants_one_asks_in_private_and_is_made_where_it_was_sent(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Elsewhere", ann)
    town.api.kick(group, ann, "left")
    query = ann.inline("a mouse", where="supergroup")
    await ann.answered(query)
    message = ann.chooses(query, chat=group)
    line = await town.see(lambda: next((one for one in ann.chat.from_bot if DECLARE in str(one.labels)), None))
    assert "Make it" in message.labels
    await town.restart()
    ann.presses(line, DECLARE)
    job = await town.job()
    await town.see(lambda: job.code in message.text)
    await town.make(job)
    assert message.kind == "video"
