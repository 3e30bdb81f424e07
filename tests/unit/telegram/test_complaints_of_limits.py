"""Complaint 14: no fairness and no limits, or a limiter that is there and never asked. Each way to a clip asks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import JobState
from tests.telegram.people import Person
from tests.telegram.state import Chat, Message
from tests.unit.telegram.town import Town, open_town


def waiting(town: Town) -> int:
    return len(town.jobs())


async def told(town: Town, chat: Chat, person: Person, words: str) -> None:
    """Whoever asked hears it: alone, or where nobody else is."""

    def texts() -> list[str]:
        whispers = group if (group := chat.whispers.get(person.user.id)) else []
        answers = [query.answer or {} for query in town.api.world.queries.values()]
        return [
            *(message.text for message in whispers),
            *(message.text for message in chat.from_bot if chat.type == "private"),
            *(str(answer.get("text", "")) for answer in answers),
        ]

    await town.see(lambda: any(words in text for text in texts()))


async def test_complaint_14_a_user_has_so_many_clips_a_day_in_all_chats(tmp_path: Path) -> None:
    async with open_town(tmp_path, limits=Limits(clips_a_day=2)) as town:
        ann, bob = town.api.person("Ann"), town.api.person("Bob")
        group = town.api.group("Film club", ann, bob)
        ann.says("two cats")
        ann.says("/video three cats", group)
        await town.see(lambda: waiting(town) == 2)
        ann.says("/video four cats", group)
        await told(town, group, ann, "today’s limit of videos (2)")
        bob.says("/video five cats", group)
        await town.see(lambda: waiting(town) == 3)


async def test_complaint_14_a_chat_has_so_many_clips_a_day_of_all_users(tmp_path: Path) -> None:
    async with open_town(tmp_path, limits=Limits(chat_clips_a_day=2)) as town:
        people = [town.api.person(name) for name in ("Ann", "Bob", "Cid")]
        group = town.api.group("Film club", *people)
        for person in people[:2]:
            person.says("/video two cats", group)
        await town.see(lambda: waiting(town) == 2)
        people[2].says("/video two cats", group)
        await told(town, group, people[2], "This chat has reached today’s limit")
        people[2].says("two cats")
        await town.see(lambda: waiting(town) == 3)


async def test_complaint_14_a_groups_administrator_can_lower_both(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        ann, bob = town.api.person("Ann"), town.api.person("Bob")
        group = town.api.group("Film club", ann, bob)
        ann.says("/admin", group)
        menu = await town.see(lambda: group.saying("settings") or group.last())
        ann.presses(menu, next(label for label in menu.labels if label.startswith("Videos a day, each")))
        await town.see(lambda: "1" in menu.labels)
        ann.presses(menu, "1")
        await town.see(lambda: any(label.endswith(": 1") for label in menu.labels))
        bob.says("/video two cats", group)
        await town.see(lambda: waiting(town) == 1)
        bob.says("/video three cats", group)
        await told(town, group, bob, "for a member of this chat (1)")
        ann.says("/video three cats", group)
        await town.see(lambda: waiting(town) == 2)


async def test_complaint_14_a_user_who_floods_is_held_up_and_nobody_else(tmp_path: Path) -> None:
    async with open_town(tmp_path, rate=Rate(burst=3, per_second=0.01)) as town:
        ann, bob = town.api.person("Ann"), town.api.person("Bob")
        for number in range(20):
            ann.says(f"{number} cats")
        await told(town, ann.chat, ann, "That was fast!")
        bob.says("a dog")
        await town.see(lambda: any(job.prompt == "a dog" for job in town.jobs()))
        assert waiting(town) == 4


WAYS: dict[str, Callable[[Person, Message, str], object]] = {
    "the button Again": lambda ann, clip, _: ann.presses(clip, "Again"),
    "the button Another take": lambda ann, clip, _: ann.presses(clip, "Another take"),
    "the button Longer": lambda ann, clip, _: ann.presses(clip, "Longer"),
    "/again": lambda ann, _, code: ann.says(f"/again {code}"),
    "/video": lambda ann, _, __: ann.says("/video two cats"),
    "plain words": lambda ann, _, __: ann.says("two cats"),
    "a command in Chinese": lambda ann, _, code: ann.says(f"/再来 {code}"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_complaint_14_every_way_to_a_clip_asks_for_leave(tmp_path: Path, way: str) -> None:
    async with open_town(tmp_path, limits=Limits(clips_a_day=1)) as town:
        ann = town.api.person("Ann")
        ann.says("two cats")
        job = await town.job()
        receipt = await town.see(lambda: ann.chat.saying(job.code))
        done = await town.make(job)
        assert (done.state, receipt.kind) == (JobState.SUCCEEDED, "video")
        WAYS[way](ann, receipt, job.code)
        await told(town, ann.chat, ann, "today’s limit of videos (1)")
        assert waiting(town) == 0
