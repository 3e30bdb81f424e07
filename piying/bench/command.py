"""``piying bench translation``: figures as a table, or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from piying.bench.sets import FOLDER, Pairs, read_sets
from piying.mistake import Mistake
from piying.settings import Settings

if TYPE_CHECKING:
    from piying.bench.figure import Figure
    from piying.bench.translation import Outputs

NEEDED = "sacrebleu"


def bench_translation(
    settings: Settings,
    data: Path | None,
    names: Sequence[str],
    *,
    against: Sequence[str] = (),
    write: Path | None = None,
    as_json: bool = False,
) -> None:
    """Measure what is built in, and the translators that are set up and named.

    ``against``: ``SET=FILE``, another system's translations of a set, a line for each of its lines. ``write``: a folder
    for what was read and said, ``SET.zh``, ``SET.en``, ``SET.TRANSLATOR``.

    Raises:
        Mistake: the data, sacrebleu, a translator or a file is not as it should be.
    """
    if find_spec(NEEDED) is None:
        raise Mistake(f"translations are measured with {NEEDED}: pip install '.[bench]' in Piying's source folder")
    from piying.bench.quality import signatures
    from piying.bench.systems import BUILT_IN
    from piying.bench.translation import Measurement

    sets = read_sets(data or FOLDER)
    others = read_others(against, sets)
    measurement = Measurement(sets)
    every = list(dict.fromkeys((*names, *BUILT_IN)))
    found = [*measurement.run(settings, every), *measurement.compare(every, others)]
    if write:
        _write(write, sets, measurement.outputs)
    if as_json:
        _print_json(found)
    else:
        _print_table(found, signatures())


def read_others(against: Sequence[str], sets: Mapping[str, Pairs]) -> Outputs:
    """The other systems' lines by set and system, which is named as its file is.

    Raises:
        Mistake: there is no such set or file, or it has more lines than the set, or fewer.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for text in against:
        title, _, name = text.partition("=")
        if title not in sets or not name:
            raise Mistake(f"--against {text}: write SET=FILE, where SET is {', '.join(sets)}")
        lines = Path(name).read_text("utf-8").removesuffix("\n").split("\n")
        if len(lines) != len(sets[title]):
            raise Mistake(f"--against {text}: {len(lines)} lines for the {len(sets[title])} of {title}")
        found.setdefault(title, {})[Path(name).name] = lines
    return found


def _write(folder: Path, sets: Mapping[str, Pairs], outputs: Outputs) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for title, pairs in sets.items():
        texts = {"zh": [source for source, _ in pairs], "en": [english for _, english in pairs], **outputs[title]}
        for name, lines in texts.items():
            (folder / f"{title}.{name}").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _print_json(found: Iterable[Figure]) -> None:
    for figure in found:
        print(json.dumps({**asdict(figure), "met": figure.met}, ensure_ascii=False))


def _print_table(found: Iterable[Figure], signatures: Mapping[str, str]) -> None:
    table = Table()
    for heading in ("translator", "on", "figure", "", "reach", "met?", "of"):
        table.add_column(heading, justify="right" if heading in {"", "reach"} else "left")
    for one in found:
        reach = "" if one.reach is None else f"{'≥' if one.at_least else '≤'} {one.reach:g}"
        met = {None: "", True: "yes", False: "no"}[one.met]
        value = f"{one.value:.3g}" if abs(one.value) < 1 else f"{one.value:.1f}"
        table.add_row(one.system, one.of, one.name, f"{value} {one.unit}".strip(), reach, met, one.note)
    console = Console(markup=False, highlight=False)
    console.print(table)
    for name, signature in signatures.items():
        console.print(f"{name}: {signature}")
