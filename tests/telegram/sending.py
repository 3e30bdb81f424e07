"""Answers the methods that send something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.telegram.call import Call, text_of
from tests.telegram.errors import GONE_QUERY, bad, forbidden
from tests.telegram.formatting import read_text, units
from tests.telegram.markup import check_markup
from tests.telegram.media import media_of
from tests.telegram.state import Chat, Message

ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


def put(call: Call, chat: Chat, content: dict[str, Any], *, invoice: bool = False) -> dict[str, Any]:
    """Add the bot's message to a chat, if the flood limits let it."""
    thread, reply = call.thread(chat), call.reply(chat)
    markup = check_markup(call.get("reply_markup"), invoice=invoice)
    if call.get("message_effect_id") and chat.type != "private":
        raise bad("message effects are for private chats only")
    call.world.limits.take(chat.id, group=chat.is_group, edit=False)
    head: dict[str, Any] = {"has_protected_content": True} if call.get("protect_content") else {}
    sender = None if chat.type == "channel" else call.world.bot
    if chat.type == "channel":
        head["sender_chat"] = chat.json()
    message = Message(chat, chat.new_id(), call.world.date, sender, content, head, reply, thread, markup, own=True)
    return chat.add(message).json()


def send_message(call: Call) -> Any:
    chat = call.chat()
    call.may_send(chat, "can_send_messages", "text messages")
    content = text_of(call.given)
    if call.get("ephemeral_message_parameters") and call.world.keeps_whispers:
        return _whisper(call, chat, content)
    return put(call, chat, content)


def _whisper(call: Call, chat: Chat, content: dict[str, Any]) -> dict[str, Any]:
    """A message for one reader: it has the id 0 and no place among the others."""
    asked = call.given["ephemeral_message_parameters"]
    reader = chat.members.get(asked["receiver_user_id"])
    if not chat.is_group:
        raise bad("ephemeral messages can be sent to groups only")
    if reader is None or not reader.is_there or reader.user.is_bot:
        raise bad("USER_NOT_PARTICIPANT")
    if press := asked.get("callback_query_id"):
        query = call.world.queries.get(press)
        if query is None or query.asker is not reader.user or call.world.clock() > query.deadline:
            raise bad(GONE_QUERY)
    call.world.limits.take(chat.id, group=True, edit=False)
    heard = chat.whispers.setdefault(reader.user.id, [])
    head = {"ephemeral_message_id": len(heard) + 1}
    markup = check_markup(call.get("reply_markup"))
    heard.append(
        Message(chat, 0, call.world.date, call.world.bot, content, head, None, call.thread(chat), markup, own=True)
    )
    return heard[-1].json()


def _sender(kind: str) -> Callable[[Call], Any]:
    def send(call: Call) -> Any:
        chat = call.chat()
        call.may_send(chat, f"can_send_{kind}s", f"{kind}s")
        return put(call, chat, media_of(call, kind, call.given, call.given[kind]))

    return send


def send_chat_action(call: Call) -> Any:
    chat, thread = call.chat(), call.thread(call.chat())
    if call.given["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.actions.append((call.given["action"], thread))
    return True


def send_draft(call: Call) -> Any:
    """A draft is seen in private chats only and holds no place among the messages."""
    chat = call.chat()
    if chat.type != "private":
        raise bad("can't send message drafts to this chat")
    if not call.given["draft_id"]:
        raise bad("draft_id must be non-zero")
    text, entities = read_text(call.get("text", ""), call.get("parse_mode"), call.get("entities"))
    if units(text) > 4096:
        raise bad("message is too long")
    call.thread(chat)
    if call.get("can_stop"):
        chat.stoppable.add(call.given["draft_id"])
    chat.drafts.setdefault(call.given["draft_id"], []).append({"text": text, "entities": entities})
    return True


def delete_message(call: Call) -> Any:
    _delete(call, call.chat(), call.given["message_id"])
    return True


def delete_messages(call: Call) -> Any:
    ids, chat = call.given["message_ids"], call.chat()
    if not 1 <= len(ids) <= 100:
        raise bad("message_ids must have 1-100 items")
    for number in ids:
        if number in chat.messages and not chat.messages[number].gone:
            _delete(call, chat, number)
    return True


def _delete(call: Call, chat: Chat, number: int) -> None:
    message = chat.messages.get(number)
    if message is None or message.gone:
        raise bad("message to delete not found")
    seat = call.world.seat(chat)
    may = seat.is_administrator and "can_delete_messages" in seat.rights
    own = message.own or chat.type == "private"
    if not (own or may) or call.world.date - message.date > 48 * 3600:
        raise bad("message can't be deleted for everyone")
    message.gone = True


def set_reaction(call: Call) -> Any:
    chat = call.chat()
    message = chat.messages.get(call.given["message_id"])
    if message is None or message.gone:
        raise bad("message to react not found")
    if len(call.get("reaction", [])) > 1:
        raise bad("REACTIONS_TOO_MANY")
    message.reactions = list(call.get("reaction", []))
    return True


def leave_chat(call: Call) -> Any:
    chat = call.chat()
    if chat.type == "private":
        raise forbidden("bot can't leave a private chat")
    chat.members[call.world.bot.id].status = "left"
    return True


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "sendMessage": send_message,
    "sendVideo": _sender("video"),
    "sendPhoto": _sender("photo"),
    "sendDocument": _sender("document"),
    "sendAnimation": _sender("animation"),
    "sendChatAction": send_chat_action,
    "sendMessageDraft": send_draft,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_reaction,
    "leaveChat": leave_chat,
}
