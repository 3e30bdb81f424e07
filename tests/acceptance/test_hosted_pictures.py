"""Vendors that want a picture for whatever they make, over ``/v1/videos``: a kill loses neither order nor picture."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from core.costs import CostState
from core.types import EntryKind
from storage.database import SqlStore, make_engine
from tests.acceptance.stage import wait_until
from tests.acceptance.test_videos_api import Server
from tests.acceptance.vendors_stage import serving, settings_of, takes_words
from tests.vendors.desk import catalogue_of
from tests.vendors.rigs import SERVERS
from tests.vendors.server import VendorServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180),
    # OpenAI closed its own service; the client is what we are held to.
    pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning"),
]

QUICK = {
    "PIYING_ENGINES__POLL_FIRST": "0.05",
    "PIYING_ENGINES__POLL_LONGEST": "0.1",
    "PIYING_JOBS__POLL": "0.1",
    "PIYING_LIMITS__WELCOME_CREDITS": "5000",
}


@pytest.fixture(params=[kind for kind in SERVERS if not takes_words(kind)], ids=lambda kind: kind.__name__)
def vendor(request: pytest.FixtureRequest) -> Iterator[VendorServer]:
    with serving([request.param]) as (running,):
        yield running


@pytest.fixture
def server(tmp_path: Path, vendor: VendorServer) -> Iterator[Server]:
    server = Server(tmp_path, **settings_of(vendor), **QUICK)
    server.start()
    yield server
    server.close()


def picture_of(width: int, height: int) -> tuple[str, bytes, str]:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 80, 40)).save(buffer, "PNG")
    return "first.png", buffer.getvalue(), "image/png"


@pytest.mark.parametrize("moment", ["create", "poll", "file"])
def test_killed_while_it_renders(server: Server, vendor: VendorServer, moment: str, tmp_path: Path) -> None:
    catalogue = catalogue_of(vendor)
    facts = catalogue.card(vendor.cards[0])
    recipe = next(key for key in catalogue.recipes if catalogue.choose(key)[0] is facts)
    width, height = facts.size(facts.resolutions[0], facts.ratios[0])
    vendor.held.update({moment} - {"poll"})
    vendor.running = 10_000 if moment == "poll" else 1
    key = server.new_key()
    with server.client(key) as client:
        video = client.videos.create(
            model=recipe,
            prompt="a red fox in snow",
            seconds=str(facts.min_seconds),  # type: ignore[arg-type]
            size=f"{width}x{height}",  # type: ignore[arg-type]
            input_reference=picture_of(width, height),
            extra_body={"declares": True},
        )
    wait_until(lambda: vendor.creates and vendor.asked[moment] >= (3 if moment == "poll" else 1), f"the {moment}")
    server.end(signal.SIGKILL)
    vendor.held.clear()
    vendor.running = 1
    server.start()
    with server.client(key) as client:
        done = client.videos.poll(video.id)
    costs = SqlStore(make_engine(f"sqlite:///{server.data / 'piying.db'}"))
    with costs.begin() as tx:
        (cost,) = tx.costs.listed(limit=9)
    costs.close()
    assert (len(vendor.creates), vendor.wrong) == (1, [])
    if moment == "create" and not vendor.can_find:
        assert (done.status, done.error and done.error.code) == ("failed", "answer_lost")
        assert (cost.state, EntryKind.CHARGE in server.entries(key)) == (CostState.UNKNOWN, False)
    else:
        assert (done.status, done.error) == ("completed", None)
        assert (cost.state, server.entries(key).count(EntryKind.CHARGE)) == (CostState.FINAL, 1)
    assert server.account(key).held == 0
