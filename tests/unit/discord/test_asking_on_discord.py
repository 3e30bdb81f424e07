"""What somebody can ask of the bot on Discord, over the wire."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bots.discord.pictures import fetch
from core.errors import DeclarationNeeded, PromptBlocked, Refusal
from core.intake import Receipt
from core.types import Job, JobState, Request, Translation
from tests.desks import painter
from tests.discord.interaction import Interaction
from tests.discord.people import Person
from tests.discord.resolving import Given
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town


class InEnglish:
    """Translates all that is not English yet."""

    names = ("gloss",)

    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        if text.isascii():
            return Translation(text, "en", "none", translated=False)
        return Translation("two cats", "zh", "gloss", translated=True)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, catalogue=painter(("none", "first")), translator=InEnglish()) as opened:
        yield opened
        assert opened.api.violations == []
        assert opened.api.misfits == []
        assert opened.api.complaints == []


@pytest.fixture
def general(town: Town) -> Channel:
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    return town.api.channel(town.api.guild("Zoo", ann, bob), "general")


def people(town: Town) -> tuple[Person, Person]:
    """Ann and Bob."""
    ann, bob = (user for user in town.api.world.users.values() if user.name in {"Ann", "Bob"})
    return Person(town.api, ann), Person(town.api, bob)


def picture(colour: str = "red") -> Given:
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(buffer, "PNG")
    return Given("cat.png", buffer.getvalue())


def refusing(town: Town, error: Exception, word: str) -> None:
    """Let what has the word in it be refused, unless it is declared."""
    video: Callable[[Request], Awaitable[Receipt]] = town.commands.video

    async def strict(request: Request) -> Receipt:
        if word in request.prompt and not request.declares:
            raise error
        return await video(request)

    town.commands.video = strict  # type: ignore[method-assign]


def values(asked: Interaction) -> list[str]:
    """What is suggested."""
    assert asked.choices is not None
    return [one["value"] for one in asked.choices]


def fields(opened: Interaction) -> list[dict[str, Any]]:
    """What the form asks for."""
    assert opened.modal
    return [one["component"] for one in opened.modal["components"]]


def found(town: Town, job: Job) -> Job:
    with town.store.look() as tx:
        again = tx.jobs.get(job.id)
    assert again
    return again


async def test_all_options_reach_the_job(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    ann.runs("video", general, prompt="two cats", recipe="hd", ratio="9:16", seconds=3.0, seed=7)
    job = await town.job()
    assert (job.spec.recipe, job.spec.seed) == ("hd", 7)
    assert job.spec.height > job.spec.width
    assert job.spec.seconds == pytest.approx(3.0, abs=0.2)


async def test_what_a_recipe_cannot_do_is_said(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    told = await ann.finished(ann.runs("video", general, prompt="two cats", recipe="hd", negative="rain"))
    assert "leave out" in told.text
    told = await ann.finished(ann.runs("video", general, prompt="two cats", recipe="nonsense"))
    assert told.reader is ann.user


async def test_a_private_video_is_seen_by_its_user_alone_from_receipt_to_clip(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats", private=True)
    job = await town.job()
    await town.make(job)
    assert bob.reads(general) == []
    (message,) = ann.reads(general)
    assert message.file(".mp4").data == town.video.read_bytes()
    assert job.key.endswith(":quiet")

    for asked in (bob.runs("show", general, code=job.code), bob.runs("again", general, code=job.code)):
        assert "don’t know a video" in (await bob.finished(asked)).text


async def test_a_private_video_is_shown_to_all_only_where_its_user_says_so(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats", private=True)
    job = await town.make(await town.job())
    for name in ("show", "again"):
        told = await ann.finished(ann.runs(name, general, code=job.code))
        assert (told.reader, "was for you alone" in told.text) == (ann.user, True)
    assert town.jobs() == []

    ann.runs("again", general, code=job.code, private=True)
    await town.make(await town.job())
    assert bob.reads(general) == []
    await ann.finished(ann.runs("show", general, code=job.code, private=False))
    assert len(bob.reads(general)) == 1


async def test_a_refusal_of_a_public_command_is_for_its_user_alone(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    asked = ann.runs("video", general, prompt="two forbidden cats")
    told = await ann.finished(asked)
    assert told.reader is ann.user
    assert bob.reads(general) == []
    assert town.jobs() == []


async def test_the_same_interaction_twice_is_one_job_and_one_message(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    asked = ann.runs("video", general, prompt="two cats")
    ann.again(asked)
    job = await town.job()
    await ann.finished(asked)
    await asyncio.sleep(0.3)
    assert [one.id for one in town.jobs()] == [job.id]
    assert len(ann.reads(general)) == 1
    await town.make(job)
    (message,) = ann.reads(general)
    assert message.file(".mp4")
    town.api.complaints.clear()


async def test_again_and_another_take_by_button_and_by_code(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats")
    first = await town.make(await town.job())
    (clip,) = ann.reads(general)

    bob.presses(clip, "Again")
    second = await town.job()
    assert (second.spec, second.address.user) == (first.spec, str(bob.id))
    await town.make(second)
    ann.presses(clip, "Another take")
    third = await town.job()
    assert third.spec.seed != first.spec.seed
    await town.make(third)
    ann.runs("again", general, code=first.code)
    fourth = await town.job()
    assert fourth.spec.seed == first.spec.seed
    await town.make(fourth)
    assert len(ann.reads(general)) == 4


async def test_cancel_by_button_by_list_and_by_code_and_only_by_its_user(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    asked = ann.runs("video", general, prompt="two cats")
    job = await town.job()
    receipt = await ann.finished(asked)
    stranger = bob.presses(receipt, "Cancel")
    assert "somebody else" in (await bob.finished(stranger)).text
    assert found(town, job).state is JobState.QUEUED

    ann.presses(receipt, "Cancel")
    await town.see(lambda: "Cancelled" in receipt.text)
    assert found(town, job).state is JobState.CANCELLED
    assert receipt.labels == ["Again"]

    ann.presses(receipt, "Again")
    second = await town.job()
    queue = await ann.finished(ann.runs("queue", general))
    assert queue.reader is ann.user
    assert second.code in queue.text
    ann.presses(queue, second.code)
    await town.see(lambda: "Nothing is in the making" in queue.text)
    assert found(town, second).state is JobState.CANCELLED

    third_asked = ann.runs("video", general, prompt="a dog")
    third = await town.job()
    shown = await ann.finished(third_asked)
    told = await ann.finished(ann.runs("cancel", general, code=third.code))
    assert third.code in told.text
    await town.see(lambda: "Cancelled" in shown.text)


async def test_my_is_a_list_of_pages_and_shows_the_clip_at_a_press(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    for number in range(10):
        ann.runs("video", general, prompt=f"cat number {number}")
        await town.make(await town.job())
        town.later(5)
    page = await ann.finished(ann.runs("my", general))
    assert page.reader is ann.user
    assert page.labels == ["Show"] * 8 + ["Older ▶"]
    assert "cat number 9" in page.text
    assert "cat number 1\n" not in page.text + "\n"

    ann.presses(page, "Older ▶")
    await town.see(lambda: "cat number 0" in page.text)
    assert page.labels == ["Show", "Show", "⏮ Newest"]
    shown = await ann.finished(ann.presses(page, "Show"))
    assert shown.reader is ann.user
    assert shown.file(".mp4").data == town.video.read_bytes()
    ann.presses(page, "⏮ Newest")
    await town.see(lambda: "cat number 9" in page.text)


async def test_show_says_how_an_unfinished_one_stands(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    ann.runs("video", general, prompt="two cats")
    job = await town.job()
    told = await ann.finished(ann.runs("show", general, code=job.code.lower()))
    assert job.code in told.text
    assert told.reader is None


async def test_edit_puts_other_words_in_the_place_of_the_old_ones(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    receipt = await ann.finished(ann.runs("video", general, prompt="两只猫"))
    old = await town.job()
    opened = await ann.answered(ann.presses(receipt, "Edit"))
    assert opened.modal
    assert opened.modal["title"] == f"Edit {old.code}"
    stranger = bob.presses(receipt, "Edit")
    assert "somebody else" in (await bob.finished(stranger)).text

    ann.submits(opened, {"words": "three dogs"})
    (new,) = await town.see(lambda: [job for job in town.jobs() if job.id != old.id])
    await town.see(lambda: new.code in receipt.text)
    assert new.spec.prompt == "three dogs"
    assert found(town, old).state is JobState.CANCELLED
    await town.make(new)
    assert receipt.file(".mp4")
    assert len(ann.reads(general)) == 1


async def test_remix_is_another_prompt_with_the_same_seed(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats", seed=7)
    first = await town.make(await town.job())
    (clip,) = ann.reads(general)
    opened = await bob.answered(bob.presses(clip, "Remix"))
    field = fields(opened)[0]
    assert field["value"] == "two cats"
    bob.submits(opened, {"words": "two dogs"})
    job = await town.job()
    assert (job.prompt, job.spec.seed, job.address.user) == ("two dogs", 7, str(bob.id))
    assert found(town, first).state is JobState.SUCCEEDED
    await town.make(job)
    assert len(ann.reads(general)) == 2


async def test_a_picture_is_set_in_motion_once_its_user_declares_that_they_may(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    asked = ann.runs("animate", general, image=picture(), prompt="it turns")
    told = await ann.finished(asked)
    assert told.reader is ann.user
    assert told.labels == ["I declare that I may: make it"]
    ann.presses(told, "I declare")
    job = await town.job()
    assert job.spec.image
    assert job.prompt == "it turns"
    await town.make(job)
    assert len(bob.reads(general)) == 1, town.api.transcript()
    (clip,) = bob.reads(general)
    assert clip.file(".mp4")


async def test_animate_asks_in_a_form_for_the_picture_and_the_words(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    opened = await ann.answered(ann.runs("animate", general))
    assert [field["type"] for field in fields(opened)] == [19, 4]
    sent = ann.submits(opened, {"picture": [picture()], "words": "it turns"})
    told = await ann.finished(sent)
    ann.presses(told, "I declare")
    job = await town.job()
    assert job.spec.image
    await town.make(job)
    assert [message.reader for message in ann.reads(general) if message.files] == [None]


async def test_animate_asks_for_the_words_alone_where_there_is_a_picture(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    opened = await ann.answered(ann.runs("animate", general, image=picture()))
    assert [field["type"] for field in fields(opened)] == [4]
    told = await ann.finished(ann.submits(opened, {"words": "it turns"}))
    ann.presses(told, "I declare")
    assert (await town.job()).spec.image


async def test_what_is_no_picture_is_refused(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    told = await ann.finished(ann.runs("animate", general, image=Given("a.txt", b"hello"), prompt="it turns"))
    assert "PNG" in told.text
    told = await ann.finished(ann.runs("animate", general, image=Given("a.png", b"hello"), prompt="it turns"))
    assert told.reader is ann.user
    assert town.jobs() == []


@pytest.mark.parametrize("fault", [aiohttp.ClientConnectionError(), TimeoutError()])
async def test_a_picture_that_does_not_come_is_told(
    town: Town, general: Channel, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    async def away(url: str) -> bytes:
        raise fault

    ann, _ = people(town)
    monkeypatch.setattr(town.adapter.client.http, "get_from_cdn", away)
    told = await ann.finished(ann.runs("animate", general, image=picture(), prompt="it turns"))
    assert (told.reader, "PNG" in told.text) == (ann.user, True)
    assert town.jobs() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/attachments/1/2/cat.png",
        "https://cdn.discordapp.com.example.org/attachments/1/2/cat.png",
        "https://cdn.discordapp.com@10.0.0.1/attachments/1/2/cat.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
    ],
)
async def test_pictures_come_from_discord_alone(town: Town, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(town.adapter.client.http, "get_from_cdn", None)
    with pytest.raises(Refusal, match="image-invalid"):
        await fetch(town.adapter._desk, url)


async def test_animate_this_image(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    message = bob.says("look", general, picture())
    opened = await ann.answered(ann.uses("Animate this image", message))
    told = await ann.finished(ann.submits(opened, {"words": "it turns"}))
    ann.presses(told, "I declare")
    job = await town.job()
    assert job.spec.image
    assert job.address.user == str(ann.id)

    nothing = ann.uses("Animate this image", bob.says("no picture here", general))
    assert "PNG" in (await ann.finished(nothing)).text


async def test_make_a_video_of_this(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.uses("Make a video of this", bob.says("two cats", general))
    job = await town.job()
    assert (job.prompt, job.address.user) == ("two cats", str(ann.id))
    nothing = ann.uses("Make a video of this", bob.says("", general, picture()))
    assert (await ann.finished(nothing)).reader is ann.user


async def test_options_complete(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    recipe = await ann.answered(ann.types("video", "recipe", "h", general, prompt="x"))
    assert values(recipe) == ["hd"]
    ann.runs("video", general, prompt="two cats")
    first = await town.make(await town.job())
    town.later(5)
    ann.runs("video", general, prompt="a dog")
    second = await town.job()
    every = await ann.answered(ann.types("show", "code", "", general))
    assert values(every) == [second.code, first.code]
    by_words = await ann.answered(ann.types("again", "code", "cats", general))
    assert values(by_words) == [first.code]
    unfinished = await ann.answered(ann.types("cancel", "code", "", general))
    assert values(unfinished) == [second.code]
    others = await bob.answered(bob.types("show", "code", "", general))
    assert values(others) == []


async def test_a_harmless_version_is_made_at_a_press_and_a_refusal_is_appealed(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    refusing(
        town, PromptBlocked(category="gore", fragment="gore", suggestion="two calm cats", appeal="K7QM2XD"), "gore"
    )
    told = await ann.finished(ann.runs("video", general, prompt="gore cats", seed=7))
    assert "two calm cats" in told.text
    assert told.labels == ["Use this", "Appeal"]
    appealed = await ann.finished(ann.presses(told, "Appeal"))
    assert appealed.reader is ann.user
    ann.presses(told, "Use this")
    job = await town.job()
    assert (job.prompt, job.spec.seed) == ("two calm cats", 7)
    await town.make(job)
    assert [bool(message.file(".mp4")) for message in bob.reads(general)] == [True]


async def test_a_declaration_for_a_longer_one_is_kept_in_the_button(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    ann.runs("video", general, prompt="two cats", seconds=2.0)
    first = await town.make(await town.job())
    refusing(town, DeclarationNeeded(category="ip", fragment="cats"), "cats")
    (clip,) = ann.reads(general)
    for label in ("Longer", "Another take"):
        told = await ann.finished(ann.presses(clip, label))
        assert told.labels == ["I declare that I may: make it"]
        ann.presses(told, "I declare")
        job = await town.job()
        assert job.id != first.id
        await town.make(job)
    assert len([message for message in ann.reads(general) if message.reader is None]) == 3


async def test_every_old_button_works_after_a_restart(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    refusing(town, DeclarationNeeded(category="ip", fragment="mouse"), "mouse")
    refused = await ann.finished(ann.runs("video", general, prompt="a mouse"))
    ann.runs("video", general, prompt="two cats")
    first = await town.make(await town.job())
    clip = next(message for message in ann.reads(general) if message.files)
    receipt = await ann.finished(ann.runs("video", general, prompt="三只猫"))
    waiting = await town.job()
    await town.restart()

    ann.presses(refused, "I declare")
    (declared,) = await town.see(lambda: [job for job in town.jobs() if job.prompt == "a mouse"])
    await town.make(declared)
    opened = await ann.answered(ann.presses(receipt, "Edit"))
    await town.restart()
    ann.submits(opened, {"words": "four cats"})
    (edited,) = await town.see(lambda: [job for job in town.jobs() if job.spec.prompt == "four cats"])
    assert found(town, waiting).state is JobState.CANCELLED
    await town.see(lambda: edited.code in receipt.text)
    ann.presses(receipt, "Cancel")
    await town.see(lambda: "Cancelled" in receipt.text)
    for label in ("Again", "Another take", "Longer"):
        ann.presses(clip, label)
        await town.make(await town.job())
    details = await ann.finished(ann.presses(clip, "Details"))
    assert first.code in details.text


async def test_nothing_of_what_was_shown_is_kept_by_the_library(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    receipt = await ann.finished(ann.runs("video", general, prompt="两只猫"))
    await ann.answered(ann.presses(receipt, "Edit"))
    await town.make(await town.job())
    await ann.finished(ann.runs("my", general))
    store = town.adapter.client._connection._view_store
    assert (store._views, store._synced_message_views, store._modals, store._dynamic_items) == ({}, {}, {}, {})


async def test_a_button_of_an_older_version_or_of_nobody_is_heard_and_does_nothing(
    town: Town, general: Channel
) -> None:
    ann, _ = people(town)
    receipt = await ann.finished(ann.runs("video", general, prompt="two cats"))
    for custom_id in ("p:nonsense:x", "nonsense", "p:", "p:declare:x:nonsense", "p:softer:x", "p:my:%00", "p:show:"):
        asked = await ann.answered(ann.sends(receipt, custom_id))
        assert asked.answer == 6
    assert len(town.jobs()) == 1
