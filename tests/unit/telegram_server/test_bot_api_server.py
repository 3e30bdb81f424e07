"""The server, with python-telegram-bot as the client."""

import asyncio
import io
import re

import httpx
import pytest
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaVideo, MessageEntity, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Application, CommandHandler, ContextTypes

from tests.telegram.clock import Hand
from tests.telegram.server import BotApi


def jpeg(width: int = 64, height: int = 48) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "JPEG")
    return out.getvalue()


def refused(error: type[TelegramError], words: str) -> pytest.RaisesExc[TelegramError]:
    """The library writes the first letter of what Telegram says in the other case."""
    return pytest.raises(error, match="(?i)" + re.escape(words))


def rest(api: BotApi, seconds: float = 60.0) -> None:
    clock = api.world.clock
    assert isinstance(clock, Hand)
    clock.forward(seconds)


async def test_a_command_is_answered_by_polling(api: BotApi) -> None:
    async def video(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        await update.message.reply_text("on it")

    app = Application.builder().token(api.token).base_url(api.base_url).base_file_url(api.base_file_url).build()
    app.add_handler(CommandHandler("video", video))
    alice = api.person("Alice", "zh-hans")
    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling(timeout=5)
        alice.says("/video a cat")
        answer = await api.until(lambda: alice.chat.saying("on it"))
        await app.updater.stop()
        await app.stop()
    assert answer
    assert answer.sender is api.world.bot
    assert api.world.updates.waiting == []


async def test_an_edit_must_change_something(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    message = await bot.send_message(alice.chat.id, "<b>one</b>", parse_mode="HTML")
    with refused(BadRequest, "message is not modified"):
        await bot.edit_message_text("<b>one</b>", alice.chat.id, message.message_id, parse_mode="HTML")
    await bot.edit_message_text("two", alice.chat.id, message.message_id)
    shown = alice.chat.last()
    assert shown
    assert shown.texts == ["one", "two"]
    await bot.delete_message(alice.chat.id, message.message_id)
    with refused(BadRequest, "message to edit not found"):
        await bot.edit_message_text("three", alice.chat.id, message.message_id)
    own = alice.says("mine")
    with refused(BadRequest, "message can't be edited"):
        await bot.edit_message_text("three", alice.chat.id, own.id)


@pytest.mark.parametrize(
    ("text", "mode", "refusal"),
    [
        ("<b>open", "HTML", "Can't find end tag"),
        ("a < b", "HTML", "Unclosed start tag"),
        ("<video>x</video>", "HTML", "Unsupported start tag"),
        ("<b><i>x</b></i>", "HTML", "Unmatched end tag"),
        ("a.b", "MarkdownV2", "reserved"),
        ("*bold", "MarkdownV2", "Can't find end of Bold"),
        ("  ", None, "text is empty"),
        ("字" * 4097, None, "too long"),
        ("😀" * 2049, None, "too long"),
    ],
)
async def test_broken_texts_are_refused(api: BotApi, bot: Bot, text: str, mode: str | None, refusal: str) -> None:
    with refused(BadRequest, refusal):
        await bot.send_message(api.person("Alice").chat.id, text, parse_mode=mode)


async def test_lengths_are_counted_after_the_entities_and_in_utf_16(api: BotApi, bot: Bot) -> None:
    chat = api.person("Alice").chat
    await bot.send_message(chat.id, "<b>" + "字" * 4096 + "</b>", parse_mode="HTML")
    sent = await bot.send_message(chat.id, "😀 *x* \\.", parse_mode="MarkdownV2")
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 3, 1)]
    with refused(BadRequest, "ends after the end"):
        await bot.send_message(chat.id, "😀", entities=[MessageEntity("bold", 0, 3)])
    with refused(BadRequest, "middle of a symbol"):
        await bot.send_message(chat.id, "😀", entities=[MessageEntity("bold", 0, 1)])


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ([[InlineKeyboardButton("x", callback_data="字" * 22)]], "BUTTON_DATA_INVALID"),
        ([[InlineKeyboardButton("x")]], "Text buttons are unallowed"),
        ([[InlineKeyboardButton("x", callback_data="a", url="https://a.b")]], "exactly one"),
        ([[InlineKeyboardButton("x", callback_data="a")]] * 101, "reply markup is too long"),
        ([[InlineKeyboardButton("x", pay=True)]], "BUTTON_TYPE_INVALID"),
    ],
)
async def test_wrong_buttons_are_refused(
    api: BotApi, bot: Bot, rows: list[list[InlineKeyboardButton]], refusal: str
) -> None:
    with refused(BadRequest, refusal):
        await bot.send_message(api.person("Alice").chat.id, "x", reply_markup=InlineKeyboardMarkup(rows))


async def test_a_press_is_answered_once_and_in_time(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    keys = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Cancel", callback_data="cancel:1"))
    await bot.send_message(alice.chat.id, "x", reply_markup=keys)
    message = alice.chat.last()
    assert message
    press = alice.presses(message, "Cancel")
    (update,) = await bot.get_updates()
    assert update.callback_query
    assert update.callback_query.data == "cancel:1"
    await update.callback_query.answer("done")
    assert (await alice.answered(press))["text"] == "done"
    with refused(BadRequest, "query is too old"):
        await update.callback_query.answer()
    late = alice.presses(message, "Cancel")
    rest(api, 16)
    with refused(BadRequest, "query is too old"):
        await bot.answer_callback_query(late.id)


async def test_unknown_and_mistyped_parameters_are_refused(api: BotApi) -> None:
    chat = api.person("Alice").chat.id
    cases: tuple[dict[str, str], ...] = (
        {"texts": "x", "text": "x"},
        {"text": "x", "message_thread_id": "one"},
        {"text": "x", "protect_content": "y"},
        {},
        {"text": "x", "reply_markup": "{"},
        {"text": "x", "reply_markup": '{"keys": []}'},
    )
    async with httpx.AsyncClient() as client:
        for case in cases:
            answer = await client.post(f"{api.base_url}{api.token}/sendMessage", data={"chat_id": chat, **case})
            assert (answer.status_code, answer.json()["ok"]) == (400, False), case
        assert (await client.post(f"{api.base_url}{api.token}/sendVideos")).status_code == 404
        assert (await client.post(f"{api.base_url}1:x/getMe")).status_code == 401


async def test_a_chat_that_cannot_be_reached_says_why(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    group, old = api.group("Film", alice), api.group("Old", alice, kind="group")
    with refused(BadRequest, "chat not found"):
        await bot.send_message(5, "x")
    alice.blocks()
    with refused(Forbidden, "bot was blocked by the user"):
        await bot.send_message(alice.chat.id, "x")
    api.kick(group, alice)
    with refused(Forbidden, "bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")
    new = api.upgrade(old)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old.id, "x")
    assert moved.value.new_chat_id == new.id
    new.members[api.world.bot.id].status = "restricted"
    with refused(BadRequest, "not enough rights to send text messages"):
        await bot.send_message(new.id, "x")


async def test_topics_and_replies_must_exist(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    forum = api.group("Forum", alice, forum=True)
    topic = api.topic(forum, "Films")
    asked = alice.says("/video", forum, thread=topic)
    sent = await bot.send_message(forum.id, "x", message_thread_id=topic, reply_to_message_id=asked.id)
    assert sent.message_thread_id == topic
    assert sent.reply_to_message
    assert sent.reply_to_message.message_id == asked.id
    with refused(BadRequest, "message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=999)
    asked.gone = True
    with refused(BadRequest, "message to be replied not found"):
        await bot.send_message(forum.id, "x", reply_to_message_id=asked.id)
    await bot.send_message(forum.id, "x", reply_to_message_id=asked.id, allow_sending_without_reply=True)


async def test_floods_shut_the_chat_and_no_other(api: BotApi, bot: Bot) -> None:
    alice, bob = api.person("Alice"), api.person("Bob")
    for number in range(3):
        await bot.send_message(alice.chat.id, str(number))
    with pytest.raises(RetryAfter) as wait:
        await bot.send_message(alice.chat.id, "3")
    assert wait.value.retry_after == 1
    await bot.send_message(bob.chat.id, "x")
    rest(api, 0.5)
    with pytest.raises(RetryAfter):
        await bot.send_message(alice.chat.id, "3")
    assert api.world.limits.counts() == {"chat": 1, "wait": 1}
    rest(api, 1)
    await bot.send_message(alice.chat.id, "3")


async def test_a_group_takes_20_messages_and_20_edits_a_minute(api: BotApi, bot: Bot) -> None:
    group = api.group("Film")
    for number in range(20):
        message = await bot.send_message(group.id, str(number))
        await bot.edit_message_text("edited", group.id, message.message_id)
        rest(api, 1)
    for send in (bot.send_message(group.id, "x"), bot.edit_message_text("y", group.id, message.message_id)):
        with pytest.raises(RetryAfter):
            await send
    assert api.world.limits.counts() == {"group": 1, "wait": 1}


async def test_thirty_messages_a_second_in_all(api: BotApi, bot: Bot) -> None:
    chats = [api.person(str(number)).chat.id for number in range(31)]
    for chat in chats[:30]:
        await bot.send_message(chat, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(chats[30], "x")
    assert api.world.limits.counts() == {"overall": 1}


async def test_videos_are_kept_byte_for_byte_and_complained_about(api: BotApi, bot: Bot) -> None:
    chat = api.person("Alice").chat
    sent = await bot.send_video(chat.id, b"no film", thumbnail=jpeg(400, 400))
    assert {complaint.kind for complaint in api.complaints} == {"black square", "not a video", "thumbnail"}
    assert sent.video
    file = await bot.get_file(sent.video.file_id)
    assert bytes(await file.download_as_bytearray()) == b"no film"
    again = await bot.send_video(chat.id, sent.video.file_id)
    assert again.video
    assert again.video.file_unique_id == sent.video.file_unique_id
    with refused(BadRequest, "can't use file of type Video as Photo"):
        await bot.send_photo(chat.id, sent.video.file_id)
    with refused(BadRequest, "caption is too long"):
        await bot.send_video(chat.id, sent.video.file_id, caption="😀" * 513)


async def test_a_receipt_becomes_the_video(api: BotApi, bot: Bot) -> None:
    chat = api.person("Alice").chat
    receipt = await bot.send_message(chat.id, "queued")
    media = InputMediaVideo(b"film", width=64, height=48, duration=1, supports_streaming=True, thumbnail=jpeg())
    await bot.edit_message_media(media, chat.id, receipt.message_id)
    shown = chat.last("video")
    assert shown
    assert shown.id == receipt.message_id
    assert "thumbnail" in shown.content["video"]
    assert [complaint.kind for complaint in api.complaints] == ["not a video"]


async def test_too_large_an_upload_is_refused() -> None:
    async with BotApi(Hand(), upload_limit=1000) as api, Bot(api.token, base_url=api.base_url) as bot:
        with refused(NetworkError, "Request Entity Too Large"):
            await bot.send_document(api.person("Alice").chat.id, b"x" * 1001)


async def test_updates_stay_until_acknowledged_and_one_poller_reads_them(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    async with Bot(api.token, base_url=api.base_url) as other:
        second = asyncio.create_task(other.get_updates(timeout=5))
        with pytest.raises(Conflict):
            await first
        alice.says("hello")
        (update,) = await second
    assert [u.update_id for u in await bot.get_updates()] == [update.update_id]
    assert await bot.get_updates(offset=update.update_id + 1) == ()
    with api.world.updates.reordered():
        alice.says("one")
        alice.says("two")
    texts = [u.message.text for u in await bot.get_updates() if u.message]
    assert texts == ["two", "one"]


async def test_failures_at_will(api: BotApi, bot: Bot) -> None:
    chat = api.person("Alice").chat
    api.faults.add("sendMessage", "status", code=502)
    with refused(NetworkError, "Bad Gateway"):
        await bot.send_message(chat.id, "x")
    api.faults.add("sendMessage", "reset_before")
    with pytest.raises(NetworkError):
        await bot.send_message(chat.id, "x")
    assert chat.from_bot == []
    api.faults.add("sendMessage", "reset_after")
    with pytest.raises(NetworkError):
        await bot.send_message(chat.id, "x")
    api.faults.add("sendMessage", "hang_after", seconds=30)
    with pytest.raises(TimedOut):
        await bot.send_message(chat.id, "x", read_timeout=0.2)
    assert len(chat.from_bot) == 2
    api.faults.flood("sendMessage", 300)
    for _ in range(2):
        with pytest.raises(RetryAfter) as wait:
            await bot.send_message(chat.id, "x")
        assert wait.value.retry_after == 300
    assert api.world.limits.counts() == {"wait": 1}
