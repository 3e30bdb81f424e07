"""Answers the methods by which the bot gets updates, files and facts about chats."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.telegram.call import Call
from tests.telegram.errors import bad
from tests.telegram.updates import Webhook


async def get_updates(call: Call) -> Any:
    updates = call.world.updates
    updates.allow(call.get("allowed_updates"))
    return await updates.poll(call.get("offset", 0), call.get("limit", 100), call.get("timeout", 0))


async def set_webhook(call: Call) -> Any:
    url, updates, secret = call.given["url"], call.world.updates, call.get("secret_token", "")
    if url and not re.match(r"https://|http://127\.0\.0\.1[:/]", url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[\w-]*", secret, re.ASCII):
        raise bad("secret token contains unallowed characters")
    updates.allow(call.get("allowed_updates"))
    if call.get("drop_pending_updates"):
        updates.waiting.clear()
    hook = Webhook(url, secret, call.get("max_connections", 40), "certificate" in call.given) if url else None
    await updates.set_webhook(hook)
    return True


async def delete_webhook(call: Call) -> Any:
    await call.world.updates.set_webhook(None)
    if call.get("drop_pending_updates"):
        call.world.updates.waiting.clear()
    return True


def get_webhook_info(call: Call) -> Any:
    updates = call.world.updates
    hook = updates.webhook or Webhook("")
    info = {
        "url": hook.url, "has_custom_certificate": hook.certificate, "pending_update_count": len(updates.waiting),
        "max_connections": hook.connections, "allowed_updates": sorted(updates.allowed),
    }  # fmt: skip
    if hook.error:
        info |= {"last_error_message": hook.error, "last_error_date": call.world.date}
    return info


def get_file(call: Call) -> Any:
    return call.world.files.publish(call.given["file_id"], call.world.download_limit, call.world.local)


def get_chat(call: Call) -> Any:
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    return {**call.chat().json(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def get_member(call: Call) -> Any:
    member = call.chat().members.get(call.given["user_id"])
    if member is None:
        raise bad("member not found" if call.given["user_id"] in call.world.users else "PARTICIPANT_ID_INVALID")
    return member.json()


def get_administrators(call: Call) -> Any:
    chat = call.chat()
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    bots = call.get("return_bots", False)
    members = chat.administrators()
    return [m.json() for m in members if bots or not m.user.is_bot or m.user is call.world.bot]


def count_members(call: Call) -> Any:
    return sum(member.is_there for member in call.chat().members.values())


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "getMe": lambda call: call.world.bot.json(),
    "logOut": lambda _: True,
    "close": lambda _: True,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
    "getChat": get_chat,
    "getChatMember": get_member,
    "getChatAdministrators": get_administrators,
    "getChatMemberCount": count_members,
}
