"""One process of a play: a bot, a worker or both, with a chat made of files and an engine that can be killed.

``python -m tests.acceptance.actor ROLE FOLDER``. The chat: a request is a file ``inbox/KEY.json``, its answer is
``outbox/KEY.json``, each clip delivered is a line of ``delivered.log``, each job ended is a line of ``ended.log``, each
engine run a line of ``runs.log``. Prompts are commands to the engine: ``sleep 3``, ``trapdoor``, ``fault``; those that
begin with ``far`` ask for the recipe ``far-draft`` of the operator's own cards.

Its channels are made of files as well, and killed where a file says so: see ``tests.acceptance.channels``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bots.adapter import Delivery
from bots.commands import Commands
from core.catalogue.catalogue import Catalogue
from core.errors import PiyingError
from core.media.encode import encode
from core.metrics import Metrics
from core.ports import Engine, Run
from core.types import Address, Clip, GenerationSpec, Job, Note, Options, Progress, Request
from piying.engines import make_catalogue, make_engines
from piying.lanes import own_classes
from piying.logs import configure_logs
from piying.serve import run_until_stopped
from piying.settings import Settings
from piying.wiring import Process, Role
from tests.acceptance.channels import FileChannels, note, watch_steps


class FileChat(FileChannels):
    """An adapter whose chat is a folder. Every user is called as the key's first part."""

    platform = "console"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.commands: Commands | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def stop(self) -> None:
        if self._reading:
            self._reading.cancel()

    async def deliver(self, delivery: Delivery) -> None:
        assert delivery.video.stat().st_size > 0
        log, slow = self._folder / "delivered.log", self._folder / "slow-delivery"
        known = log.read_text() if log.exists() else ""
        if delivery.job.code not in known:
            note(log, delivery.job.code, delivery.job.id, os.getpid())
        if slow.exists():
            await asyncio.sleep(float(slow.read_text()))

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        return None

    async def show_end(self, job: Job) -> None:
        note(self._folder / "ended.log", job.code, job.id, job.state, job.error)

    async def _read(self) -> None:
        while True:
            for path in sorted((self._folder / "inbox").glob("*.json")):
                await self._take(path)
            await asyncio.sleep(0.05)

    async def _take(self, path: Path) -> None:
        assert self.commands is not None
        key, prompt = path.stem, json.loads(path.read_text())
        user = key.split("-")[0]
        request = Request(key, Address(self.platform, user, user), prompt)
        try:
            receipt = await self.commands.video(request)
            answer = {"job": receipt.job.id, "code": receipt.job.code}
        except PiyingError as error:
            answer = {"error": error.code}
        target = self._folder / "outbox" / path.name
        target.with_suffix(".part").write_text(json.dumps(answer))
        target.with_suffix(".part").rename(target)
        path.unlink()


class ObedientEngine:
    """Does what the prompt says, in this very process."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "runs.log"

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        return ()

    async def open(self) -> None:
        return None

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        word, _, number = spec.prompt.partition(" ")
        note(self._log, spec.prompt.replace(" ", "_"), os.getpid())
        if word == "trapdoor":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "fault":
            raise ValueError("a bug")
        for step in range(int(float(number or 0) * 10)):
            run.report(Progress("drawing", step / 100))
            await asyncio.sleep(0.1)
        video, poster = run.folder / "clip.mp4", run.folder / "poster.jpg"
        frames = (np.full((spec.height, spec.width, 3), 80, np.uint8) for _ in range(spec.num_frames))
        await asyncio.to_thread(
            encode, frames, video, width=spec.width, height=spec.height, fps=spec.fps, metadata={}, preset="ultrafast"
        )
        poster.write_bytes(b"poster")
        return Clip(video, poster, spec.width, spec.height, spec.seconds, video.stat().st_size)

    async def close(self) -> None:
        return None


def as_typed(text: str) -> tuple[str, Options]:
    """Commands to the engine hold one option at most; the shortest and smallest clip will do."""
    recipe = "far-draft" if text.startswith("far ") else None
    return text.removeprefix("far "), Options(ratio="1:1", seconds=2.0, recipe=recipe)


def main() -> None:
    """Play one role until stopped or killed."""
    role_name, folder = sys.argv[1], Path(sys.argv[2])
    configure_logs("json")
    chat = FileChat(folder)

    def engines(settings: Settings, catalogue: Catalogue, metrics: Metrics) -> Mapping[str, Engine]:
        real = (folder / "real-engine").exists()
        return (
            make_engines(settings, catalogue, metrics)
            if real
            else dict.fromkeys(("scene", "film"), ObedientEngine(folder))
        )

    platforms = ("console",) if role_name in {"all", "bot"} else ()
    own = own_classes(make_catalogue(Settings()))
    classes = {"all": own, "worker": own, "gpu-worker": ("gpu-24g",)}.get(role_name, ())
    name = role_name if platforms else None
    role = Role(platforms=platforms, worker_classes=classes, name=name)
    asyncio.run(play(role, chat, engines, folder))


async def play(role: Role, chat: FileChat, engines: object, folder: Path) -> None:
    """Start the process and say so."""
    real = (folder / "real-engine").exists()
    adapters = {"console": chat} if role.platforms else {}
    options = {} if real else {"read_prompt": as_typed}
    process = Process(Settings(), role, engines, adapters, **options)  # type: ignore[arg-type]
    chat.commands = process.commands
    watch_steps(process, folder)
    await run_until_stopped(process, lambda: print("up", flush=True))


if __name__ == "__main__":
    main()
