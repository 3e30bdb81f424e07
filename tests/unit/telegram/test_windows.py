"""So many in so many seconds, as the server counts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bots.telegram.windows import Turn, Window


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 4)), min_size=1, max_size=40), st.integers(1, 5))
def test_a_window_lets_no_more_through_however_long_they_take(gaps: list[tuple[float, float]], most: int) -> None:
    window, time = Window(most, 3.0), 0.0
    seen: list[float] = []
    for pause, takes in gaps:
        time = max(time + pause, window.opens(time + pause))
        turn = Turn(time)
        window.add(turn)
        turn.ended = time + takes
        # The server counts it when it arrives: at the end of its way, or earlier while an upload goes on.
        seen.append(time + min(takes, 2.0))
    seen.sort()
    assert all(later - first >= 3.0 - 1e-9 for first, later in zip(seen, seen[most:], strict=False))


def test_a_window_keeps_what_it_is_told_to_keep() -> None:
    window = Window(4, 60.0)
    for _ in range(2):
        window.add(Turn(0.0, 0.0))
    assert window.opens(1.0) == 1.0
    assert window.opens(1.0, keep=1) == 1.0
    assert window.opens(1.0, keep=2) == 60.0
    assert window.used(1.0) == 2
    assert window.used(61.0) == 0


def test_a_window_of_which_all_is_kept_still_lets_one_through() -> None:
    assert Window(2, 60.0).opens(5.0, keep=9) == 5.0
