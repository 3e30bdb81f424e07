"""What a vendor sends is not believed: no bad file is delivered or paid for, and no link leads to where it must not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from core.media.encode import encode
from core.types import JobState, Locale
from tests.acceptance.vendors_stage import (
    Servers,
    VendorsStage,
    assert_no_secrets,
    assert_paid,
    assert_refunded,
)
from tests.acceptance.visitor import Ask
from tests.unit.hosted.depots import Depot, Proxy, plain, tls_for
from tests.vendors.alibaba import AlibabaServer
from tests.vendors.bytedance import ByteDanceServer
from tests.vendors.films import film
from tests.vendors.kling import KlingServer
from tests.vendors.minimax import MiniMaxServer
from tests.vendors.openai_videos import OpenAiVideosServer
from tests.vendors.server import Reply, VendorServer
from tests.vendors.zhipu import ZhipuServer
from translation.localiser import Localiser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


KINDS = (AlibabaServer, ByteDanceServer, OpenAiVideosServer, MiniMaxServer, ZhipuServer, KlingServer)
LARGEST = 400_000
WELL = film(1280, 720, 5.0)


def bad_files(folder: Path) -> dict[str, bytes]:
    """By what is wrong with them, where ``WELL`` was ordered."""
    indexed = folder / "indexed.mp4"
    frames = (np.full((720, 1280, 3), shade, np.uint8) for shade in range(40))
    encode(frames, indexed, width=1280, height=720, fps=8, metadata={}, preset="ultrafast")
    return {
        "a page": b"<!doctype html><title>503</title>" + b"busy " * 200,
        "no film in a film's box": WELL[:32] + bytes(50_000),
        "truncated": WELL[: len(WELL) * 2 // 3],
        "truncated behind its index": indexed.read_bytes()[: indexed.stat().st_size * 2 // 3],
        "another shape": film(480, 480, 5.0),
        "too large": WELL + (LARGEST - len(WELL) + 8).to_bytes(4, "big") + b"free" + bytes(LARGEST - len(WELL)),
    }


@pytest.fixture
def servers() -> Iterator[Servers]:
    servers = Servers()
    yield servers
    servers.close()


def locale_of(number: int) -> Locale:
    return "zh-Hans" if number % 2 else "en"


def assert_lost(stage: VendorsStage, vendors: Mapping[str, VendorServer], code: str, cost: str) -> None:
    """Each one's clip came to nothing: its user is told so, and has the credits back."""
    for number, (name, vendor) in enumerate(vendors.items()):
        visitor, locale = stage.visitor(name), locale_of(number)
        assert_refunded(stage, visitor.key(), JobState.FAILED, code)
        told = visitor.look(locale)
        assert (name, Localiser(locale).text(f"error-{code}") in told["status"]) == (name, True)
        assert told["clip"] is None
        assert (name, len(vendor.creates), vendor.files_carried_keys) == (name, 1, [])
    assert {(one["state"], one["charged"]) for one in stage.costs()} == {(cost, False)}
    assert stage.unfinished() == []
    assert list((stage.folder / "data" / "clips").rglob("*.mp4")) == []
    stage.assert_books_balance()
    assert_no_secrets(stage, list(vendors.values()))


def ask_each(stage: VendorsStage, vendors: Mapping[str, VendorServer]) -> None:
    for number, (name, vendor) in enumerate(vendors.items()):
        told = stage.visitor(name).ask(Ask.of(vendor), locale=locale_of(number))
        assert told["type"] == "receipt", told


def test_files_that_are_no_such_clip_are_neither_delivered_nor_charged(
    tmp_path: Path, database_url: str, servers: Servers
) -> None:
    files = bad_files(tmp_path)
    vendors = {name: servers.open(kind) for name, kind in zip(files, KINDS, strict=True)}
    for name, vendor in vendors.items():
        vendor.file = files[name]
    largest = {"PIYING_ENGINES__LARGEST_MB": str(LARGEST / 1e6)}
    stage = VendorsStage(tmp_path / "play", database_url, list(vendors.values()), **largest)
    try:
        stage.begin("run")
        ask_each(stage, vendors)
        stage.see_ended(*(stage.visitor(name).key() for name in vendors))
        assert_lost(stage, vendors, "clip-invalid", "final")
    finally:
        stage.close()


def test_a_vendor_that_starts_anew_and_knows_its_tasks_no_more(
    tmp_path: Path, database_url: str, servers: Servers
) -> None:
    vendors = {kind.__name__: servers.open(kind) for kind in KINDS}
    stage = VendorsStage(tmp_path / "play", database_url, list(vendors.values()))
    try:
        for vendor in vendors.values():
            vendor.running = 10_000
        stage.begin("run")
        ask_each(stage, vendors)
        stage.see(lambda: all(sum(task.polls for task in one.tasks.values()) > 2 for one in vendors.values()), "polls")
        for vendor in vendors.values():
            servers.restart(vendor)
        stage.see_ended(*(stage.visitor(name).key() for name in vendors))
        assert_lost(stage, vendors, "clip-lost", "unknown")
    finally:
        stage.close()


def test_a_link_that_leads_into_the_network_is_not_followed(
    tmp_path: Path, database_url: str, servers: Servers
) -> None:
    trap = servers.open(OpenAiVideosServer)
    there = [
        f"{trap.url}/files/task-1.mp4",
        f"https://127.0.0.1:{trap.url.rpartition(':')[2]}/files/task-1.mp4",
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
    ]
    kinds = (AlibabaServer, ByteDanceServer, MiniMaxServer, ZhipuServer)
    vendors = {address: servers.open(kind) for address, kind in zip(there, kinds, strict=True)}
    for address, vendor in vendors.items():
        vendor.instead["file"] = deque([Reply(302, {}, {"Location": address})] * 9)
    stage = VendorsStage(tmp_path / "play", database_url, list(vendors.values()))
    try:
        stage.begin("run")
        ask_each(stage, vendors)
        stage.see_ended(*(stage.visitor(name).key() for name in vendors))
        assert_lost(stage, vendors, "clip-invalid", "final")
        assert trap.seen == []
    finally:
        stage.close()


def test_a_link_to_another_host_is_fetched_without_the_key(tmp_path: Path, servers: Servers) -> None:
    """By a proxy, as where there is no other way out; the host's certificate is one that the process trusts."""
    encryption, _ = tls_for(tmp_path, "cdn.example")
    depot = servers.do(Depot(encryption).start())
    proxy = servers.do(Proxy(cdn=depot.port).start())
    vendors = {kind.__name__: servers.open(kind) for kind in (AlibabaServer, ByteDanceServer)}
    for vendor in vendors.values():
        vendor.elsewhere = "https://cdn.example"
    way_out = {
        "https_proxy": f"http://127.0.0.1:{proxy.port}",
        "no_proxy": "127.0.0.1",
        "SSL_CERT_FILE": str(tmp_path / "depot.pem"),
    }
    url = f"sqlite:///{tmp_path / 'piying.db'}"
    stage = VendorsStage(tmp_path / "play", url, list(vendors.values()), **way_out)
    try:
        for vendor in vendors.values():
            vendor.running = 10
        stage.begin("run")
        ask_each(stage, vendors)
        stage.see(lambda: all(vendor.tasks for vendor in vendors.values()), "the orders")
        for vendor in vendors.values():
            (task,) = vendor.tasks.values()
            depot.answers[f"/files/{task.id}.mp4"] = plain(vendor.film(task))
        stage.see_ended(*(stage.visitor(name).key() for name in vendors))
        for name in vendors:
            assert_paid(stage, stage.visitor(name).key())
        assert set(proxy.asked) == {"cdn.example:443"}
        assert len(depot.seen) == len(vendors)
        for request in depot.seen:
            told = " ".join(f"{name}: {value}" for name, value in request.headers.items())
            assert "Signature=" in request.path_qs
            assert "Authorization" not in request.headers
            assert not any(vendor.key in told for vendor in vendors.values())
        assert_no_secrets(stage, list(vendors.values()))
    finally:
        stage.close()
        servers.do(proxy.stop())
        servers.do(depot.stop())
