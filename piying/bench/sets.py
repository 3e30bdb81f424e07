"""Turns a folder with translated texts into the three sets that translators are measured on."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from piying.bench.held_out import TATOEBA, YOUMIND, is_held_pair, read_pairs, youmind_ids
from piying.mistake import Mistake

Pairs = Sequence[tuple[str, str]]
"""Chinese, and the English that somebody wrote for it."""
FOLDER = Path(__file__).parents[3] / "shared" / "data"
"""Beside the source folder."""
FILES = (
    "dev/mt_vbench2.tsv",
    f"translation/{YOUMIND}.tsv",
    f"translation/{TATOEBA}.tsv",
    "safety/youmind_benign.jsonl",
)
SAMPLE, SEED = 500, 4
"""Lines of a slice that are taken, and how they are drawn; VBench-2 is taken whole."""


def read_sets(folder: Path = FOLDER) -> dict[str, Pairs]:
    """VBench-2's prompts, and of YouMind's and Tatoeba's lines some of those that are held out.

    Raises:
        Mistake: a file is not there.
    """
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise Mistake(
            f"no {', '.join(missing)} in {folder}: what is measured on is not part of Piying; --data FOLDER names "
            "where it lies, and docs/reference/translation.md says what it is and how to get it"
        )
    lines = (folder / FILES[0]).read_text("utf-8").splitlines()
    whole = [(chinese, english) for chinese, english in (line.split("\t")[:2] for line in lines)]
    owners = youmind_ids(folder)
    return {"vbench2": whole, "youmind": _slice(folder, YOUMIND, owners), "tatoeba": _slice(folder, TATOEBA, owners)}


def _slice(folder: Path, source: str, owners: Mapping[str, str]) -> Pairs:
    held = [pair for pair in read_pairs(folder, source) if is_held_pair(pair, owners)]
    sample = random.Random(SEED).sample(held, min(SAMPLE, len(held)))
    return [(pair.chinese, pair.english) for pair in sample]
