"""Turns translations and what people wrote for the same texts into figures: how near, what is named, what is copied."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import sacrebleu
from sacrebleu.significance import PairedTest, Result

from piying.bench.sets import Pairs
from translation.copying import unkeyed
from translation.gloss import Gloss
from translation.normalise import normalise
from translation.spans import open_text, protect
from translation.views import flatten

_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:[.:]\d+)*")


@dataclass(frozen=True)
class Quality:
    """``bleu`` and ``chrf`` from 0 to 100; ``nouns`` and ``copies`` in percent; ``kept`` of ``wanted`` were copied."""

    bleu: float
    chrf: float
    nouns: float
    kept: int
    wanted: int

    @property
    def copies(self) -> float:
        return 100 * self.kept / self.wanted if self.wanted else 100.0


@dataclass(frozen=True)
class Comparison:
    """Two systems on the same lines. ``p``: how often chance alone would put ours so far ahead; 1 where it is not."""

    metric: str
    ours: float
    theirs: float
    p: float


def judge(pairs: Pairs, found: Sequence[str], gloss: Gloss) -> Quality:
    """How good the translations of a set are; ``gloss`` says which things a text names."""
    copies = [copied(source, text) for (source, _), text in zip(pairs, found, strict=True)]
    return Quality(
        sacrebleu.corpus_bleu(found, _references(pairs)).score,
        sacrebleu.corpus_chrf(found, _references(pairs)).score,
        100 * mean(gloss.coverage(source, text) for (source, _), text in zip(pairs, found, strict=True)),
        sum(kept for kept, _ in copies),
        sum(wanted for _, wanted in copies),
    )


def copied(source: str, text: str) -> tuple[int, int]:
    """How many of the source's quotations, numbers and Latin words are in the text letter for letter; of how many."""
    clean, said = normalise(source), normalise(text)
    quoted = Counter(_quotations(clean))
    tokens, kept = Counter(_TOKEN.findall(flatten(clean))), Counter(_TOKEN.findall(flatten(said)))
    whole = sum(min(times, said.count(span)) for span, times in quoted.items())
    return whole + (tokens & kept).total(), quoted.total() + tokens.total()


def _quotations(clean: str) -> Iterator[str]:
    """What is protected but numbers and Latin words; where everything is quoted, or it is JSON, nothing is."""
    is_quoted = any(map(str.isalnum, open_text(clean))) and unkeyed(clean) == clean
    return (span for span in protect(clean)[1] if is_quoted and not span[0].isalnum())


def compare(pairs: Pairs, ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Comparison]:
    """A paired bootstrap of a thousand samples, in BLEU and chrF2."""
    metrics = {"BLEU": sacrebleu.BLEU(), "chrF2": sacrebleu.CHRF()}
    systems: list[tuple[str, Sequence[str]]] = [("theirs", list(theirs)), ("ours", list(ours))]
    _, results = PairedTest(systems, metrics, _references(pairs), test_type="bs")()
    for metric in metrics:
        their, our = results[metric]
        assert isinstance(our, Result)
        assert isinstance(their, Result)
        p = our.p_value if our.p_value is not None and our.score > their.score else 1.0
        yield Comparison(metric, our.score, their.score, p)


def signatures() -> Mapping[str, str]:
    """How each figure is taken, in sacrebleu's own words."""
    metrics = {"BLEU": sacrebleu.BLEU(references=[["a cat"]]), "chrF2": sacrebleu.CHRF(references=[["a cat"]])}
    return {name: str(metric.get_signature()) for name, metric in metrics.items()}


def _references(pairs: Pairs) -> list[list[str]]:
    return [[english for _, english in pairs]]
