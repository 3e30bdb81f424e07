"""Answers what the bot asks about itself."""

from __future__ import annotations

from typing import Any

from tests.discord.call import Call
from tests.discord.errors import Refused
from tests.discord.shapes import guild_json


def me(call: Call) -> tuple[int, Any]:
    more = {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None, "premium_type": 0}
    return 200, call.world.bot.json() | more


def application(call: Call) -> tuple[int, Any]:
    world = call.world
    owner = next((user for user in world.users.values() if not user.is_bot), world.bot)
    return 200, {
        "id": str(world.app_id), "name": world.bot.name, "icon": None, "description": "", "type": None,
        "summary": "", "bot": world.bot.json(), "bot_public": True, "bot_require_code_grant": False,
        "verify_key": "0" * 64, "flags": 0, "flags_new": "0", "redirect_uris": [], "interactions_endpoint_url": None,
        "role_connections_verification_url": None, "owner": owner.json(), "approximate_guild_count":
        len(world.guilds), "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0, "team": None, "eligible_oauth2_scopes": [], "hook": True,
        "integration_types_config": {"0": {}, "1": {}}, "event_webhooks_status": 1,
    }  # fmt: skip


def gateway(call: Call) -> tuple[int, Any]:
    start = {"total": 1000, "remaining": 1000 - call.world.gateway.identified, "reset_after": 0,
             "max_concurrency": 16}  # fmt: skip
    address = call.world.cdn.base.replace("http", "ws", 1) + "/gateway"
    return 200, {"url": address, "shards": call.world.shards, "session_start_limit": start}


def user(call: Call) -> tuple[int, Any]:
    found = call.world.users.get(int(call.params["user_id"]))
    if found is None:
        raise Refused(10013)
    return 200, found.json()


def guild(call: Call) -> tuple[int, Any]:
    found = call.world.guilds.get(int(call.params["guild_id"]))
    if found is None or not found.has_bot:
        raise Refused(10004)
    body = guild_json(found, call.world.bot)
    gone = ("channels", "threads", "members", "voice_states", "presences", "stage_instances", "large", "joined_at")
    return 200, {name: value for name, value in body.items() if name not in gone}


def leave(call: Call) -> tuple[int, Any]:
    found = call.world.guilds.get(int(call.params["guild_id"]))
    if found is None or not found.has_bot:
        raise Refused(10004)
    call.world.tell("GUILD_DELETE", {"id": str(found.id), "unavailable": False}, found)
    found.has_bot = False
    return 204, None


def member(call: Call) -> tuple[int, Any]:
    found = call.world.guilds.get(int(call.params["guild_id"]))
    if found is None or not found.has_bot:
        raise Refused(10004)
    seat = found.members.get(int(call.params["user_id"]))
    if seat is None:
        raise Refused(10007)
    return 200, seat.json()


ROUTES = {
    "GET /users/@me": me,
    "GET /users/{user_id}": user,
    "GET /oauth2/applications/@me": application,
    "GET /applications/@me": application,
    "GET /gateway/bot": gateway,
    "GET /guilds/{guild_id}": guild,
    "GET /guilds/{guild_id}/members/{user_id}": member,
    "DELETE /users/@me/guilds/{guild_id}": leave,
}
