"""Turns measured rows into a table for people and ``results.json`` for comparing runs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results.json"


class Skipped(Exception):
    """This machine cannot measure it; the text says why."""


@dataclass(frozen=True)
class Row:
    """One figure. ``reach`` is the most it should be, or the least; ``note`` says what was measured and how often."""

    name: str
    figure: float | None
    unit: str = ""
    reach: float | None = None
    note: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """None where there is nothing to reach, or nothing was measured."""
        if self.figure is None or self.reach is None:
            return None
        return self.figure >= self.reach if self.at_least else self.figure <= self.reach


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
    }


def _cpu() -> str:
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def store(subject: str, rows: Iterable[Row], load_before: float) -> None:
    """Put a subject's rows in the file in place of its older ones, each with its date and the machine's load."""
    old = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"rows": []}
    when = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": [round(load_before, 2), round(os.getloadavg()[0], 2)],
    }
    fresh = [{"subject": subject, **asdict(row), "met": row.met, **when} for row in rows]
    kept = [row for row in old["rows"] if row["subject"] != subject]
    text = json.dumps({**machine(), "rows": kept + fresh}, ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")


def show(rows: Sequence[Row]) -> None:
    """Print the table, and below it what was measured for the rows of each number."""
    notes = list(dict.fromkeys(row.note for row in rows if row.note))
    table = Table(title=f"{_cpu()}, {os.cpu_count()} cores, Python {platform.python_version()}", title_justify="left")
    for heading in ("row", "figure", "unit", "reach", "met?", ""):
        table.add_column(heading, justify="right" if heading in {"figure", "reach"} else "left")
    for row in rows:
        met = {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[row.met]
        number = f"[dim]{notes.index(row.note) + 1}[/]" if row.note else ""
        table.add_row(row.name, _short(row.figure), row.unit, _short(row.reach), met, number)
    console = Console()
    console.print(table)
    for place, note in enumerate(notes, start=1):
        console.print(f"{place:2} {note}", markup=False, highlight=False)


def _short(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3g}" if figure < 100 else f"{figure:.0f}"
