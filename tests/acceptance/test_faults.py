"""Whatever process dies or freezes, every job ends once: delivered and charged, or refunded."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.types import EntryKind, JobState
from tests.acceptance.stage import DEAD_AFTER, Stage, wait_until
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PAID = {EntryKind.HOLD: 1, EntryKind.CHARGE: 1}
REFUNDED = {EntryKind.HOLD: 1, EntryKind.RELEASE: 1}
PRICE = 2


@pytest.fixture
def stage(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    stage = Stage(tmp_path / "play", database_url)
    yield stage
    stage.close()


def assert_delivered_once(stage: Stage, key: str) -> None:
    assert stage.job(key).state is JobState.SUCCEEDED, stage.job(key).error
    assert stage.deliveries(key) == 1
    assert stage.entries(key) == PAID
    assert stage.balance(key) == (100 - PRICE, 0)
    stage.assert_books_balance()


def test_worker_killed_while_it_renders(stage: Stage) -> None:
    stage.start("bot")
    first = stage.start("worker")
    stage.submit("ann-1", "sleep 2")
    stage.wait_runs(1)
    stage.kill(first)
    stage.start("worker")
    stage.wait_ended("ann-1")
    assert_delivered_once(stage, "ann-1")
    assert len(stage.lines("runs.log")) == 2


def test_bot_killed_while_a_worker_renders(stage: Stage) -> None:
    bot = stage.start("bot")
    stage.start("worker")
    stage.submit("ann-1", "sleep 1.5")
    stage.wait_runs(1)
    stage.kill(bot)
    time.sleep(2)
    stage.start("bot")
    stage.wait_ended("ann-1")
    assert_delivered_once(stage, "ann-1")
    assert len(stage.lines("runs.log")) == 1


def test_bot_killed_while_it_delivers(stage: Stage) -> None:
    (stage.folder / "slow-delivery").write_text("60")
    bot = stage.start("bot")
    stage.start("worker")
    stage.submit("ann-1", "sleep 0.1")
    wait_until(lambda: stage.lines("delivered.log"), "the delivery")
    stage.kill(bot)
    assert stage.balance("ann-1") == (100 - PRICE, PRICE)
    (stage.folder / "slow-delivery").unlink()
    stage.start("bot")
    stage.wait_ended("ann-1")
    assert_delivered_once(stage, "ann-1")


def test_one_process_killed_while_it_renders(stage: Stage) -> None:
    everything = stage.start("all")
    stage.submit("ann-1", "sleep 1.5")
    stage.submit("bob-1", "sleep 0.1")
    stage.wait_runs(1)
    stage.answer("bob-1")
    stage.kill(everything)
    stage.start("all")
    stage.wait_ended("ann-1", "bob-1")
    assert_delivered_once(stage, "ann-1")
    assert_delivered_once(stage, "bob-1")


CARD = """
[card]
key = "far"
name = "Far away"
vendor = "Nobody"
engine = "scene"
worker_class = "hosted"
licence = "Nobody's"
prompt_languages = ["en"]
max_prompt_chars = 100
fps = 24
min_seconds = 2
max_seconds = 2
ratios = ["1:1"]
resolutions = ["480p"]

[[recipes]]
key = "far-draft"
version = 1
seconds = 2
ratio = "1:1"
resolution = "480p"
credits_per_second = { "480p" = 1 }
"""


def test_one_process_of_two_classes_killed_while_it_renders_both(tmp_path: Path, database_url: str) -> None:
    (cards := tmp_path / "cards").mkdir()
    (cards / "far.toml").write_text(CARD, "utf-8")
    stage = Stage(
        tmp_path / "play", database_url,
        PIYING_CARDS_FOLDER=str(cards), PIYING_MODELS="far", PIYING_JOBS__LANES="1", PIYING_JOBS__HOSTED_LANES="3",
    )  # fmt: skip
    try:
        everything = stage.start("all")
        stage.submit("ann-1", "sleep 6")
        stage.wait_runs(1)
        stage.submit("bob-1", "sleep 0.1")
        stage.answer("bob-1")
        far = ["cid-1", "dan-1", "eve-1"]
        for key in far:
            stage.submit(key, "far sleep 5")
        # Neither class waits for the other, and bob waits for the one lane of his.
        stage.wait_runs(4)
        assert "sleep_0.1" not in {line[0] for line in stage.lines("runs.log")}
        stage.kill(everything)
        stage.start("all")
        stage.wait_ended("ann-1", "bob-1", *far)
        for key in ("ann-1", "bob-1", *far):
            assert_delivered_once(stage, key)
        assert len(stage.lines("runs.log")) == 4 + 5
    finally:
        stage.close()


def test_frozen_worker_can_neither_deliver_nor_charge_twice(stage: Stage) -> None:
    stage.start("bot")
    frozen = stage.start("worker")
    stage.submit("ann-1", "sleep 1")
    stage.wait_runs(1)
    frozen.send_signal(signal.SIGSTOP)
    stage.start("worker")
    stage.wait_ended("ann-1")
    assert len(stage.lines("runs.log")) == 2
    frozen.send_signal(signal.SIGCONT)
    time.sleep(2 + DEAD_AFTER)
    assert_delivered_once(stage, "ann-1")
    stage.submit("ann-2", "sleep 0.1")
    stage.answer("ann-2")
    stage.wait_ended("ann-2")
    assert stage.entries("ann-2") == PAID


def test_prompt_that_kills_its_worker_is_a_dead_letter(stage: Stage) -> None:
    stage.start("bot")
    stage.submit("eve-1", "trapdoor")
    stage.answer("eve-1")
    for _ in range(3):
        worker = stage.start("worker")
        assert worker.wait(60) == -signal.SIGKILL
    stage.start("worker")
    stage.submit("bob-1", "sleep 0.1")
    stage.answer("bob-1")
    stage.wait_ended("eve-1", "bob-1")
    assert (stage.job("eve-1").state, stage.job("eve-1").error) == (JobState.FAILED, "worker-lost")
    assert stage.entries("eve-1") == REFUNDED
    assert stage.balance("eve-1") == (100, 0)
    assert [line[2:] for line in stage.lines("ended.log") if line[1] == stage.job("eve-1").id] == [
        ["failed", "worker-lost"]
    ]
    assert_delivered_once(stage, "bob-1")
    assert sum(line[0] == "trapdoor" for line in stage.lines("runs.log")) == 3


def test_a_bug_in_the_engine_refunds(stage: Stage) -> None:
    stage.start("all")
    stage.submit("ann-1", "fault")
    stage.answer("ann-1")
    stage.wait_ended("ann-1")
    assert (stage.job("ann-1").state, stage.job("ann-1").error) == (JobState.FAILED, "engine-fault")
    assert stage.entries("ann-1") == REFUNDED


def test_worker_told_to_stop_finishes_its_job(stage: Stage) -> None:
    stage.start("bot")
    worker = stage.start("worker")
    stage.submit("ann-1", "sleep 1")
    stage.wait_runs(1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    stage.wait_ended("ann-1")
    assert_delivered_once(stage, "ann-1")
    assert len(stage.lines("runs.log")) == 1


def test_worker_told_to_stop_hands_a_long_job_back(tmp_path: Path, database_url: str) -> None:
    stage = Stage(tmp_path / "play", database_url, PIYING_JOBS__STOP_GRACE="0.3", PIYING_JOBS__DEAD_AFTER="60")
    try:
        stage.start("bot")
        first = stage.start("worker")
        stage.submit("ann-1", "sleep 6")
        stage.wait_runs(1)
        stage.start("worker")
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0
        stage.wait_ended("ann-1")
        assert_delivered_once(stage, "ann-1")
        assert len(stage.lines("runs.log")) == 2
    finally:
        stage.close()


def test_postgresql_restarted_under_load(tmp_path: Path, postgres: PostgresServer) -> None:
    stage = Stage(tmp_path / "play", postgres.new_database())
    try:
        stage.start("bot")
        stage.start("worker")
        stage.start("worker")
        keys = [f"user{number}-1" for number in range(6)]
        for key in keys:
            stage.submit(key, "sleep 1")
        for key in keys:
            stage.answer(key)
        stage.wait_runs(2)
        postgres.stop("immediate")
        time.sleep(1)
        postgres.start()
        stage.store.engine.dispose()
        stage.wait_ended(*keys, seconds=120)
        for key in keys:
            assert_delivered_once(stage, key)
    finally:
        stage.close()
