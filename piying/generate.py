"""``piying generate``: prompts on the command line, files on disk, by the same path as a chat.

The command line is a chat platform of its own, ``cli``, with one user. One such command works at a time on a database:
the account has one turn anyway, and so whatever is unfinished when a command begins was left by one that is dead.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bots.adapter import Delivery
from bots.presenter import present_error, present_note, present_state
from core.errors import PiyingError, Refusal
from core.types import Address, Job, JobState, Locale, Request
from core.types import Progress as JobProgress
from piying.mistake import Mistake
from piying.output import plan, put, try_out
from piying.serve import leave, stop_on_signals
from piying.settings import Settings
from piying.wiring import Process, Role
from storage.instance import AlreadyRunning, InstanceLock, take_instance_lock
from translation.localiser import Localiser, choose_locale

PLATFORM = "cli"
_HERE = Address(PLATFORM, "local", "local")
_LOOK_EVERY = 0.1
_TURN_EVERY = 0.5
_CANCELLED = 130


class _Nobody:
    """An adapter that shows nothing: the command looks for itself."""

    platform = PLATFORM

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def upload_limit(self, _address: Address) -> int | None:
        return None

    async def deliver(self, delivery: Delivery) -> None: ...

    async def show_progress(self, reports: Sequence[tuple[Job, JobProgress | None]]) -> None: ...

    async def show_end(self, job: Job) -> None: ...


def run_generate(settings: Settings, prompts: Sequence[str], output: Path, *, as_json: bool, umask: int) -> None:
    """Make one clip a prompt and print the paths; Ctrl-C cancels what is unfinished.

    Does not return: exits 0, 1 when a clip was not made, or 130 when cancelled.

    Raises:
        Mistake: the output cannot be written; nothing was asked for.
    """
    paths = plan(output, len(prompts))
    try_out(paths, umask)
    wish = os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    screen = _Screen(Localiser(choose_locale(wish)), as_json, has_several=len(paths) > 1)
    asyncio.run(_generate(settings, dict(zip(paths, prompts, strict=True)), screen, umask))


async def _generate(settings: Settings, prompts: dict[Path, str], screen: _Screen, umask: int) -> None:
    stop = stop_on_signals()
    # One user, who waits: look more often than a server would.
    jobs = settings.jobs.model_copy(update={"poll": min(settings.jobs.poll, _LOOK_EVERY)})
    role = Role(platforms=(PLATFORM,), worker_class="scene")
    process = Process(settings.model_copy(update={"jobs": jobs}), role, adapters={PLATFORM: _Nobody()})
    turn = await _take_turn(process, stop, screen)
    if turn is None:
        leave(_CANCELLED)
    made = 0
    try:
        await process.start()
        await _cancel_abandoned(process)
        for path, prompt in prompts.items():
            if not stop.is_set():
                made += await _one(process, prompt, path, screen, stop, umask)
    finally:
        await process.stop()
    leave(0 if made == len(prompts) else _CANCELLED if stop.is_set() else 1)


async def _take_turn(process: Process, stop: asyncio.Event, screen: _Screen) -> InstanceLock | None:
    """The right to work, kept until the process ends; None when told to stop before."""
    has_waited = False
    while not stop.is_set():
        try:
            return await asyncio.to_thread(take_instance_lock, process.store.engine, PLATFORM)
        except AlreadyRunning:
            if not has_waited:
                screen.waits()
            has_waited = True
            await asyncio.sleep(_TURN_EVERY)
    return None


async def _cancel_abandoned(process: Process) -> None:
    """Jobs of a command that was killed: nobody waits for them any more, so nobody shall pay for them."""
    with process.store.begin() as tx:
        abandoned = tx.jobs.unfinished(PLATFORM)
    for job in abandoned:
        await _cancel(process, job)


async def _one(process: Process, prompt: str, path: Path, screen: _Screen, stop: asyncio.Event, umask: int) -> bool:
    try:
        receipt = await process.commands.video(Request(f"generate:{uuid4()}", _HERE, prompt, screen.locale))
        job = await _wait(process, receipt.job, screen, stop)
        if job.state is not JobState.SUCCEEDED or job.clip is None:
            screen.ended(prompt, job)
            return False
        await asyncio.to_thread(put, process.clips.open(job.clip.video), path, umask)
    except PiyingError as error:
        screen.refused(prompt, error)
        return False
    except Mistake as mistake:
        screen.unwritten(prompt, mistake)
        return False
    screen.made(job, path)
    return True


async def _wait(process: Process, job: Job, screen: _Screen, stop: asyncio.Event) -> Job:
    """The job when it has ended, cancelled where the user would not wait."""
    with screen.bar() as show:
        while not job.state.ended:
            await asyncio.sleep(_LOOK_EVERY)
            if stop.is_set():
                await _cancel(process, job)
            job = await process.commands.show(job.address, job.code)
            show((await process.commands.progress([job])).get(job.id))
    return job


async def _cancel(process: Process, job: Job) -> None:
    """Unless it has ended, or its clip is on its way."""
    with suppress(Refusal):
        await process.commands.cancel(job.address, job.code)


class _Screen:
    """Paths or JSON lines on standard output; bars and notes, for people, on standard error."""

    def __init__(self, localiser: Localiser, as_json: bool, *, has_several: bool) -> None:
        self._localiser, self._as_json, self._has_several = localiser, as_json, has_several
        self._people = Console(stderr=True)

    @property
    def locale(self) -> Locale:
        return self._localiser.locale

    def bar(self) -> _Bar:
        return _Bar(self._people, self._localiser)

    def waits(self) -> None:
        self._people.print(self._localiser.text("stage-queued"), markup=False)

    def made(self, job: Job, path: Path) -> None:
        notes = [{"code": note.code, "text": present_note(self._localiser, note)} for note in job.notes]
        for note in notes:
            text = f"{path}: {note['text']}" if self._has_several else note["text"]
            self._people.print(text, style="yellow", markup=False, soft_wrap=True)
        if self._as_json:
            took = round((job.finished_at or 0) - job.created_at, 2)
            self._line(path=str(path), code=job.code, price=job.price, took=took, spec=asdict(job.spec), notes=notes)
        else:
            print(path, flush=True)

    def ended(self, prompt: str, job: Job) -> None:
        """Without a clip: why, and that it cost nothing."""
        self._not_made(prompt, job.error or str(job.state), present_state(self._localiser, job), "red")

    def refused(self, prompt: str, error: PiyingError) -> None:
        text = present_error(self._localiser, error)
        self._not_made(prompt, error.code, text, "yellow" if isinstance(error, Refusal) else "red")

    def unwritten(self, prompt: str, mistake: Mistake) -> None:
        self._not_made(prompt, "output", str(mistake), "red")

    def _not_made(self, prompt: str, code: str, text: str, style: str) -> None:
        if self._as_json:
            self._line(error=code, prompt=prompt, text=text)
        self._people.print(text, style=style, markup=False, soft_wrap=True)

    def _line(self, **fields: object) -> None:
        print(json.dumps(fields, ensure_ascii=False), flush=True)


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
