"""Piying as the vendor of Piying: one serves ``/v1/videos``, another orders there for those who use its chat page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.media.probe import probe
from core.types import JobState
from tests.acceptance.stage import wait_until
from tests.acceptance.test_videos_api import WELCOME as CREDITS
from tests.acceptance.test_videos_api import Key, Server
from tests.acceptance.vendors_stage import VendorsStage, assert_paid, assert_refunded
from tests.acceptance.visitor import Ask

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180),
    # OpenAI closed its own service; its client looks here into ours.
    pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning"),
]

RECIPE = "openai-videos-standard"


def ask_for(seconds: float) -> Ask:
    """A clip of the other's built-in engine."""
    prompt = "two red cars racing left through a city at night in the rain"
    return Ask("openai-videos", RECIPE, prompt, {"recipe": RECIPE, "resolution": "480p", "seconds": seconds}, "any")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The one that makes clips."""
    (folder := tmp_path / "there").mkdir()
    server = Server(folder)
    server.start()
    yield server
    server.close()


@pytest.fixture
def key(server: Server) -> Key:
    return server.new_key()


@pytest.fixture
def stage(tmp_path: Path, database_url: str, server: Server, key: Key) -> Iterator[VendorsStage]:
    """The one that orders them."""
    told = {
        "BASE_URL": server.url.removesuffix("/v1"),
        "KEY": key.text,
        "MODEL": "standard",
        "PRICES": json.dumps({"openai-videos": {"480p": "0.01", "720p": "0.02"}}),
    }
    settings = {f"PIYING_ENGINES__OPENAI_VIDEOS__{name}": value for name, value in told.items()}
    stage = VendorsStage(tmp_path / "here", database_url, [], **settings)
    stage.begin("run")
    yield stage
    stage.close()


def test_one_clip_is_made_there_and_shown_here(stage: VendorsStage, server: Server, key: Key, tmp_path: Path) -> None:
    visitor = stage.visitor("ann")
    told = visitor.follow(ask_for(4.0))
    assert_paid(stage, visitor.key())
    amounts = [one["percent"] for one in told if one["type"] == "progress" and one["percent"] is not None]
    assert amounts == sorted(amounts)
    assert len({amount for amount in amounts if 0 < amount < 100}) > 3
    job = stage.job(visitor.key())
    (path := tmp_path / "clip.mp4").write_bytes(visitor.clip(job.code))
    # Its pixels are those of the one that made it, and told as they are.
    assert job.clip is not None
    assert (probe(path).width, probe(path).height) == (job.clip.width, job.clip.height) == (854, 480)
    assert probe(path).seconds == pytest.approx(4.0, abs=0.1)
    with server.client(key) as client:
        (video,) = client.videos.list().data
    assert (video.status, video.seconds) == ("completed", "4")
    assert [(cost["task"], cost["state"], cost["usd"]) for cost in stage.costs()] == [(video.id, "final", 0.04)]
    assert (server.account(key).balance, server.account(key).held) == (CREDITS - 4, 0)


def test_who_cancels_here_cancels_there(stage: VendorsStage, server: Server, key: Key) -> None:
    visitor = stage.visitor("ann")
    visitor.ask(ask_for(8.0))
    wait_until(server.unfinished, "an engine at work")
    with server.client(key) as client:
        (video,) = client.videos.list().data
        assert visitor.cancel(stage.job(visitor.key()).code)["state"] == "cancelled"
        wait_until(lambda: client.videos.list().data == [], "the end there")
    assert server.job_state(video.id) is JobState.CANCELLED
    assert_refunded(stage, visitor.key(), JobState.CANCELLED, None)
    assert (server.account(key).balance, server.account(key).held) == (CREDITS, 0)
    wait_until(lambda: not server.unfinished(), "the engine's end there", seconds=5)
    wait_until(lambda: [cost["state"] for cost in stage.costs()] == ["free"], "what it costs")
    stage.assert_books_balance()
