"""Buttons, menus and modals, pressed and filled in; and the components that Discord refuses."""

from typing import Any

import discord
import pytest
from discord import ui

from tests.discord import DiscordApi, Given
from tests.discord.components import check
from tests.discord.errors import Refused
from tests.discord.state import FORUM
from tests.unit.discord_server.puppet import Puppet
from tests.unit.discord_server.test_discord_interactions import Asked, codes, deliver, film, result


async def test_a_pressed_button_changes_its_message(api: DiscordApi, puppet: Puppet) -> None:
    async def click(interaction: Asked) -> None:
        assert interaction.message
        await interaction.response.edit_message(view=result("Once more"), attachments=interaction.message.attachments)

    puppet.does, puppet.clicks = deliver, click
    ann = api.person("Ann")
    message = await ann.finished(ann.runs("video", prompt="x"))
    pressed = await ann.answered(ann.presses(message, "Again"))
    assert message.labels == ["Once more"]
    assert message.file().data == b"film"
    assert (pressed.original, pressed.messages) == (message, [])
    assert puppet.seen[1].data == {"custom_id": "p:again:1", "component_type": 2, "id": 1}


async def test_a_press_is_deferred_and_followed(api: DiscordApi, puppet: Puppet) -> None:
    async def click(interaction: Asked) -> None:
        await interaction.response.defer()
        await interaction.followup.send("done", ephemeral=True)
        await interaction.edit_original_response(view=result("Later"))

    puppet.does, puppet.clicks = deliver, click
    ann = api.person("Ann")
    message = await ann.finished(ann.runs("video", prompt="x"))
    pressed = ann.presses(message, "Again")
    await api.until(lambda: message.labels == ["Later"])
    assert [m.text for m in pressed.follow_ups] == ["done"]
    assert message.file().data == b"film"


async def test_an_option_of_a_menu_is_chosen(api: DiscordApi, puppet: Puppet) -> None:
    options = [discord.SelectOption(label="HD", value="hd"), discord.SelectOption(label="Draft", value="draft")]

    async def show(interaction: Asked) -> None:
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.ActionRow(ui.Select(custom_id="m", options=options)))
        await interaction.response.send_message(view=view)

    puppet.does = show
    ann = api.person("Ann")
    message = await ann.finished(ann.runs("video", prompt="x"))
    await ann.answered(ann.chooses(message, "Draft"))
    assert puppet.seen[1].data
    assert puppet.seen[1].data["values"] == ["draft"]  # type: ignore[typeddict-item]
    with pytest.raises(AssertionError, match="no option"):
        ann.chooses(message, "4K")


async def test_channels_roles_and_people_are_chosen(api: DiscordApi, puppet: Puppet) -> None:
    async def show(interaction: Asked) -> None:
        view = ui.LayoutView(timeout=None)
        texts: ui.ChannelSelect[Any] = ui.ChannelSelect(custom_id="c", channel_types=[discord.ChannelType.text])
        roles: ui.RoleSelect[Any] = ui.RoleSelect(custom_id="r", min_values=0, max_values=2)
        people: ui.UserSelect[Any] = ui.UserSelect(custom_id="u")
        for select in (texts, roles, people):
            view.add_item(ui.ActionRow(select))
        await interaction.response.send_message(view=view)

    puppet.does = show
    ann = api.person("Ann")
    guild = api.guild("Stage", ann)
    general, films = api.channel(guild, "general"), api.channel(guild, "films", FORUM)
    staff = api.role(guild, "Staff", 8, ann)
    message = await ann.finished(ann.runs("video", general, prompt="x"))
    for menu, chosen, kind in (("c", general, "channels"), ("r", "Staff", "roles"), ("u", ann, "members")):
        await ann.answered(ann.chooses(message, chosen, menu=menu))
        data: Any = puppet.seen[-1].data
        assert list(data["resolved"][kind]) == data["values"]
    assert puppet.seen[-2].data["values"] == [str(staff.id)]  # type: ignore[index, typeddict-item]
    with pytest.raises(AssertionError, match="not among"):
        ann.chooses(message, films, menu="c")
    with pytest.raises(AssertionError, match="too many or too few"):
        ann.chooses(message, menu="u")


class _Modal(ui.Modal, title="Remix"):
    prompt: ui.Label[Any] = ui.Label(text="Prompt", component=ui.TextInput(custom_id="prompt", max_length=20))
    size: ui.Label[Any] = ui.Label(
        text="Size", component=ui.Select(custom_id="size", options=[discord.SelectOption(label="HD", value="hd")])
    )
    picture: ui.Label[Any] = ui.Label(text="Picture", component=ui.FileUpload(custom_id="picture", required=False))


async def test_a_modal_is_filled_in_with_a_file(api: DiscordApi, puppet: Puppet) -> None:
    async def click(interaction: Asked) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_modal(_Modal(custom_id="p:remix:1"))
        else:
            await interaction.response.defer()

    puppet.does, puppet.clicks = deliver, click
    ann = api.person("Ann")
    message = await ann.finished(ann.runs("video", prompt="x"))
    opened = await ann.answered(ann.presses(message, "Again"))
    with pytest.raises(AssertionError, match="too short or too long"):
        ann.submits(opened, {"prompt": "x" * 21, "size": ["HD"]})
    with pytest.raises(AssertionError, match="no fields"):
        ann.submits(opened, {"prompt": "x", "size": ["HD"], "other": "y"})
    sent = await ann.answered(
        ann.submits(opened, {"Prompt": "a crane", "size": ["HD"], "picture": [Given("cat.png", b"cat")]})
    )
    data: Any = puppet.seen[-1].data
    fields = [component["component"] for component in data["components"]]
    assert [fields[0]["value"], fields[1]["values"]] == ["a crane", ["hd"]]
    file = data["resolved"]["attachments"][fields[2]["values"][0]]
    assert (file["filename"], file["size"]) == ("cat.png", 3)
    assert sent.message is message


async def test_views_that_never_end_leave_files_where_they_are(api: DiscordApi, puppet: Puppet) -> None:
    async def wrong(interaction: Asked) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(view=result())

    puppet.does = wrong
    api.person("Ann").runs("video", prompt="x")
    await api.until(lambda: puppet.failures)
    assert codes(puppet) == [(400, 50035)]
    assert "attachment://clip.mp4 is not there" in str(puppet.failures[0])


async def test_the_flag_of_new_components_cannot_be_taken_back(api: DiscordApi, puppet: Puppet) -> None:
    async def back(interaction: Asked) -> None:
        await deliver(interaction)
        await interaction.edit_original_response(content="plain")

    puppet.does = back
    api.person("Ann").runs("video", prompt="x")
    await api.until(lambda: puppet.failures)
    assert "IS_COMPONENTS_V2" in str(puppet.failures[0])


async def test_a_file_that_no_component_shows_is_a_complaint(api: DiscordApi, puppet: Puppet) -> None:
    async def hide(interaction: Asked) -> None:
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.TextDisplay("x"))
        await interaction.response.send_message(view=view, file=film())

    puppet.does = hide
    await api.person("Ann").answered(api.person("Bob").runs("video", prompt="x"))
    assert [c.kind for c in api.complaints] == ["hidden file", "no alt text"]


def _button(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "x", "custom_id": name, **more}


def _row(*inner: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(inner)}


def _menu(options: int, **more: Any) -> dict[str, Any]:
    listed = [{"label": str(n), "value": str(n)} for n in range(options)]
    return {"type": 3, "custom_id": "m", "options": listed, **more}


TEXT = {"type": 10, "content": "x"}
GALLERY: dict[str, Any] = {"type": 12, "items": [{"media": {"url": "https://a.b/c"}}]}


@pytest.mark.parametrize(
    ("components", "why"),
    [
        ([TEXT] * 41, "40"),
        ([{"type": 17, "components": [TEXT] * 40}], "40"),
        ([_row(_button("a" * 101))], "100"),
        ([_row(_button(""))], "custom_id"),
        ([_row(_button(), _button())], "duplicated"),
        ([_row(_button("a"), _menu(1))], "width"),
        ([_row(*(_button(str(n)) for n in range(6)))], "width"),
        ([_row(_button(label="x" * 81))], "80"),
        ([_row(_button(url="https://a.b"))], "style 1"),
        ([_row({"type": 2, "style": 5, "label": "x"})], "style 5"),
        ([_row(_menu(26))], "25"),
        ([_row(_menu(0))], "25"),
        ([_row(_menu(2, max_values=3))], "options"),
        ([{"type": 10, "content": "x" * 2001}, {"type": 10, "content": "x" * 2000}], "4000"),
        ([{"type": 12, "items": GALLERY["items"] * 11}], "10"),
        ([{"type": 9, "components": [TEXT] * 4, "accessory": _button()}], "1 to 3"),
        ([{"type": 9, "components": [TEXT]}], "required"),
        ([_button()], "one of"),
    ],
)
def test_components_that_are_refused(components: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(Refused) as raised:
        check(components, modern=True)
    assert why in str(raised.value.errors)


def test_components_that_are_taken() -> None:
    check([TEXT] * 40, modern=True)
    check([{"type": 17, "components": [TEXT, GALLERY, _row(_button("a" * 100), _button("b"))]}], modern=True)
    check([_row(_menu(25, max_values=25))], modern=False)


def test_old_messages_take_rows_alone() -> None:
    with pytest.raises(Refused):
        check([TEXT], modern=False)
