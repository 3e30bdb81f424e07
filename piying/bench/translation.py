"""Turns translators and sets of translated prompts into figures, each beside what it is to reach."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise

from piying.bench.figure import Figure
from piying.bench.quality import compare, judge
from piying.bench.sets import Pairs
from piying.bench.speed import start_fresh, time_lengths
from piying.bench.systems import BUILT_IN, System, open_system
from piying.settings import Settings
from translation.gloss import Gloss

CHRF_REACH, COPIES_REACH, NOUNS_REACH = 46.0, 100.0, 98.0
LATENCY_REACH = {"phrase": 30.0, "nmt": 80.0, "gloss": 1.0}
LATENCY_WORDS = 20
LOAD_REACH, MEMORY_REACH = 0.5, 150.0
CHANCE_REACH = 0.05

Outputs = Mapping[str, Mapping[str, Sequence[str]]]
"""By set, by system: a line for each of the set's."""


class Measurement:
    """Translates each set once with each system, and keeps what was said."""

    def __init__(self, sets: Mapping[str, Pairs]) -> None:
        self.sets = sets
        self.outputs: dict[str, dict[str, list[str]]] = {title: {} for title in sets}
        self._gloss = Gloss()

    def run(self, settings: Settings, names: Sequence[str]) -> Iterator[Figure]:
        """Every figure of every system."""
        for name in names:
            with ExitStack() as stack:
                system = stack.enter_context(open_system(settings, name))
                yield from self._quality(system)
                yield from self._speed(system)
            if name in BUILT_IN:
                yield from self._start(name)

    def compare(self, names: Sequence[str], others: Outputs) -> Iterator[Figure]:
        """Each system beside the next below it, and the first beside each of ``others``."""
        for title, outputs in self.outputs.items():
            for ours, theirs in pairwise(names):
                yield from self._beside(title, ours, theirs, outputs[theirs])
            for theirs, lines in others.get(title, {}).items():
                yield from self._beside(title, names[0], theirs, lines)

    def _quality(self, system: System) -> Iterator[Figure]:
        for title, pairs in self.sets.items():
            found = self.outputs[title][system.name] = [system.translate(source) for source, _ in pairs]
            quality, lines = judge(pairs, found, self._gloss), f"{len(pairs)} lines"
            reach = CHRF_REACH if (system.name, title) == ("phrase", "vbench2") else None
            yield Figure(system.name, title, "BLEU", quality.bleu, note=lines, at_least=True)
            yield Figure(system.name, title, "chrF2", quality.chrf, "", reach, at_least=True, note=lines)
            yield Figure(system.name, title, "nouns", quality.nouns, "%", NOUNS_REACH, at_least=True, note=lines)
            copies = f"{quality.kept} of {quality.wanted}"
            yield Figure(system.name, title, "copies", quality.copies, "%", COPIES_REACH, at_least=True, note=copies)

    def _speed(self, system: System) -> Iterator[Figure]:
        note = "CPU time" if system.clock is time.process_time else "wall clock"
        for found in time_lengths(system.translate, self.sets["vbench2"], system.clock):
            reach = LATENCY_REACH.get(system.name) if found.words == LATENCY_WORDS else None
            yield Figure(system.name, f"{found.words} words", "p50", found.p50, "ms", reach, note=note)
            yield Figure(system.name, f"{found.words} words", "p99", found.p99, "ms", note=note)

    def _start(self, name: str) -> Iterator[Figure]:
        start = start_fresh(name, self.sets["vbench2"])
        yield Figure(name, "start", "load", start.load, "s", LOAD_REACH, note="CPU time")
        if start.memory is not None:
            yield Figure(name, "start", "memory", start.memory, "MiB", MEMORY_REACH, note="peak")

    def _beside(self, title: str, ours: str, theirs: str, lines: Sequence[str]) -> Iterator[Figure]:
        for found in compare(self.sets[title], self.outputs[title][ours], lines):
            note = f"{found.ours:.1f} beside {found.theirs:.1f}"
            yield Figure(f"{ours} over {theirs}", title, f"{found.metric}, p", found.p, "", CHANCE_REACH, note=note)
