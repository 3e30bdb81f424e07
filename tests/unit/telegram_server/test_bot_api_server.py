"""What may be said to the server and how it is told of updates, with python-telegram-bot as the client."""

import asyncio

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, CommandHandler, ContextTypes

from tests.telegram.server import BotApi
from tests.unit.telegram_server.refusing import refused, rest


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
