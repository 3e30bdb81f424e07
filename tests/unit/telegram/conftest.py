"""Whatever waits here for Telegram's limits waits no real time: see ``hours``."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping

from tests.unit.telegram.hours import Loop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    return {"hours": Loop}
