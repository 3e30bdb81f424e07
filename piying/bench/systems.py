"""Turns the name of a translator into a function that translates."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.errors import Refusal
from piying.bench.probe import load
from piying.bench.speed import Clock, Translate
from piying.clock import SystemClock
from piying.mistake import Mistake
from piying.settings import Settings
from piying.translators import make_chain
from translation.cache import MemoryCache
from translation.chain import Chain

BUILT_IN = ("phrase", "gloss")
"""What is measured without being named, the best first."""


@dataclass(frozen=True)
class System:
    """A translator that is measured. ``clock``: of its own work where that is done here, else of the wall."""

    name: str
    translate: Translate
    clock: Clock


@contextmanager
def open_system(settings: Settings, name: str) -> Iterator[System]:
    """A built-in translator by itself; another as it is set up, where a text that it refuses becomes an empty one.

    Raises:
        Mistake: there is none of that name.
    """
    if name in BUILT_IN:
        yield System(name, load(name)(), time.process_time)
        return
    chain = make_chain(settings, cache=MemoryCache(), clock=SystemClock())
    if name not in chain.names:
        raise Mistake(f"no translator {name}: there is {', '.join(chain.names)}")
    with asyncio.Runner() as runner:
        try:
            yield System(name, lambda text: runner.run(_write(chain, text, name)), time.perf_counter)
        finally:
            runner.run(chain.close())


async def _write(chain: Chain, text: str, name: str) -> str:
    try:
        return (await chain.translate(text, ("en",), by=name)).text
    except Refusal:
        return ""
