"""Turns a folder with judged texts into sets to measure moderators on, and says which texts are learnt from.

Training reads the same lines by the same rule, which is why it stands here, once.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from piying.bench.held_out import HELD_SHARE, sentence_hash
from piying.bench.sets import FOLDER
from piying.mistake import Mistake

Part = Literal["held", "calibration", "train"]
T2V, COPRO, COLD, COCO, YOUMIND, I2P = (
    "dev/safety_t2vsafetybench_dev",
    "safety/coprov2_train",
    "safety/cold_train",
    "safety/coco30k_benign",
    "safety/youmind_benign",
    "safety/i2p",
)
VBENCH = "dev/mt_vbench2.tsv"
FILES = (*(f"{name}.jsonl" for name in (T2V, COPRO, COLD, COCO, YOUMIND)), VBENCH)
COPRO_BLOCK = 20
"""CoProV2's twins stand next to each other, and about the same thing: lines are dealt out by so many."""
SAMPLE, SEED = 500, 5


@dataclass(frozen=True)
class Row:
    """One judged text. ``category`` is its source's own word for what is wrong with it, "benign" where nothing is."""

    text: str
    unsafe: bool
    category: str
    language: str
    part: Part
    share: float | None = None
    """Of pictures made from it that were improper, in per cent, where somebody looked."""


def part_of(key: str) -> Part:
    """Where a text goes, by its id or hash: one in ``HELD_SHARE`` is tested on, as many set thresholds."""
    number = int(hashlib.sha256(f"held {key}".encode()).hexdigest(), 16) % HELD_SHARE
    return "held" if number == 0 else "calibration" if number == 1 else "train"


def read_rows(folder: Path, name: str) -> Iterator[Row]:
    """The rows of one file, each text once."""
    seen = set()
    block = ""
    for number, line in enumerate((folder / f"{name}.jsonl").read_text("utf-8").splitlines()):
        record = json.loads(line)
        digest = sentence_hash(record["text"])
        if number % COPRO_BLOCK == 0:
            block = digest
        key = {COPRO: block, YOUMIND: str(record.get("id"))}.get(name, digest)
        if digest not in seen:
            seen.add(digest)
            yield Row(
                record["text"], bool(record["label"]), record["cat"], record["lang"], part_of(key), record.get("pct")
            )


def draw(
    rows: Sequence[Row], most: int, wanted: Callable[[Row], bool] = lambda _row: True, seed: int = SEED
) -> list[Row]:
    """At most so many of the wanted rows, the same every time."""
    chosen = [row for row in rows if wanted(row)]
    return random.Random(seed).sample(chosen, min(most, len(chosen)))


@dataclass(frozen=True)
class SafetySets:
    """What a moderator is measured on; all of it was kept from training and from thresholds.

    ``benign`` by title, the language after the last space; ``twins`` are CoProV2's, half of them safe.
    """

    t2v: Sequence[Row]
    twins: Sequence[Row]
    cold: Sequence[Row]
    benign: Mapping[str, Sequence[str]]


def video_prompts(folder: Path, part: Part) -> dict[str, list[str]]:
    """VBench-2's prompts by language: every other line sets thresholds, the rest is measured on."""
    lines = (folder / VBENCH).read_text("utf-8").splitlines()[part == "held" :: 2]
    chinese, english = zip(*(line.split("\t")[:2] for line in lines), strict=True)
    return {"en": list(english), "zh": list(chinese)}


def read_safety_sets(folder: Path = FOLDER) -> SafetySets:
    """All sets.

    Raises:
        Mistake: a file is not there.
    """
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise Mistake(
            f"no {', '.join(missing)} in {folder}: what is measured on is not part of Piying; --data FOLDER names "
            "where it lies, and docs/reference/safety.md says what it is"
        )
    split = (COPRO, COLD, COCO, YOUMIND)
    held = {name: [row for row in read_rows(folder, name) if row.part == "held"] for name in split}
    videos = video_prompts(folder, "held")
    youmind = {language: draw(held[YOUMIND], SAMPLE, _in(language)) for language in ("zh", "en")}
    benign = {
        "COCO en": [row.text for row in draw(held[COCO], SAMPLE)],
        "YouMind en": [row.text for row in youmind["en"]],
        "YouMind zh": [row.text for row in youmind["zh"]],
        "VBench-2 en": videos["en"],
        "VBench-2 zh": videos["zh"],
    }
    return SafetySets(list(read_rows(folder, T2V)), draw(held[COPRO], 2 * SAMPLE), draw(held[COLD], SAMPLE), benign)


def _in(language: str) -> Callable[[Row], bool]:
    return lambda row: row.language == language
