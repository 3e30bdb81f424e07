"""The least bot of discord.py's: ``python -m bench.bare_discord API_URL GATEWAY_URL TOKEN`` has one command.

It announces an answer and gives it.
"""

from __future__ import annotations

import sys
from typing import Any

import yarl
from discord import Client, Intents, Interaction, app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Bare(Client):
    """Syncs its one command, and answers it."""

    async def setup_hook(self) -> None:
        tree = app_commands.CommandTree(self)

        @tree.command(description="the least")
        async def video(interaction: Interaction[Any], prompt: str) -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content=prompt)

        await tree.sync()


def main(api_url: str, gateway_url: str, token: str) -> None:
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    Bare(intents=Intents(guilds=True)).run(token, log_handler=None)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
