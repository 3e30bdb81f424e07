"""Turns what somebody has typed of an option so far into what it may be."""

from __future__ import annotations

import logging
from typing import Any

import structlog
from discord import Interaction
from discord.app_commands import Choice

from bots.discord.call import call_of
from bots.discord.desk import desk_of
from bots.discord.faults import FAULTS, is_late
from bots.presenter import recipe_name
from bots.units import cut
from core.types import Job

MOST = 25
"""Suggestions (OpenAPI)."""
_LONGEST = 100
log = structlog.get_logger(__name__)


async def recipes(interaction: Interaction[Any], typed: str) -> list[Choice[str]]:
    """Those that there are, by their key or their name."""
    localiser, words = call_of(interaction).localiser, typed.casefold()
    named = [(key, cut(recipe_name(localiser, key), _LONGEST)) for key in desk_of(interaction).recipes]
    return [Choice(name=name, value=key) for key, name in named if words in f"{key} {name}".casefold()][:MOST]


async def own_jobs(interaction: Interaction[Any], typed: str) -> list[Choice[str]]:
    """One's own, the newest first: all of them, or those that have the words."""
    return [_choice(job) for job in await _found(interaction, typed)][:MOST]


async def unfinished_jobs(interaction: Interaction[Any], typed: str) -> list[Choice[str]]:
    """Those of one's own that can be stopped."""
    return [_choice(job) for job in await _found(interaction, typed) if not job.state.ended][:MOST]


def is_no_late_suggestion(record: logging.LogRecord) -> bool:
    """Of a log of the library's: whoever types has typed on meanwhile, or Discord was away, which is no bug."""
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, FAULTS):
        return True
    name = "discord.suggested_late" if is_late(error) else "discord.not_suggested"
    log.info(name, error=type(error).__name__)
    return False


async def _found(interaction: Interaction[Any], typed: str) -> list[Job]:
    try:
        return await _own(interaction, typed)
    except Exception as error:  # noqa: BLE001 - whatever the database's driver raises; a suggestion is no answer
        log.warning("discord.nothing_suggested", error=type(error).__name__)
        return []


async def _own(interaction: Interaction[Any], typed: str) -> list[Job]:
    commands, words = desk_of(interaction).commands, typed.casefold().split()
    address = call_of(interaction).address
    newest = await commands.history_of(address)
    found = [job for job in newest if all(word in f"{job.code} {job.prompt}".casefold() for word in words)]
    if found or not words:
        return found
    return await commands.find_clips(address, typed, limit=MOST)


def _choice(job: Job) -> Choice[str]:
    return Choice(name=cut(f"{job.code} · {' '.join(job.prompt.split())}", _LONGEST), value=job.code)
