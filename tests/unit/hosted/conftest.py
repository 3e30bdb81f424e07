"""A server of files on the internet, the operator's own, a proxy, and downloads from them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.engines.hosted.fetch import Downloads
from tests.unit.hosted.depots import (
    OTHER,
    PRIVATE,
    PUBLIC,
    SMALL,
    VIDEO,
    Depot,
    Names,
    Open,
    Proxy,
    Roads,
    plain,
    tls_for,
)


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return tls_for(tmp_path_factory.mktemp("tls"), "own.example", "cdn.example", "other.example")


@pytest.fixture
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def roads(monkeypatch: pytest.MonkeyPatch) -> Roads:
    found = Roads()
    monkeypatch.setattr(socket.socket, "connect", found.connect_from(), raising=False)
    return found


@pytest.fixture
async def cdn(contexts: tuple[ssl.SSLContext, ssl.SSLContext], roads: Roads) -> AsyncIterator[Depot]:
    """A server of files somewhere on the internet."""
    depot = await Depot(contexts[0], {"/clip.mp4": plain(VIDEO)}).start()
    roads.to[PUBLIC, 443] = depot.port
    yield depot
    await depot.stop()


@pytest.fixture
async def vendor() -> AsyncIterator[Depot]:
    """The operator's own, without encryption."""
    depot = await Depot(None, {"/clip.mp4": plain(VIDEO)}).start()
    yield depot
    await depot.stop()


@pytest.fixture
def names() -> Names:
    return Names(own=[[PRIVATE]], cdn=[[PUBLIC]], other=[[OTHER]])


@pytest.fixture
async def opening(
    names: Names, contexts: tuple[ssl.SSLContext, ssl.SSLContext], without_proxy: None
) -> AsyncIterator[Open]:
    opened: list[Downloads] = []

    def make(own: str = "https://api.example", **more: Any) -> Downloads:
        told: dict[str, Any] = {"largest": SMALL, "seconds": 20.0, "resolver": names, "tls": contexts[1]} | more
        opened.append(Downloads(own, **told))
        return opened[-1]

    yield make
    for one in opened:
        await one.close()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "clips"
    folder.mkdir()
    yield folder / "clip.mp4"
    assert [file.name for file in folder.iterdir()] in ([], ["clip.mp4"])


@pytest.fixture
async def proxy(cdn: Depot, without_proxy: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """The one way to the internet, by which only it looks names up."""
    found = await Proxy(cdn=cdn.port, hidden=cdn.port, own=cdn.port).start()
    monkeypatch.setenv("https_proxy", f"http://localhost:{found.port}")
    yield found
    await found.stop()
