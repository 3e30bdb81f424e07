"""Runs an engine in child processes: a crash there, a cancel or a busy interpreter never touches the worker.

Parent and child speak JSON lines: the child says that it is ``{"ready"}``; the parent writes ``{"spec", "folder",
"resume_token"}``; the child answers any number of ``{"progress"}`` and ``{"resume_token"}`` and ends with ``{"clip"}``
or ``{"error"}``. A child whose parent dies reads the end of its input and exits.
"""

from __future__ import annotations

import asyncio
import contextlib
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

    A child makes one clip at a time and is kept for the next; idle for a minute, it is let go.
    """

    def __init__(
        self,
        command: Sequence[str],
        check: Callable[[GenerationSpec], tuple[Note, ...]],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command, self._check, self._environment = command, check, environment
        self._idle: list[_Child] = []

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        """See the port."""
        return self._check(spec)

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        """See the port. A cancelled run kills its child."""
        child = await self._take()
        try:
            clip = await child.make(spec, run)
        except PiyingError as error:
            if error.code == "engine-died":
                await child.kill()
            else:
                self._give_back(child)
            raise
        except BaseException:
            await child.kill()
            raise
        self._give_back(child)
        return clip

    async def close(self) -> None:
        """See the port."""
        while self._idle:
            await self._idle.pop().kill()

    async def _take(self) -> _Child:
        while self._idle:
            child = self._idle.pop()
            child.stay()
            if child.alive:
                return child
            await child.kill()
        return await _Child.start(self._command, self._environment)

    def _give_back(self, child: _Child) -> None:
        self._idle.append(child)
        child.leave_after(_IDLE_SECONDS, lambda: self._idle.remove(child))


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._leaving: asyncio.TimerHandle | None = None
        self._ready = False

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
        return self._process.returncode is None

    async def make(self, spec: GenerationSpec, run: Run) -> Clip:
        job = {"spec": asdict(spec), "folder": str(run.folder), "resume_token": run.resume_token}
        try:
            await self._send(job)
            async for message in self._messages():
                if "progress" in message:
                    run.report(Progress(**message["progress"]))
                elif "resume_token" in message:
                    await run.save(message["resume_token"])
                elif "error" in message:
                    raise from_code(message["error"], **message.get("details", {}))
                else:
                    return _clip(message["clip"], run.folder)
        except (BrokenPipeError, ConnectionResetError):
            pass
        raise EngineFault("engine-died")

    async def kill(self) -> None:
        self.stay()
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()

    def leave_after(self, seconds: float, then: Callable[[], None]) -> None:
        """Close the child's input after a while; it exits by itself."""

        def leave() -> None:
            then()
            if self._process.stdin:
                self._process.stdin.close()

        self._leaving = asyncio.get_running_loop().call_later(seconds, leave)

    def stay(self) -> None:
        if self._leaving:
            self._leaving.cancel()
            self._leaving = None

    async def _send(self, message: Mapping[str, object]) -> None:
        if self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        await self._process.stdin.drain()

    async def _messages(self) -> AsyncIterator[dict[str, Any]]:
        if self._process.stdout is None:
            return
        async for line in self._process.stdout:
            message = _read(line)
            if message is None and self._ready:
                raise EngineFault("engine-died")
            if message is not None and self._ready:
                yield message
            # What comes before is a library's chatter, from before the child took standard output for itself.
            self._ready = self._ready or message == READY


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _clip(data: Mapping[str, Any], folder: Path) -> Clip:
    return Clip(**{**data, "path": folder / data["path"], "poster": folder / data["poster"]})
