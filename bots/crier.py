"""Turns notices that wait in the database into messages to the people they are for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from bots.adapter import Adapter
from core.errors import DeliveryDelayed, DeliveryError
from core.notices import Untold
from core.ports import Clock, Store

_LOOK_EVERY = 2.0
_AT_ONCE = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 3600.0
_FAULTS = 12
"""A notice that its adapter fails at this often is given up: half a day of pauses."""

log = structlog.get_logger(__name__)


class Crier:
    """Tells each notice once at least: one that was told just before a crash is told again."""

    def __init__(self, *, adapters: Mapping[str, Adapter], store: Store, clock: Clock) -> None:
        self._adapters, self._store, self._clock = adapters, store, clock

    async def watch(self) -> None:
        """Tell what there is, for ever."""
        while True:
            try:
                await self.tell_due()
            except Exception as error:  # noqa: BLE001 - the loop must outlive whatever the database's driver raises
                log.warning("notices.put_off", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def tell_due(self) -> int:
        """Tell what is due on the platforms of this process; how many arrived."""
        arrived = 0
        for platform, adapter in self._adapters.items():
            for untold in await asyncio.to_thread(self._due, platform):
                arrived += await self._tell(adapter, untold)
        return arrived

    async def _tell(self, adapter: Adapter, untold: Untold) -> bool:
        try:
            await adapter.tell(untold.address, untold.notice)
        except DeliveryDelayed as error:
            await asyncio.to_thread(self._put_off, untold, float(error.details.get("retry_after", _FIRST_PAUSE)))
        except DeliveryError as error:
            # Nobody is there any more.
            log.info("notice.undeliverable", code=untold.notice.code, platform=adapter.platform, reason=error.code)
            await asyncio.to_thread(self._told, untold)
        except Exception as error:  # noqa: BLE001 - an adapter's fault must not keep the others' notices
            await self._after_fault(adapter, untold, error)
        else:
            await asyncio.to_thread(self._told, untold)
            return True
        return False

    async def _after_fault(self, adapter: Adapter, untold: Untold, error: Exception) -> None:
        is_last = untold.tries + 1 >= _FAULTS
        name = "notice.given_up" if is_last else "notice.again"
        log.warning(name, code=untold.notice.code, platform=adapter.platform, error=type(error).__name__)
        if is_last:
            await asyncio.to_thread(self._told, untold)
        else:
            await asyncio.to_thread(self._put_off, untold, _FIRST_PAUSE * 2**untold.tries)

    def _due(self, platform: str) -> list[Untold]:
        with self._store.look() as tx:
            return tx.notices.due(platform, now=self._clock.now(), limit=_AT_ONCE)

    def _told(self, untold: Untold) -> None:
        with self._store.begin() as tx:
            tx.notices.told(untold.id, now=self._clock.now())

    def _put_off(self, untold: Untold, seconds: float) -> None:
        with self._store.begin() as tx:
            tx.notices.put_off(untold.id, until=self._clock.now() + min(max(seconds, 1.0), _LONGEST_PAUSE))
