"""Turns trained models into the files of ``translation/data``."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.translation.extract import Option
from training.translation.language_model import Model
from translation.weights import FINE_SCALE, SCALE, phrase_key

KEPT_OPTIONS = 8
Arrays = dict[str, npt.NDArray[Any]]


def table_arrays(
    table: Mapping[tuple[str, ...], Sequence[Option]], ids: Mapping[str, int]
) -> tuple[Arrays, npt.NDArray[np.float32]]:
    """The phrase table without its scores, and the features of each option, one row each."""
    phrases = sorted(table, key=phrase_key)
    targets: dict[tuple[int, ...], int] = {}
    option_targets, features, starts = [], [], [0]
    for phrase in phrases:
        for option in table[phrase][:KEPT_OPTIONS]:
            words = tuple(ids.get(word, 1) for word in option.words)
            option_targets.append(targets.setdefault(words, len(targets)))
            features.append(option.features)
        starts.append(len(option_targets))
    lengths = np.array([len(words) for words in targets], np.uint32)
    arrays: Arrays = {
        "phrase_keys": np.array([phrase_key(phrase) for phrase in phrases], np.uint64),
        "phrase_starts": np.array(starts, np.uint32),
        "option_targets": np.array(option_targets, np.uint32),
        "target_starts": np.concatenate(([0], np.cumsum(lengths))).astype(np.uint32),
        "target_words": np.array([word for words in targets for word in words], np.uint16),
    }
    return arrays, np.array(features, np.float32)


def scores(features: npt.NDArray[np.float32], weights: Sequence[float]) -> npt.NDArray[np.int16]:
    """What the decoder adds for each option."""
    return np.asarray(np.clip(np.rint(features @ np.array(weights, np.float32) * FINE_SCALE), -32768, 32767), np.int16)


def model_arrays(model: Model) -> Arrays:
    """The language model, with logarithms in bytes."""
    bigrams, trigrams = sorted(model.bigrams), sorted(model.trigrams)
    return {
        "unigrams": _bytes(model.unigrams),
        "unigram_backoffs": _bytes(model.unigram_backoffs),
        "bigram_keys": np.array([y << 16 | z for y, z in bigrams], np.uint32),
        "bigrams": _bytes([model.bigrams[gram] for gram in bigrams]),
        "bigram_backoffs": _bytes([model.bigram_backoffs.get(gram, 0.0) for gram in bigrams]),
        "trigram_keys": np.array([x << 32 | y << 16 | z for x, y, z in trigrams], np.uint64),
        "trigrams": _bytes([model.trigrams[gram] for gram in trigrams]),
    }


def write(folder: Path, arrays: Arrays, words: Sequence[str], settings: Mapping[str, Any]) -> None:
    """Write everything but the lexicon."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / "words.txt").write_text("\n".join(words), "utf-8")
    (folder / "settings.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n", "utf-8")


def write_lexicon(
    folder: Path,
    costs: Mapping[str, float],
    meanings: Mapping[str, str],
    senses: Mapping[str, str],
    verbs: Collection[str],
    adjectives: Collection[str],
) -> None:
    """Word, ten times its cost, v for a verb or a for an adjective, meaning, stems of its senses; tab-separated.

    The same bytes every time.
    """
    rows = (
        (
            word,
            round(10 * costs[word]),
            "v" if word in verbs else "a" * (word in adjectives),
            meanings.get(word, ""),
            senses.get(word, ""),
        )
        for word in sorted(costs)
    )
    lines = ["\t".join(map(str, row)) + "\n" for row in rows]
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="", compresslevel=9) as file:
        file.write("".join(lines).encode())
    (folder / "lexicon.tsv.gz").write_bytes(buffer.getvalue())


def write_grammar(folder: Path, forms: Sequence[tuple[str, str, str]]) -> None:
    """N or v, a noun or a verb, its plural or third person; tab-separated."""
    (folder / "grammar.tsv").write_text("".join("\t".join(row) + "\n" for row in forms), "utf-8")


def _bytes(logarithms: Sequence[float]) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(-np.array(logarithms) * SCALE), 0, 255), np.uint8)
