"""Forms, pictures, second thoughts and old buttons on Discord, over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import DeclarationNeeded, PromptBlocked
from core.types import JobState
from tests.desks import painter
from tests.discord.resolving import Given
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town
from tests.unit.discord.zoo import InEnglish, fields, found, people, picture, refusing


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


async def test_a_picture_that_is_gone_is_told(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    town.api.world.cdn.seconds = -1.0
    told = await ann.finished(ann.runs("animate", general, image=picture(), prompt="it turns"))
    assert (told.reader, "PNG" in told.text) == (ann.user, True)
    assert town.jobs() == []


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


async def test_a_declaration_pressed_twice_is_one_clip(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    refusing(town, DeclarationNeeded(category="ip", fragment="mouse"), "mouse")
    told = await ann.finished(ann.runs("video", general, prompt="a mouse"))
    ann.presses(told, "I declare")
    ann.presses(told, "I declare")
    job = await town.job()
    await asyncio.sleep(0.3)
    assert [one.id for one in town.jobs()] == [job.id]
    await town.make(job)
    again = await ann.finished(ann.presses(told, "I declare"))
    assert (again.reader, again.labels, job.code in again.text) == (ann.user, ["Again"], True)
    assert town.jobs() == []


async def test_what_was_pressed_in_private_stays_there_also_once_it_is_declared(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats", seconds=2.0)
    first = await town.make(await town.job())
    refusing(town, DeclarationNeeded(category="ip", fragment="cats"), "cats")
    shown = await ann.finished(ann.runs("show", general, code=first.code, private=True))
    told = await ann.finished(ann.presses(shown, "Longer"))
    ann.presses(told, "I declare")
    await town.make(await town.job())
    assert len([message for message in bob.reads(general) if message.files]) == 1


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
