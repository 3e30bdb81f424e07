"""Turns questions to a vendor into answers: signed with a key, and asked again where asking twice does no harm."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from core.engines.hosted.keys import Key
from core.engines.hosted.vendor import Answer, Call, Vendor
from core.engines.hosted.wire import Wire
from core.ports import Clock

_GROWS = 100
"""Questions after which a pause grows no more: by then it is eighty million times as long as the first one."""


@dataclass(frozen=True)
class Pace:
    """Seconds between two questions for a task: the ``first``, and the ``longest`` that they grow to."""

    first: float = 5.0
    longest: float = 15.0

    def after(self, asked: int) -> float:
        """The pause after so many questions, some of it by chance, so that jobs do not ask in step."""
        return min(self.first * 1.2 ** min(asked, _GROWS), self.longest) * random.uniform(0.8, 1.2)


class Asking:
    """One vendor, at one address."""

    def __init__(self, vendor: Vendor, wire: Wire, clock: Clock) -> None:
        self._vendor, self._wire, self._clock = vendor, wire, clock

    async def ask(self, call: Call, key: Key) -> Answer:
        """Send a request once.

        Raises:
            NotSent: it never reached the vendor.
            AnswerLost: it may have, and no answer came.
            VendorFault: the key is none that a request could be signed with.
        """
        call = replace(call, host=self._wire.host)
        headers = {**call.headers, **self._vendor.headers(call, key.secret, self._clock.now())}
        return await self._wire.send(call, headers)
