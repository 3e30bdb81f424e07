"""Tells bots what happens, over a websocket: sessions, heartbeats, resume."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
DISPATCH, BEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
_QUIET = {3, 4, 8}
"""Presence, voice and members: taken and not answered."""
_NEEDS = {"MESSAGE_CREATE": 1 << 9, "MESSAGE_UPDATE": 1 << 9, "MESSAGE_DELETE": 1 << 9}
_GUILDS = 1 << 0


@dataclass(eq=False)
class Session:
    """What one shard of a bot has been told."""

    id: str
    shard: int
    shards: int
    intents: int
    seq: int = 0
    told: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    socket: web.WebSocketResponse | None = None
    beats: int = 0
    resumed: int = 0
    """How often it went on after a break."""

    def takes(self, event: str, guild: int | None) -> bool:
        """Whether an event is for this shard, with its intents."""
        home = (guild >> 22) % self.shards if guild else 0
        need = _NEEDS.get(event, 0) << (0 if guild else 3)
        if event.startswith(("GUILD_", "CHANNEL_", "THREAD_")):
            need = _GUILDS
        return home == self.shard and need & self.intents == need


@dataclass(frozen=True)
class Closed(Exception):
    """The connection ends with a code."""

    code: int
    why: str


class Gateway:
    """All connections. ``events`` counts what was told, ``closed`` has the codes that connections ended with."""

    def __init__(self, token: Callable[[], str], ready: Callable[[Session], list[tuple[str, Any, int | None]]]) -> None:
        self._token, self._ready = token, ready
        self.interval = 41.25
        """Seconds between heartbeats."""
        self.mute = False
        """Whether heartbeats get no answer, as on a dead connection."""
        self.refusing = False
        """Whether new connections get 503."""
        self.resume_url = ""
        """Where it says that a broken connection is to be resumed; "" for here."""
        self.sessions: dict[str, Session] = {}
        self.closed: list[int] = []
        self.identified = 0
        self._sockets: set[web.WebSocketResponse] = set()
        self._cut = weakref.WeakSet[web.WebSocketResponse]()
        """Those that this side has closed."""
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> list[Session]:
        """The sessions that are listening."""
        return [s for s in self.sessions.values() if s.socket is not None and not s.socket.closed]

    def tell(self, event: str, data: Any, guild: int | None = None) -> None:
        """Tell an event to the shard it is for; a session that is away gets it when it resumes."""
        for session in list(self.sessions.values()):
            if session.takes(event, guild):
                self._put(session, event, data)

    def _put(self, session: Session, event: str, data: Any) -> None:
        session.seq += 1
        text = json.dumps({"op": DISPATCH, "t": event, "s": session.seq, "d": data})
        session.told.append(text)
        if session.socket is not None and not session.socket.closed:
            self._later(_send(session.socket, text))

    def _later(self, work: Any) -> None:
        """Do it soon, in the order in which it was asked for."""
        task = asyncio.ensure_future(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def reconnect(self) -> None:
        """Ask all to connect again and resume."""
        for socket in list(self._sockets):
            self._later(_send(socket, json.dumps({"op": RECONNECT, "d": None})))

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell all that their session is no longer good."""
        for session in list(self.sessions.values()):
            if session.socket is not None:
                self._later(_send(session.socket, json.dumps({"op": INVALID, "d": resumable})))
        if not resumable:
            self.sessions.clear()

    async def drop(self, code: int = 1011) -> None:
        """Close every connection."""
        for socket in list(self._sockets):
            self._cut.add(socket)
            await socket.close(code=code)

    def forget(self) -> None:
        """Lose every session, so that none can be resumed."""
        self.sessions.clear()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection."""
        if self.refusing:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=4096, autoping=True)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await _Connection(self, socket, f"ws://{request.host}{request.path}").run()
        except Closed as closed:
            self.closed.append(closed.code)
            self._cut.add(socket)
            await socket.close(code=closed.code, message=closed.why.encode())
        finally:
            self._sockets.discard(socket)
            self._part(socket)
        return socket

    def _part(self, socket: web.WebSocketResponse) -> None:
        """A session outlives its connection, unless the bot says goodbye."""
        for session in [one for one in self.sessions.values() if one.socket is socket]:
            session.socket = None
            if socket.close_code in {1000, 1001} and socket not in self._cut:
                del self.sessions[session.id]


class _Connection:
    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse, url: str) -> None:
        self.gateway, self.socket, self.url = gateway, socket, url
        self.session: Session | None = None
        self.times = deque[float]()

    async def run(self) -> None:
        hello = {"op": HELLO, "d": {"heartbeat_interval": int(self.gateway.interval * 1000), "_trace": []}}
        await _send(self.socket, json.dumps(hello))
        async for frame in self.socket:
            if frame.type is not WSMsgType.TEXT:
                raise Closed(4002, "Decode error")
            await self._hear(frame.data)

    async def _hear(self, text: str) -> None:
        self._count()
        try:
            said = json.loads(text)
            op, data = said["op"], said.get("d")
        except (ValueError, KeyError, TypeError):
            raise Closed(4002, "Error while decoding payload") from None
        if op == BEAT:
            await self._beat()
        elif op == IDENTIFY:
            self._identify(data)
        elif op == RESUME:
            await self._resume(data)
        elif op not in _QUIET:
            raise Closed(4001, "Unknown opcode")
        elif self.session is None:
            raise Closed(4003, "Not authenticated")

    def _count(self) -> None:
        now = time.monotonic()
        self.times.append(now)
        while self.times[0] <= now - 60:
            self.times.popleft()
        if len(self.times) > 120:
            raise Closed(4008, "Rate limited")

    async def _beat(self) -> None:
        if self.session:
            self.session.beats += 1
        if not self.gateway.mute:
            await _send(self.socket, json.dumps({"op": ACK, "d": None}))

    def _identify(self, data: dict[str, Any]) -> None:
        if self.session:
            raise Closed(4005, "Already authenticated")
        shard, shards = data.get("shard", (0, 1))
        _check_identity(data, self.gateway._token(), shard, shards)
        session = Session(secrets.token_hex(16), shard, shards, data["intents"], socket=self.socket)
        self.gateway.identified += 1
        self.gateway.sessions[session.id] = self.session = session
        for event, body, guild in self.gateway._ready(session):
            if event == "READY":
                where = self.gateway.resume_url or self.url
                body |= {"session_id": session.id, "resume_gateway_url": where, "shard": [shard, shards]}
            if event == "READY" or session.takes(event, guild):
                self.gateway._put(session, event, body)

    async def _resume(self, data: dict[str, Any]) -> None:
        if data["token"] != self.gateway._token():
            raise Closed(4004, "Authentication failed")
        session = self.gateway.sessions.get(data["session_id"])
        first = json.loads(session.told[0])["s"] if session and session.told else 1
        if session is None or data["seq"] is None or data["seq"] < first - 1:
            await _send(self.socket, json.dumps({"op": INVALID, "d": False}))
            return
        if data["seq"] > session.seq:
            raise Closed(4007, "Invalid seq")
        self.session = session
        missed = [text for text in session.told if json.loads(text)["s"] > data["seq"]]
        session.socket, session.resumed = self.socket, session.resumed + 1
        for text in missed:
            self.gateway._later(_send(self.socket, text))
        self.gateway._put(session, "RESUMED", {"_trace": []})


def _check_identity(data: dict[str, Any], token: str, shard: int, shards: int) -> None:
    if data.get("token") != token:
        raise Closed(4004, "Authentication failed")
    if not 0 <= shard < shards:
        raise Closed(4010, "Invalid shard")
    if not isinstance(data.get("intents"), int) or data["intents"] >> 26:
        raise Closed(4013, "Invalid intent(s)")
    if data["intents"] & PRIVILEGED:
        raise Closed(4014, "Disallowed intent(s)")


async def _send(socket: web.WebSocketResponse, text: str) -> None:
    """Send, unless the other side has gone."""
    try:
        await socket.send_str(text)
    except (ConnectionError, RuntimeError):
        return
