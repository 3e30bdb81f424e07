"""Turns a process's parts into all that it takes to publish clips in channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bots.adapter import Adapter, Publisher
from bots.channel_commands import Publishing
from bots.poster import Poster
from core.publishing.captions import Captions
from core.publishing.office import Office
from core.publishing.studio import Studio
from core.publishing.timekeeper import Timekeeper

if TYPE_CHECKING:
    from piying.wiring import Process


def find_publishers(adapters: Mapping[str, Adapter]) -> dict[str, Publisher]:
    """Those of the adapters that can post in channels."""
    return {platform: adapter for platform, adapter in adapters.items() if isinstance(adapter, Publisher)}


def make_publishing(process: Process) -> Publishing:
    """What commands about channels need; there are none on platforms that are not among ``process.publishers``."""
    return Publishing(
        studio=Studio(process.store, process.clock, clips_kept=process.settings.kept.clips),
        office=Office(process.store, process.clock),
        captions=Captions(process.translator, process.moderator),
        platforms=process.publishers,
    )


def make_poster(process: Process) -> Poster:
    """Posts what the queue hands it."""
    return Poster(
        publishers=process.publishers, store=process.store, fitting=process.fitting, clock=process.clock
    )  # fmt: skip


def make_timekeeper(process: Process) -> Timekeeper:
    """Hands the queue what is due on this process's platforms."""
    return Timekeeper(
        store=process.store,
        queue=process.queue,
        clock=process.clock,
        platforms=tuple(process.publishers),
        kept=process.settings.kept.clips,
    )
