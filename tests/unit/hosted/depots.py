"""Servers on loopback that hand out files, well or badly, under names and addresses of the whole internet."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.engines.hosted.fetch import Downloads

Open = Callable[..., Downloads]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
PUBLIC, OTHER, PRIVATE = "93.184.216.34", "93.184.216.35", "10.0.0.7"
KEY = {"Authorization": "Bearer sk-secret"}
LINK = "https://cdn.example/clip.mp4?Expires=1&Signature=s3cr%2Ft%3D"
SMALL = 1_000_000
VIDEO = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 400


def plain(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The whole of it, as a server would."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers=headers)

    return answer


def moved(location: str, status: int = 302) -> Answer:
    """A redirect, with more after it than anybody should read."""
    return stream([b"moved"] * 100, status=status, headers={"Location": location})


def stream(
    chunks: Sequence[bytes],
    *,
    status: int = 200,
    pause: float = 0.0,
    claimed: int | None = None,
    cut: bool = False,
    hangs: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Bit by bit: without a length, or with a ``claimed`` one; ``cut`` ends the connection, ``hangs`` never does."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = claimed
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
            await asyncio.sleep(pause)
        if hangs:
            await asyncio.Event().wait()
        if cut and request.transport:
            request.transport.close()
        return response

    return answer


def endless(first: bytes) -> Answer:
    """It goes on for as long as somebody reads."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(first)
        while True:
            await response.write(bytes(65_536))

    return answer


async def silence(request: web.Request) -> web.StreamResponse:
    """Nothing, ever."""
    await asyncio.Event().wait()
    raise AssertionError


@dataclass
class Depot:
    """Answers by path; ``seen`` are the requests. ``port`` is where it listens on 127.0.0.1."""

    tls: ssl.SSLContext | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[web.BaseRequest] = field(default_factory=list)
    port: int = 0
    runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Its origin, where it has no encryption."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> Depot:
        """Listen."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0, ssl_context=self.tls).start()
        self.port = self.runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Listen no more."""
        assert self.runner
        await self.runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        return await self.answers[request.path](request)


class Names(AbstractResolver):
    """What each name leads to, once for each time it is asked; the last answer is given for good."""

    def __init__(self, **names: list[list[str]]) -> None:
        self.names = {f"{name}.example": answers for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        answers = self.names[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(hostname=host, host=one, port=port, family=_family(one), proto=0, flags=socket.AI_NUMERICHOST)
            for one in found
        ]

    async def close(self) -> None:
        self.names.clear()


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@dataclass
class Roads:
    """Where connections really go: ``to`` has a port on loopback for a place on the internet. ``taken``: all tries."""

    to: dict[tuple[str, int], int] = field(default_factory=dict)
    taken: list[tuple[str, int]] = field(default_factory=list)
    closed: set[tuple[str, int]] = field(default_factory=set)

    def connect_from(self) -> Callable[[socket.socket, Any], None]:
        """What stands in for ``socket.connect``."""

        def connect(sock: socket.socket, address: Any) -> None:
            way = address[0], address[1]
            self.taken.append(way)
            is_there = ipaddress.ip_address(way[0]).is_loopback and way not in self.closed
            if not is_there and way not in self.to:
                raise ConnectionRefusedError(f"no road to {way}")
            super(socket.socket, sock).connect(("127.0.0.1", self.to[way]) if way in self.to else address)

        return connect


class Proxy:
    """Takes connections to the names it knows, and ``asked`` what for; others it refuses."""

    def __init__(self, **names: int) -> None:
        self.names = {f"{name}.example:443": port for name, port in names.items()}
        self.asked: list[str] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        goal = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        self.asked.append(goal)
        if goal not in self.names:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.names[goal])
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pipe(reader, back), _pipe(there, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


def tls_for(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side and a client's, with a certificate for the names that only that client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "depots")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "depot.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
