"""Turns a port into the videos API: programs with keys on one side, Commands on the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiohttp import web

from bots.adapter import Delivery
from bots.http_log import http_log
from bots.videos import mapping
from bots.videos.door import Door, FindKey
from bots.videos.routes import Counter, Routes
from core.ports import Clock
from core.types import Address, Job, Notice, Progress

_STOP_SECONDS = 2.0


class VideosAdapter:
    """The API. Callers ask how their videos stand, and fetch them where they are kept: nothing is ever sent to them."""

    platform = mapping.PLATFORM

    def __init__(
        self,
        counter: Counter,
        *,
        host: str,
        port: int,
        find_key: FindKey,
        clock: Clock,
        extra_routes: Iterable[web.AbstractRouteDef] = (),
    ) -> None:
        """Nothing is bound before ``start``; port 0 takes a free one."""
        self._host, self._port = host, port
        app = Routes(counter, Door(find_key, clock)).app(extra_routes)
        # What callers send must never stand in a log: not their keys, not their prompts.
        self._runner = web.AppRunner(
            app, access_log=None, logger=http_log(__name__), handle_signals=False, shutdown_timeout=_STOP_SECONDS
        )

    @property
    def url(self) -> str:
        """What clients call the base URL, once started."""
        port = self._runner.addresses[0][1] if self._runner.addresses else self._port
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{port}/v1"

    async def start(self) -> None:
        """Bind and serve.

        Raises:
            OSError: the port is taken.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        """Take no more requests; give those in hand two seconds."""
        await self._runner.cleanup()

    def upload_limit(self, address: Address) -> int | None:  # noqa: ARG002
        """Callers read files where they are: no limit."""
        return None

    async def deliver(self, delivery: Delivery) -> None:
        """The clip is in the store, and can be fetched there once it is paid for."""

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """Callers ask."""

    async def show_end(self, job: Job) -> None:
        """Callers ask."""

    async def tell(self, address: Address, notice: Notice) -> None:
        """Programs are told nothing but what they ask for: a clip that was taken down is not found."""
