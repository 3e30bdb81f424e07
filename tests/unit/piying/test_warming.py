"""The first prompt of a process finds the word lists read, and a fault in them is its own matter."""

from __future__ import annotations

from typing import NoReturn

from structlog.testing import capture_logs

from core.engines.scene.lexicon import load_lexicon
from piying.warming import warm
from piying.wiring import read_prompt


def _broken(*_: object) -> NoReturn:
    raise FileNotFoundError


def test_the_lists_are_read() -> None:
    load_lexicon.cache_clear()
    warm(read_prompt)
    assert load_lexicon.cache_info().currsize == 1


def test_what_cannot_be_read_is_left_to_the_first_prompt() -> None:
    with capture_logs() as lines:
        warm(_broken)
    assert [(one["event"], one["error"]) for one in lines if one["log_level"] == "warning"] == [
        ("process.not_warm", "FileNotFoundError")
    ]
