"""Turns a missing tool into a skip that says so, or, where all must run, into a failure."""

import os

import pytest


def need(condition: object, what: str) -> None:
    """Skip when ``condition`` is false; fail under ``PIYING_REQUIRE_ALL=1``."""
    if condition:
        return
    if os.environ.get("PIYING_REQUIRE_ALL") == "1":
        pytest.fail(f"needed and missing: {what}")
    pytest.skip(f"missing: {what}")
