"""Runs an engine in child processes: a crash there, a cancel or a busy interpreter never touches the worker.

Parent and child speak JSON lines. The child says that it is ``{"ready"}``. The parent sends jobs, each with a number:
``{"job", "spec", "folder", "resume_token"}``, and may withdraw one: ``{"cancel"}``; ``{"open"}`` tells that
jobs will come. The child answers with that number
any amount of ``{"job", "progress"}`` and ``{"job", "resume_token"}`` and ends with ``{"job", "clip"}`` or
``{"job", "error"}``. A child whose parent dies reads the end of its input and exits.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.errors import EngineFault, PiyingError, from_code
from core.ports import Run
from core.types import Clip, GenerationSpec, Note, Progress

READY = {"ready": True}
_LINE_BYTES = 1 << 20
_IDLE_SECONDS = 60.0


class ProcessEngine:
    """``core.ports.Engine`` whose work is done by children started with ``command``.

    A child works on up to ``at_once`` clips and is kept for the next; idle for a minute it is let go, unless
    ``keeps_child``. A cancelled run is withdrawn, and its child killed where that has no effect within ``grace``
    seconds; other clips that child had in hand are then begun anew. Without ``grace`` it is killed at once.
    """

    def __init__(
        self,
        command: Sequence[str],
        check: Callable[[GenerationSpec], tuple[Note, ...]],
        environment: Mapping[str, str] | None = None,
        *,
        at_once: int = 1,
        grace: float = 0.0,
        keeps_child: bool = False,
    ) -> None:
        self._command, self._check, self._environment = command, check, environment
        self._at_once, self._grace, self._keeps_child = at_once, grace, keeps_child
        self._children: list[_Child] = []
        self._starting = asyncio.Lock()

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        """See the port."""
        return self._check(spec)

    async def open(self) -> None:
        """See the port. Only a child that is kept is started ahead of its first clip."""
        if self._keeps_child:
            child = await self._take()
            await child.open()
            await self._give_back(child)

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        """See the port."""
        while True:
            child = await self._take()
            try:
                return await child.make(spec, run, self._grace)
            except PiyingError:
                if not child.was_killed_for_another:
                    raise
            finally:
                await self._give_back(child)

    async def close(self) -> None:
        """See the port."""
        while self._children:
            await self._children.pop().kill()

    async def _take(self) -> _Child:
        """A child with a free hand. One at a time, so that two who come at once do not start one each."""
        async with self._starting:
            for child in tuple(self._children):
                if not child.alive:
                    self._children.remove(child)
                    await child.kill()
                elif child.busy < self._at_once:
                    child.take()
                    return child
            child = await _Child.start(self._command, self._environment)
            self._children.append(child)
            child.take()
            return child

    async def _give_back(self, child: _Child) -> None:
        child.busy -= 1
        if not child.alive:
            await child.kill()
            self._forget(child)
        elif not child.busy and not self._keeps_child:
            child.leave_after(_IDLE_SECONDS, lambda: self._forget(child))

    def _forget(self, child: _Child) -> None:
        if child in self._children:
            self._children.remove(child)


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.busy = 0
        self.was_killed_for_another = False
        self._process = process
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._has_ended = False
        self._leaving: asyncio.TimerHandle | None = None
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str] | None) -> _Child:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe,
            stdout=pipe,
            limit=_LINE_BYTES,
            env=environment,
            # Ctrl-C is for the worker, which may want to finish this clip.
            start_new_session=True,
        )
        return cls(process)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None and not self._has_ended

    def take(self) -> None:
        """One more clip is about to be made here."""
        self.busy += 1
        if self._leaving:
            self._leaving.cancel()
            self._leaving = None

    async def open(self) -> None:
        """Tell it that clips will be wanted."""
        await self._send({"open": True})

    async def make(self, spec: GenerationSpec, run: Run, grace: float) -> Clip:
        number = next(self._numbers)
        self._answers[number] = asyncio.Queue()
        try:
            await self._send(
                {"job": number, "spec": asdict(spec), "folder": str(run.folder), "resume_token": run.resume_token}
            )
            return await self._follow(number, run)
        except asyncio.CancelledError:
            await self._withdraw(number, grace)
            raise
        finally:
            del self._answers[number]

    async def _follow(self, number: int, run: Run) -> Clip:
        async for message in self._messages(number):
            if "progress" in message:
                run.report(Progress(**message["progress"]))
            elif "resume_token" in message:
                await run.save(message["resume_token"])
            elif "error" in message:
                raise from_code(message["error"], **message.get("details", {}))
            else:
                return _clip(message["clip"], run.folder)
        raise EngineFault("engine-died")

    async def _messages(self, number: int) -> AsyncIterator[dict[str, Any]]:
        """What the child says of one job, until it has ended."""
        answers = self._answers[number]
        while not (self._has_ended and answers.empty()):
            message = await answers.get()
            if message:
                yield message

    async def _withdraw(self, number: int, grace: float) -> None:
        """Until the child has let go of the job, or is dead; dead as well where nobody waits for that any longer."""
        has_let_go = False
        try:
            if grace and self.alive:
                await asyncio.wait_for(self._has_let_go(number), grace)
                has_let_go = True
        except TimeoutError:
            pass
        finally:
            if not has_let_go:
                self.was_killed_for_another = True
                await self.kill()

    async def _has_let_go(self, number: int) -> None:
        await self._send({"cancel": number})
        async for message in self._messages(number):
            if "error" in message or "clip" in message:
                return

    async def kill(self) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        await self._reading

    def leave_after(self, seconds: float, then: Callable[[], None]) -> None:
        """Close the child's input after a while; it exits by itself."""

        def leave() -> None:
            then()
            if self._process.stdin:
                self._process.stdin.close()

        self._leaving = asyncio.get_running_loop().call_later(seconds, leave)

    async def _send(self, message: Mapping[str, object]) -> None:
        """A child that is gone is told of by its end."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._process.stdin.write(json.dumps(message).encode() + b"\n")
                await self._process.stdin.drain()

    async def _read(self) -> None:
        try:
            await self._sort_messages()
        except ValueError:
            # A line above the limit: what comes after it cannot be told apart.
            self._process.kill()
        finally:
            self._has_ended = True
            for answers in self._answers.values():
                answers.put_nowait({})

    async def _sort_messages(self) -> None:
        is_ready = False
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            message = _parse(line)
            if is_ready and message is None:
                # It no longer makes sense, and may hold a job for ever.
                self._process.kill()
                return
            # What comes before is a library's chatter, from before the child took standard output for itself.
            if is_ready and message is not None and message.get("job") in self._answers:
                self._answers[message["job"]].put_nowait(message)
            is_ready = is_ready or message == READY


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _clip(data: Mapping[str, Any], folder: Path) -> Clip:
    return Clip(**{**data, "path": folder / data["path"], "poster": folder / data["poster"]})
