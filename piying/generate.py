"""``piying generate``: prompts on the command line, files on disk, by the same path as a chat."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bots.adapter import Delivery
from bots.presenter import present_error, present_note
from core.errors import PiyingError, Refusal, from_code
from core.types import Address, Job, JobState, Locale, Request
from core.types import Progress as JobProgress
from piying.serve import leave
from piying.settings import Settings
from piying.wiring import CONSOLE, Process, Role, open_store
from storage.instance import is_held
from storage.liveness import STABLE_PREFIX
from translation.localiser import Localiser, choose_locale

_LOOK_EVERY = 0.1


class _Nobody:
    """An adapter that shows nothing: the command looks for itself, and the chat page shows the clip as history."""

    platform = CONSOLE

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def upload_limit(self, _address: Address) -> int | None:
        return None

    async def deliver(self, delivery: Delivery) -> None: ...

    async def show_progress(self, reports: Sequence[tuple[Job, JobProgress | None]]) -> None: ...

    async def show_end(self, job: Job) -> None: ...


def run_generate(settings: Settings, prompts: Sequence[str], output: Path, *, as_json: bool) -> None:
    """Make one clip a prompt and print the paths. Does not return: exits 0, or 1 when a clip was not made."""
    asyncio.run(_generate(settings, prompts, output, as_json=as_json))


async def _generate(settings: Settings, prompts: Sequence[str], output: Path, *, as_json: bool) -> None:
    role = await asyncio.to_thread(_role, settings)
    # One user, who waits: look more often than a server would.
    jobs = settings.jobs.model_copy(update={"poll": min(settings.jobs.poll, _LOOK_EVERY)})
    process = Process(settings.model_copy(update={"jobs": jobs}), role, adapters={CONSOLE: _Nobody()})
    await process.start()
    screen = _Screen(Localiser(choose_locale(os.environ.get("LC_ALL") or os.environ.get("LANG") or "en")), as_json)
    made = [
        await _one(process, prompt, path, screen) for prompt, path in zip(prompts, _paths(output, prompts), strict=True)
    ]
    await process.stop()
    if all(made):
        leave()
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(1)


def _role(settings: Settings) -> Role:
    """Do the work here, unless a server is there to do it: that one has the pages to tell."""
    store = open_store(settings)
    try:
        served = any(is_held(store.engine, f"{STABLE_PREFIX}{name}") for name in ("run", CONSOLE))
    finally:
        store.close()
    return Role() if served else Role(platforms=(CONSOLE,), worker_class="scene")


def _paths(output: Path, prompts: Sequence[str]) -> list[Path]:
    """The file itself for one prompt; a folder's numbered files for several, or where the output is a folder."""
    if len(prompts) == 1 and output.suffix:
        return [output]
    return [output / f"{number}.mp4" for number in range(1, len(prompts) + 1)]


async def _one(process: Process, prompt: str, path: Path, screen: _Screen) -> bool:
    address = Address(CONSOLE, "local", "local")
    try:
        receipt = await process.commands.video(Request(f"generate:{uuid.uuid4()}", address, prompt, screen.locale))
        job = await _wait(process, receipt.job, screen)
        if job.state is not JobState.SUCCEEDED or job.clip is None:
            raise from_code(job.error or "engine-fault")
        path.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(shutil.copyfile, process.clips.open(job.clip.video), path)
    except PiyingError as error:
        screen.failed(prompt, error)
        return False
    screen.made(job, path)
    return True


async def _wait(process: Process, job: Job, screen: _Screen) -> Job:
    with screen.bar() as show:
        while not job.state.ended:
            await asyncio.sleep(_LOOK_EVERY)
            job = await process.commands.show(job.address, job.code)
            show((await process.commands.progress([job])).get(job.id))
    return job


class _Screen:
    """Paths or JSON lines on standard output; bars and notes, for people, on standard error."""

    def __init__(self, localiser: Localiser, as_json: bool) -> None:
        self._localiser, self._as_json = localiser, as_json
        self._people = Console(stderr=True)

    @property
    def locale(self) -> Locale:
        return self._localiser.locale

    def bar(self) -> _Bar:
        return _Bar(self._people, self._localiser)

    def made(self, job: Job, path: Path) -> None:
        for note in job.notes:
            self._people.print(present_note(self._localiser, note), style="yellow", markup=False)
        if self._as_json:
            took = round((job.finished_at or 0) - job.created_at, 2)
            line = {"path": str(path), "code": job.code, "price": job.price, "took": took, "spec": asdict(job.spec)}
            print(json.dumps(line, ensure_ascii=False), flush=True)
        else:
            print(path, flush=True)

    def failed(self, prompt: str, error: PiyingError) -> None:
        text = present_error(self._localiser, error)
        if self._as_json:
            print(json.dumps({"error": error.code, "prompt": prompt, "text": text}, ensure_ascii=False), flush=True)
        self._people.print(text, style="yellow" if isinstance(error, Refusal) else "red", markup=False)


class _Bar:
    """A progress bar for one job, on a terminal."""

    def __init__(self, console: Console, localiser: Localiser) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._localiser = localiser
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        self._task = self._bar.add_task(self._localiser.text("stage-queued"), total=1.0)
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def __call__(self, progress: JobProgress | None) -> None:
        if progress is not None and self._task is not None:
            with suppress(KeyError):
                stage = self._localiser.text(f"stage-{progress.stage}")
                self._bar.update(self._task, completed=progress.fraction, description=stage)
