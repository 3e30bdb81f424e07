"""Turns a port of this machine into a chat: the page and its open lines on one side, Commands on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bots.adapter import Delivery
from bots.commands import Commands
from bots.console import mapping
from bots.console.channels import ConsoleChannels
from bots.console.door import Door, is_loopback
from bots.console.room import Room
from bots.console.routes import Routes
from bots.console.session import Desk
from bots.console.verifying import VerifyDesk
from bots.http_log import http_log
from bots.origin import Examiner
from core.errors import DeliveryDelayed, Refusal
from core.ports import Clock
from core.quotas.rate import Rate
from core.types import Address, Job, JobState, Notice, Progress, QueuePlace

_PLACE_SECONDS = 2.0
"""How long a place in the queue is told before it is looked up again."""
_STOP_SECONDS = 2.0
_AWAY_SECONDS = 15.0
"""How often it is looked whether somebody has come back who is to be told something."""


class ConsoleAdapter(ConsoleChannels):
    """The chat page. ``clip_path`` opens a key of the clip store (blocking); ``recipes`` are those to choose from."""

    platform = mapping.PLATFORM

    def __init__(
        self,
        commands: Commands,
        *,
        host: str,
        port: int,
        token: SecretStr | str | None,
        clip_path: Callable[[str], Path],
        examiner: Examiner,
        recipes: Sequence[str],
        clock: Clock,
        version: str,
        extra_routes: Iterable[web.AbstractRouteDef] = (),
    ) -> None:
        """Nothing is bound before ``start``; port 0 takes a free one.

        Raises:
            ValueError: others could reach the page, and no token keeps them out.
        """
        secret = token.get_secret_value() if isinstance(token, SecretStr) else token
        if not secret and not is_loopback(host):
            raise ValueError(f"the console on {host!r} can be reached from outside: set a token, or use 127.0.0.1")
        self._commands, self._clock, self._host, self._port = commands, clock, host, port
        self._clip_path = clip_path
        self._room = Room()
        desk = Desk(commands, clock, Rate(burst=40, per_second=10), recipes, version)
        door = Door(host=host, token=secret or None, clock=clock)
        routes = Routes(desk=desk, door=door, room=self._room, clip_path=clip_path, verify=VerifyDesk(examiner, clock))
        self._runner = web.AppRunner(
            routes.app(extra_routes),
            access_log=None,
            logger=http_log(__name__),
            handle_signals=False,
            shutdown_timeout=_STOP_SECONDS,
        )
        self._places: dict[str, tuple[float, QueuePlace]] = {}

    @property
    def url(self) -> str:
        """Where the page is, once started."""
        port = self._runner.addresses[0][1] if self._runner.addresses else self._port
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{port}/"

    async def start(self) -> None:
        """Bind and serve.

        Raises:
            OSError: the port is taken.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        """Close every page's line; the pages come back when the console does."""
        self._room.close()
        await self._runner.cleanup()

    def upload_limit(self, address: Address) -> int | None:  # noqa: ARG002
        """The page reads files where they are: no limit."""
        return None

    async def deliver(self, delivery: Delivery) -> None:
        """Say that it is on its way. Pages read the file where it is, once ``show_end`` has told them of it."""
        job = delivery.job
        telling = partial(mapping.progress_wire, job=job, progress=None, place=None)
        self._room.tell(job.address.chat, f"progress:{job.code}", telling)

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """Show how the jobs of visitors with an open page stand."""
        here = [(job, progress) for job, progress in reports if self._room.has(job.address.chat)]
        self._places = {job.id: self._places[job.id] for job, _ in here if job.id in self._places}
        for job, progress in here:
            place = await self._place(job) if job.state is JobState.QUEUED else None
            preview = await asyncio.to_thread(self._preview, job, progress)
            telling = partial(mapping.progress_wire, job=job, progress=progress, place=place, preview=preview)
            self._room.tell(job.address.chat, f"progress:{job.code}", telling)

    async def show_end(self, job: Job) -> None:
        """Show why there is no clip, and that the credits are back."""
        self._tell(job)
        if self._room.has(job.address.chat):
            account = await self._commands.account(job.address)
            self._room.tell(job.address.chat, "account", partial(mapping.account_wire, account=account))

    async def tell(self, address: Address, notice: Notice) -> None:
        """Show it on every open page of the visitor; while none is open it waits.

        Raises:
            DeliveryDelayed: none is open.
        """
        if not self._room.has(address.chat):
            raise DeliveryDelayed(retry_after=_AWAY_SECONDS)
        about = ":".join(map(str, (notice.code, *notice.details.values())))
        self._room.tell(address.chat, f"notice:{about}", partial(mapping.notice_wire, notice=notice))

    def _preview(self, job: Job, progress: Progress | None) -> str | None:
        """Where the page finds the job's preview; another address for each version. Blocking."""
        if progress is None or progress.preview is None or job.state is not JobState.RUNNING:
            return None
        try:
            version = self._clip_path(progress.preview).stat().st_mtime_ns
        except (Refusal, FileNotFoundError):
            # The job has ended meanwhile, and its files are gone.
            return None
        return f"/previews/{job.code}?{version:x}"

    def _tell(self, job: Job) -> None:
        telling = partial(mapping.job_wire, job=job, rewordings=self._commands.rewordings)
        self._room.tell(job.address.chat, f"job:{job.code}", telling)

    async def _place(self, job: Job) -> QueuePlace:
        now = self._clock.now()
        known = self._places.get(job.id)
        if known and now - known[0] < _PLACE_SECONDS:
            return known[1]
        place = await self._commands.position(job)
        self._places[job.id] = (now, place)
        return place
