"""Executors that beat, freeze and go, on one database and a clock moved by hand."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import make_engine
from storage.instance import take_instance_lock
from storage.liveness import LEFT, Executor, Liveness
from storage.tables import executors, metadata

BEAT, DEAD_AFTER = 1.0, 5.0
ONE_CLASS: Mapping[str, int] = {"scene": 2}


class House:
    """Watchers on one database. ``owners`` have jobs in hand until they are taken over."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine = make_engine(url)
        metadata.create_all(self.engine)
        self.now = 1000.0
        self.owners: set[str] = set()
        self.recovered: list[tuple[str, str]] = []
        self.broken = False
        monkeypatch.setattr("storage.liveness.time.monotonic", lambda: self.now)

    def watcher(self, name: str, lanes: Mapping[str, int] = ONE_CLASS) -> Liveness:
        def recover(executor: str) -> None:
            self.recovered.append((name, executor))
            self.owners.discard(executor)

        return Liveness(
            self.engine,
            Executor(name, lanes),
            owners=self.busy,
            recover=recover,
            beat=BEAT,
            dead_after=DEAD_AFTER,
            keep_name=lambda: None,
        )

    def busy(self) -> set[str]:
        if self.broken:
            raise ConnectionError
        return set(self.owners)

    def pass_time(self, seconds: float, *watchers: Liveness) -> None:
        """Let these watchers beat on time; whoever is not named is dead or frozen."""
        for _ in range(int(seconds / BEAT)):
            self.now += BEAT
            for watcher in watchers:
                watcher.tick()

    def lanes(self) -> dict[str, dict[str, int]]:
        """What each executor says that it renders."""
        with self.engine.begin() as connection:
            rows = connection.execute(sa.select(executors)).all()
        return {row.id: {other.worker_class: other.lanes for other in rows if other.id == row.id} for row in rows}

    def counters(self) -> dict[str, int]:
        with self.engine.begin() as connection:
            return {row.id: row.beats for row in connection.execute(sa.select(executors))}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    house = House(f"sqlite:///{tmp_path / 'piying.db'}", monkeypatch)
    yield house
    house.engine.dispose()


def test_the_living_are_left_alone(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other")
    house.owners = {"one", "other"}
    house.pass_time(60, one, other)
    assert house.recovered == []


def test_the_dead_are_found_in_time_and_not_before(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other")
    house.pass_time(3, one, other)
    house.owners = {"other"}
    house.pass_time(DEAD_AFTER, one)
    assert house.recovered == []
    house.pass_time(2, one)
    assert house.recovered == [("one", "other")]
    assert "other" not in house.owners


def test_an_owner_that_never_beat_is_dead_after_a_while(house: House) -> None:
    one = house.watcher("one")
    house.owners = {"ghost"}
    house.pass_time(DEAD_AFTER, one)
    assert house.recovered == []
    house.pass_time(2, one)
    assert house.recovered == [("one", "ghost")]


def test_recovery_is_tried_again_until_the_jobs_are_gone(house: House) -> None:
    one = house.watcher("one")
    one._recover = lambda executor: house.recovered.append(("one", executor))
    house.owners = {"ghost"}
    house.pass_time(DEAD_AFTER + 4, one)
    assert len(house.recovered) >= 3


def test_a_watcher_that_was_frozen_accuses_nobody_until_it_has_watched_again(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other")
    house.owners = {"one", "other"}
    house.pass_time(3, one, other)
    house.now += 1000
    # The whole machine slept: the first to wake sees the other's counter where it was.
    one.tick()
    assert house.recovered == []
    house.pass_time(3, one, other)
    assert house.recovered == []


def test_a_watcher_that_was_cut_off_from_the_database_accuses_nobody(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other")
    house.owners = {"one", "other"}
    house.pass_time(3, one, other)
    house.broken = True
    for _ in range(30):
        house.now += BEAT
        with pytest.raises(ConnectionError):
            one.tick()
    house.broken = False
    house.pass_time(1, one)
    assert house.recovered == []


def test_a_frozen_executor_is_taken_over_and_comes_back_as_one_of_the_living(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other")
    house.owners = {"other"}
    house.pass_time(3, one, other)
    house.pass_time(DEAD_AFTER + 2, one)
    assert house.recovered == [("one", "other")]
    house.pass_time(2 * DEAD_AFTER, one)
    assert house.counters().keys() == {"one"}
    house.owners = {"one", "other"}
    house.pass_time(20, other, one)
    assert house.recovered == [("one", "other")]
    assert house.counters().keys() == {"one", "other"}


def test_one_that_left_is_taken_over_at_once(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other")
    house.pass_time(3, one, other)
    house.owners = {"other"}
    other.leave()
    assert house.counters()["other"] == LEFT
    house.pass_time(1, one)
    assert house.recovered == [("one", "other")]
    house.pass_time(1, one)
    assert house.counters().keys() == {"one"}


def test_a_frozen_bot_keeps_its_work_while_it_holds_its_name(house: House) -> None:
    one, bot = house.watcher("one"), house.watcher("bot-console")
    lock = take_instance_lock(house.engine, "bot-console")
    house.pass_time(2, one, bot)
    house.owners = {"bot-console"}
    house.pass_time(60, one)
    assert house.recovered == []
    lock.release()
    house.pass_time(2, one)
    assert house.recovered == [("one", "bot-console")]


def test_a_bot_that_left_gives_its_work_up_at_once(house: House) -> None:
    one, bot = house.watcher("one"), house.watcher("bot-console")
    house.pass_time(2, one, bot)
    house.owners = {"bot-console"}
    bot.leave()
    house.pass_time(1, one)
    assert house.recovered == [("one", "bot-console")]


def test_nobody_takes_over_from_itself(house: House) -> None:
    one = house.watcher("one")
    house.owners = {"one"}
    house.pass_time(60, one)
    one.leave()
    house.pass_time(10, one)
    assert house.recovered == []


def test_two_watchers_may_find_the_same_dead(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other")
    house.owners = {"ghost"}
    house.pass_time(DEAD_AFTER + 2, one, other)
    assert ("one", "ghost") in house.recovered


def test_one_process_shows_its_lanes_of_every_class_and_dies_as_one(house: House) -> None:
    one, other = house.watcher("one"), house.watcher("other", {"scene": 2, "hosted": 100})
    bot = house.watcher("bot", {})
    house.pass_time(3, one, other, bot)
    assert house.lanes() == {"one": {"scene": 2}, "other": {"scene": 2, "hosted": 100}, "bot": {"": 0}}
    house.owners = {"other"}
    bot.leave()
    house.pass_time(DEAD_AFTER + 2, one)
    assert house.recovered == [("one", "other")]
    house.pass_time(1, one)
    assert house.lanes().keys() == {"one"}


def test_a_name_that_comes_back_shows_what_it_renders_now(house: House) -> None:
    before = house.watcher("bot-run", {"scene": 2, "hosted": 100})
    before.tick()
    after = house.watcher("bot-run", {"scene": 4})
    after.tick()
    assert house.lanes() == {"bot-run": {"scene": 4}}
    after.leave()
    assert house.counters() == {"bot-run": LEFT}


def test_leaving_a_database_that_is_away_is_no_fault(house: House) -> None:
    one = house.watcher("one")
    one.tick()
    metadata.drop_all(house.engine)
    one.leave()
    assert one._stopped.is_set()


class TestThread:
    def test_it_beats_until_told_to_leave_and_its_last_word_is_that_it_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        house = House(f"sqlite:///{tmp_path / 'piying.db'}", monkeypatch)
        watcher = house.watcher("one")
        watcher._beat = 0.001
        watcher.start()
        while not house.counters():
            pass
        for _ in range(20):
            house.counters()
        watcher.leave()
        watcher.join(5)
        assert not watcher.is_alive()
        assert house.counters() == {"one": LEFT}
        house.engine.dispose()

    def test_a_fault_of_any_kind_does_not_end_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        house = House(f"sqlite:///{tmp_path / 'piying.db'}", monkeypatch)
        watcher = house.watcher("one")
        watcher._beat = 0.001
        house.broken = True
        watcher.start()
        while not house.counters():
            pass
        before = house.counters()["one"]
        while house.counters()["one"] == before:
            pass
        assert watcher.is_alive()
        watcher.leave()
        watcher.join(5)
        house.engine.dispose()
