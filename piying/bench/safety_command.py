"""``piying bench safety``: figures as a table, or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from piying.bench.figure import Figure
from piying.bench.safety import Judges, measure, read_prompts
from piying.bench.safety_sets import read_safety_sets
from piying.bench.sets import FOLDER
from piying.mistake import Mistake

NEEDED = "pypinyin"
PROMPTS = Path(__file__).parents[2] / "tests" / "prompts"


def bench_safety(data: Path | None, *, as_json: bool = False) -> None:
    """Measure the rules and the classifier.

    Raises:
        Mistake: the data, the prompts of the source folder or pypinyin is missing.
    """
    if find_spec(NEEDED) is None or not PROMPTS.is_dir():
        raise Mistake("moderators are measured in Piying's source folder, with pypinyin: pip install '.[bench]' there")
    judges = Judges()
    found = list(measure(read_safety_sets(data or FOLDER), read_prompts(PROMPTS), judges))
    if as_json:
        for figure in found:
            print(json.dumps({**asdict(figure), "met": figure.met}, ensure_ascii=False))
        return
    _print_table(found)
    print(f"classifier {judges.classifier.version}, rules {judges.rules.version}")


def _print_table(found: Iterable[Figure]) -> None:
    table = Table()
    for heading in ("moderator", "on", "figure", "", "reach", "met?", "of"):
        table.add_column(heading, justify="right" if heading in {"", "reach"} else "left")
    for one in found:
        reach = "" if one.reach is None else f"{'≥' if one.at_least else '≤'} {one.reach:g}"
        met = {None: "", True: "yes", False: "no"}[one.met]
        table.add_row(one.system, one.of, one.name, f"{one.value:.3g} {one.unit}".strip(), reach, met, one.note)
    Console(markup=False, highlight=False, width=140).print(table)
