"""Everything that one bot's Discord holds together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from tests.discord.cdn import Cdn
from tests.discord.errors import Refused
from tests.discord.gateway import Gateway, Session
from tests.discord.limits import Limits
from tests.discord.permissions import VIEW_CHANNEL, in_channel
from tests.discord.shapes import channel_json, guild_json, message_json
from tests.discord.state import DM, MEBIBYTE, Channel, Guild, Message, User
from tests.telegram.clock import Clock, wall

if TYPE_CHECKING:
    from tests.discord.interaction import Interaction

Found = TypeVar("Found")
_EPOCH = 1_420_070_400.0


@dataclass(frozen=True)
class Complaint:
    """What the real server lets pass and a user would see go wrong: ``hidden file``, ``no alt text``."""

    kind: str
    why: str


@dataclass
class World:
    """The state of one bot's Discord."""

    token: str
    bot: User
    clock: Clock = wall
    answer_seconds: float = 3.0
    token_seconds: float = 900.0
    follow_ups: int = 5
    """How many an app may send that is no member where it answers."""
    dm_limit: int = 10 * MEBIBYTE
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    """By token."""
    commands: dict[int, dict[str, Any]] = field(default_factory=dict)
    commands_created: int = 0
    shards: int = 1
    """How many Discord recommends."""
    skus: list[dict[str, Any]] = field(default_factory=list)
    entitlements: dict[int, dict[str, Any]] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    gateway: Gateway = field(init=False)
    cdn: Cdn = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0

    def __post_init__(self) -> None:
        self.gateway = Gateway(lambda: self.token, self._greet)
        self.users[self.bot.id] = self.bot
        self.cdn = Cdn(self.clock)

    @property
    def app_id(self) -> int:
        """The application; it has the id of its bot."""
        return self.bot.id

    def new_id(self) -> int:
        """A snowflake of now."""
        self._count += 1
        return int((self.clock() - _EPOCH) * 1000) << 22 | self._count & 0x3FFFFF

    def new_guild_id(self, shard: int = 0, shards: int = 1) -> int:
        """A snowflake that belongs to a shard."""
        found = self.new_id() >> 22
        return (found - found % shards + shard + len(self.guilds) * shards) << 22 | self._count

    def _greet(self, session: Session) -> list[tuple[str, Any, int | None]]:
        """What a new session is told first."""
        here = [g for g in self.guilds.values() if g.has_bot and (g.id >> 22) % session.shards == session.shard]
        ready = {
            "v": 10, "user": self.bot.json() | {"verified": True, "mfa_enabled": False, "email": None},
            "application": {"id": str(self.app_id), "flags": 0}, "private_channels": [], "user_settings": {},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in here],
        }  # fmt: skip
        more = [("GUILD_CREATE", guild_json(guild, self.bot), guild.id) for guild in here if not guild.unavailable]
        return [("READY", ready, None), *more]

    def tell(self, event: str, data: Any, guild: Guild | None = None) -> None:
        """Tell the bot."""
        if guild is None or guild.has_bot:
            self.gateway.tell(event, data, guild.id if guild else None)

    def message(self, message: Message) -> dict[str, Any]:
        """As JSON."""
        return message_json(message, self.cdn)

    def add_message(self, message: Message) -> Message:
        """Put a message in its channel, and tell the bot what it may know of it."""
        message.channel.messages[message.id] = message
        self.publish("MESSAGE_CREATE", message)
        return message

    def publish(self, event: str, message: Message) -> None:
        """Tell of a message; what others write is not shown without the intent for it."""
        self.changed()
        if message.reader is not None:
            return
        body = self.message(message)
        if event == "MESSAGE_DELETE":
            body = {"id": str(message.id), "channel_id": str(message.channel.id)}
        elif message.author is not self.bot and message.channel.kind != DM and self.bot not in message.mentions:
            body |= {"content": "", "embeds": [], "attachments": [], "components": []}
        guild = message.channel.guild
        self.tell(event, body | ({"guild_id": str(guild.id)} if guild else {}), guild)

    def find_channel(self, channel_id: str | int, need: int = VIEW_CHANNEL) -> Channel:
        """A channel where the bot has a permission.

        Raises:
            Refused: there is none, the bot does not see it, or may not.
        """
        channel = self.channels.get(int(channel_id))
        if channel is None or channel.gone:
            raise Refused(10003)
        if channel.guild is None:
            if self.bot not in channel.people:
                raise Refused(50001)
            return channel
        if not channel.guild.has_bot:
            raise Refused(50001)
        has = in_channel(channel, self.bot.id)
        if not has & VIEW_CHANNEL:
            raise Refused(50001)
        if has & need != need:
            raise Refused(50013)
        return channel

    def find_message(self, channel: Channel, message_id: str) -> Message:
        """A message that everybody sees.

        Raises:
            Refused: there is none.
        """
        message = channel.messages.get(int(message_id)) if message_id.isdigit() else None
        if message is None or message.gone or message.reader is not None:
            raise Refused(10008)
        return message

    def dm_with(self, user: User) -> Channel:
        """The private chat of the bot with somebody; it begins where there is none."""
        for channel in self.channels.values():
            if channel.kind == DM and user in channel.people and self.bot in channel.people:
                return channel
        return self.add_channel(Channel(self.new_id(), DM, "", people=[user, self.bot]))

    def add_channel(self, channel: Channel) -> Channel:
        """Open a channel, and tell the bot."""
        self.channels[channel.id] = channel
        if channel.guild:
            channel.guild.channels[channel.id] = channel
            event = "THREAD_CREATE" if channel.is_thread else "CHANNEL_CREATE"
            self.tell(event, channel_json(channel), channel.guild)
        return channel

    def file_limit(self, channel: Channel) -> int:
        """Bytes that a file may have in a channel."""
        return channel.guild.file_limit if channel.guild else self.dm_limit

    def complain(self, kind: str, why: str) -> None:
        """Note what would go wrong before a user's eyes."""
        self.complaints.append(Complaint(kind, why))

    def changed(self) -> None:
        """Wake who waits for something to be seen."""
        self._changed.set()

    async def until(self, seen: Callable[[], Found], seconds: float = 10.0) -> Found:
        """Wait until ``seen`` answers with something true.

        Raises:
            AssertionError: it did not in time; the message shows every channel.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := seen()):
                    self._changed.clear()
                    await _at_most(self._changed.wait(), 0.05)
        except TimeoutError:
            raise AssertionError(f"not seen within {seconds} s\n{self.transcript()}") from None
        return found

    def transcript(self) -> str:
        """Every channel as text."""
        return "\n".join(tell(channel) for channel in self.channels.values() if channel.messages)


async def _at_most(waiting: Any, seconds: float) -> None:
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return


def tell(channel: Channel) -> str:
    """A channel as text, as in a script."""
    lines = [f"── {channel.name or channel.people[0].name} ({channel.guild.name if channel.guild else 'DM'})"]
    for message in channel.messages.values():
        if message.gone:
            continue
        private = f" (to {message.reader.name} alone)" if message.reader else ""
        files = "".join(f" [{file.name}]" for file in message.files)
        thinking = " …" if message.is_loading else ""
        lines.append(f"{message.author.name}{private}:{files}{thinking} {message.text}")
        lines += ["    " + " ".join(f"[{label}]" for label in message.labels)] if message.buttons else []
    return "\n".join(lines)
