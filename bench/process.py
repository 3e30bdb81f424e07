"""Turns a folder into a real Piying process whose chat takes notes instead of talking to anybody."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import NoReturn

from pydantic import SecretStr

from bots.adapter import Delivery
from core.intake import Receipt
from core.types import Address, Job, Notice, Progress, Request
from piying.engines import make_catalogue
from piying.logs import configure_logs
from piying.serve import leave
from piying.settings import LimitSettings, Settings
from piying.wiring import CONSOLE, Process, Role

PROMPTS = (
    "一只橙色的小猫在雪地里向右奔跑",
    "two red cars racing left through a city at night in the rain",
    "三只企鹅在海边跳舞，日落，镜头推近",
    "a large whale swims right under the sea",
    "一只白色的小狗在草地上跑，三只蝴蝶在飞",
    "a rocket flies up through space, slow zoom out",
)
"""What people type: both languages, one to four subjects, weather, light, camera. 4 s at 480p: nothing is said."""

_MANY = 1_000_000


class Notebook:
    """An adapter that writes down, by job id and on the monotonic clock, when things happened."""

    platform = CONSOLE

    def __init__(self) -> None:
        self.first_progress: dict[str, float] = {}
        self.delivered: dict[str, float] = {}
        self.ended: dict[str, tuple[float, Job]] = {}

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def upload_limit(self, _address: Address) -> int | None:
        return None

    async def deliver(self, delivery: Delivery) -> None:
        self.delivered.setdefault(delivery.job.id, time.monotonic())

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        for job, progress in reports:
            if progress is not None:
                self.first_progress.setdefault(job.id, time.monotonic())

    async def show_end(self, job: Job) -> None:
        self.ended[job.id] = (time.monotonic(), job)

    async def tell(self, address: Address, notice: Notice) -> None:
        """Nobody is there to read it."""

    async def wait_ended(self, job_ids: Sequence[str], seconds: float) -> None:
        """Until all have ended.

        Raises:
            TimeoutError: they did not in time.
        """
        async with asyncio.timeout(seconds):
            while not self.ended.keys() >= set(job_ids):  # noqa: ASYNC110 - nobody else waits
                await asyncio.sleep(0.02)


def settings(folder: Path, database_url: str | None = None) -> Settings:
    """The defaults, with limits that nothing here reaches."""
    limits = LimitSettings(
        clips_a_day=_MANY,
        seconds_a_day=10 * _MANY,
        waiting=_MANY,
        chat_clips_a_day=_MANY,
        chat_seconds_a_day=10 * _MANY,
        welcome_credits=_MANY,
        burst=_MANY,
        per_second=1000.0,
    )
    url = SecretStr(database_url) if database_url else None
    return Settings(data_folder=folder, database_url=url, limits=limits, log_format="json")


def make_process(chosen: Settings, notebook: Notebook, *, renders: bool) -> Process:
    """The one-process mode, or with ``renders`` False a bot that leaves its jobs waiting for a worker."""
    configure_logs(chosen.log_format)
    classes = make_catalogue(chosen).worker_classes if renders else ()
    return Process(
        chosen, Role(platforms=(CONSOLE,), worker_classes=classes, name="bench"), adapters={CONSOLE: notebook}
    )


def address(user: int) -> Address:
    """A user in a chat of their own."""
    return Address(CONSOLE, f"chat-{user}", f"user-{user}")


async def submit(process: Process, user: int, prompt: str = PROMPTS[0]) -> tuple[float, Receipt]:
    """Ask for a clip; how many seconds it took until it was acknowledged."""
    request = Request(f"bench:{uuid.uuid4()}", address(user), prompt)
    started = time.perf_counter()
    receipt = await process.commands.video(request)
    return time.perf_counter() - started, receipt


def play(measuring: Coroutine[None, None, object]) -> NoReturn:
    """Print what is measured as JSON and end the process, with whatever jobs still wait."""

    async def measured() -> None:
        print(json.dumps(await measuring), flush=True)
        leave()

    asyncio.run(measured())
    raise AssertionError
