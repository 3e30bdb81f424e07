"""Turns an HTTP request into the visitor who sent it, or turns it away."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from urllib.parse import urlsplit

from aiohttp import web

from core.ports import Clock
from core.quotas.rate import Rate

OWNER = "local"
"""The one visitor of a page without a token: whoever sits at this machine."""
COOKIE = "piying_visitor"
_YEAR = 365 * 24 * 3600


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
        visitor, _, proof = request.cookies.get(COOKIE, "").partition(".")
        return visitor if visitor and hmac.compare_digest(proof.encode(), self._proof(visitor).encode()) else None

    def let_in(self, request: web.Request, token: str, response: web.StreamResponse) -> bool:
        """Give whoever knows the token a visitor's cookie; one who was here before stays the same visitor.

        Raises:
            Refusal: ``too-fast``: too many tries.
        """
        now = self._clock.now()
        self._tries.check(request.remote or "", now)
        self._all_tries.check("", now)
        if self._token is None or not hmac.compare_digest(_digest(token), _digest(self._token)):
            return False
        visitor = _id_in(request.cookies.get(COOKIE, "")) or secrets.token_hex(16)
        secure = request.secure or request.headers.get("X-Forwarded-Proto") == "https"
        response.set_cookie(
            COOKIE, f"{visitor}.{self._proof(visitor)}", max_age=_YEAR, httponly=True, samesite="Strict", secure=secure
        )
        return True

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


def _id_in(cookie: str) -> str | None:
    visitor = cookie.partition(".")[0]
    return visitor if len(visitor) == 32 and set(visitor) <= set("0123456789abcdef") else None
