"""Menus, settings, administrators and whispers, over a strict Bot API on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bots.telegram import admin
from tests.telegram.state import Chat, Message
from tests.unit.telegram.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert not opened.api.violations


def _menu(town: Town, scope: str, language: str = "") -> dict[str, str]:
    kept = town.api.world.commands[json.dumps({"type": scope}), language]
    return {one["command"]: one["description"] for one in kept}


async def test_menus_and_the_bots_own_page_are_set_in_both_languages_and_only_once(tmp_path: Path) -> None:
    async with open_town(tmp_path, profile=True) as town:
        texts = await town.see(lambda: town.api.world.texts if len(town.api.world.texts) == 6 else None)
        assert "皮影" in texts["name", ""]
        assert "小视频" in texts["description", "zh"]
        assert _menu(town, "all_private_chats", "zh")["credits"] == "剩余积分"
        assert _menu(town, "all_private_chats")["credits"] == "What you can still spend"
        assert "admin" in _menu(town, "all_chat_administrators")
        assert "admin" not in _menu(town, "all_group_chats")
        assert "buy" not in _menu(town, "all_private_chats")
        before = _changes(town)
        await town.restart()
        await town.see(lambda: len(town.api.calls("getMyShortDescription")) == 4 or None)
        assert _changes(town) == before == 12


def _changes(town: Town) -> int:
    return sum(request.method.startswith("setMy") for request in town.api.requests)


async def test_menus_that_cannot_be_set_stop_nothing(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        town.api.faults.flood("setMyCommands", 3600)
        ann = town.api.person("Ann")
        ann.says("two cats")
        await town.job()


async def test_settings_are_chosen_by_buttons_and_hold(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.says("/settings")
    menu = await town.see(lambda: ann.chat.saying("Your settings"))
    assert menu.labels[:3] == ["Language: as in your app", "Quality: automatic", "Shape: automatic"]
    ann.presses(menu, "Shape")
    await town.see(lambda: "Vertical" in menu.labels)
    ann.presses(menu, "Vertical")
    await town.see(lambda: "Shape: Vertical" in menu.labels)
    ann.presses(menu, "Quiet")
    await town.see(lambda: "Quiet: only the video: on" in menu.labels)
    ann.presses(menu, "Language")
    await town.see(lambda: "中文" in menu.labels)
    ann.presses(menu, "中文")
    await town.see(lambda: "语言：中文" in menu.labels)
    ann.says("two cats")
    job = await town.job()
    assert job.spec.width < job.spec.height
    assert len(ann.chat.from_bot) <= 2


async def test_settings_in_a_group_lead_to_the_private_chat(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann)
    ann.says("/settings", group)
    told = (await town.see(lambda: group.whispers.get(ann.user.id)))[0]
    assert told.buttons[0]["url"] == "https://t.me/piying_bot?start=settings"
    ann.says("/start settings")
    assert await town.see(lambda: ann.chat.saying("Your settings"))


async def _open_admin(town: Town, group: Chat, person: Any) -> Message:
    person.says("/admin", group)
    return await town.see(lambda: group.saying("This chat"))


async def test_administrators_decide_and_members_do_not(town: Town) -> None:
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    group = town.api.group("Film club", ann, bob)
    menu = await _open_admin(town, group, ann)
    assert "Today: 0 videos, 0 seconds." in menu.text
    refused = bob.presses(menu, "Paused")
    assert (await bob.answered(refused))["show_alert"] is True
    assert "Paused: no videos here: off" in menu.labels
    ann.presses(menu, "Paused")
    await town.see(lambda: "Paused: no videos here: on" in menu.labels)
    bob.says("/video two cats", group)
    await town.see(lambda: group.whispers.get(bob.user.id))
    assert not town.jobs()
    ann.presses(menu, "Paused")
    await town.see(lambda: "Paused: no videos here: off" in menu.labels)
    bob.says("/video two cats", group)
    await town.job()


async def test_whoever_was_an_administrator_when_the_menu_opened_is_asked_for_again(town: Town) -> None:
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    group = town.api.group("Film club", ann, bob)
    group.members[bob.user.id].status = "administrator"
    menu = await _open_admin(town, group, bob)
    group.members[bob.user.id].status = "member"
    query = bob.presses(menu, "Paused")
    assert "administrators" in (await bob.answered(query))["text"].lower()
    assert "Paused: no videos here: off" in menu.labels


async def test_a_member_is_told_alone_that_the_menu_is_not_theirs(town: Town) -> None:
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    group = town.api.group("Film club", ann, bob)
    bob.says("/admin", group)
    told = (await town.see(lambda: group.whispers.get(bob.user.id)))[0]
    assert "Only administrators" in told.text
    assert not group.from_bot


async def test_an_anonymous_administrator_is_one(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann)
    group.members[ann.user.id].anonymous = True
    menu = await _open_admin(town, group, ann)
    ann.presses(menu, "Recipes allowed")
    await town.see(lambda: "HD" in menu.labels)
    ann.presses(menu, "HD")
    await town.see(lambda: "✓ HD" in menu.labels)
    ann.presses(menu, "Back")
    await town.see(lambda: "Recipes allowed: HD" in menu.labels)
    ann.presses(menu, "Close")
    await town.see(lambda: menu.gone)


async def test_a_button_of_a_recipe_that_is_gone_says_which_there_are(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.says("/settings")
    menu = await town.see(lambda: ann.chat.saying("Your settings"))
    query = ann.calls_back(menu, "set:recipe:draft")
    answer = await ann.answered(query)
    assert answer["show_alert"] is True
    assert "standard" in answer["text"]


async def test_limits_of_a_chat_are_kept(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann)
    menu = await _open_admin(town, group, ann)
    ann.presses(menu, "Videos a day, all together")
    await town.see(lambda: "20" in menu.labels)
    ann.presses(menu, "20")
    await town.see(lambda: "Videos a day, all together: 20" in menu.labels)
    town.api.faults.add("getChatMember", "status", 1)
    query = ann.presses(menu, "Behind a cover")
    assert (await ann.answered(query))["show_alert"] is True
    assert "Behind a cover: off" in menu.labels


async def test_an_older_server_shows_a_line_that_deletes_itself(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        town.api.world.keeps_whispers = False
        town.adapter._quiet._seconds = 0.3  # the setting is for minutes of people, not of tests
        ann = town.api.person("Ann")
        group = town.api.group("Film club", ann)
        ann.says("/credits", group)
        line = await town.see(lambda: group.saying("credits"))
        await town.see(lambda: line.gone)
        ann.says("/credits", group)
        second = await town.see(lambda: group.saying("credits"))
        assert second.reply_to is not None


async def test_lines_that_are_left_are_deleted_at_the_end_or_by_the_next_process(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        town.api.world.keeps_whispers = False
        ann = town.api.person("Ann")
        group = town.api.group("Film club", ann)
        ann.says("/credits", group)
        line = await town.see(lambda: group.saying("credits"))
        notes = tmp_path / "telegram.json"
        await town.see(notes.exists)
        kept = notes.read_text("utf-8")
        await town.adapter.stop()
        assert line.gone
        left = group.add(
            Message(group, group.new_id(), town.api.world.date, town.api.world.bot, {"text": "left"}, own=True)
        )
        notes.write_text(json.dumps([[group.id, left.id, 0.0]]), "utf-8")
        assert json.loads(kept)[0][:2] == [group.id, line.id]
        town.adapter = town.new_adapter()
        await town.adapter.start()
        await town.see(lambda: left.gone)


@pytest.mark.parametrize("parameter", ["link_0123456789abcdef", "show_K7QM2XD", "nonsense", ""])
async def test_a_link_to_the_bot_spends_and_joins_nothing(town: Town, parameter: str) -> None:
    ann = town.api.person("Ann")
    ann.says(f"/start {parameter}".strip())
    answer = await town.see(ann.chat.last)
    expected = {"link": "/link 0123456789abcdef", "show": "K7QM2XD"}.get(parameter.partition("_")[0], "Hello!")
    assert expected in answer.text
    assert not town.jobs()


def test_buttons_of_the_menu_are_the_admins() -> None:
    assert {admin.VERB, admin.CLOSE} == set(admin.BUTTONS)
