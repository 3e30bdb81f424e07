"""Turns an HTTP request into the visitor who sent it, or turns it away."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from urllib.parse import urlsplit

from aiohttp import web

from core.errors import Refusal
from core.ports import Clock
from core.quotas.rate import Rate

OWNER = "local"
"""The one visitor of a page without a token: whoever sits at this machine."""
COOKIE = "piying_visitor"
NEWCOMERS_AN_HOUR = 30
"""Visitors never seen before whom the token brings in. Each has the credits a new account is welcomed with."""

_YEAR = 365 * 24 * 3600
_COOKIE = re.compile("([0-9a-f]{32})\\.([0-9a-f]{64})")


class DoorFull(Exception):
    """The token is right, but too many newcomers came in lately; after ``seconds`` there is room for one."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"no newcomers for {seconds:g} s")


def is_loopback(host: str) -> bool:
    """Only this machine reaches it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


class Door:
    """Who may come in. With a token: who knows it. Without: who is at this machine, by a name of this machine."""

    def __init__(self, *, host: str, token: str | None, clock: Clock) -> None:
        self._host, self._token, self._clock = host, token, clock
        self._tries = Rate(burst=5, per_second=0.2)
        self._all_tries = Rate(burst=50, per_second=2)
        self._newcomers = Rate(burst=NEWCOMERS_AN_HOUR, per_second=NEWCOMERS_AN_HOUR / 3600)

    @property
    def has_lock(self) -> bool:
        """Visitors must show the token."""
        return self._token is not None

    def knows_host(self, request: web.Request) -> bool:
        """Without a token, a foreign name that leads here is an attack (DNS rebinding)."""
        name = _hostname(request.host)
        return self.has_lock or name == self._host or (name is not None and is_loopback(name))

    def same_origin(self, request: web.Request) -> bool:
        """A browser names the page that sends; other programs name none, and carry nobody's cookie by accident."""
        origin = request.headers.get("Origin")
        return origin is None or urlsplit_netloc(origin) == request.host.lower()

    def visitor(self, request: web.Request) -> str | None:
        """Who is asking; None where the token has not been shown."""
        if self._token is None:
            return OWNER
        visitor, proof = _read(request)
        return visitor if visitor and hmac.compare_digest(proof, self._proof(visitor)) else None

    def let_in(self, request: web.Request, token: str, response: web.StreamResponse) -> bool:
        """Give whoever knows the token a visitor's cookie; one who was here before stays the same visitor.

        Raises:
            Refusal: ``too-fast``: too many tries.
            DoorFull: too many who were not here before.
        """
        now = self._clock.now()
        self._tries.check(request.remote or "", now)
        self._all_tries.check("", now)
        if self._token is None or not hmac.compare_digest(_digest(token), _digest(self._token)):
            return False
        visitor = self.visitor(request) or self._newcomer(request, now)
        secure = request.secure or request.headers.get("X-Forwarded-Proto") == "https"
        response.set_cookie(
            COOKIE, f"{visitor}.{self._proof(visitor)}", max_age=_YEAR, httponly=True, samesite="Strict", secure=secure
        )
        return True

    def _newcomer(self, request: web.Request, now: float) -> str:
        """Also who was here under another token, and keeps the name; the proof is void, so it counts as new."""
        try:
            self._newcomers.check("", now)
        except Refusal as refusal:
            raise DoorFull(float(refusal.details["seconds"])) from refusal
        return _read(request)[0] or secrets.token_hex(16)

    def _proof(self, visitor: str) -> str:
        """Shows that the token was known when the cookie was given; a new token makes old cookies void."""
        return hmac.new((self._token or "").encode(), visitor.encode(), hashlib.sha256).hexdigest()


def urlsplit_netloc(origin: str) -> str | None:
    """Host and port of an origin, as a Host header would name them."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _read(request: web.Request) -> tuple[str, str]:
    """The visitor and the proof that a cookie of our making holds; empty for any other, whatever bytes it is of."""
    found = _COOKIE.fullmatch(request.cookies.get(COOKIE, ""))
    return (found[1], found[2]) if found else ("", "")
