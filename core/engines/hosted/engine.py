"""Turns a GenerationSpec into a clip at a vendor: ordered once, asked after until it is there, fetched at once.

Nothing is paid twice and nothing is lost: a token is saved before the order goes out, and again when the vendor has
named its task. An order whose answer was lost is looked for where the vendor has a list of tasks, and never sent again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Never

import structlog

from core.breaker import Breaker
from core.catalogue.catalogue import Catalogue
from core.catalogue.hosted import Rates
from core.costs import Cost, CostState
from core.engines.hosted.account import Account
from core.engines.hosted.asking import Asking, Pace
from core.engines.hosted.check import check
from core.engines.hosted.faults import ALERTS, RESTS, AnswerLost, Fault, Kind, NotSent, VendorFault
from core.engines.hosted.fetch import Downloads
from core.engines.hosted.finish import Finish
from core.engines.hosted.following import Following
from core.engines.hosted.keys import Key, KeyRing
from core.engines.hosted.orders import compose, taken_by
from core.engines.hosted.token import Token, read_token
from core.engines.hosted.vendor import Order, Remote, Status, Vendor
from core.engines.hosted.wire import Wire
from core.errors import Conflict, EngineFault, EngineUnavailable
from core.ports import Clock, Run
from core.types import Clip, GenerationSpec, Note, Progress

_BUSY_PAUSE, _LONGEST_BUSY = 10.0, 900.0
"""Seconds. A vendor may ask for more, and is not granted it: whoever waits for a clip has gone by then."""
_KEY_RESTS = 300.0
"""Seconds after which a key that was refused, or had no money left, is tried again."""
_LONGEST_NAME = 2000
"""Characters of a task's name; gateways' have some hundreds."""
_LOOKS = 4
"""How often a list of tasks is read for an order whose answer was lost: it may appear there late."""

log = structlog.get_logger(__name__)


class HostedEngine:
    """``core.ports.Engine`` at one vendor. ``largest`` are bytes of a finished file."""

    def __init__(
        self,
        vendor: Vendor,
        account: Account,
        catalogue: Catalogue,
        *,
        rates: Rates,
        clock: Clock,
        breaker: Breaker,
        pace: Pace,
        largest: int,
        count_alert: Callable[[Kind], None],
    ) -> None:
        self._vendor, self._account, self._catalogue = vendor, account, catalogue
        self._rates, self._clock, self._breaker, self._pace = rates, clock, breaker, pace
        self._count_alert = count_alert
        self._wire = Wire(account.base)
        self._asking = Asking(vendor, self._wire, clock)
        self._keys = KeyRing(account.keys, clock, at_once=account.at_once, rate=account.rate)
        self._downloads = Downloads(account.base, largest=largest, seconds=_LONGEST_BUSY)
        self._following = Following(vendor, self._asking, clock, pace)
        self._finish = Finish(vendor.name, account.base, self._following, self._downloads, pace)

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        """See the port."""
        return check(spec, self._catalogue.card(spec.model))

    async def open(self) -> None:
        """See the port. Connections are made when there is something to say."""

    async def close(self) -> None:
        """See the port."""
        await self._wire.close()
        await self._downloads.close()

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        """See the port. Waits for a free hand of a key for as long as that takes."""
        token = read_token(run.resume_token, self._vendor.name)
        if token is None and not self._breaker.admits():
            log.warning("hosted.resting", vendor=self._vendor.name)
            raise EngineUnavailable
        try:
            clip = await (self._resume(token, spec, run) if token else self._begin(spec, run))
        except VendorFault as error:
            self._judge(error.fault)
            raise error.fault.error() from error
        except BaseException:
            self._breaker.given_up()
            raise
        self._breaker.succeeded()
        return clip

    async def _begin(self, spec: GenerationSpec, run: Run) -> Clip:
        """Order, of whichever key has a hand free; a vendor that is busy is asked again for a while."""
        waited = 0.0
        while True:
            run.report(Progress("ordered", 0.0))
            async with self._keys.turn() as key:
                if self._breaker.health == "resting":
                    # It has failed others while this one waited, maybe for hours.
                    raise EngineUnavailable
                try:
                    order = await self._compose(spec, run, secrets.token_hex(16))
                    return await self._go_on(await self._place(order, spec, run, key), order, run, key)
                except VendorFault as error:
                    waited += await self._put_off(error, key, waited)

    async def _put_off(self, error: VendorFault, key: Key, waited: float) -> float:
        """How long was waited, where it makes sense to order again: nothing was begun."""
        fault = error.fault
        if error.has_begun:
            raise error
        if fault.kind in RESTS:
            self._alert(fault)
            await self._keys.rest(key, _KEY_RESTS)
            return 0.0
        if fault.kind is not Kind.BUSY:
            raise error
        pause = fault.retry_after or self._pace.after(0) + _BUSY_PAUSE * bool(waited)
        if waited + pause > _LONGEST_BUSY:
            raise error
        await asyncio.sleep(pause)
        return pause

    async def _resume(self, token: Token, spec: GenerationSpec, run: Run) -> Clip:
        async with self._keys.again(token.key) as key:
            order = await self._compose(spec, run, token.mark)
            if token.task is None:
                token = await self._look_up(token, order, run, key)
            return await self._go_on(token, order, run, key)

    async def _compose(self, spec: GenerationSpec, run: Run, mark: str) -> Order:
        card, recipe = self._catalogue.choose(spec.recipe)
        account = self._account
        return await asyncio.to_thread(
            compose, spec, card, recipe,
            region=account.region, folder=run.folder, mark=mark, watermark=account.watermark,
        )  # fmt: skip

    async def _place(self, order: Order, spec: GenerationSpec, run: Run, key: Key) -> Token:
        """Send the order, once. Whoever cancels meanwhile waits for its end: else nobody could call it back."""
        await self._keys.pace(key)
        token = Token(self._vendor.name, spec.model, order.mark, key.name, self._clock.now())
        sending = asyncio.create_task(self._send(order, token, run, key))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            (placed,) = await asyncio.gather(sending, return_exceptions=True)
            if isinstance(placed, Token) and await run.is_cancelled():
                await self._stop(placed, order, run, key, otherwise=CostState.FINAL)
            raise

    async def _send(self, order: Order, token: Token, run: Run, key: Key) -> Token:
        await run.save(str(token), self._cost(token, order, key, CostState.OPEN))
        try:
            answer = await self._asking.ask(self._vendor.create(order), key)
            task = _usable(self._vendor.created(answer, order))
        except VendorFault:
            await run.save("", self._cost(token, order, key, CostState.FREE))
            raise
        except NotSent as error:
            await run.save("", self._cost(token, order, key, CostState.FREE))
            raise VendorFault(Fault(Kind.DOWN, "not-sent")) from error
        except AnswerLost as error:
            log.warning("hosted.answer_lost", vendor=self._vendor.name, why=str(error))
            self._breaker.failed()
            return await self._look_up(token, order, run, key)
        return await self._claim(token, task, order, run, key)

    async def _claim(self, token: Token, task: Remote, order: Order, run: Run, key: Key) -> Token:
        """From here on the task is this job's."""
        claimed = replace(token, task=task)
        await run.save(str(claimed), self._cost(claimed, order, key, CostState.OPEN))
        # A clip takes minutes: nobody else must wait for its end to see whether the vendor takes orders again.
        self._breaker.given_up()
        return claimed

    async def _look_up(self, token: Token, order: Order, run: Run, key: Key) -> Token:
        """The task of an order whose answer was lost.

        Raises:
            EngineFault: ``answer-lost``: it cannot be found, or not be told from others.
        """
        call = self._vendor.find(order, token.at)
        for look in range(_LOOKS if call else 0):
            await asyncio.sleep(self._pace.after(look))
            for task in await self._following.candidates(order, token.at, key):
                try:
                    return await self._claim(replace(token, is_found=True), task, order, run, key)
                except Conflict:
                    # Another job's, with the same words.
                    continue
        return await self._lose(token, order, run, key)

    async def _lose(self, token: Token, order: Order, run: Run, key: Key) -> Never:
        await run.save(str(token), self._cost(token, order, key, CostState.UNKNOWN))
        log.error("hosted.answer_lost_for_good", vendor=self._vendor.name, mark=token.mark)
        raise EngineFault("answer-lost")

    async def _go_on(self, token: Token, order: Order, run: Run, key: Key) -> Clip:
        """Ask after the task until its clip is here."""
        assert token.task is not None
        try:
            status = await self._following.follow(token.task, order, run, key, since=token.at)
        except VendorFault as error:
            await run.save(str(token), self._cost(token, order, key, _ended(error.fault, order)))
            raise VendorFault(error.fault, has_begun=True) from error
        except EngineFault as error:
            if error.code == "timed-out":
                await self._stop(token, order, run, key, otherwise=CostState.UNKNOWN)
            raise
        except asyncio.CancelledError:
            # The user stopped it, or this process does, and leaves the task to the next one.
            if await run.is_cancelled():
                await self._stop(token, order, run, key, otherwise=CostState.FINAL)
            raise
        if token.is_found and status.prompt not in {None, order.prompt}:
            # Some vendors tell a task's prompt only when it is done: it is somebody else's clip.
            await self._lose(token, order, run, key)
        # From here on there is nothing to stop: it is made, and has to be paid.
        await run.save(str(token), self._cost(token, order, key, CostState.FINAL, status))
        return await self._finish.finish(token.task, status, order, run, key)

    async def _stop(self, token: Token, order: Order, run: Run, key: Key, *, otherwise: CostState) -> None:
        """Have the vendor stop; where it cannot, the clip is made, and nobody fetches it."""
        assert token.task is not None
        has_stopped = await self._following.stop(token.task, order, key)
        state = CostState.FREE if has_stopped else otherwise
        await run.save(str(token), self._cost(token, order, key, state))

    def _cost(self, token: Token, order: Order, key: Key, state: CostState, told: Status | None = None) -> Cost:
        price = order.card.at[self._account.region].price
        taken = taken_by(order, price, self._rates, told)
        return Cost(
            id=token.mark,
            vendor=self._vendor.name,
            model=order.model,
            key=key.number,
            usd=0 if state is CostState.FREE else taken.usd,
            state=state,
            at=token.at,
            price=taken.price,
            task=token.task.id if token.task else "",
        )

    def _judge(self, fault: Fault) -> None:
        """A vendor that is not well rests for a while; what the operator must mend is told."""
        log.warning("hosted.failed", vendor=self._vendor.name, kind=str(fault.kind), code=fault.code)
        if fault.kind is Kind.DOWN:
            self._breaker.failed(rest=min(fault.retry_after or 0.0, _LONGEST_BUSY))
        else:
            self._breaker.succeeded()
        if fault.kind in ALERTS:
            self._alert(fault)

    def _alert(self, fault: Fault) -> None:
        self._count_alert(fault.kind)
        log.error("hosted.alert", vendor=self._vendor.name, kind=str(fault.kind), code=fault.code[:100])


def _usable(task: Remote) -> Remote:
    """A task that can be asked for: its name becomes part of an address.

    Raises:
        AnswerLost: it cannot.
    """
    if len(task.id) > _LONGEST_NAME or not (task.id.isascii() and task.id.isprintable()):
        raise AnswerLost("a task with an odd name")
    return task


def _ended(fault: Fault, order: Order) -> CostState:
    """What a task costs that came to nothing."""
    if fault.kind is Kind.GONE:
        return CostState.UNKNOWN
    return CostState.FINAL if order.card.bills_failures else CostState.FREE
