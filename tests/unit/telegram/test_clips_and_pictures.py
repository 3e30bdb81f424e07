"""Buttons below clips, clips sent again and anywhere, pictures set in motion, and where videos come from."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bots.telegram import clips, inline, making, pictures, refusals
from bots.telegram.incoming import Me, read, read_message
from bots.telegram.press import Press
from core.errors import Refusal, Unsupported
from core.types import Address, Job, JobState
from tests.desks import painter
from tests.telegram.errors import bad
from tests.unit.telegram.clerk import ME
from tests.unit.telegram.stage import ANN, IN_GROUP, Stage, open_stage

US = Me(77, "piying_bot")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


def _pressed(stage: Stage, job: Job, verb: str, *, by: int = 5, query_id: str = "q") -> Any:
    """The call of a press below the job's clip."""
    chat = {"id": int(job.address.chat), "type": "private" if int(job.address.chat) > 0 else "supergroup"}
    held = {"message_id": 10, "date": 1, "chat": chat, "from": ME, "text": "…"}
    user = {"id": by, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    data = Press(verb, job.code).pack()
    query = {"id": query_id, "from": user, "chat_instance": "c", "message": held, "data": data}
    asked = read(stage.update(callback_query=query), US)
    assert asked is not None
    assert asked.press is not None
    return asked.call, asked.press


def _asked(stage: Stage, **fields: Any) -> Any:
    message = stage.message(**fields)
    asked = read_message(message, US)
    assert asked is not None
    return asked.call, message, asked.rest


async def test_longer_is_twice_as_long(stage: Stage) -> None:
    job = await stage.finished(receipt=10)
    await clips.press_longer(stage.desk, *_pressed(stage, job, "longer"))
    made = (await stage.commands.history(ANN))[0]
    assert made.code != job.code
    assert (made.spec.seconds, made.spec.seed) == (2 * job.spec.seconds, job.spec.seed)
    assert "answerCallbackQuery" in stage.clerk.methods


async def test_a_harmless_version_is_judged_in_the_chat_that_it_is_for(stage: Stage) -> None:
    chat = {"id": -100, "type": "supergroup"}
    held = {"message_id": 10, "date": 1, "chat": chat, "from": ME, "text": "No.\nUse this instead:\na calm cat"}
    user = {"id": 5, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    data = Press("softer", "", format(5, "x")).pack()
    asked = read(
        stage.update(callback_query={"id": "q", "from": user, "chat_instance": "c", "message": held, "data": data}), US
    )
    assert asked is not None
    assert asked.press is not None
    await refusals.press_softer(stage.desk, asked.call, asked.press)
    (made,) = await stage.commands.history(IN_GROUP)
    assert (made.prompt, made.place.chat) == ("a calm cat", "group")


@pytest.mark.parametrize("verb", ["again", "longer"])
async def test_a_clip_of_a_private_chat_is_judged_anew_in_a_group(stage: Stage, verb: str) -> None:
    job = await stage.finished(receipt=10)
    assert job.place.chat == "private"
    if verb == "again":
        asked = _asked(stage, text=f"/again {job.code}", chat={"id": -100, "type": "supergroup"})
        await making.again(stage.desk, *asked)
    else:
        await clips.press_longer(stage.desk, *_pressed(stage, replace(job, address=IN_GROUP), verb))
    (made,) = await stage.commands.history(IN_GROUP)
    assert made.place.chat == "group"


async def test_longer_ends_at_the_longest_and_then_says_so(stage: Stage) -> None:
    job = await stage.finished(receipt=10)
    for number in range(6):
        try:
            await clips.press_longer(stage.desk, *_pressed(stage, job, "longer", query_id=f"q{number}"))
        except Unsupported as error:
            assert error.details["maximum"] == job.spec.seconds  # noqa: PT017 - it may come in any round
            return
        job = (await stage.commands.history(ANN))[0]
        with stage.store.begin() as tx:
            stage.clock.time += 10
            tx.jobs.move(job.id, JobState.CANCELLED, now=stage.clock.now())
    pytest.fail("a clip can be made longer and longer")


async def test_details_and_how_to_report_go_to_whoever_pressed(stage: Stage) -> None:
    job = await stage.finished(IN_GROUP, key="telegram:-100:9", receipt=10)
    await clips.press_details(stage.desk, *_pressed(stage, job, "details", by=6))
    await clips.press_report(stage.desk, *_pressed(stage, job, "report", by=6))
    details, report = stage.clerk.of("sendMessage")
    assert str(job.spec.seed) in details["text"]
    assert f"/report {job.code}" in report["text"]


async def test_a_clip_is_shown_again_without_an_upload(stage: Stage) -> None:
    job = await stage.finished(receipt=10, file="file-10", clip=10)
    await clips.show(stage.desk, *_asked(stage, text=f"/show {job.code}"))
    (sent,) = stage.clerk.of("sendVideo")
    assert sent["video"] == "file-10"
    assert job.code in sent["caption"]
    assert sent["reply_parameters"]["message_id"] == 9


async def test_where_telegram_lost_the_file_words_must_do(stage: Stage) -> None:
    job = await stage.finished(receipt=10, file="file-10", clip=10)
    stage.clerk.faults["sendVideo"].append(bad("wrong file identifier/HTTP URL specified"))
    await clips.show(stage.desk, *_asked(stage, text=f"/show {job.code}"))
    assert job.code in stage.clerk.of("sendMessage")[0]["text"]
    assert (await stage.board.find(job)).file == ""


async def test_a_reply_to_a_clip_reports_it(stage: Stage) -> None:
    job = await stage.finished(receipt=10)
    look = await stage.desk.deliveries.look(job, await stage.board.find(job), await stage.commands.chat_settings(ANN))
    clip = {"message_id": 10, "date": 1, "chat": {"id": 5, "type": "private"}, "from": ME, "text": "…",
            "reply_markup": look.keyboard.to_dict()}  # fmt: skip
    message = stage.message(text="/report likeness that is me", reply_to_message=clip)
    assert await clips.code_of(stage.desk, message) == job.code
    forged = {**clip, "from": {"id": 6, "is_bot": True, "first_name": "other"}}
    assert await clips.code_of(stage.desk, stage.message(text="/report", reply_to_message=forged)) == ""


def _query(stage: Stage, words: str, *, by: int = 5, offset: str = "") -> Any:
    user = {"id": by, "is_bot": False, "first_name": "Ann", "language_code": "zh-hans"}
    return stage.update(inline_query={"id": "i", "from": user, "query": words, "offset": offset})


async def test_inline_finds_ones_own_clips_by_code_and_words(stage: Stage) -> None:
    job = await stage.finished(receipt=10, file="file-10", clip=10)
    for words in (job.code, job.code[:4].lower(), "cats two", ""):
        await inline.inline_query(stage.desk, _query(stage, words))
        told = stage.clerk.of("answerInlineQuery")[-1]
        assert told["is_personal"] is True
        assert [(one["id"], one["type"], one["video_file_id"]) for one in told["results"]] == [
            (job.code, "video", "file-10")
        ]


async def test_inline_shows_nobody_elses_clips_and_offers_to_make_one(stage: Stage) -> None:
    job = await stage.finished(receipt=10, file="file-10", clip=10)
    await inline.inline_query(stage.desk, _query(stage, job.code, by=6))
    told = stage.clerk.of("answerInlineQuery")[-1]
    assert told["results"] == []
    assert told["button"] == {"text": "做一个视频", "start_parameter": "video"}
    await inline.inline_query(stage.desk, _query(stage, "an elephant"))
    told = stage.clerk.of("answerInlineQuery")[-1]
    assert [(one["type"], one["title"]) for one in told["results"]] == [("article", "做一个视频")]
    assert told["button"]["start_parameter"].startswith("make_")


async def test_inline_leaves_out_what_its_group_keeps_to_itself(stage: Stage) -> None:
    job = await stage.finished(IN_GROUP, key="telegram:-100:9", receipt=10, file="file-10", clip=10)
    await stage.commands.set_chat_settings(IN_GROUP, protected=True)
    await inline.inline_query(stage.desk, _query(stage, job.code))
    assert stage.clerk.of("answerInlineQuery")[0]["results"] == []


async def test_inline_goes_on_page_by_page(stage: Stage) -> None:
    found: list[str] = []
    for number in range(inline._PAGE + 3):
        stage.clock.time += 1000
        found.append((await stage.finished(key=f"telegram:5:{number}", file=f"file-{number}", clip=number + 1)).code)
    await inline.inline_query(stage.desk, _query(stage, ""))
    first = stage.clerk.of("answerInlineQuery")[-1]
    await inline.inline_query(stage.desk, _query(stage, "", offset=first["next_offset"]))
    second = stage.clerk.of("answerInlineQuery")[-1]
    assert [one["id"] for one in (*first["results"], *second["results"])] == found[::-1]
    assert second.get("next_offset", "") == ""


@pytest.mark.parametrize(("words", "kind"), [("@piying_bot cats", "video"), ("@piying_bot an elephant", "article")])
async def test_a_guest_is_answered_with_ones_own_clip_or_the_way_to_make_one(
    stage: Stage, words: str, kind: str
) -> None:
    await stage.finished(receipt=10, file="file-10", clip=10)
    ann = {"id": 5, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    chat = {"id": -300, "type": "supergroup"}
    told = {"message_id": 4, "date": 1, "chat": chat, "from": ann, "text": words, "guest_query_id": "g"}
    await inline.guest_message(stage.desk, stage.update(guest_message=told))
    (answer,) = stage.clerk.of("answerGuestQuery")
    assert (answer["guest_query_id"], answer["result"]["type"]) == ("g", kind)


def _photo(size: int = 1000) -> list[dict[str, Any]]:
    small = {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 10}
    return [small, {"file_id": "photo", "file_unique_id": "p", "width": 900, "height": 600, "file_size": size}]


async def test_a_photo_is_set_in_motion(tmp_path: Path) -> None:
    async with open_stage(tmp_path, catalogue=painter(("none", "first"))) as stage:
        buffer = io.BytesIO()
        Image.new("RGB", (900, 600), "red").save(buffer, "JPEG")
        stage.clerk.files["photo"] = buffer.getvalue()
        asked = stage.message(photo=_photo(), caption="/animate the cat turns")
        call, _, rest = _asked(stage, photo=_photo(), caption="/animate the cat turns")
        declared = type(call)(**{**vars(call), "declares": True})
        await pictures.animate(stage.desk, declared, asked, rest)
        job = (await stage.commands.history(ANN))[0]
        assert job.spec.image is not None
        assert job.prompt == "the cat turns"


async def test_a_reply_to_a_photo_sets_that_in_motion_and_words_are_asked_for(stage: Stage) -> None:
    photo = {"message_id": 3, "date": 1, "chat": {"id": 5, "type": "private"}, "photo": _photo()}
    await pictures.animate(stage.desk, *_asked(stage, text="/animate", reply_to_message=photo))
    await pictures.animate(stage.desk, *_asked(stage, text="/animate it moves"))
    asks, needs = stage.clerk.of("sendMessage")
    assert "picture" in asks["text"]
    assert "photo" in needs["text"]


async def test_a_picture_too_large_to_fetch_is_not_fetched(stage: Stage) -> None:
    await pictures.animate(stage.desk, *_asked(stage, photo=_photo(21_000_000), caption="/animate it moves"))
    assert "getFile" not in stage.clerk.methods
    assert "20 MB" in stage.clerk.of("sendMessage")[0]["text"]


async def test_a_picture_whose_size_is_told_only_when_asked_is_not_fetched_either(stage: Stage) -> None:
    stage.clerk.files["photo"] = bytes(pictures.PICTURE_BYTES + 1)
    unsized = [{name: value for name, value in size.items() if name != "file_size"} for size in _photo()]
    await pictures.animate(stage.desk, *_asked(stage, photo=unsized, caption="/animate it moves"))
    assert "PNG" in stage.clerk.of("sendMessage")[0]["text"]
    assert stage.clerk.fetched == []


async def test_verify_says_where_a_video_comes_from(stage: Stage) -> None:
    stage.clerk.files["film"] = stage.video.read_bytes()
    video = {"file_id": "film", "file_unique_id": "f", "width": 1, "height": 1, "duration": 1, "file_size": 9000}
    sent = {"message_id": 3, "date": 1, "chat": {"id": 5, "type": "private"}, "video": video}
    await pictures.verify(stage.desk, *_asked(stage, text="/verify", reply_to_message=sent))
    assert "AI" in stage.clerk.of("sendMessage")[0]["text"]
    large = {**sent, "video": {**video, "file_size": 30_000_000}}
    await pictures.verify(stage.desk, *_asked(stage, text="/verify", reply_to_message=large))
    await pictures.verify(stage.desk, *_asked(stage, text="/verify"))
    assert stage.clerk.methods.count("getFile") == 1


async def test_what_telegram_finds_too_large_only_when_asked_is_told(stage: Stage) -> None:
    unsized = {"file_id": "film", "file_unique_id": "f", "width": 1, "height": 1, "duration": 1}
    sent = {"message_id": 3, "date": 1, "chat": {"id": 5, "type": "private"}, "video": unsized}
    stage.clerk.faults["getFile"].append(bad("file is too big"))
    await pictures.verify(stage.desk, *_asked(stage, text="/verify", reply_to_message=sent))
    assert "20 MB" in stage.clerk.of("sendMessage")[0]["text"]


async def test_nobody_has_all_videos_of_the_world_looked_at(stage: Stage) -> None:
    stage.clerk.faults["getFile"].extend(bad("file is too big") for _ in range(20))
    unsized = {"file_id": "film", "file_unique_id": "f", "width": 1, "height": 1, "duration": 1}
    sent = {"message_id": 3, "date": 1, "chat": {"id": 5, "type": "private"}, "video": unsized}
    desk = stage.desk
    for _ in range(10):
        await pictures.verify(desk, *_asked(stage, text="/verify", reply_to_message=sent))
    with pytest.raises(Refusal, match="too-fast"):
        await pictures.verify(desk, *_asked(stage, text="/verify", reply_to_message=sent))
    assert stage.clerk.methods.count("getFile") == 10


async def test_a_channel_asks_by_a_post(stage: Stage) -> None:
    channel = {"id": -500, "type": "channel", "title": "News"}
    post = {"message_id": 9, "date": 1, "chat": channel, "sender_chat": channel, "text": "/video a cat"}
    asked = read(stage.update(channel_post=post), US)
    assert asked is not None
    assert (asked.verb, asked.rest, asked.call.address) == ("video", "a cat", Address("telegram", "-500", "-500"))


async def test_an_anonymous_administrator_asks_as_the_group(stage: Stage) -> None:
    group = {"id": -100, "type": "supergroup", "title": "Cats"}
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    told = {"message_id": 9, "date": 1, "chat": group, "sender_chat": group, "from": anonymous, "text": "/video a cat"}
    asked = read(stage.update(message=told), US)
    assert asked is not None
    assert asked.call.address == Address("telegram", "-100", "-100")
