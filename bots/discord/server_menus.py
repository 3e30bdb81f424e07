"""Turns what a server's administrators chose into menus to choose anew from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from discord import Guild, Object, SelectDefaultValue, SelectOption
from discord.ui import ActionRow, ChannelSelect, Container, LayoutView, RoleSelect, Select, TextDisplay

from bots.choices import MEMBER_CLIPS, Field, Value, chat_fields, key_of, yes_or_no
from bots.discord.choosing import MOST_OPTIONS, menu
from bots.discord.gallery import button, sent
from bots.discord.plain import plain_line
from bots.discord.press import Press
from bots.units import cut
from core.preferences import ChatSettings
from core.quotas.usage import ChatUsage
from translation.localiser import Localiser

VERB = "srv"
CHANNELS, ROLES = "channels", "role_clips_a_day"
SETS = "="
"""Parts a setting from the value that an option of the first menu gives it."""
_NAMED, _MOST_LISTED = 5, 40
_LONGEST, _LABEL = 300, 100


def fields(recipes: Sequence[str]) -> Mapping[str, Field]:
    """What is chosen from a list or is on or off, by name; ``recipes`` are those there are."""
    return {field.name: field for field in (*chat_fields(recipes), yes_or_no("labelled"))}


def overview(localiser: Localiser, settings: ChatSettings, used: ChatUsage, recipes: Sequence[str]) -> LayoutView:
    """What holds, what was made today, and a menu of what can be changed."""
    values = _values(localiser, settings, recipes)
    lines = [localiser.text("choice", title=f"**{title}**", value=value) for title, value in values.values()]
    options = [_option(localiser, name, title, getattr(settings, name)) for name, (title, _) in values.items()]
    choose: Select[LayoutView] = Select(
        custom_id=Press(VERB).pack(), options=options, placeholder=localiser.text("server-choose")
    )
    made = "\n".join((localiser.text("server-settings"), _usage(localiser, used)))
    return sent(Container[LayoutView](TextDisplay(made), TextDisplay("\n".join(lines)), ActionRow(choose)))


def _option(localiser: Localiser, name: str, title: str, current: object) -> SelectOption:
    """What is on or off carries the value that it sets, and says it: it may be chosen twice, or much later."""
    option = SelectOption(label=cut(title, _LABEL), value=name)
    if isinstance(current, bool):
        option.value = f"{name}{SETS}{key_of(not current)}"
        option.description = f"→ {yes_or_no(name).label(localiser, not current)}"
    return option


def page(
    localiser: Localiser, name: str, settings: ChatSettings, recipes: Sequence[str], guild: Guild | None
) -> LayoutView:
    """The values of one setting."""
    if name == CHANNELS:
        return _page(localiser, "setting-channels-why", _channels(settings, guild))
    if name == ROLES:
        select: RoleSelect[LayoutView] = RoleSelect(custom_id=Press(VERB, ROLES).pack())
        return _page(localiser, "setting-role-clips-a-day-why", ActionRow(select))
    field = fields(recipes)[name]
    return _page(localiser, f"{field.title}-why", menu(localiser, field, getattr(settings, name), Press(VERB, name)))


def role_page(localiser: Localiser, role: str, settings: ChatSettings) -> LayoutView:
    """How many clips who has a role may make a day."""
    values = menu(localiser, EACH_ROLE, settings.role_clips_a_day.get(role), Press(VERB, ROLES, role))
    return _page(localiser, "server-role-why", values, role=f"<@&{role}>")


def _page(localiser: Localiser, why: str, values: ActionRow[LayoutView], **details: str) -> LayoutView:
    back = ActionRow[LayoutView](button(localiser.text("choice-back"), Press(VERB)))
    return sent(Container[LayoutView](TextDisplay(localiser.text(why, **details)), values, back))


def _channels(settings: ChatSettings, guild: Guild | None) -> ActionRow[LayoutView]:
    """Those that are gone are left out: Discord knows no more of them."""
    there = [one for one in settings.channels if guild is None or guild.get_channel(int(one))]
    select: ChannelSelect[LayoutView] = ChannelSelect(
        custom_id=Press(VERB, CHANNELS).pack(),
        min_values=0,
        max_values=MOST_OPTIONS,
        default_values=[SelectDefaultValue.from_channel(Object(int(one))) for one in there[:MOST_OPTIONS]],
    )
    return ActionRow(select)


def _values(localiser: Localiser, settings: ChatSettings, recipes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Title and value of each setting, by its name, in their order."""
    text = localiser.text
    channels = _listed(f"<#{channel}>" for channel in settings.channels) or text("choice-all")
    roles = _listed(f"<@&{role}> {count}" for role, count in settings.role_clips_a_day.items())
    shown = {
        name: (text(field.title), plain_line(field.shown(localiser, getattr(settings, name)), _LONGEST))
        for name, field in fields(recipes).items()
    }
    first = {"paused": shown.pop("paused"), CHANNELS: (text("setting-channels"), channels)}
    return {**first, ROLES: (text("setting-role-clips-a-day"), roles or text("choice-none")), **shown}


def _listed(names: Iterable[str]) -> str:
    """So many that the message has room for the rest."""
    first = list(islice(names, _MOST_LISTED + 1))
    return ", ".join([*first[:_MOST_LISTED], *(["…"] if len(first) > _MOST_LISTED else [])])


def _usage(localiser: Localiser, used: ChatUsage) -> str:
    """What was made today, and by whom most of it."""
    told = localiser.text("admin-usage", clips=used.clips, seconds=f"{round(used.seconds, 1):g}")
    members = [f"<@{one.user}> {one.clips}" for one in used.members[:_NAMED] if one.user.isdecimal()]
    return "\n".join((told, *([", ".join(members)] if members else [])))


def _role_label(localiser: Localiser, value: Value) -> str:
    return localiser.text("choice-members") if value is None else f"{value:g}"


EACH_ROLE = Field(ROLES, (None, 0, *MEMBER_CLIPS, 50, 100), _role_label)
"""The limit of one role."""
