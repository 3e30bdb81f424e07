"""A translator that fails is left alone for a while, then tried once."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.breaker import Breaker
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    return Breaker(clock, failures=3, pause=30)


def fail(breaker: Breaker, times: int = 1, rest: float | None = None) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.failed(rest=rest)


def test_it_rests_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert breaker.admits()
    breaker.succeeded()
    fail(breaker, 3)
    assert not breaker.admits()
    assert breaker.health == "resting"


def test_after_the_pause_one_request_decides(breaker: Breaker, clock: FakeClock) -> None:
    fail(breaker, 3)
    clock.time += 29.9
    assert not breaker.admits()
    clock.time += 0.1
    assert breaker.health == "on-trial"
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    breaker.failed()
    assert (breaker.health, breaker.admits()) == ("resting", False)
    clock.time += 30
    assert breaker.admits()
    breaker.succeeded()
    assert [breaker.admits() for _ in range(3)] == [True] * 3


def test_a_trial_that_nobody_waited_for_is_made_again(breaker: Breaker, clock: FakeClock) -> None:
    fail(breaker, 3)
    clock.time += 30
    assert breaker.admits()
    breaker.given_up()
    assert breaker.admits()


def test_who_asks_for_a_rest_has_it_at_once_and_not_below_the_pause(breaker: Breaker, clock: FakeClock) -> None:
    fail(breaker, rest=100)
    clock.time += 99
    assert not breaker.admits()
    clock.time += 1
    assert breaker.admits()
    breaker.failed(rest=1)
    clock.time += 29
    assert not breaker.admits()


def test_a_clock_that_is_set_back_prolongs_nothing(breaker: Breaker, clock: FakeClock) -> None:
    fail(breaker, 3)
    clock.time -= 3600
    assert breaker.admits()


class Use(RuleBasedStateMachine):
    """Whatever happens: no more than one request on trial, no request at rest, and never shut for good."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.breaker = Breaker(self.clock, failures=2, pause=10)
        self.open = 0

    @rule()
    def ask(self) -> None:
        health = self.breaker.health
        admitted = self.breaker.admits()
        assert admitted is (health == "well") or (health == "on-trial" and (admitted or self.open > 0))
        self.open += admitted

    @precondition(lambda self: self.open)
    @rule(end=st.sampled_from(["succeeded", "failed", "given_up"]))
    def end(self, end: str) -> None:
        getattr(self.breaker, end)()
        self.open -= 1

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds: float) -> None:
        self.clock.time += seconds

    @invariant()
    def it_opens_again(self) -> None:
        if self.open == 0:
            self.clock.time += 10
            assert self.breaker.health != "resting"
            assert self.breaker.admits()
            self.breaker.given_up()


TestUse = Use.TestCase
TestUse.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
