"""``piying generate``: prompts on the command line, files on disk, by the same path as a chat.

The command line is a chat platform of its own, ``cli``, with one user. One such command works at a time on a database:
the account has one turn anyway, and so whatever is unfinished when a command begins was left by one that is dead.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from bots.adapter import Delivery
from core.errors import PiyingError, Refusal, Unsupported
from core.types import Address, Job, JobState, Notice, Options, Progress, Request
from piying.engines import check_pulled, make_catalogue
from piying.mistake import Mistake
from piying.output import plan, put, read_upload, try_out
from piying.screen import Screen
from piying.serve import leave, stop_on_signals
from piying.settings import Settings
from piying.wiring import Process, Role, open_store
from storage.instance import AlreadyRunning, InstanceLock, take_instance_lock
from translation.localiser import Localiser, choose_locale

PLATFORM = "cli"
_HERE = Address(PLATFORM, "local", "local")
_LOOK_EVERY = 0.1
_TURN_EVERY = 0.5
_CANCELLED = 130


class _Nobody:
    """An adapter that shows nothing but notices: the command looks for itself."""

    platform = PLATFORM

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def upload_limit(self, _address: Address) -> int | None:
        return None

    async def deliver(self, delivery: Delivery) -> None: ...

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None: ...

    async def show_end(self, job: Job) -> None: ...

    async def tell(self, _address: Address, notice: Notice) -> None:
        self._screen.noticed(notice)


@dataclass(frozen=True)
class Wish:
    """What the command line asks for beside the prompt."""

    options: Options = field(default_factory=Options)
    image: Path | None = None
    last_image: Path | None = None
    declares: bool = False


def run_generate(
    settings: Settings, prompts: Sequence[str], wish: Wish, output: Path, *, as_json: bool, umask: int
) -> None:
    """Make one clip a prompt and print the paths; Ctrl-C cancels what is unfinished.

    Does not return: exits 0, 1 when a clip was not made, or 130 when cancelled.

    Raises:
        Mistake: the output cannot be written or a picture not be read; nothing was asked for.
    """
    paths = plan(output, len(prompts))
    try_out(paths, umask)
    screen = _open_screen(as_json, has_several=len(paths) > 1)
    image, last_image = (read_upload(path) if path else None for path in (wish.image, wish.last_image))
    requests = [
        Request(
            f"generate:{uuid4()}",
            _HERE,
            prompt,
            screen.locale,
            wish.options,
            image,
            last_image,
            declares=wish.declares,
        )
        for prompt in prompts
    ]
    asyncio.run(_generate(settings, dict(zip(paths, requests, strict=True)), screen, umask))


def run_again(settings: Settings, code: str, output: Path, *, declares: bool, as_json: bool, umask: int) -> None:
    """Make a job's clip once more, whoever's it was, and say whether its frames are the same.

    Does not return: exits 0 where they are, 1 where they are not or no clip was made, or 130 when cancelled.

    Raises:
        Mistake: there is no such clip, or the output cannot be written; nothing was asked for.
    """
    (path,) = plan(output, 1)
    try_out([path], umask)
    asyncio.run(_again(settings, code, path, _open_screen(as_json, has_several=False), umask, declares=declares))


async def _generate(settings: Settings, requests: dict[Path, Request], screen: Screen, umask: int) -> None:
    recipe = next(iter(requests.values())).options.recipe
    made = 0
    async with _working(settings, recipe, screen) as (process, stop):
        for path, request in requests.items():
            if not stop.is_set():
                made += await _one(process, request, path, screen, stop, umask) is not None
    leave(0 if made == len(requests) else _CANCELLED if stop.is_set() else 1)


async def _again(settings: Settings, code: str, path: Path, screen: Screen, umask: int, *, declares: bool) -> None:
    first = _find(settings, code)
    is_same = False
    async with _working(settings, first.spec.recipe, screen) as (process, stop):
        try:
            request = await asyncio.to_thread(process.intake.request_again, first, f"again:{uuid4()}", _HERE)
        except PiyingError as error:
            screen.refused(first.prompt, error)
        else:
            request = replace(request, declares=request.declares or declares)
            second = await _one(process, request, path, screen, stop, umask)
            is_same = second is not None and screen.compared(first, second)
    leave(_CANCELLED if stop.is_set() else int(not is_same))


def _find(settings: Settings, code: str) -> Job:
    store = open_store(settings)
    try:
        with store.look() as tx:
            job = tx.jobs.by_code(code.strip().upper())
    finally:
        store.close()
    if job is None or job.clip is None:
        raise Mistake(f"no finished clip {code}: `piying generate --json` tells codes, and so does /my in the chat")
    if "frames" not in job.clip.recipe:
        raise Mistake(f"{code} was made before frames were recorded: there is nothing to compare with")
    return job


@asynccontextmanager
async def _working(
    settings: Settings, recipe: str | None, screen: Screen
) -> AsyncIterator[tuple[Process, asyncio.Event]]:
    """A process that takes this command's jobs and renders those of the recipe's class itself."""
    stop = stop_on_signals()
    process = _make_process(settings, recipe, screen)
    turn = await _take_turn(process, stop, screen)
    if turn is None:
        leave(_CANCELLED)
    try:
        await process.start()
        await _cancel_abandoned(process)
        yield process, stop
    finally:
        await process.stop()


def _make_process(settings: Settings, recipe: str | None, screen: Screen) -> Process:
    catalogue = make_catalogue(settings)
    try:
        card, _ = catalogue.choose(recipe)
    except Unsupported as error:
        raise Mistake(
            f"no recipe {error.details['value']}: there is {error.details['known']} (PIYING_MODELS enables more)"
        ) from error
    check_pulled(settings, catalogue, card.worker_class)
    # One user, who waits: look more often than a server would, and rehearse nothing.
    jobs = settings.jobs.model_copy(update={"poll": min(settings.jobs.poll, _LOOK_EVERY)})
    local = settings.local.model_copy(update={"warm_up": False})
    role = Role(platforms=(PLATFORM,), worker_classes=(card.worker_class,))
    return Process(
        settings.model_copy(update={"jobs": jobs, "local": local}), role, adapters={PLATFORM: _Nobody(screen)}
    )


def _open_screen(as_json: bool, *, has_several: bool) -> Screen:
    wish = os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return Screen(Localiser(choose_locale(wish)), as_json, has_several=has_several)


async def _take_turn(process: Process, stop: asyncio.Event, screen: Screen) -> InstanceLock | None:
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


async def _one(
    process: Process, request: Request, path: Path, screen: Screen, stop: asyncio.Event, umask: int
) -> Job | None:
    """The job whose clip is at the path now; None where there is none."""
    try:
        receipt = await process.commands.video(request)
        screen.taken(path, receipt.job)
        job = await _wait(process, receipt.job, screen, stop)
        if job.state is not JobState.SUCCEEDED or job.clip is None:
            screen.ended(request.prompt, job)
            return None
        await asyncio.to_thread(put, process.clips.open(job.clip.video), path, umask)
    except PiyingError as error:
        screen.refused(request.prompt, error)
        return None
    except Mistake as mistake:
        screen.unwritten(request.prompt, mistake)
        return None
    screen.made(job, path)
    return job


async def _wait(process: Process, job: Job, screen: Screen, stop: asyncio.Event) -> Job:
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
