"""Whatever process dies or freezes, and at whichever step: each scheduled post is out exactly once, or told about."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.publishing.office import Office
from core.publishing.studio import Studio, View
from core.publishing.types import Channel, Content, Publication, State
from core.publishing.who import Who
from core.types import Address
from piying.clock import SystemClock
from tests.acceptance.channels import STEPS
from tests.acceptance.stage import DEAD_AFTER, Stage, wait_until
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

DAY = 86400.0
SOON = 1.5


@pytest.fixture
def stage(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    stage = Stage(tmp_path / "play", database_url)
    yield stage
    stage.close()


class Desk:
    """An owner with a clip and a channel, who sits at another machine."""

    def __init__(self, stage: Stage) -> None:
        self.stage, clock = stage, SystemClock()
        self.office = Office(stage.store, clock)
        self.studio = Studio(stage.store, clock, clips_kept=30 * DAY)

    def make_clip(self, key: str) -> None:
        self.stage.submit(key, "sleep 0.1")
        self.stage.answer(key)
        self.stage.wait_ended(key)
        self.owner = Who(self.stage.job(key).account, self.stage.job(key).address, "en")

    def connect(self, name: str = "news") -> Channel:
        return self.office.connect(self.owner, Address("console", name, ""), name, "UTC")

    def schedule(self, channel: Channel, key: str, seconds: float = SOON) -> View:
        draft = self.studio.draft(self.owner, self.stage.job(key), channel.code, Content({"en": "a cat"}))
        return self.studio.approve(self.owner, draft.publication.code, time.time() + seconds)

    def now(self, view: View) -> Publication:
        with self.stage.store.look() as tx:
            found = tx.publications.get(view.publication.id)
        assert found is not None
        return found

    def wait(self, view: View, state: State) -> None:
        wait_until(lambda: self.now(view).state is state, f"{view.publication.code} to be {state}")

    def posts(self, view: View) -> int:
        return sum(line[0].startswith(view.publication.id) for line in self.stage.lines("posted.log"))


def open_desk(stage: Stage) -> tuple[Desk, Channel]:
    desk = Desk(stage)
    desk.make_clip("ann-1")
    return desk, desk.connect()


@pytest.mark.parametrize("step", STEPS)
def test_a_bot_killed_at_any_step_posts_once(stage: Stage, step: str) -> None:
    everything = stage.start("all")
    desk, channel = open_desk(stage)
    (stage.folder / f"kill-{step}").touch()
    view = desk.schedule(channel, "ann-1")
    everything.wait(30)
    assert everything.returncode == -signal.SIGKILL
    stage.start("all")
    desk.wait(view, State.POSTED)
    time.sleep(2 * DEAD_AFTER)
    assert desk.posts(view) == 1
    assert desk.now(view).message == f"{view.publication.id}.{desk.now(view).turn}"


def test_a_bot_that_is_down_at_the_time_posts_late(stage: Stage) -> None:
    everything = stage.start("all")
    desk, channel = open_desk(stage)
    view = desk.schedule(channel, "ann-1")
    stage.kill(everything)
    time.sleep(2 * SOON)
    assert desk.posts(view) == 0
    stage.start("all")
    desk.wait(view, State.POSTED)
    assert desk.posts(view) == 1


def test_two_bots_post_each_once(stage: Stage) -> None:
    stage.start("all")
    stage.start("bot")
    desk, channel = open_desk(stage)
    channels = [channel, *(desk.connect(f"news-{number}") for number in range(4))]
    views = [desk.schedule(one, "ann-1") for one in channels]
    for view in views:
        desk.wait(view, State.POSTED)
    time.sleep(1)
    assert [desk.posts(view) for view in views] == [1] * len(views)


def test_a_frozen_bot_that_wakes_up_posts_no_second_time(stage: Stage) -> None:
    both = [stage.start("all"), stage.start("bot")]
    desk, channel = open_desk(stage)
    (stage.folder / "freeze-noted").touch()
    view = desk.schedule(channel, "ann-1")
    wait_until(lambda: not (stage.folder / "freeze-noted").exists(), "the freeze")
    time.sleep(3 * DEAD_AFTER)
    assert desk.posts(view) == 0
    for process in both:
        process.send_signal(signal.SIGCONT)
    desk.wait(view, State.POSTED)
    time.sleep(DEAD_AFTER)
    assert desk.posts(view) == 1


def test_a_withdrawn_post_is_not_posted_and_a_posted_one_goes(stage: Stage) -> None:
    stage.start("all")
    desk, channel = open_desk(stage)
    view = desk.schedule(channel, "ann-1")
    desk.studio.withdraw(desk.owner, view.publication.code)
    time.sleep(2 * SOON)
    assert desk.posts(view) == 0
    again = desk.schedule(channel, "ann-1")
    desk.wait(again, State.POSTED)
    desk.studio.withdraw(desk.owner, again.publication.code)
    wait_until(lambda: stage.lines("removed.log"), "the removal")
    wait_until(lambda: desk.now(again).message is None, "the end of it")
    assert desk.posts(again) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_restarts_loses_no_post(stage: Stage, postgres: PostgresServer) -> None:
    stage.start("all")
    desk, channel = open_desk(stage)
    view = desk.schedule(channel, "ann-1")
    postgres.stop()
    time.sleep(2 * SOON)
    postgres.start()
    stage.store.engine.dispose()
    desk.wait(view, State.POSTED)
    assert desk.posts(view) == 1
