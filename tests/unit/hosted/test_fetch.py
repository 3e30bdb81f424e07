"""What comes in place of a finished video."""

from __future__ import annotations

import asyncio
import errno
import gzip
import traceback
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from core.engines.hosted.fetch import Downloads, FetchFailed, LinkGone
from core.errors import EngineFault
from tests.unit.hosted.depots import (
    KEY,
    SMALL,
    VIDEO,
    Depot,
    Open,
    endless,
    moved,
    plain,
    silence,
    stream,
)

SIGNATURE = "s3" + "cret"


async def refused(downloads: Downloads, depot: Depot, target: Path, kind: type[Exception]) -> Exception:
    """How it is refused; nothing is left of it, and neither link nor key is told."""
    with pytest.raises(kind) as caught:
        await downloads.fetch(f"{depot.url}/clip.mp4?Signature={SIGNATURE}", target, headers=KEY)
    told = "".join(traceback.format_exception(caught.value)) + str(getattr(caught.value, "details", ""))
    assert SIGNATURE not in told
    assert KEY["Authorization"] not in told
    assert list(target.parent.iterdir()) == []
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x00\x00\x00\x18fty", b"<!doctype html><title>Expired</title>", b'{"code": "InvalidTask"}',
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", b"ftypisom" + bytes(40), bytes(4000),
    ],
)  # fmt: skip
async def test_what_is_no_video(vendor: Depot, opening: Open, target: Path, body: bytes) -> None:
    vendor.answers["/clip.mp4"] = plain(body, headers={"Content-Type": "video/mp4"})
    fault = await refused(opening(vendor.url), vendor, target, EngineFault)
    assert isinstance(fault, EngineFault)
    assert (fault.code, fault.details) == ("clip-invalid", {"detail": "127.0.0.1: no video"})


@pytest.mark.parametrize("body", [VIDEO, VIDEO + bytes(50_000_000)])
async def test_what_is_packed_is_not_unpacked(vendor: Depot, opening: Open, target: Path, body: bytes) -> None:
    vendor.answers["/clip.mp4"] = plain(gzip.compress(body), headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        await refused(opening(vendor.url), vendor, target, EngineFault)
        assert tracemalloc.get_traced_memory()[1] < 16_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "answer",
    [
        endless(VIDEO),
        plain(VIDEO + bytes(SMALL)),
        stream([VIDEO], claimed=SMALL + 1, hangs=True),
        stream([VIDEO, bytes(SMALL)], hangs=True),
    ],
)
async def test_what_is_too_large(vendor: Depot, opening: Open, target: Path, answer: Any) -> None:
    vendor.answers["/clip.mp4"] = answer
    fault = await refused(opening(vendor.url), vendor, target, EngineFault)
    assert isinstance(fault, EngineFault)
    assert fault.details == {"detail": f"127.0.0.1: more than {SMALL} bytes"}


async def test_the_largest_is_not_too_large(vendor: Depot, opening: Open, target: Path) -> None:
    await opening(vendor.url, largest=len(VIDEO)).fetch(f"{vendor.url}/clip.mp4", target)
    assert target.stat().st_size == len(VIDEO)


@pytest.mark.parametrize("claimed", [None, len(VIDEO) + 1])
async def test_what_is_cut_short_is_no_clip(vendor: Depot, opening: Open, target: Path, claimed: int | None) -> None:
    vendor.answers["/clip.mp4"] = stream([VIDEO], claimed=claimed, cut=True)
    await refused(opening(vendor.url), vendor, target, FetchFailed)


@pytest.mark.parametrize("answer", [silence, stream([VIDEO], hangs=True), stream([b"\x00\x00"], hangs=True)])
async def test_a_server_that_falls_silent(vendor: Depot, opening: Open, target: Path, answer: Any) -> None:
    vendor.answers["/clip.mp4"] = answer
    fault = await refused(opening(vendor.url, pause=0.1), vendor, target, FetchFailed)
    assert str(fault) == "127.0.0.1: SocketTimeoutError"


async def test_a_server_that_never_comes_to_an_end(vendor: Depot, opening: Open, target: Path) -> None:
    vendor.answers["/clip.mp4"] = stream([VIDEO, *[b"."] * 10_000], pause=0.02)
    fault = await refused(opening(vendor.url, seconds=0.3), vendor, target, FetchFailed)
    assert str(fault) == "not in 0.3 seconds"


async def test_all_redirects_share_the_time(vendor: Depot, opening: Open, target: Path) -> None:
    vendor.answers |= {"/clip.mp4": moved("/a"), "/a": moved("/b"), "/b": silence}
    fault = await refused(opening(vendor.url, seconds=0.3), vendor, target, FetchFailed)
    assert str(fault) == "not in 0.3 seconds"


async def test_who_is_cancelled_leaves_nothing(vendor: Depot, opening: Open, target: Path) -> None:
    vendor.answers["/clip.mp4"] = stream([VIDEO], hangs=True)
    fetching = asyncio.create_task(opening(vendor.url).fetch(f"{vendor.url}/clip.mp4", target))
    while not list(target.parent.iterdir()):
        await asyncio.sleep(0.01)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert list(target.parent.iterdir()) == []


async def test_what_was_there_stays_when_a_new_one_does_not_come(vendor: Depot, opening: Open, target: Path) -> None:
    target.write_bytes(b"old")
    vendor.answers["/clip.mp4"] = stream([VIDEO], cut=True)
    with pytest.raises(FetchFailed):
        await opening(vendor.url).fetch(f"{vendor.url}/clip.mp4", target)
    assert target.read_bytes() == b"old"


async def test_a_disk_that_is_late_is_no_fault_of_the_network(
    vendor: Depot, opening: Open, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(path: Path, goal: Path) -> None:
        raise TimeoutError(errno.ETIMEDOUT, "a folder on the network")

    monkeypatch.setattr(Path, "replace", late)
    with pytest.raises(TimeoutError):
        await opening(vendor.url).fetch(f"{vendor.url}/clip.mp4", target)


async def test_a_disk_that_refuses_is_no_fault_of_the_network(vendor: Depot, opening: Open, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await opening(vendor.url).fetch(f"{vendor.url}/clip.mp4", tmp_path / "nowhere" / "clip.mp4")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, b"<Error/>", LinkGone),
        (404, b"", LinkGone),
        (410, b"", LinkGone),
        (400, b'\xef\xbb\xbf<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>', LinkGone),
        (400, b' {"error": "expired"}', LinkGone),
        (400, b"<html>Bad request</html>", EngineFault),
        (401, b"", EngineFault),
        (451, b"", EngineFault),
        (304, b"", EngineFault),
        (202, b"", FetchFailed),
        (206, VIDEO, FetchFailed),
        (408, b"", FetchFailed),
        (429, b"", FetchFailed),
        (500, b"", FetchFailed),
        (503, b"", FetchFailed),
    ],
)
async def test_what_a_status_means(
    vendor: Depot, opening: Open, target: Path, status: int, body: bytes, kind: type[Exception]
) -> None:
    vendor.answers["/clip.mp4"] = plain(body, status)
    fault = await refused(opening(vendor.url), vendor, target, kind)
    told = str(fault.details["detail"]) if isinstance(fault, EngineFault) else str(fault)
    assert told == f"127.0.0.1: HTTP {status}"


@pytest.mark.parametrize(
    ("status", "header", "rest"),
    [(429, "7", 7.0), (503, "9" * 400, 600.0), (503, "Wed, 21 Oct 2026 07:28:00 GMT", None), (500, "7", None)],
)
async def test_how_long_to_wait(
    vendor: Depot, opening: Open, target: Path, status: int, header: str, rest: float | None
) -> None:
    vendor.answers["/clip.mp4"] = plain(b"", status, headers={"Retry-After": header})
    fault = await refused(opening(vendor.url), vendor, target, FetchFailed)
    assert isinstance(fault, FetchFailed)
    assert fault.retry_after == rest


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"])
async def test_what_is_no_answer(opening: Open, target: Path, said: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        depot = Depot(port=server.sockets[0].getsockname()[1])
        await refused(opening(depot.url), depot, target, FetchFailed)
    await refused(opening(depot.url), depot, target, FetchFailed)


async def test_a_large_video_never_lies_in_memory(vendor: Depot, opening: Open, target: Path) -> None:
    bit, size = bytes(1 << 20), 200 << 20
    vendor.answers["/clip.mp4"] = stream([VIDEO, *[bit] * 200], claimed=len(VIDEO) + size)
    tracemalloc.start()
    try:
        await opening(vendor.url, largest=2 * size, seconds=100.0).fetch(f"{vendor.url}/clip.mp4", target)
        assert tracemalloc.get_traced_memory()[1] < 32_000_000
    finally:
        tracemalloc.stop()
    assert target.stat().st_size == len(VIDEO) + size
