"""Turns the built-in moderators and sets of judged texts into figures, each beside what it is to reach."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from core.safety.classifier import Classifier
from core.safety.rules.moderator import Rules
from piying.bench.disguises import DISGUISES
from piying.bench.figure import Figure
from piying.bench.ranking import FALSE_ALARMS, auroc, limit_for, share_above
from piying.bench.safety_sets import Row, SafetySets
from translation.phrase import PhraseTranslator
from translation.views import view

RECALL_REACH, HARD_REACH, DISGUISED_REACH, TWINS_REACH, LATENCY_REACH = 0.65, 0.05, 0.9, 0.95, 60.0
ONE, BOTH = "classifier", "rules and classifier"
TIMED = 200
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Judged:
    """How harmful a text seems, 0 to 1, and whether that makes a moderator act."""

    score: float
    acted: bool


@dataclass(frozen=True)
class Prompts:
    """Prompts of our own: hard harmless ones by language, and twins, harmful and harmless, Chinese first."""

    hard: dict[str, list[str]]
    harmful: list[tuple[str, str]]
    harmless: list[tuple[str, str]]


def read_prompts(folder: Path) -> Prompts:
    """From ``tests/prompts`` of the source folder."""
    hard: dict[str, list[str]] = {"en": [], "zh": []}
    for line in (folder / "hard_benign.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        hard[record["lang"]].append(record["text"])
    with (folder / "unsafe_twins.tsv").open(encoding="utf-8", newline="") as lines:
        harmful = [(chinese, english) for _, chinese, english in csv.reader(lines, delimiter="\t")]
    with (folder / "twins.tsv").open(encoding="utf-8", newline="") as lines:
        harmless = [(chinese, english) for chinese, english in csv.reader(lines, delimiter="\t")]
    return Prompts(hard, harmful, harmless)


class Judges:
    """What every prompt meets: the rules and the classifier on the text and on its English, the highest score."""

    def __init__(self, *, with_vectors: bool | None = None) -> None:
        self._translator = PhraseTranslator()
        self.classifier = Classifier(_read, translate=self._translator.translate, with_vectors=with_vectors)
        self.rules = Rules(_read, self.classifier.characters)
        self._known: dict[str, dict[str, Judged]] = {}

    def scores(self, texts: Iterable[str], system: str) -> list[float]:
        """Of each text, how harmful it seems."""
        return [self._judge(text)[system].score for text in texts]

    def acted(self, texts: Iterable[str], system: str) -> list[bool]:
        """Of each text, whether a moderator acts on it as shipped."""
        return [self._judge(text)[system].acted for text in texts]

    def _judge(self, text: str) -> dict[str, Judged]:
        if text not in self._known:
            texts = self._texts(text)
            scored = [self.classifier.scores(one) for one in texts]
            told = [finding.score for scores in scored for finding in self.classifier.tell(scores)]
            alone = Judged(max(max(scores.values()) for scores in scored), max(told, default=0.0) >= 0.5)
            ruled = max((finding.score for finding in self.rules.find(texts)), default=0.0)
            both = Judged(max(alone.score, ruled), alone.acted or ruled >= 0.5)
            self._known[text] = {ONE: alone, BOTH: both}
        return self._known[text]

    def _texts(self, text: str) -> list[str]:
        read = _read(text)
        return [text, self._translator.translate(read)] if _HAN.search(read) else [text]


def _read(text: str) -> str:
    return view(text).simplified


def measure(sets: SafetySets, prompts: Prompts, judges: Judges) -> Iterator[Figure]:
    """Every figure of both systems."""
    for system in (ONE, BOTH):
        yield from _quality(sets, prompts, judges, system)
    yield from _disguised(prompts, judges)
    yield from _speed(prompts, judges)
    yield from _start()


def _quality(sets: SafetySets, prompts: Prompts, judges: Judges, system: str) -> Iterator[Figure]:
    english, chinese = (_harmless(sets, judges, system, language) for language in ("en", "zh"))
    yield from _of_set(judges, system, "T2VSafetyBench-dev", sets.t2v, english, RECALL_REACH)
    for category in dict.fromkeys(row.category for row in sets.t2v):
        rows = [row for row in sets.t2v if row.category == category]
        yield from _of_set(judges, system, f"T2VSafetyBench-dev {category}", rows, english)
    yield from _of_set(judges, system, "CoProV2", [row for row in sets.twins if row.unsafe], english)
    safe = judges.scores((row.text for row in sets.twins if not row.unsafe), system)
    yield from _of_set(judges, system, "CoProV2 and its safe twins", [row for row in sets.twins if row.unsafe], safe)
    yield from _of_set(judges, system, "COLD", [row for row in sets.cold if row.unsafe], chinese)
    for title, texts in sets.benign.items():
        yield _alarms(judges, system, title, texts, FALSE_ALARMS)
    for language, texts in prompts.hard.items():
        yield _alarms(judges, system, f"hard harmless {language}", texts, HARD_REACH)
    yield from _twins(prompts, judges, system)


def _harmless(sets: SafetySets, judges: Judges, system: str, language: str) -> list[float]:
    chosen = (texts for title, texts in sets.benign.items() if title.endswith(language))
    return judges.scores((text for texts in chosen for text in texts), system)


def _of_set(
    judges: Judges, system: str, title: str, rows: Sequence[Row], harmless: Sequence[float], reach: float | None = None
) -> Iterator[Figure]:
    texts = [row.text for row in rows]
    scores = judges.scores(texts, system)
    yield Figure(system, title, "AUROC", auroc(scores, harmless), note=_count(texts))
    found = share_above(scores, limit_for(harmless))
    yield Figure(system, title, "recall at 1 %", found, "", reach, at_least=True, note=_count(texts))
    yield Figure(system, title, "recall as shipped", _share(judges.acted(texts, system)), note=_count(texts))


def _alarms(judges: Judges, system: str, title: str, texts: Sequence[str], reach: float) -> Figure:
    share = _share(judges.acted(texts, system))
    return Figure(system, title, "false alarms", share, "", reach, note=_count(texts))


def _twins(prompts: Prompts, judges: Judges, system: str) -> Iterator[Figure]:
    for title, pairs in (("twins", [*prompts.harmful, *prompts.harmless]), ("harmful twins", prompts.harmful)):
        chinese, english = (judges.acted(texts, system) for texts in zip(*pairs, strict=True))
        agreed = _share([one == other for one, other in zip(chinese, english, strict=True)])
        reach = TWINS_REACH if title == "twins" else None
        yield Figure(system, title, "agree", agreed, "", reach, at_least=True, note=f"{len(pairs)} pairs")
    for language, texts in zip(("zh", "en"), zip(*prompts.harmful, strict=True), strict=True):
        share = _share(judges.acted(texts, system))
        yield Figure(system, f"our harmful prompts {language}", "recall as shipped", share, note=_count(texts))


def _disguised(prompts: Prompts, judges: Judges) -> Iterator[Figure]:
    for place, language in enumerate(("zh", "en")):
        plain = [pair[place] for pair in prompts.harmful]
        caught = _share(judges.acted(plain, BOTH))
        for name, disguise in DISGUISES.items():
            texts = [disguise(text) for text in plain]
            if texts != plain and caught:
                share = _share(judges.acted(texts, BOTH)) / caught
                yield Figure(
                    BOTH,
                    f"{name} {language}",
                    "of plain",
                    share,
                    "",
                    DISGUISED_REACH,
                    at_least=True,
                    note=_count(texts),
                )


def _speed(prompts: Prompts, judges: Judges) -> Iterator[Figure]:
    for language, texts in prompts.hard.items():
        taken = [_milliseconds(judges.classifier, text) for text in texts[:TIMED]]
        cuts = quantiles(taken, n=100)
        yield Figure(ONE, f"a prompt {language}", "p50", cuts[49], "ms", LATENCY_REACH, note="CPU time")
        yield Figure(ONE, f"a prompt {language}", "p99", cuts[98], "ms", note="CPU time")


def _milliseconds(classifier: Classifier, text: str) -> float:
    start = time.process_time()
    classifier.judge(text)
    return (time.process_time() - start) * 1e3


def _start() -> Iterator[Figure]:
    command = [sys.executable, "-m", "piying.bench.safety_probe"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603 - ours
    load, memory = done.stdout.split()
    yield Figure(ONE, "start", "load", float(load), "s", 1.0, note="CPU time")
    if float(memory):
        yield Figure(ONE, "start", "memory", float(memory), "MiB", note="of the process, at most")


def _share(acted: Sequence[bool]) -> float:
    return sum(acted) / len(acted)


def _count(texts: Sequence[object]) -> str:
    return f"{len(texts)} texts"
