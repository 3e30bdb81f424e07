"""Requests that are nearly right: the server refuses them in Discord's way and never fails itself."""

import copy
import random
from typing import Any

import aiohttp
import pytest

from tests.discord import DiscordApi
from tests.discord.state import FORUM

JUNK: list[Any] = [None, 0, -1, "", "x", "x" * 101, "x" * 5000, [], {}, [{}], [None], {"type": 1}, True, 1.5, 10**20]
EMBED = {"title": "x", "footer": {"text": "y"}, "fields": [{"name": "a", "value": "b"}]}
BUTTON = {"type": 2, "style": 1, "label": "x", "custom_id": "q"}
MENU = {"type": 3, "custom_id": "m", "options": [{"label": "a", "value": "b"}]}
TEXT = {"type": 10, "content": "x"}
MEDIA = {"media": {"url": "https://a.b"}}
OLD = {"content": "x", "embeds": [EMBED], "components": [{"type": 1, "components": [BUTTON]}], "attachments": []}
NEW = {
    "flags": 1 << 15,
    "allowed_mentions": {"parse": ["users"]},
    "components": [
        {
            "type": 17,
            "components": [
                TEXT,
                {"type": 12, "items": [MEDIA]},
                {"type": 9, "components": [TEXT], "accessory": {"type": 11, **MEDIA}},
                {"type": 1, "components": [MENU]},
            ],
        }
    ],
}
FIELD = {"type": 18, "label": "x", "component": {"type": 4, "custom_id": "a", "style": 1}}
MODAL = {"type": 9, "data": {"custom_id": "x", "title": "t", "components": [FIELD]}}
CHOICES = {"type": 8, "data": {"choices": [{"name": "a", "value": "b"}]}}
OPTION = {"name": "a", "description": "x", "type": 3, "choices": [{"name": "a", "value": "b"}]}
VIDEO = {"name": "video", "description": "x", "options": [{**OPTION, "choices": [], "autocomplete": True}]}
OTHER = {"name": "v", "description": "x", "name_localizations": {"zh-CN": "x"}, "options": [OPTION], "contexts": [0]}


def spoil(body: Any, luck: random.Random) -> Any:
    """The same with one to three parts missing or replaced."""
    body = copy.deepcopy(body)
    for _ in range(luck.randint(1, 3)):
        node = body
        while isinstance(node, dict | list) and node:
            key = luck.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if isinstance(node[key], dict | list) and luck.random() < 0.8:
                node = node[key]
                continue
            if luck.random() < 0.3:
                del node[key]
            else:
                node[key] = copy.deepcopy(luck.choice(JUNK))
            break
    return body


@pytest.mark.parametrize("seed", range(3))
async def test_nearly_right_requests_are_answered(api: DiscordApi, seed: int) -> None:
    luck, world = random.Random(seed), api.world
    world.limits.numbers.loosen()
    ann = api.person("Ann")
    guild = api.guild("Stage", ann)
    general, forum = api.channel(guild, "general"), api.channel(guild, "films", FORUM)
    app, statuses = f"/applications/{world.app_id}/commands", set[int]()
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {api.token}"}) as session:

        async def send(method: str, path: str, body: Any) -> None:
            async with session.request(method, api.url + path, json=body) as response:
                statuses.add(response.status)

        for _ in range(40):
            await send("PUT", app, [VIDEO])
            asked, typed = ann.runs("video", general), ann.types("video", "a", "x", general)
            answer = luck.choice([MODAL, {"type": 4, "data": NEW}, {"type": 4, "data": OLD}, {"type": 5}])
            await send("POST", f"/interactions/{asked.id}/{asked.token}/callback", spoil(answer, luck))
            await send("POST", f"/interactions/{typed.id}/{typed.token}/callback", spoil(CHOICES, luck))
            hook, message = f"/webhooks/{world.app_id}/{asked.token}", luck.choice([NEW, OLD])
            await send("PATCH", f"{hook}/messages/@original", spoil(message, luck))
            await send("POST", hook, spoil(message, luck))
            await send("POST", f"/channels/{general.id}/messages", spoil(message, luck))
            await send("POST", f"/channels/{forum.id}/threads", spoil({"name": "x", "message": message}, luck))
            await send("POST", "/users/@me/channels", luck.choice(JUNK))
            await send("PUT", app, spoil([VIDEO, OTHER], luck))
            world.commands_created = 0
    assert statuses <= {200, 201, 204, 400, 401, 404}
    assert api.misfits == []
