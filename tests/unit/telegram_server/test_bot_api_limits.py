"""Where the server lets nothing be said, and when, with python-telegram-bot as the client."""

import pytest
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut

from tests.telegram.server import BotApi
from tests.unit.telegram_server.refusing import refused, rest


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
