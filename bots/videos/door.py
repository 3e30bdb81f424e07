"""Turns an HTTP request into the address of the key it came by, or turns it away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from bots.videos.mapping import to_address
from bots.videos.problems import Problem, own
from core.keys import id_of, opens
from core.ports import Clock
from core.quotas.rate import Rate
from core.types import Address, ApiKey

_BURST, _PER_SECOND = 200, 50
"""Requests of one key, whatever they ask: each costs a look into the database."""

FindKey = Callable[[str], ApiKey | None]
"""The key of an id, in force or not; blocking."""


class Door:
    """Who may come in: whoever has a key, wherever they are."""

    def __init__(self, find_key: FindKey, clock: Clock) -> None:
        self._find_key, self._clock = find_key, clock
        self._rate = Rate(_BURST, _PER_SECOND)

    async def enter(self, request: web.Request) -> Address:
        """Whose request it is.

        Raises:
            Problem: 401: it came by no key, or by none that is in force.
            Refusal: ``too-fast``.
        """
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise _closed("key-missing")
        key_id = id_of(text.strip())
        key = await asyncio.to_thread(self._find_key, key_id) if key_id else None
        if key_id is None or not opens(key, text.strip()):
            raise _closed("key-wrong")
        self._rate.check(key_id, self._clock.now())
        return to_address(key_id)


def _closed(sentence: str) -> Problem:
    problem = own(401, "invalid_api_key", sentence)
    problem.headers["WWW-Authenticate"] = "Bearer"
    return problem
