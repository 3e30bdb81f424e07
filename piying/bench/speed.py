"""Turns a translator and texts into milliseconds by length, and a fresh process into its start and its memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import quantiles

from piying.bench.sets import Pairs

LENGTHS = {5: 10, 20: 35, 60: 105}
"""English words of a prompt, and about how many Chinese characters say them."""
PROMPTS, WARM = 120, 20

Translate = Callable[[str], str]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Latency:
    """Milliseconds for prompts of so many ``words``."""

    words: int
    p50: float
    p99: float


@dataclass(frozen=True)
class Start:
    """``load``: CPU-seconds to the first translation, imports left out. ``memory``: at most resident, in MiB."""

    load: float
    memory: float | None


def time_lengths(translate: Translate, pairs: Pairs, clock: Clock) -> Iterator[Latency]:
    """``clock`` is ``time.process_time`` for what works here, and that of the wall for what others do."""
    for words, characters in LENGTHS.items():
        sources = [prompt(pairs, characters, number) for number in range(PROMPTS)]
        for source in sources[:WARM]:
            translate(source)
        cuts = quantiles([_milliseconds(translate, source, clock) for source in sources], n=100)
        yield Latency(words, cuts[49], cuts[98])


def prompt(pairs: Pairs, characters: int, number: int) -> str:
    """Prompts of the set strung together and cut to a length."""
    text = ""
    while len(text) < characters:
        text += pairs[(number * 7 + len(text)) % len(pairs)][0] + ","
    return text[:characters]


def start_fresh(name: str, pairs: Pairs) -> Start:
    """What a process pays that has just begun, and holds after two hundred prompts."""
    texts = "\n".join(source for source, _ in pairs[:200])
    command = [sys.executable, "-m", "piying.bench.probe", name]
    done = subprocess.run(command, input=texts, capture_output=True, encoding="utf-8", check=True)  # noqa: S603 - ours
    load, memory = done.stdout.split()
    return Start(float(load), float(memory) or None)


def _milliseconds(translate: Translate, source: str, clock: Clock) -> float:
    start = clock()
    translate(source)
    return (clock() - start) * 1e3
