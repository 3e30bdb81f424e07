"""A bot whose commands do what a test tells them."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

Do = Callable[[discord.Interaction[Any]], Awaitable[object]]


class Puppet(discord.Client):
    """``does`` answers ``/video``; ``clicks`` answers components and modals. ``failures`` has what was raised."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        super().__init__(intents=intents or discord.Intents(guilds=True), guild_ready_timeout=0, **options)
        self.tree = app_commands.CommandTree(self)
        self.does: Do = _defer
        self.clicks: Do = _defer
        self.seen: list[discord.Interaction[Any]] = []
        self.failures: list[BaseException] = []
        self.events: list[tuple[str, Any]] = []
        self._register()

    def _register(self) -> None:
        @self.tree.command(name="video", description="Make a video")
        @app_commands.describe(prompt="What to show", seconds="How long", image="A picture")
        @app_commands.choices(seconds=[app_commands.Choice(name="six", value=6)])
        @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
        @app_commands.allowed_installs(guilds=True, users=True)
        async def video(
            interaction: discord.Interaction[Any],
            prompt: str,
            seconds: int = 6,
            recipe: str = "",
            image: discord.Attachment | None = None,
        ) -> None:
            interaction.extras |= {"prompt": prompt, "seconds": seconds, "recipe": recipe, "image": image}
            await self._do(self.does, interaction)

        @video.autocomplete("recipe")
        async def recipes(_: discord.Interaction[Any], so_far: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=name, value=name) for name in ("draft", "standard") if so_far in name]

        @self.tree.command(name="server", description="Settings")
        @app_commands.default_permissions(manage_guild=True)
        async def server(interaction: discord.Interaction[Any]) -> None:
            await self._do(self.does, interaction)

        @self.tree.context_menu(name="Animate this")
        async def animate(interaction: discord.Interaction[Any], message: discord.Message) -> None:
            interaction.extras["message"] = message
            await self._do(self.does, interaction)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            await self._do(self.clicks, interaction)

    async def _do(self, do: Do, interaction: discord.Interaction[Any]) -> None:
        self.seen.append(interaction)
        try:
            await do(interaction)
        except (discord.DiscordException, OSError) as error:
            self.failures.append(error)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library waits 5 s here before it identifies again."""

    async def on_entitlement_create(self, entitlement: discord.Entitlement) -> None:
        self.events.append(("create", entitlement))

    async def on_entitlement_update(self, entitlement: discord.Entitlement) -> None:
        self.events.append(("update", entitlement))

    async def on_entitlement_delete(self, entitlement: discord.Entitlement) -> None:
        self.events.append(("delete", entitlement))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.events.append(("guild lost", guild))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.events.append(("guild", guild))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self.events.append(("channel lost", channel))

    async def on_resumed(self) -> None:
        self.events.append(("resumed", None))


async def _defer(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.defer()
