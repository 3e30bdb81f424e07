"""Servers, channels, roles and the shop: what happens to them becomes events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.permissions import EVERYDAY
from tests.discord.premium import CONSUMABLE, SUBSCRIPTION
from tests.discord.shapes import channel_json, guild_json
from tests.discord.state import DM, TEXT, THREAD, Channel, Guild, Member, Message, Role, when
from tests.discord.world import World

if TYPE_CHECKING:
    from tests.discord.people import Person


class Places:
    """What is there beside people."""

    def __init__(self, world: World) -> None:
        self.world = world

    def guild(
        self, name: str, *people: Person, locale: str = "en-US", tier: int = 0, has_bot: bool = True, shard: int = 0,
        shards: int = 1,
    ) -> Guild:  # fmt: skip
        """A server with a channel ``general``; the first of the people owns it."""
        world = self.world
        number = world.new_guild_id(shard, shards)
        guild = Guild(number, name, people[0].id if people else 1, locale, tier, has_bot)
        guild.roles[number] = Role(number, "@everyone", EVERYDAY)
        users = [person.user for person in people] + ([world.bot] if has_bot else [])
        guild.members = {user.id: Member(user) for user in users}
        world.guilds[number] = guild
        general = Channel(world.new_id(), TEXT, "general", guild)
        guild.channels[general.id] = world.channels[general.id] = general
        self._joined(guild)
        return guild

    def channel(self, guild: Guild, name: str, kind: int = TEXT, *, nsfw: bool = False, tags: tuple[str, ...] = (),
                flags: int = 0, parent: Channel | None = None) -> Channel:  # fmt: skip
        """A further channel, in a category (``parent``) or none; ``general`` is found by its name as well."""
        found = next((c for c in guild.channels.values() if c.name == name and not c.gone), None)
        if found:
            return found
        channel = Channel(self.world.new_id(), kind, name, guild, nsfw=nsfw, flags=flags, parent=parent)
        channel.tags = [{"id": str(self.world.new_id()), "name": tag, "moderated": False, "emoji_id": None,
                         "emoji_name": None} for tag in tags]  # fmt: skip
        return self.world.add_channel(channel)

    def thread(self, parent: Channel, name: str, owner: Person, kind: int = THREAD) -> Channel:
        """A thread of a channel."""
        thread = Channel(self.world.new_id(), kind, name, parent.guild, parent=parent, owner_id=owner.id)
        return self.world.add_channel(thread)

    def private(self, *people: Person) -> Channel:
        """A private chat of people; the bot is not in it."""
        return self.world.add_channel(Channel(self.world.new_id(), DM, "", people=[person.user for person in people]))

    def role(self, guild: Guild, name: str, permissions: int, *people: Person) -> Role:
        """A role, and who has it."""
        role = Role(self.world.new_id(), name, permissions)
        guild.roles[role.id] = role
        for person in people:
            guild.members[person.id].roles.append(role.id)
        self.world.tell("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role.json()}, guild)
        return role

    def deny(self, channel: Channel, permissions: int, person: Person | None = None) -> None:
        """Take permissions in a channel from somebody, or from the bot."""
        user = person.id if person else self.world.bot.id
        allow, deny = channel.overwrites.get(user, (0, 0))
        channel.overwrites[user] = (allow & ~permissions, deny | permissions)
        self.world.tell("CHANNEL_UPDATE", channel_json(channel), channel.guild)

    def delete(self, channel: Channel) -> None:
        """Delete a channel or thread."""
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        channel.gone = True
        self.world.tell(event, channel_json(channel), channel.guild)
        for other in list(self.world.channels.values()):
            other.gone = other.gone or (other.is_thread and other.parent is channel)

    def remove(self, message: Message) -> None:
        """Delete a message, as its moderators may."""
        message.gone = True
        self.world.publish("MESSAGE_DELETE", message)

    def remove_bot(self, guild: Guild) -> None:
        """Take the bot out of a server."""
        self.world.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": False}, guild)
        guild.has_bot = False
        guild.members.pop(self.world.bot.id, None)

    def add_bot(self, guild: Guild) -> None:
        """Bring it (back) in."""
        guild.has_bot = True
        guild.members[self.world.bot.id] = Member(self.world.bot)
        self._joined(guild)

    def _joined(self, guild: Guild) -> None:
        body = guild_json(guild, self.world.bot)
        del body["unavailable"]
        self.world.tell("GUILD_CREATE", body, guild)

    def join(self, guild: Guild, *people: Person) -> None:
        """Let more people in; a bot without the intent for members is not told."""
        guild.members |= {person.id: Member(person.user) for person in people}

    def outage(self, guild: Guild, *, over: bool = False) -> None:
        """Let a server be away, or come back."""
        guild.unavailable = not over
        body = guild_json(guild, self.world.bot) if over else {"id": str(guild.id), "unavailable": True}
        self.world.tell("GUILD_CREATE" if over else "GUILD_DELETE", body, guild)

    def sku(self, name: str, kind: int = CONSUMABLE) -> str:
        """Something to buy; its id."""
        number = str(self.world.new_id())
        self.world.skus.append({
            "id": number, "type": kind, "application_id": str(self.world.app_id), "name": name, "slug": name.lower(),
            "flags": 1 << 2 | (1 << 8 if kind == SUBSCRIPTION else 0), "dependent_sku_id": None,
            "manifest_labels": None, "access_type": 1, "features": [], "release_date": None, "premium": False,
            "show_age_gate": False,
        })  # fmt: skip
        return number

    def grant(self, sku: str, person: Person, guild: Guild | None = None, seconds: float | None = None,
              kind: int = 8) -> dict[str, Any]:  # fmt: skip
        """Let somebody buy an SKU, for a server if one is named, for a time if one is given."""
        now = self.world.clock()
        body: dict[str, Any] = {
            "id": str(self.world.new_id()), "sku_id": sku, "application_id": str(self.world.app_id), "type": kind,
            "user_id": str(person.id), "deleted": False, "consumed": False, "starts_at": when(now),
            "ends_at": when(now + seconds) if seconds else None,
        } | ({"guild_id": str(guild.id)} if guild else {})  # fmt: skip
        self.world.entitlements[int(body["id"])] = body
        self.world.tell("ENTITLEMENT_CREATE", dict(body))
        return body

    def renew(self, entitlement: dict[str, Any], seconds: float | None) -> None:
        """Let an entitlement end later, or now (None: it ends at this moment)."""
        entitlement["ends_at"] = when(self.world.clock() + (seconds or 0))
        self.world.tell("ENTITLEMENT_UPDATE", dict(entitlement))

    def refund(self, entitlement: dict[str, Any]) -> None:
        """Take an entitlement back."""
        entitlement["deleted"] = True
        self.world.tell("ENTITLEMENT_DELETE", dict(entitlement))
