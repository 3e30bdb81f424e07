"""Turns a token into a connection to Discord that lasts, whatever happens to it, and interactions into answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord import AllowedMentions, AutoShardedClient, Client, Intents, MemberCacheFlags
from discord.app_commands import AppCommandContext, AppInstallationType, CommandTree

from bots.discord import routes
from bots.discord.menus import described, publish

if TYPE_CHECKING:
    from pathlib import Path

    from discord import Interaction

    from bots.discord.desk import Desk


class _Serves:
    """What both kinds of client do beside connecting."""

    desk: Desk
    tree: CommandTree[Any]
    notes: Path | None = None
    """A file that remembers the menu."""

    async def setup_hook(self) -> None:
        """After each login, before anything is heard."""
        await publish(self.tree, self.notes)

    async def on_interaction(self, interaction: Interaction[Any]) -> None:
        if interaction.channel_id:
            self.desk.deliveries.learn(str(interaction.channel_id), interaction.filesize_limit)
        await routes.handle(interaction)


class Bot(_Serves, Client):
    """One connection."""


class ShardedBot(_Serves, AutoShardedClient):
    """Several, as many as Discord or the settings say."""


def make_client(shards: int | None = None) -> Bot | ShardedBot:
    """A client that is not connected. It asks for no privileged intent, and keeps no messages and no members.

    ``shards``: how many connections; None for one, 0 for as many as Discord recommends.
    """
    told: dict[str, Any] = {
        "intents": Intents(guilds=True),
        "allowed_mentions": AllowedMentions.none(),
        "member_cache_flags": MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "max_messages": None,
    }
    client = Bot(**told) if shards is None else ShardedBot(shard_count=shards or None, **told)
    client.tree = CommandTree(
        client,
        allowed_contexts=AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=AppInstallationType(guild=True, user=True),
    )
    for command in routes.COMMANDS:
        client.tree.add_command(described(command))
    return client
