"""Turns a file that a page sends into what is said of its origin."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from bots.origin import Examiner
from bots.presenter import present_error
from core.errors import EngineFault, PiyingError, Refusal
from core.ports import Clock
from core.quotas.rate import Rate
from translation.localiser import Localiser

MAX_BYTES = 200_000_000
"""Larger than any clip that is made here."""
SLOWEST = 300.0
"""Seconds in which the largest file comes at 5.4 Mbit/s."""
_AT_ONCE = 2
"""Files on the disk; further ones wait unread."""
_BURST, _PER_SECOND = 10, 0.1
_FULL = (errno.ENOSPC, errno.EDQUOT)


class VerifyDesk:
    """Takes files in, one after the other, and keeps none."""

    def __init__(self, examiner: Examiner, clock: Clock) -> None:
        self._examiner, self._clock = examiner, clock
        self._rate, self._places = Rate(_BURST, _PER_SECOND), asyncio.Semaphore(_AT_ONCE)

    async def answer(self, request: web.Request, visitor: str, localiser: Localiser) -> web.Response:
        """A JSON object with the ``text`` of the answer, and whether it is ``refused``."""
        try:
            self._rate.check(visitor, self._clock.now())
            async with self._places:
                text = await self._look(request, localiser)
        except PiyingError as error:
            status = 429 if isinstance(error, Refusal) else 507
            return web.json_response({"text": present_error(localiser, error), "refused": True}, status=status)
        except (TimeoutError, web.HTTPRequestEntityTooLarge):
            text = localiser.text("verify-too-large", limit=MAX_BYTES // 1_000_000)
            # What is still on its way is not read.
            return web.json_response({"text": text, "refused": True}, status=413, headers={"Connection": "close"})
        return web.json_response({"text": text, "refused": False})

    async def _look(self, request: web.Request, localiser: Localiser) -> str:
        if (request.content_length or 0) > MAX_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_BYTES)
        try:
            with TemporaryDirectory(prefix="piying-verify-") as folder:
                path = Path(folder) / "sent"
                async with asyncio.timeout(SLOWEST):
                    await _receive(request, path)
                return await self._examiner.answer(localiser, path)
        except OSError as error:
            if error.errno in _FULL:
                raise EngineFault("storage-full") from error
            raise


async def _receive(request: web.Request, path: Path) -> None:
    """Raises ``HTTPRequestEntityTooLarge`` for what is longer than it said."""
    size = 0
    with path.open("wb") as file:
        async for chunk in request.content.iter_chunked(1 << 18):
            size += len(chunk)
            if size > MAX_BYTES:
                raise web.HTTPRequestEntityTooLarge(MAX_BYTES)
            await asyncio.to_thread(file.write, chunk)
