"""Counts requests against Discord's rate limits, in buckets with real headers.

Discord tells its numbers in headers alone and changes them; these are those that bots see most. Time is counted by a
clock of its own, because the library waits in real time: a test that must not wait loosens the numbers.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_token")


@dataclass(frozen=True)
class Rate:
    """``most`` requests in ``seconds``."""

    most: int
    seconds: float


@dataclass
class Numbers:
    """The limits; a test may loosen them. ``routes`` by method and route."""

    overall: int = 50
    invalid: int = 10_000
    other: Rate = Rate(50, 1.0)
    routes: dict[str, Rate] = field(default_factory=lambda: {
        "POST /channels/{channel_id}/messages": Rate(5, 5.0),
        "PATCH /channels/{channel_id}/messages/{message_id}": Rate(5, 5.0),
        "DELETE /channels/{channel_id}/messages/{message_id}": Rate(5, 1.0),
        "POST /webhooks/{webhook_id}/{webhook_token}": Rate(5, 2.0),
        "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": Rate(5, 2.0),
        "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": Rate(5, 2.0),
        "POST /users/@me/channels": Rate(10, 10.0),
        "POST /channels/{channel_id}/messages/{message_id}/crosspost": Rate(10, 3600.0),
    })  # fmt: skip

    def loosen(self) -> None:
        """Let everything through."""
        self.overall, self.other, self.routes = 10**9, Rate(10**9, 1.0), {}


@dataclass(frozen=True)
class Violation:
    """A request over a limit. ``rule`` is the route, ``global``, or ``wait``: sent before ``retry_after`` was over."""

    rule: str
    at: float


@dataclass(frozen=True)
class Denied:
    """Too much: come again in ``seconds``. ``scope`` is ``user``, ``global`` or ``shared``."""

    seconds: float
    scope: str = "user"


@dataclass
class _Bucket:
    rate: Rate
    left: int
    until: float
    shut: bool = False


class Limits:
    """The rate limits of one bot."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.numbers = Numbers()
        self.violations: list[Violation] = []
        self.invalid = deque[float]()
        """When each 401, 403 and 429 of the last ten minutes was answered."""
        self._overall = deque[float]()
        self._buckets: dict[str, _Bucket] = {}

    def take(self, rule: str, params: Mapping[str, str]) -> tuple[Denied | None, dict[str, str]]:
        """Count a request: whether it is too much, and the headers of its answer."""
        now = self.clock()
        exempt = rule.startswith(("POST /interactions", "POST /webhooks", "PATCH /webhooks", "DELETE /webhooks"))
        if not exempt and (wait := self._whole(now)) > 0:
            self.violations.append(Violation("global", now))
            return Denied(wait, "global"), {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        bucket = self._bucket(rule, params, now)
        denied = None
        if bucket.left <= 0:
            self.violations.append(Violation("wait" if bucket.shut else rule, now))
            bucket.shut, denied = True, Denied(bucket.until - now)
        else:
            bucket.left -= 1
        return denied, self._headers(rule, bucket, now)

    def count_invalid(self, status: int, scope: str = "user") -> None:
        """Count an answer against the budget of invalid requests."""
        if status in {401, 403} or (status == 429 and scope != "shared"):
            self.invalid.append(self.clock())

    @property
    def banned(self) -> bool:
        """Whether the budget of invalid requests is spent: Cloudflare answers instead of Discord."""
        while self.invalid and self.invalid[0] <= self.clock() - 600:
            self.invalid.popleft()
        return len(self.invalid) >= self.numbers.invalid

    def _whole(self, now: float) -> float:
        while self._overall and self._overall[0] <= now - 1:
            self._overall.popleft()
        if len(self._overall) >= self.numbers.overall:
            return self._overall[0] + 1 - now
        self._overall.append(now)
        return 0.0

    def _bucket(self, rule: str, params: Mapping[str, str], now: float) -> _Bucket:
        key = rule + "".join(f"/{params[name]}" for name in _MAJOR if name in params)
        found = self._buckets.get(key)
        if found is None or found.until <= now:
            rate = self.numbers.routes.get(rule, self.numbers.other)
            found = self._buckets[key] = _Bucket(rate, rate.most, now + rate.seconds)
        return found

    def _headers(self, rule: str, bucket: _Bucket, now: float) -> dict[str, str]:
        after = max(0.0, bucket.until - now)
        return {
            "X-RateLimit-Limit": str(bucket.rate.most), "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}", "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(rule.encode()).hexdigest()[:32],
        }  # fmt: skip
