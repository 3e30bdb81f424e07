"""Turns a task at a vendor into its end, asking after it at a pace that neither side minds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from core.engines.hosted.asking import Asking, Pace
from core.engines.hosted.faults import AnswerLost, Fault, Kind, NotSent, VendorFault
from core.engines.hosted.keys import Key
from core.engines.hosted.vendor import Call, Order, Remote, State, Status, Vendor
from core.errors import EngineFault
from core.ports import Clock, Run
from core.types import Progress

_STOP_SECONDS = 15.0
_MISSES = 3
"""A task is forgotten when the vendor says so this often in a row: right after an order it may not know it yet."""
_CANDIDATES = 20

log = structlog.get_logger(__name__)


class Following:
    """All questions about tasks that exist. They may be asked as often as one likes."""

    def __init__(self, vendor: Vendor, asking: Asking, clock: Clock, pace: Pace) -> None:
        self._vendor, self._asking, self._clock, self._pace = vendor, asking, clock, pace
        self._took = 0.0

    async def follow(self, task: Remote, order: Order, run: Run, key: Key, *, since: float) -> Status:
        """Its status when it is done. ``since`` is when it was ordered; the card's deadline counts from then.

        Raises:
            VendorFault: it failed, or is forgotten.
            EngineFault: ``timed-out``.
        """
        asked = misses = 0
        while True:
            status, pause = await self._ask(task, key)
            misses = misses + 1 if status and status.state is State.GONE else 0
            if status and (misses == _MISSES or _is_over(status)):
                return self._end(status, since)
            self._report(run, status, since)
            left = since + order.card.deadline_seconds - self._clock.now()
            if left < 0:
                raise EngineFault("timed-out")
            await asyncio.sleep(max(self._pace.after(asked), min(pause, left)))
            asked += 1

    async def status(self, task: Remote, key: Key) -> Status:
        """What the vendor says now: a link that has run out is made anew by that.

        Raises:
            VendorFault: it says nothing of the task.
            AnswerLost: it says nothing that makes sense.
            NotSent: it cannot be reached.
        """
        return self._vendor.status(await self._asking.ask(self._vendor.poll(task), key), task)

    async def stop(self, task: Remote, order: Order, key: Key) -> bool:
        """Have it stopped; whether nothing will be taken for it. A vendor that does not answer has not stopped it.

        A vendor that stops no more than queued tasks may take the same request, for one that is done, as the wish to
        have it deleted: so such a vendor is asked first how far the task is.
        """
        call = self._vendor.cancel(task)
        if call is None:
            return False
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                if order.card.cancel == "queued" and (await self.status(task, key)).state is not State.QUEUED:
                    return False
                return self._vendor.stopped(await self._asking.ask(call, key))
        except (NotSent, AnswerLost, VendorFault, TimeoutError) as error:
            log.warning("hosted.not_stopped", vendor=self._vendor.name, why=type(error).__name__)
            return False

    async def candidates(self, order: Order, since: float, key: Key) -> list[Remote]:
        """The tasks that an order may have become whose answer was lost; none where the vendor cannot say now."""
        call = self._vendor.find(order, since)
        try:
            listed = self._vendor.found(await self._asking.ask(call, key), order, since) if call else ()
            return [task for task in listed[:_CANDIDATES] if await self._has_prompt(task, order, key)]
        except (NotSent, AnswerLost, VendorFault) as error:
            log.warning("hosted.not_listed", vendor=self._vendor.name, why=type(error).__name__)
            return []

    def headers(self, path: str, key: Key) -> Mapping[str, str]:
        """What opens a file at the vendor's own address."""
        return self._vendor.headers(Call("GET", path), key.secret, self._clock.now())

    async def _has_prompt(self, task: Remote, order: Order, key: Key) -> bool:
        prompt = (await self.status(task, key)).prompt
        return prompt is None or prompt == order.prompt

    async def _ask(self, task: Remote, key: Key) -> tuple[Status | None, float]:
        """The status, None where there was no telling, and the seconds that the vendor asks to wait."""
        try:
            return await self.status(task, key), 0.0
        except (NotSent, AnswerLost) as error:
            log.warning("hosted.no_status", vendor=self._vendor.name, why=type(error).__name__)
            return None, 0.0
        except VendorFault as error:
            # The task runs on, whatever is wrong with the question: a key can be mended, a vendor come back.
            fault = error.fault
            log.warning("hosted.no_status", vendor=self._vendor.name, why=str(fault.kind), code=fault.code[:100])
            return (Status(State.GONE) if fault.kind is Kind.GONE else None), fault.retry_after or 0.0

    def _end(self, status: Status, since: float) -> Status:
        match status.state:
            case State.DONE if status.video:
                self._took = self._clock.now() - since
                return status
            case State.GONE:
                raise VendorFault(Fault(Kind.GONE))
            case _:
                raise VendorFault(status.fault or Fault(Kind.DOWN, "no-reason"))

    def _report(self, run: Run, status: Status | None, since: float) -> None:
        """Where the vendor tells no progress, how long its last clip took is all that is known."""
        if status is None or status.state is State.GONE:
            return
        if status.state is State.QUEUED:
            run.report(Progress("ordered", 0.0))
            return
        gone = self._clock.now() - since
        left = self._took - gone if self._took > gone else None
        guessed = min(gone / self._took, 0.95) if self._took else 0.0
        run.report(Progress("generating", guessed if status.progress is None else status.progress, left))


def _is_over(status: Status) -> bool:
    """A task that is done may have its file a moment later: it has to be paid, so it is not given up for that."""
    return status.state in {State.FAILED, State.CANCELLED} or (status.state is State.DONE and status.video is not None)
