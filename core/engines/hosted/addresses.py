"""Turns an address that a vendor names into one that may be fetched, and a name into the public places behind it.

Whoever can make a vendor's reply name an address of their choice would otherwise read what only this machine can reach.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from core.errors import EngineFault

Origin = tuple[str, str, int]
"""Scheme, host and port; what shares them is one server."""

_LONGEST = 8190
"""Characters of an address, as long as aiohttp lets a header be that redirects to one."""
_PORTS = frozenset({80, 443})
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?")
"""Hosts that a system reads as a number, hence an IPv4 address: https://url.spec.whatwg.org/#ends-in-a-number-checker."""

_NAT64 = ip_network("64:ff9b::/96")
"""How a network without IPv4 names what has nothing else: RFC 6052."""
_GLOBAL = ip_network("2000::/3")
"""All that is given out of IPv6: https://www.iana.org/assignments/ipv6-unicast-address-assignments."""
_NEVER = tuple(
    ip_network(one)
    for one in (
        # IANA's special registries; what Python's own ``is_global`` says of them differs from version to version.
        "192.0.0.0/24", "192.88.99.0/24",
        # Azure's own service for its machines, at an address that looks public.
        "168.63.129.16/32",
        # Protocols, Teredo among them; documents; 6to4, which holds an IPv4 address; documents again.
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip


class Gate:
    """Tells what may be fetched. ``own`` is the vendor's base address, as the operator set it.

    Raises:
        ValueError: ``own`` is no address of a server.
    """

    def __init__(self, own: str) -> None:
        self._own = origin(_read(own))

    @property
    def host(self) -> str:
        """The operator's own, which may be private."""
        return self._own[1]

    def is_own(self, url: URL) -> bool:
        """Whether it is the operator's own server, with its port, and so may see the key."""
        return origin(url) == self._own

    def admit(self, text: str) -> URL:
        """The address, where it may be fetched as far as can be told without asking for its name.

        Raises:
            EngineFault: ``clip-invalid``: it may not. The detail names the host at most.
        """
        try:
            return self._checked(_read(text))
        except ValueError as error:
            # The error of a library may hold the whole address.
            raise EngineFault("clip-invalid", detail=f"a forbidden address: {_told(error)}") from None

    def follow(self, at: URL, location: str) -> URL:
        """Where a redirect leads.

        Raises:
            EngineFault: ``clip-invalid``: nowhere, or where nobody may go.
        """
        try:
            found = self._checked(_read(location, at))
            if at.scheme == "https" != found.scheme:
                raise Forbidden(f"{found.raw_host} without encryption")
        except ValueError as error:
            raise EngineFault("clip-invalid", detail=f"a forbidden redirect: {_told(error)}") from None
        return found

    def _checked(self, url: URL) -> URL:
        scheme, host, port = origin(url)
        if self.is_own(url):
            return url
        if scheme != "https":
            raise Forbidden(f"{host} without encryption")
        if port not in _PORTS:
            raise Forbidden(f"port {port} of {host}")
        if host != self.host and (literal := _literal(host)) and not is_public(literal):
            raise Forbidden(f"{host} is not public")
        return url


class Forbidden(ValueError):
    """An address is refused for a reason that can be told."""


class PublicNames(AbstractResolver):
    """Finds the places of a name, and refuses them all where one of them is not public; of ``own`` they may be any.

    What is returned is what aiohttp connects to, so a name cannot lead elsewhere a moment later. aiohttp does not ask
    for hosts that are addresses already: those the Gate checks.
    """

    def __init__(self, names: AbstractResolver, own: str) -> None:
        self._names, self._own = names, own

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The places of a name.

        Raises:
            OSError: there are none.
            EngineFault: ``clip-invalid``: one of them is not public.
        """
        found = await self._names.resolve(host, port, family)
        if not found:
            raise OSError(f"{host} is nowhere")
        if host.lower() != self._own and not all(is_public(ip_address(one["host"])) for one in found):
            raise EngineFault("clip-invalid", detail=f"a forbidden address: {host} is not public")
        return found

    async def close(self) -> None:
        """Close what it asks."""
        await self._names.close()


def origin(url: URL) -> Origin:
    """Of an address that was read here."""
    host = (url.raw_host or "").lower()
    literal = _literal(host)
    return url.scheme, str(literal) if literal else host, url.port or 0


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the whole internet means the same by it, and it is nobody's network alone."""
    if isinstance(address, IPv6Address):
        if within := _within(address):
            return is_public(within)
        if address not in _GLOBAL:
            return False
    return address.is_global and not address.is_multicast and not any(address in one for one in _NEVER)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that one of IPv6 stands for, by what still does so. 6to4 and Teredo are refused as they are."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def _read(text: str, base: URL | None = None) -> URL:
    """An address of a server, kept as it is where it is ASCII: a signed one is good only letter by letter."""
    if not 0 < len(text) <= _LONGEST or any(letter <= " " or letter == "\x7f" for letter in text):
        raise Forbidden("what is no address")
    url = URL(text, encoded=text.isascii())
    url = base.join(url) if base else url
    if url.scheme not in {"http", "https"}:
        raise Forbidden("neither http nor https")
    if "@" in url.raw_authority:
        raise Forbidden("with a name or password")
    _require_host((url.raw_host or "").lower(), has_brackets="[" in url.raw_authority)
    return url


def _require_host(host: str, *, has_brackets: bool) -> None:
    if has_brackets:
        if ":" not in host or "%" in host or not _literal(host):
            raise Forbidden("what is no host")
    elif not _NAME.fullmatch(host):
        raise Forbidden("what is no host")
    elif _NUMBER.fullmatch(host) and not _literal(host):
        # 2130706433, 0x7f.1 and 0177.0.0.1 are all loopback to some systems.
        raise Forbidden(f"{host} is a number")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _told(error: ValueError) -> str:
    return str(error) if isinstance(error, Forbidden) else "what is no address"
