import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refusal
from core.quotas.rate import Rate


def passes(rate: Rate, sender: str, now: float) -> bool:
    try:
        rate.check(sender, now)
    except Refusal:
        return False
    return True


def test_a_burst_passes_and_then_one_at_a_time() -> None:
    rate = Rate(burst=3, per_second=0.5)
    assert [passes(rate, "a", 100.0) for _ in range(5)] == [True, True, True, False, False]
    assert passes(rate, "b", 100.0)
    assert not passes(rate, "a", 101.0)
    assert passes(rate, "a", 102.5)


def test_the_refusal_says_when_to_come_back() -> None:
    rate = Rate(burst=1, per_second=0.5)
    rate.check("a", 100.0)
    with pytest.raises(Refusal) as refused:
        rate.check("a", 101.0)
    assert (refused.value.code, refused.value.details) == ("too-fast", {"seconds": 1.0})
    assert passes(rate, "a", 102.0)


def test_refused_messages_do_not_push_the_wait_further() -> None:
    rate = Rate(burst=1, per_second=1)
    rate.check("a", 0.0)
    for step in range(1, 10):
        assert not passes(rate, "a", step / 10)
    assert passes(rate, "a", 1.0 + 1e-6)


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    rate = Rate(burst=1, per_second=1)
    rate.check("a", 1000.0)
    assert not passes(rate, "a", 0.0)


def test_only_so_many_senders_are_remembered() -> None:
    rate = Rate(burst=1, per_second=0.001, senders=3)
    for sender in "abcd":
        rate.check(sender, 0.0)
    assert [passes(rate, sender, 0.0) for sender in "dcb"] == [False, False, False]
    assert passes(rate, "a", 0.0)


@given(
    burst=st.integers(1, 10),
    per_second=st.floats(0.1, 10),
    pauses=st.lists(st.floats(0, 2), max_size=60),
)
def test_no_more_pass_than_the_bucket_and_its_refill(burst: int, per_second: float, pauses: list[float]) -> None:
    rate, now, passed = Rate(burst, per_second), 50.0, 0
    for pause in pauses:
        now += pause
        passed += passes(rate, "a", now)
    assert passed <= burst + (now - 50.0) * per_second + 1e-6
