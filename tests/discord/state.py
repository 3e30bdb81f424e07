"""What the server remembers: people, servers, channels, messages."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.discord.cdn import Cdn

TEXT, DM, CATEGORY, ANNOUNCEMENT, NEWS_THREAD, THREAD, PRIVATE_THREAD, FORUM, MEDIA = 0, 1, 4, 5, 10, 11, 12, 15, 16
EPHEMERAL, LOADING, CROSSPOSTED, V2 = 1 << 6, 1 << 7, 1 << 0, 1 << 15
MEBIBYTE = 1024 * 1024
_LIMITS = {0: 10 * MEBIBYTE, 1: 10 * MEBIBYTE, 2: 50 * MEBIBYTE, 3: 100 * MEBIBYTE}


def when(seconds: float) -> str:
    """A time as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@dataclass(eq=False)
class User:
    """A person or a bot. ``takes_messages`` is whether a bot may write to them."""

    id: int
    name: str
    locale: str = "en-US"
    is_bot: bool = False
    takes_messages: bool = True
    installed: bool = False
    """Whether they added the app to themselves."""

    def json(self) -> dict[str, Any]:
        """As a User."""
        return {
            "id": str(self.id), "username": self.name.lower(), "global_name": self.name, "avatar": None,
            "discriminator": "0", "public_flags": 0, "flags": 0, "bot": self.is_bot, "primary_guild": None,
        }  # fmt: skip


@dataclass(eq=False)
class Role:
    """A role; the one with the server's id is everybody's."""

    id: int
    name: str
    permissions: int

    def json(self) -> dict[str, Any]:
        """As a Role."""
        return {
            "id": str(self.id), "name": self.name, "permissions": str(self.permissions), "color": 0, "colors":
            {"primary_color": 0, "secondary_color": None, "tertiary_color": None}, "hoist": False, "position": 0,
            "managed": False, "mentionable": False, "icon": None, "unicode_emoji": None, "flags": 0,
            "description": None,
        }  # fmt: skip


@dataclass(eq=False)
class Member:
    """Somebody in a server."""

    user: User
    roles: list[int] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """As a GuildMember."""
        return {
            "user": self.user.json(), "nick": None, "avatar": None, "banner": None, "flags": 0, "pending": False,
            "roles": [str(role) for role in self.roles], "joined_at": when(1_700_000_000), "premium_since": None,
            "communication_disabled_until": None, "mute": False, "deaf": False,
        }  # fmt: skip


@dataclass(eq=False)
class Attachment:
    """A file of a message; ``data`` are its bytes."""

    id: int
    name: str
    data: bytes = field(repr=False)
    channel_id: int
    mime: str = ""
    alt: str = ""
    spoiler: bool = False
    ephemeral: bool = False
    width: int | None = None
    height: int | None = None

    def __post_init__(self) -> None:
        self.mime = self.mime or mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def json(self, cdn: Cdn) -> dict[str, Any]:
        """As an Attachment; ``cdn`` is where its bytes are."""
        url = cdn.url(self)
        body: dict[str, Any] = {
            "id": str(self.id), "filename": self.name, "size": len(self.data), "url": url, "proxy_url": url,
            "content_type": self.mime, "flags": 8 if self.spoiler else 0,
        }  # fmt: skip
        more = {"description": self.alt, "ephemeral": self.ephemeral, "width": self.width, "height": self.height}
        return body | {name: value for name, value in more.items() if value}


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, those inside others too, in reading order."""
    for component in components:
        yield component
        inner = component.get("components", [])
        yield from walk([*inner, *(component[name] for name in ("accessory", "component") if component.get(name))])


@dataclass(eq=False)
class Message:
    """A message. ``reader`` is who alone sees it; ``history`` has what could be read before each edit."""

    id: int
    channel: Channel
    author: User
    date: float
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    flags: int = 0
    reader: User | None = None
    gone: bool = False
    edited: float | None = None
    interaction: dict[str, Any] | None = None
    reply_to: Message | None = None
    mentions: list[User] = field(default_factory=list)
    """Who is told of it."""
    thread: Channel | None = None
    nonce: str = ""
    """By which a bot knows that it sent it before."""
    history: list[str] = field(default_factory=list)

    @property
    def is_loading(self) -> bool:
        """Whether it only says that the app thinks."""
        return bool(self.flags & LOADING)

    @property
    def all_components(self) -> list[dict[str, Any]]:
        """Every component, also those inside others."""
        return list(walk(self.components))

    @property
    def text(self) -> str:
        """All that can be read in it, buttons apart."""
        shown = [c["content"] for c in self.all_components if c["type"] == 10]
        told = [e.get(name, "") for e in self.embeds for name in ("title", "description")]
        return "\n".join(part for part in [self.content, *told, *shown] if part)

    @property
    def texts(self) -> list[str]:
        """What was to be read in it, one after the other, the present text last."""
        return [*self.history, self.text]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """All buttons, in reading order."""
        return [component for component in self.all_components if component["type"] == 2]

    @property
    def labels(self) -> list[str]:
        """What the buttons say."""
        return [b.get("label") or (b.get("emoji") or {}).get("name") or "" for b in self.buttons]

    @property
    def selects(self) -> list[dict[str, Any]]:
        """All menus."""
        return [component for component in self.all_components if component["type"] in {3, 5, 6, 7, 8}]

    def file(self, name: str = "") -> Attachment:
        """The attachment whose name ends so; the first if none is given."""
        found = [file for file in self.files if file.name.endswith(name)]
        assert found, f"no file {name!r} among {[file.name for file in self.files]}"
        return found[0]


@dataclass(eq=False)
class Channel:
    """A channel, a thread, or a private chat. ``overwrites`` are what is allowed and denied, by role or member."""

    id: int
    kind: int
    name: str
    guild: Guild | None = None
    people: list[User] = field(default_factory=list)
    nsfw: bool = False
    parent: Channel | None = None
    owner_id: int = 0
    flags: int = 0
    archived: bool = False
    locked: bool = False
    gone: bool = False
    tags: list[dict[str, Any]] = field(default_factory=list)
    applied: list[int] = field(default_factory=list)
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        """Whether it hangs on another channel."""
        return self.kind in {NEWS_THREAD, THREAD, PRIVATE_THREAD}

    @property
    def shown(self) -> list[Message]:
        """The messages that are there for everybody, in order."""
        return [message for message in self.messages.values() if not message.gone and message.reader is None]

    @property
    def from_bot(self) -> list[Message]:
        """Those that a bot wrote."""
        return [message for message in self.shown if message.author.is_bot]

    def saying(self, part: str) -> Message | None:
        """The bot's newest message with a text in it."""
        return next((message for message in reversed(self.from_bot) if part in message.text), None)


@dataclass(eq=False)
class Guild:
    """A server. ``has_bot`` is whether the app was added as a member."""

    id: int
    name: str
    owner_id: int
    locale: str = "en-US"
    tier: int = 0
    has_bot: bool = True
    unavailable: bool = False
    limit: int | None = None
    """Another limit of bytes for a file than the one of the tier."""
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)

    @property
    def file_limit(self) -> int:
        """Bytes that a file may have here."""
        return _LIMITS[self.tier] if self.limit is None else self.limit
