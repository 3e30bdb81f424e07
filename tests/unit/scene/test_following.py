"""How much of the test prompts is followed. The scored half is never tuned on: only its totals are shown."""

from __future__ import annotations

import pytest

from tests.unit.scene.following import SUBJECT_FIELDS, Score, load, score

LEAST = 0.95


@pytest.fixture(scope="module", params=["tuning", "scored"])
def followed(request: pytest.FixtureRequest) -> Score:
    result = score(load(request.param))
    print(f"\n{request.param} half\n{result.table()}")
    return result


def test_subjects_are_right(followed: Score) -> None:
    assert followed.share("subjects") >= LEAST


@pytest.mark.parametrize("name", [*SUBJECT_FIELDS, "place", "time", "weather", "camera", "undrawn"])
def test_the_rest_is_right(followed: Score, name: str) -> None:
    assert followed.share(name) >= LEAST
