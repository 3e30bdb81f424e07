"""Turns a token into a connection to Discord that lasts, whatever happens to it, and interactions into answers."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from discord import AllowedMentions, AutoShardedClient, Client, Intents, MemberCacheFlags, VoiceClient
from discord.app_commands import (
    AppCommandContext,
    AppCommandError,
    AppInstallationType,
    CommandNotFound,
    CommandSignatureMismatch,
    CommandTree,
)
from discord.gateway import DiscordWebSocket
from discord.utils import MISSING

from bots.discord import routes
from bots.discord.answering import panel, say
from bots.discord.invalid_requests import InvalidRequests
from bots.discord.making import offer_ratios
from bots.discord.menus import described, publish
from bots.discord.serving import serve
from bots.discord.suggesting import is_no_late_suggestion
from bots.discord.uploads import give_time, watch
from core.types import USUAL_RATIOS

if TYPE_CHECKING:
    from pathlib import Path

    from discord import Guild, Interaction

    from bots.discord.call import Call
    from bots.discord.desk import Desk
    from bots.discord.premium import Premium

log = structlog.get_logger(__name__)


class _Serves(Client):
    """What both kinds of client do beside connecting."""

    desk: Desk
    tree: CommandTree[Any]
    notes: Path | None = None
    """A file that remembers the menu."""
    premium: Premium | None = None
    """What is sold, if anything is."""
    can_speak = False
    """It is logged in; whether it also hears, is the connection's matter."""
    invalid: InvalidRequests

    async def setup_hook(self) -> None:
        """After each login, before anything is heard."""
        give_time(self)
        self.can_speak = True
        await publish(self.tree, self.notes)
        if self.premium:
            await self.premium.begin()

    async def close(self) -> None:
        """Say and hear nothing any more."""
        self.can_speak = False
        await super().close()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Tell of an event, unless all is over: the library still waits 2 s to say that a closed client is ready."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    def clear(self) -> None:
        """Be as new: the library's own keeps its closed pool of connections, and no loop for what happens."""
        super().clear()
        self.loop = asyncio.get_running_loop()
        self.http.connector = MISSING

    async def on_ready(self) -> None:
        """Also after a session that could not be resumed."""
        log.info("discord.connected", servers=len(self.guilds))

    async def on_guild_remove(self, guild: Guild) -> None:
        """What is still being made for it goes to its users in private."""
        log.info("discord.server_left", server=guild.id)

    async def on_interaction(self, interaction: Interaction[Any]) -> None:
        """Anything that anybody does with the bot; commands are the tree's."""
        if not interaction.user:
            log.warning("discord.interaction_of_nobody")
            return
        if interaction.channel_id and isinstance(interaction.filesize_limit, int):
            self.desk.deliveries.learn(str(interaction.channel_id), interaction.filesize_limit)
        await routes.handle(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A bug ends one event, not the bot."""
        del args, kwargs
        log.error("discord.event_failed", event_name=event_method, exc_info=sys.exc_info())

    def sockets(self) -> Iterable[DiscordWebSocket]:
        """Its connections."""
        return (self.ws,)


class Bot(_Serves):
    """One connection."""


class ShardedBot(_Serves, AutoShardedClient):
    """Several, as many as Discord or the settings say."""

    async def launch_shards(self) -> None:
        """Connect each by the address of the settings; the library would ask Discord for one along with the number."""
        if self.shard_count is None:
            self.shard_count, _, _ = await self.http.get_bot_gateway()
        await super().launch_shards()

    def sockets(self) -> Iterable[DiscordWebSocket]:
        """Its connections."""
        return [shard._parent.ws for shard in self.shards.values()]  # noqa: SLF001 - the library shows no others

    def clear(self) -> None:
        """Be as new: the library's own forgets neither its connections nor that they were closed."""
        super().clear()
        self._AutoShardedClient__queue: asyncio.PriorityQueue[Any] = asyncio.PriorityQueue()
        self._AutoShardedClient__shards: dict[int, Any] = {}


class Tree(CommandTree[Any]):
    """The commands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The library lets nobody else hear of it.
        logging.getLogger("discord.app_commands.tree").addFilter(is_no_late_suggestion)

    async def interaction_check(self, interaction: Interaction[Any], /) -> bool:
        """Nobody can be answered where nobody asks."""
        return bool(interaction.user)

    async def _call(self, interaction: Interaction[Any]) -> None:
        """What the library cannot read is left out; it would leave the error in a task that nobody waits for."""
        try:
            await super()._call(interaction)
        except AppCommandError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the library's own code raises at what was sent
            log.warning("discord.command_unread", error=type(error).__name__)

    async def on_error(self, interaction: Interaction[Any], error: AppCommandError, /) -> None:
        """Of a command of another version of the bot, say so; all else is a bug, and was told already."""
        if isinstance(error, (CommandNotFound, CommandSignatureMismatch)):
            log.warning("discord.command_unknown", why=type(error).__name__)
            await serve(interaction, _say_outdated, is_quiet=True)
        else:
            log.error("discord.command_failed", error=type(error).__name__, exc_info=error)


async def _say_outdated(desk: Desk, call: Call) -> None:
    del desk
    await say(call, panel(call.localiser.text("discord-outdated")))


def make_client(
    shards: int | None = None, *, stays: bool = False, ratios: Sequence[str] = USUAL_RATIOS
) -> Bot | ShardedBot:
    """A client that is not connected. It asks for no privileged intent, and keeps no messages and no members.

    ``shards``: how many connections; None for one, 0 for as many as Discord recommends. ``stays``: what was broken is
    resumed at the address of the settings, and not where Discord says, which a proxy's users may not reach. ``ratios``
    are those to choose from.
    """
    # It speaks in no voice channel, and nobody needs to be warned of that at each start.
    VoiceClient.warn_nacl = VoiceClient.warn_dave = False
    invalid = InvalidRequests()
    watch(invalid.trace)
    told: dict[str, Any] = {
        "http_trace": invalid.trace,
        "intents": Intents(guilds=True),
        "allowed_mentions": AllowedMentions.none(),
        "member_cache_flags": MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "max_messages": None,
    }
    client = Bot(**told) if shards is None else ShardedBot(shard_count=shards or None, **told)
    client.invalid = invalid
    client.tree = Tree(
        client,
        allowed_contexts=AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=AppInstallationType(guild=True, user=True),
    )
    offer_ratios(ratios)
    for command in routes.COMMANDS:
        client.tree.add_command(described(command))
    parsers = client._connection.parsers  # noqa: SLF001 - the library lets one bad event end its connection
    parsers.update({name: _guarded(name, parse) for name, parse in parsers.items()})
    if stays:
        parsers["READY"] = _staying(client, parsers["READY"])
    return client


def _staying(client: _Serves, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def staying(data: Any) -> Any:
        for socket in client.sockets():
            socket.gateway = DiscordWebSocket.DEFAULT_GATEWAY
        return parse(data)

    return staying


def _guarded(name: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An event that the library cannot read is left out, and costs no other."""

    def guarded(data: Any) -> Any:
        try:
            return parse(data)
        except Exception as error:  # noqa: BLE001 - whatever the library's own code raises at what was sent
            log.warning("discord.event_unread", event_name=name, error=type(error).__name__)
            return None

    return guarded
