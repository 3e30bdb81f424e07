"""Turns vectors and n-grams into a score for each category, with the weights that ``training/safety`` made."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.safety.apart import Lexicon, Readings
from core.safety.ngrams import buckets
from core.types import Category

FOLDER = Path(__file__).with_name("data")
WEIGHTS, CARD = "classifier.npz", "classifier.json"
ANY = "any"
"""The output beside the categories: whether a text is harmful in whatever way."""

Floats = npt.NDArray[np.float32]


class WeightsDamaged(Exception):
    """The weights are not those that their card describes."""


@dataclass(frozen=True)
class Thresholds:
    """From which sum of logits each output acts, with vectors and without."""

    full: Floats
    ngrams: Floats


class Heads:
    """The outputs are those of ``outputs``: categories, and ``ANY`` last.

    Raises:
        WeightsDamaged: the weights do not have the SHA-256 that the card names.
        OSError: a file is not there.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        card: dict[str, Any] = json.loads((folder / CARD).read_text("utf-8"))
        stored = (folder / WEIGHTS).read_bytes()
        if hashlib.sha256(stored).hexdigest() != card["sha256"]:
            raise WeightsDamaged(f"{WEIGHTS} is not the file that {CARD} describes")
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            self._arrays = {name: arrays[name] for name in arrays.files}
        readings = Readings(bytes(self._arrays.pop("readings")), self._arrays.pop("reading_costs"))
        self.lexicon = Lexicon(bytes(self._arrays.pop("words")).decode().split("\n"), readings)
        self.version: str = card["version"]
        self.outputs: tuple[str, ...] = tuple(card["outputs"])
        self._blend: float = card["blend"]
        self._thresholds = Thresholds(
            np.array(card["thresholds"]["full"], np.float32), np.array(card["thresholds"]["ngrams"], np.float32)
        )

    @property
    def categories(self) -> tuple[Category, ...]:
        """Those it tells apart, in the order of its outputs."""
        return tuple(Category(name) for name in self.outputs if name != ANY)

    def score(self, windows: list[str], vectors: Floats | None) -> Floats:
        """0 to 1 for each window and output; 0.5 is where it acts. ``vectors`` has a row a window, or is None."""
        logits = self.ngram_logits(windows)
        thresholds = self._thresholds.ngrams
        if vectors is not None:
            logits = self.vector_logits(vectors) + self._blend * logits
            thresholds = self._thresholds.full
        return _scored(logits, thresholds)

    def gravest(self, windows: list[str], most: int) -> list[int]:
        """Which of the windows their n-grams speak against most, in their order."""
        margins = (self.ngram_logits(windows) - self._thresholds.ngrams).max(1)
        return sorted(np.argsort(-margins, kind="stable")[:most].tolist())

    def ngram_logits(self, windows: list[str]) -> Floats:
        """What the n-grams of each window say."""
        rows = [self._ngram_row(window) for window in windows]
        return np.array(rows, np.float32).reshape(-1, len(self.outputs))

    def _ngram_row(self, window: str) -> Floats:
        found = buckets(window)
        total = self._arrays["ngrams"][found].sum(0, dtype=np.float32) * self._arrays["ngram_scale"]
        return np.asarray(total / max(1.0, len(found)) ** 0.5 + self._arrays["ngram_bias"], np.float32)

    def vector_logits(self, vectors: Floats) -> Floats:
        """What the vectors say: the mean of several small networks with one hidden layer."""
        arrays = self._arrays
        centred = (vectors - arrays["mean"]) / arrays["deviation"]
        first, second = arrays["first"].astype(np.float32), arrays["second"].astype(np.float32)
        hidden = np.maximum(np.einsum("nd,mdh->mnh", centred, first) + arrays["first_bias"], 0)
        logits = np.einsum("mnh,mho->mno", hidden, second) + arrays["second_bias"]
        return np.asarray(logits.mean(0), np.float32)


def _scored(logits: Floats, thresholds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(np.clip(thresholds - logits, -30, 30))), np.float32)


def shipped_version(folder: Path = FOLDER) -> str:
    """Of the weights in a folder; only their card is read."""
    return str(json.loads((folder / CARD).read_text("utf-8"))["version"])
