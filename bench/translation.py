"""Turns the built-in translators and sets of translated prompts into BLEU, chrF2, coverage, copies and milliseconds.

    python -m bench translation

The sets lie outside this repository, in the folder that ``PIYING_TRANSLATION_DATA`` names (``../shared/data`` without
it): VBench-2's prompts, and the YouMind and Tatoeba lines that training holds out by id and by hash.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles

import sacrebleu

from bench.fresh import ROOT
from bench.report import Row, Skipped
from training.translation.corpus import read
from translation.gloss import Gloss
from translation.phrase import PhraseTranslator

DATA = Path(os.environ.get("PIYING_TRANSLATION_DATA", ROOT.parent / "shared" / "data"))
SAMPLE = 500
"""Lines of a slice that are translated; VBench-2 is taken whole."""
SEED = 4
CHRF_REACH, COVERAGE_REACH, LATENCY_REACH, GLOSS_LATENCY_REACH = 46.0, 98.0, 30.0, 1.0
LOAD_REACH, MEMORY_REACH = 0.5, 150.0
LENGTHS = {5: 10, 20: 35, 60: 105}
"""English words of a prompt, and about how many Chinese characters say them."""

Translate = Callable[[str], str]
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Quality:
    """``copies`` and ``coverage`` in percent."""

    bleu: float
    chrf: float
    coverage: float
    copies: float


def rows() -> Iterator[Row]:
    sets = read_sets()
    gloss = Gloss()
    for name, translate in {"phrase": PhraseTranslator().translate, "gloss": gloss.translate}.items():
        for title, pairs in sets.items():
            found = quality(translate, pairs, gloss)
            reach = CHRF_REACH if (name, title) == ("phrase", "vbench2") else None
            yield Row(f"{name} {title} chrF2", round(found.chrf, 1), "", reach, f"{len(pairs)} lines", at_least=True)
            yield Row(f"{name} {title} BLEU", round(found.bleu, 1), "", None, f"{len(pairs)} lines", at_least=True)
            yield Row(
                f"{name} {title} nouns",
                round(found.coverage, 1),
                "%",
                COVERAGE_REACH,
                "said, of those glossed",
                at_least=True,
            )
            yield Row(
                f"{name} {title} copies", round(found.copies, 1), "%", 100.0, "numbers and Latin words", at_least=True
            )
        yield from _latencies(name, translate, sets["vbench2"])
    yield from _fresh()


def read_sets(data: Path = DATA) -> dict[str, list[tuple[str, str]]]:
    """Chinese and English of each set.

    Raises:
        Skipped: the data is not there.
    """
    if not (data / "dev" / "mt_vbench2.tsv").exists():
        raise Skipped(f"no translated prompts in {data}")
    corpus = read(data)
    sample = random.Random(SEED).sample
    sets = {
        name: sample(pairs, min(SAMPLE, len(pairs)))
        for name, pairs in (("youmind", corpus.youmind), ("tatoeba", corpus.tatoeba))
    }
    lines = (data / "dev" / "mt_vbench2.tsv").read_text("utf-8").splitlines()
    found = {"vbench2": [(line.split("\t")[0], line.split("\t")[1]) for line in lines]}
    return found | {name: [(pair.chinese, pair.english) for pair in pairs] for name, pairs in sets.items()}


def quality(translate: Translate, pairs: Pairs, gloss: Gloss) -> Quality:
    found = [translate(source) for source, _ in pairs]
    references = [[reference for _, reference in pairs]]
    coverage = mean(gloss.coverage(source, text) for (source, _), text in zip(pairs, found, strict=True))
    copies = [copied(source, text) for (source, _), text in zip(pairs, found, strict=True)]
    wanted = sum(all_ for _, all_ in copies)
    return Quality(
        sacrebleu.corpus_bleu(found, references).score,
        sacrebleu.corpus_chrf(found, references).score,
        100 * coverage,
        100 * sum(kept for kept, _ in copies) / wanted if wanted else 100.0,
    )


def copied(source: str, text: str) -> tuple[int, int]:
    """How many of the source's numbers and Latin words the translation has letter for letter, and of how many."""
    spans = re.findall(r"[A-Za-z][A-Za-z0-9-]*|\d+(?:[.:]\d+)*", source)
    return sum(span in text for span in spans), len(spans)


def _latencies(name: str, translate: Translate, pairs: Pairs) -> Iterator[Row]:
    for words, characters in LENGTHS.items():
        sources = [prompt(pairs, characters, number) for number in range(120)]
        for source in sources[:20]:
            translate(source)
        spent = [_milliseconds(translate, source) for source in sources]
        cuts = quantiles(spent, n=100)
        reach = (GLOSS_LATENCY_REACH if name == "gloss" else LATENCY_REACH) if words == 20 else None
        yield Row(f"{name} {words} words p50", round(cuts[49], 2), "ms", reach, "CPU time, 120 prompts")
        yield Row(f"{name} {words} words p99", round(cuts[98], 2), "ms", None, "CPU time, 120 prompts")


def prompt(pairs: Pairs, characters: int, number: int) -> str:
    """Prompts of the set strung together and cut to a length."""
    text = ""
    while len(text) < characters:
        text += pairs[(number * 7 + len(text)) % len(pairs)][0] + ","
    return text[:characters]


def _milliseconds(translate: Translate, source: str) -> float:
    start = time.process_time()
    translate(source)
    return (time.process_time() - start) * 1e3


_PROBE = """
import pathlib, re, time
import translation.phrase
begin = time.process_time()
translator = translation.phrase.PhraseTranslator()
translator.translate("一只猫")
print(time.process_time() - begin)
for text in open(0, encoding="utf-8"):
    translator.translate(text)
# Not getrusage: that also counts what the parent had before it became this process.
print(int(re.search("VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) / 1024)
"""


def _fresh() -> Iterator[Row]:
    texts = "\n".join(source for source, _ in read_sets()["vbench2"][:200])
    done = subprocess.run(
        [sys.executable, "-c", _PROBE], input=texts, capture_output=True, text=True, check=True, cwd=ROOT
    )
    load, memory = map(float, done.stdout.split())
    yield Row("phrase load", round(load, 2), "s", LOAD_REACH, "CPU time to the first translation, imports not counted")
    yield Row("phrase memory", round(memory), "MiB", MEMORY_REACH, "peak of a fresh process after 200 prompts")
