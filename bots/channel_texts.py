"""Turns channels and publications into lines that people read, the same on every platform."""

from __future__ import annotations

from collections.abc import Sequence

from bots.post_text import post_text
from core.publishing.office import SETTINGS
from core.publishing.studio import View
from core.publishing.telling import local
from core.publishing.types import Channel, Person, Profile
from translation.localiser import Localiser

_LONGEST_LINE = 40


def channel_text(localiser: Localiser, channel: Channel) -> str:
    """What holds in a channel, a setting a line, each with the name by which it is set."""
    head = localiser.text("profile-head", title=channel.title, code=channel.code)
    return "\n".join((head, *(_setting(localiser, channel.profile, name) for name in SETTINGS)))


def people_text(localiser: Localiser, channel: Channel, people: Sequence[Person]) -> str:
    """Who is what, by numbers; of people no more is known than where they are and how their id ends."""
    named = [(one, localiser.text(f"channel-role-{one.role}")) for one in people]
    lines = [f"{number}. {role} · {one.address.platform} …{one.address.user[-4:]}"
             for number, (one, role) in enumerate(named, 1)]  # fmt: skip
    return "\n".join((localiser.text("channel-people", title=channel.title), *lines))


def describe(localiser: Localiser, view: View) -> str:
    """A publication as it would be posted, and how it stands."""
    content = view.publication.content
    flags = [localiser.text(f"draft-{name}") for name in ("spoiler", "silent") if getattr(content, name)]
    if content.topic:
        flags.append(localiser.text("draft-topic", topic=content.topic))
    return "\n".join(filter(None, (line(localiser, view), " · ".join(flags), "", _quoted(view))))


def line(localiser: Localiser, view: View) -> str:
    """Its code, how it stands, where to, and the beginning of what it says."""
    publication = view.publication
    state = localiser.text(f"publication-state-{publication.state}")
    first = next(iter(publication.content.captions.values()), "")
    cut = first if len(first) <= _LONGEST_LINE else f"{first[: _LONGEST_LINE - 1]}…"
    at = when(view) if publication.at is not None else ""
    return " · ".join(part for part in (publication.code, state, view.channel.title, at, cut) if part)


def when(view: View) -> str:
    """Its time, as its channel's clocks show it."""
    return local(view.publication.at, view.channel) if view.publication.at is not None else ""


def _quoted(view: View) -> str:
    return post_text(view.publication, view.channel)


def _setting(localiser: Localiser, profile: Profile, name: str) -> str:
    value = getattr(profile, name)
    if name == "quiet" and value:
        shown = "–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in value)
    elif isinstance(value, tuple):
        shown = ", ".join(map(str, value))
    else:
        shown = localiser.text(f"profile-missed-{value}") if name == "missed" else value or ""
    about = localiser.text(f"profile-{name}")
    return localiser.text("profile-line", name=name, about=about, value=shown or localiser.text("profile-any"))
