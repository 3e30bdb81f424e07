"""What people do reaches the bot, and what the bot answers reaches them."""

import io

import pytest
from aiohttp import web
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultCachedVideo,
    InputMediaVideo,
    InputTextMessageContent,
    LabeledPrice,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from tests.telegram.server import BotApi
from tests.unit.telegram_server.refusing import refused, rest

COIN = [LabeledPrice("100", 50)]


async def test_stars_are_checked_paid_and_refunded_once(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    await bot.send_invoice(alice.chat.id, "100 credits", "for clips", "pack:100", "XTR", COIN, provider_token="")
    invoice = alice.chat.last("invoice")
    assert invoice
    payment = alice.pays(invoice)
    (update,) = await bot.get_updates()
    assert update.pre_checkout_query
    assert update.pre_checkout_query.invoice_payload == "pack:100"
    await update.pre_checkout_query.answer(ok=True)
    assert payment.state == "paid"
    *_, told = await bot.get_updates()
    assert told.message
    assert told.message.successful_payment
    charge = told.message.successful_payment.telegram_payment_charge_id
    assert charge == payment.charge_id
    with refused(BadRequest, "CHARGE_ID_INVALID"):
        await bot.refund_star_payment(5, charge)
    await bot.refund_star_payment(alice.user.id, charge)
    with refused(BadRequest, "CHARGE_ALREADY_REFUNDED"):
        await bot.refund_star_payment(alice.user.id, charge)
    assert alice.chat.messages[max(alice.chat.messages)].kind == "refunded_payment"


async def test_a_checkout_waits_ten_seconds(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    link = await bot.create_invoice_link("100 credits", "for clips", "pack:100", "XTR", COIN, provider_token="")
    payment = alice.pays(link)
    (update,) = await bot.get_updates()
    rest(api, 11)
    assert update.pre_checkout_query
    with refused(BadRequest, "query is too old"):
        await update.pre_checkout_query.answer(ok=True)
    assert payment.state == "late"
    with refused(BadRequest, "STARS_INVOICE_INVALID"):
        await bot.create_invoice_link("a", "b", "c", "XTR", COIN * 2, provider_token="")
    with refused(BadRequest, "CURRENCY_INVALID"):
        await bot.create_invoice_link("a", "b", "c", "USD", COIN, provider_token="")


async def test_an_inline_result_becomes_a_message_that_takes_no_upload(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    group = api.group("Film", alice)
    sent = await bot.send_video(alice.chat.id, b"film")
    assert sent.video
    query = alice.inline("cat")
    (update,) = await bot.get_updates()
    assert update.inline_query
    keys = InlineKeyboardMarkup.from_button(InlineKeyboardButton("x", callback_data="x"))
    result = InlineQueryResultCachedVideo("1", sent.video.file_id, "A cat", caption="cat", reply_markup=keys)
    await update.inline_query.answer([result], is_personal=True)
    message = alice.chooses(query, 0, group)
    assert message.kind == "video"
    *_, chosen = await bot.get_updates()
    assert chosen.chosen_inline_result
    inline = chosen.chosen_inline_result.inline_message_id
    assert inline
    with refused(BadRequest, "can't be edited with a new file"):
        await bot.edit_message_media(InputMediaVideo(b"other"), inline_message_id=inline)
    await bot.edit_message_caption(inline_message_id=inline, caption="done")
    assert message.texts == ["cat", "done"]
    with refused(BadRequest, "query is too old"):
        await update.inline_query.answer([])


async def test_a_guest_is_answered_where_the_bot_is_no_member(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    group = api.group("Elsewhere", alice)
    api.kick(group, alice, "left")
    query = alice.summons("@piying_bot a cat", group)
    *_, update = await bot.get_updates()
    assert update.guest_message
    article = InlineQueryResultArticle("1", "Wait", InputTextMessageContent("on it"))
    sent = await bot.answer_guest_query(query.id, article)
    await bot.edit_message_text("soon", inline_message_id=sent.inline_message_id)
    shown = group.last()
    assert shown
    assert shown.texts == ["on it", "soon"]


async def test_a_group_lets_the_bot_see_what_is_meant_for_it(api: BotApi, bot: Bot) -> None:
    alice, bob = api.person("Alice"), api.person("Bob")
    group = api.group("Film", alice, bob)
    await bot.send_message(group.id, "hello")
    alice.says("chatter", group)
    alice.says("/video@other_bot a cat", group)
    alice.says("/video@piying_bot a cat", group)
    group.members[alice.user.id].anonymous = True
    alice.says("/queue", group)
    bob.says("yes", group, reply_to=group.last())
    messages = [update.message for update in await bot.get_updates() if update.message]
    assert [message.text for message in messages] == ["/video@piying_bot a cat", "/queue", "yes"]
    assert messages[1].sender_chat
    assert messages[1].sender_chat.id == group.id
    assert [entity.length for entity in messages[0].entities if entity.type == "bot_command"] == [17]


async def test_a_channel_is_written_to_by_its_administrators(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    channel = api.channel("News", alice)
    alice.says("/video a cat", channel)
    (update,) = await bot.get_updates()
    assert update.channel_post
    assert update.channel_post.from_user is None
    sent = await update.channel_post.reply_text("on it")
    assert sent.sender_chat
    channel.members[api.world.bot.id].rights.clear()
    with refused(BadRequest, "need administrator rights"):
        await bot.send_message(channel.id, "x")


async def test_a_message_for_one_reader_is_seen_by_no_other(api: BotApi, bot: Bot) -> None:
    alice, bob = api.person("Alice"), api.person("Bob")
    group = api.group("Film", alice)
    kwargs = {"ephemeral_message_parameters": {"receiver_user_id": alice.user.id}}
    sent = await bot.send_message(group.id, "3 credits", api_kwargs=kwargs)
    assert sent.message_id == 0
    assert "ephemeral_message_id" in sent.api_kwargs
    assert [message.text for message in group.whispers[alice.user.id]] == ["3 credits"]
    assert group.from_bot == []
    with refused(BadRequest, "USER_NOT_PARTICIPANT"):
        stranger = {"ephemeral_message_parameters": {"receiver_user_id": bob.user.id}}
        await bot.send_message(group.id, "3 credits", api_kwargs=stranger)


async def test_a_draft_is_for_private_chats_and_can_be_stopped(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    await bot.send_message_draft(alice.chat.id, 7, "half done", api_kwargs={"can_stop": True})
    assert [draft["text"] for draft in alice.chat.drafts[7]] == ["half done"]
    alice.stops(7)
    (update,) = await bot.get_updates()
    assert update.api_kwargs["stopped_message_generation"]["draft_id"] == 7
    with refused(BadRequest, "can't send message drafts"):
        await bot.send_message_draft(api.group("Film").id, 7, "x")
    with refused(BadRequest, "draft_id must be non-zero"):
        await bot.send_message_draft(alice.chat.id, 0, "x")


async def test_commands_and_names_are_kept_by_scope_and_language(api: BotApi, bot: Bot) -> None:
    scope = BotCommandScopeAllGroupChats()
    await bot.set_my_commands([BotCommand("video", "做一段视频")], scope=scope, language_code="zh")
    assert [command.description for command in await bot.get_my_commands(scope, "zh")] == ["做一段视频"]
    assert await bot.get_my_commands(scope, "en") == ()
    await bot.set_my_name("皮影", language_code="zh")
    await bot.set_my_name("Piying")
    assert [(await bot.get_my_name(language)).name for language in ("zh", "fr")] == ["皮影", "Piying"]
    with refused(BadRequest, "BOT_COMMAND_INVALID"):
        await bot.set_my_commands([("视频", "x")])


async def test_members_and_files_are_told(api: BotApi, bot: Bot) -> None:
    alice, bob = api.person("Alice"), api.person("Bob")
    group = api.group("Film", alice, bob)
    assert [member.user.first_name for member in await bot.get_chat_administrators(group.id)] == ["Alice"]
    assert (await bot.get_chat_member(group.id, bob.user.id)).status == "member"
    assert (await bot.get_chat(group.id)).title == "Film"
    out = io.BytesIO()
    Image.new("RGB", (320, 200)).save(out, "PNG")
    alice.sends_photo(out.getvalue(), "/animate slowly")
    (update,) = await bot.get_updates()
    assert update.message
    file = await update.message.photo[-1].get_file()
    assert bytes(await file.download_as_bytearray()) == out.getvalue()
    api.world.download_limit = 10
    with refused(BadRequest, "file is too big"):
        await update.message.photo[-1].get_file()
    await bot.leave_chat(group.id)
    with refused(Forbidden, "not a member"):
        await bot.send_message(group.id, "x")


async def test_deletion_follows_rights_and_age(api: BotApi, bot: Bot) -> None:
    alice = api.person("Alice")
    group = api.group("Film", alice)
    theirs, ours = alice.says("/video", group), await bot.send_message(group.id, "x")
    with refused(BadRequest, "message can't be deleted"):
        await bot.delete_message(group.id, theirs.id)
    rest(api, 49 * 3600)
    with refused(BadRequest, "message can't be deleted"):
        await bot.delete_message(group.id, ours.message_id)
    with refused(BadRequest, "message to delete not found"):
        await bot.delete_message(group.id, 999)


async def test_a_webhook_gets_the_secret_and_every_update_until_it_takes_it(api: BotApi, bot: Bot) -> None:
    seen: list[tuple[str | None, int]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), (await request.json())["update_id"]))
        return web.Response(status=503 if len(seen) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s3cret")
    api.person("Alice").says("hello")
    await api.until(lambda: len(seen) == 2 and not api.world.updates.waiting)
    assert seen[0] == seen[1] == ("s3cret", api.world.updates.sent[0]["update_id"])
    assert "503" in ((await bot.get_webhook_info()).last_error_message or "")
    with refused(TelegramError, "can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
    with refused(BadRequest, "HTTPS URL must be provided"):
        await bot.set_webhook("http://example.org/hook")
    await runner.cleanup()


async def test_an_update_comes_twice_when_asked_to(api: BotApi, bot: Bot) -> None:
    api.person("Alice").says("hello")
    (update,) = await bot.get_updates()
    assert await bot.get_updates(offset=update.update_id + 1) == ()
    api.world.updates.repeat(api.world.updates.sent[0])
    api.world.updates.repeat(api.world.updates.sent[0], new_id=True)
    again = await bot.get_updates(offset=update.update_id + 1)
    assert [one.update_id - update.update_id for one in again] == [0, 1]
    assert await bot.get_updates(offset=update.update_id + 2) == ()


async def test_what_was_awaited_in_vain_is_told_with_all_chats(api: BotApi) -> None:
    alice = api.person("Alice")
    alice.says("/video a cat")
    with pytest.raises(AssertionError, match="#1 Alice: /video a cat"):
        await api.until(alice.chat.last, 0.1)
