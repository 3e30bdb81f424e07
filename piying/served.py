"""Turns a process's parts into the adapters that it serves by itself: the chat page and the API for videos."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from aiohttp import web

from bots.console.adapter import ConsoleAdapter
from bots.gallery.routes import Gallery
from bots.videos.adapter import VideosAdapter
from bots.videos.routes import Counter
from core.types import ApiKey
from piying.operations import health_routes

if TYPE_CHECKING:
    from piying.wiring import Process


def make_console(process: Process) -> ConsoleAdapter:
    """The chat page."""
    console = process.settings.console
    # Figures are the operator's: a page that others reach shows its health alone.
    extra = health_routes(process.ready) if console.secret() else process.operations()
    return ConsoleAdapter(
        process.commands,
        host=console.host,
        port=console.port,
        token=console.secret(),
        clip_path=process.clips.open,
        examiner=process.examiner,
        recipes=process.catalogue.from_words,
        clock=process.clock,
        version=version("piying"),
        extra_routes=[*extra, *_gallery_routes(process)],
    )


def _gallery_routes(process: Process) -> list[web.RouteDef]:
    """None where the gallery is off."""
    settings = process.settings.gallery
    if not settings.on:
        return []
    gallery = Gallery(process.showcase, clip_path=process.clips.open, clock=process.clock, url=settings.url)
    return gallery.routes()


def make_videos(process: Process) -> VideosAdapter:
    """OpenAI's ``/v1/videos``."""

    def find_key(key_id: str) -> ApiKey | None:
        with process.store.look() as tx:
            return tx.keys.get(key_id)

    return VideosAdapter(
        Counter(process.commands, process.catalogue, process.clips, process.settings.kept.clips),
        host=process.settings.serve.host,
        port=process.settings.serve.port,
        find_key=find_key,
        clock=process.clock,
        extra_routes=health_routes(process.ready),
    )
