"""Turns a stream of messages into leave or ``too-fast``, per sender and in memory."""

from __future__ import annotations

from collections import OrderedDict

from core.errors import Refusal


class Rate:
    """A token bucket a sender: ``burst`` messages at once, refilled at ``per_second``.

    Remembers the ``senders`` seen last; a forgotten one starts with a full bucket.
    """

    def __init__(self, burst: int, per_second: float, senders: int = 10_000) -> None:
        self._burst, self._per_second, self._senders = burst, per_second, senders
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, sender: str, now: float) -> None:
        """Take one token.

        Raises:
            Refusal: ``too-fast``, with the ``seconds`` after which one message passes again.
        """
        tokens, then = self._buckets.get(sender, (float(self._burst), now))
        tokens = min(self._burst, tokens + max(0.0, now - then) * self._per_second)
        allowed = tokens >= 1
        self._buckets[sender] = (tokens - allowed, now)
        self._buckets.move_to_end(sender)
        if len(self._buckets) > self._senders:
            self._buckets.popitem(last=False)
        if not allowed:
            raise Refusal("too-fast", seconds=round((1 - tokens) / self._per_second, 1))
