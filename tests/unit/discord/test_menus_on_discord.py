"""What Discord shows of the commands, in every language, and that it is told once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from discord import Interaction, app_commands
from discord.app_commands import Choice, Command, CommandTree

from bots.command_texts import is_discord_name
from bots.discord import routes
from bots.discord.client import make_client
from bots.discord.menus import Texts, described, fingerprint, label, publish
from core.types import USUAL_RATIOS, Ratio
from tests.unit.discord.stage import open_stage

LOCALES = {"en-US", "en-GB", "zh-CN", "zh-TW"}
_SIMPLIFIED_ONLY = re.compile("[视频图设这让编号档给词贴]")


async def payloads(tree: CommandTree[Any]) -> list[dict[str, Any]]:
    texts = Texts()
    return [await command.get_translated_payload(tree, texts) for command in tree.get_commands()]


def parts(command: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A command, its options and their choices."""
    yield command
    for option in command.get("options", ()):
        yield option
        yield from option.get("choices", ())


def weight(command: Mapping[str, Any]) -> int:
    """Characters as Discord counts them: of each text the longest language, and the values of choices."""
    total = 0
    for part in parts(command):
        for field in ("name", "description"):
            said = [part.get(field, ""), *part.get(f"{field}_localizations", {}).values()]
            total += max(map(len, said))
        total += len(str(part.get("value", "")))
    return total


async def test_every_name_and_description_is_there_in_every_language_of_ours() -> None:
    for command in await payloads(make_client().tree):
        for part in parts(command):
            names = part["name_localizations"] if "value" not in part or "name_localizations" in part else None
            if names is None:
                continue
            assert set(names) == LOCALES
            assert names["en-US"] == names["en-GB"] == part["name"]
            assert not _SIMPLIFIED_ONLY.search(names["zh-TW"])
            if "description" in part:
                told = part["description_localizations"]
                assert set(told) == LOCALES
                assert told["en-US"] == part["description"]
                assert all(1 <= len(text) <= 100 for text in told.values())
                assert all(re.search("[\u4e00-\u9fff]", told[locale]) for locale in ("zh-CN", "zh-TW"))
                assert not _SIMPLIFIED_ONLY.search(told["zh-TW"])


async def test_names_are_such_as_discord_takes_and_no_two_are_the_same() -> None:
    commands = await payloads(make_client().tree)
    for locale in LOCALES:
        slash = [one["name_localizations"][locale] for one in commands if one["type"] == 1]
        assert all(map(is_discord_name, slash))
        assert len(set(slash)) == len(slash)
    for command in commands:
        options = command.get("options", [])
        assert len(options) <= 25
        assert all(len(option.get("choices", [])) <= 25 for option in options)
        for locale in LOCALES:
            names = [option["name_localizations"][locale] for option in options]
            assert all(map(is_discord_name, names))
            assert len(set(names)) == len(names)
        assert weight(command) <= 8000


async def test_every_command_says_where_it_is_and_how_the_bot_may_be_installed() -> None:
    for command in await payloads(make_client().tree):
        if command["name"] == "server":
            assert (command["contexts"], command["integration_types"]) == ([0], [0])
            assert int(command["default_member_permissions"]) == 1 << 5
        else:
            assert (command["contexts"], command["integration_types"]) == ([0, 1, 2], [0, 1])
            assert command["default_member_permissions"] is None


@pytest.mark.parametrize("ratios", [USUAL_RATIOS, get_args(Ratio), ("9:16",)])
async def test_video_offers_the_shapes_that_some_model_has(ratios: Sequence[Ratio]) -> None:
    (video,) = [one for one in await payloads(make_client(ratios=ratios).tree) if one["name"] == "video"]
    (option,) = [one for one in video["options"] if one["name"] == "ratio"]
    assert [choice["value"] for choice in option["choices"]] == list(ratios)
    assert all(re.search("[\u4e00-\u9fff]", choice["name_localizations"]["zh-CN"]) for choice in option["choices"])


def sample() -> Command[Any, ..., Any]:
    @app_commands.command(name="video")
    @app_commands.choices(ratio=[Choice(name=label("ratio-square"), value="1:1"), Choice(name="4:3", value="4:3")])
    async def video(interaction: Interaction[Any], prompt: str, ratio: str | None = None) -> None:
        """Overwritten."""

    return described(video)


async def test_choices_have_their_sentence_and_names_of_their_own_stay() -> None:
    tree = make_client().tree
    payload = await sample().get_translated_payload(tree, Texts())
    assert payload["description"] == "Make a video from a sentence"
    square, other = payload["options"][1]["choices"]
    assert square["name_localizations"] == {"en-US": "Square", "en-GB": "Square", "zh-CN": "方形", "zh-TW": "方形"}
    assert (other["name"], other.get("name_localizations", {})) == ("4:3", {})


async def test_what_has_no_sentence_is_not_published() -> None:
    @app_commands.command(name="nonsense")
    async def nonsense(interaction: Interaction[Any]) -> None:
        """Nothing."""

    with pytest.raises(LookupError, match="nonsense"):
        described(nonsense)


def test_a_menu_is_known_whatever_its_order_and_for_its_own_bot_alone() -> None:
    one, other = {"name": "a", "type": 1}, {"type": 1, "name": "b"}
    assert fingerprint(1, [one, other]) == fingerprint(1, [other, {"type": 1, "name": "a"}])
    assert fingerprint(1, [one]) != fingerprint(2, [one])
    assert fingerprint(1, [one]) != fingerprint(1, [other])


async def test_discord_is_told_once_and_again_only_of_a_change(tmp_path: Path) -> None:
    notes = tmp_path / "menu"
    async with open_stage(tmp_path) as stage:
        tree = stage.adapter.client.tree
        assert await publish(tree, notes)
        written = len(stage.env.http_requests)
        assert not await publish(tree, notes)
        assert len(stage.env.http_requests) == written
        tree.get_command("video").description = "Another one"  # type: ignore[union-attr]
        assert await publish(tree, notes)
        assert not await publish(tree, notes)
        assert [one.method for one in stage.env.http_requests[written:]] == ["PUT"]
        assert await publish(tree, None)


async def test_a_menu_that_cannot_be_told_is_told_at_the_next_start(tmp_path: Path) -> None:
    notes = tmp_path / "menu"
    async with open_stage(tmp_path) as stage:
        tree = stage.adapter.client.tree
        stage.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
        assert not await publish(tree, notes)
        assert await publish(tree, notes)


def test_no_two_modules_have_the_same_command() -> None:
    names = [(type(command), command.name) for command in routes.COMMANDS]
    assert len(set(names)) == len(names)
