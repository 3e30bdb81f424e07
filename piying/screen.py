"""Turns what comes of ``piying generate`` into paths or JSON lines, and into bars and notes for people."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bots.presenter import (
    caption,
    engine_label,
    notes_on,
    present_credits,
    present_error,
    present_note,
    present_notice,
    present_state,
)
from bots.rewording import present_wording, record_wording
from core.errors import PiyingError, Refusal
from core.types import Job, Locale, Notice
from core.types import Progress as JobProgress
from core.wording import Rewordings
from piying.lanes import HOSTED
from piying.mistake import Mistake
from translation.localiser import Localiser

_NO_CHOICE = Rewordings((), can_rewrite=False)


class Screen:
    """Paths or JSON lines on standard output; bars and notes, for people, on standard error."""

    def __init__(self, localiser: Localiser, as_json: bool, *, has_several: bool) -> None:
        self._localiser, self._as_json, self._has_several = localiser, as_json, has_several
        self._people = Console(stderr=True)

    @property
    def locale(self) -> Locale:
        return self._localiser.locale

    def bar(self) -> _Bar:
        return _Bar(self._people, self._localiser)

    def waits(self) -> None:
        self._people.print(self._localiser.text("stage-queued"), markup=False)

    def taken(self, path: Path, job: Job) -> None:
        """What the engine reads, before it is made of it, and what speaks against the translation."""
        words = present_wording(self._localiser, job, _NO_CHOICE)
        if words.text and self._people.is_terminal:
            self._people.print(f"{words.title} {words.text}", style="dim", markup=False, soft_wrap=True)
        for warning in words.warnings:
            self._warn(path, warning)
        if job.worker_class == HOSTED:
            told = f"{engine_label(self._localiser, job.spec)} · {present_credits(self._localiser, job.price)}"
            self._warn(path, told)

    def noticed(self, notice: Notice) -> None:
        self._people.print(present_notice(self._localiser, notice), style="yellow", markup=False, soft_wrap=True)

    def made(self, job: Job, path: Path) -> None:
        notes = [
            {"code": note.code, "text": present_note(self._localiser, note)} for note in notes_on(self._localiser, job)
        ]
        if self._people.is_terminal:
            self._people.print(caption(self._localiser, job).partition("\n")[0], style="dim", markup=False)
        for note in notes:
            self._warn(path, note["text"])
        if self._as_json:
            took = round((job.finished_at or 0) - job.created_at, 2)
            facts = {"code": job.code, "price": job.price, "took": took, "spec": asdict(job.spec)}
            self._line(path=str(path), **facts, wording=record_wording(job.wording), notes=notes)
        else:
            print(path, flush=True)

    def compared(self, first: Job, second: Job) -> bool:
        """Whether the frames are the same, said; where they are not, what else is not."""
        assert first.clip
        assert second.clip
        old, new = dict(first.clip.recipe), dict(second.clip.recipe)
        is_same = old.pop("frames") == new.pop("frames")
        names = sorted(name for name in old | new if old.get(name) != new.get(name))
        differences = {name: [old.get(name), new.get(name)] for name in names}
        if self._as_json:
            self._line(code=second.code, again=first.code, identical=is_same, differences=differences)
        verdict = "again-identical" if is_same else "again-different" if names else "again-different-unknown"
        self._people.print(self._localiser.text(verdict, code=first.code), markup=False, soft_wrap=True)
        for name, (before, after) in differences.items():
            self._people.print(f"  {name}: {before} → {after}", markup=False, soft_wrap=True)
        return is_same

    def ended(self, prompt: str, job: Job) -> None:
        """Without a clip: why, and that it cost nothing."""
        self._not_made(prompt, job.error or str(job.state), present_state(self._localiser, job), "red")

    def refused(self, prompt: str, error: PiyingError) -> None:
        text = present_error(self._localiser, error)
        if error.code == "declaration-needed":
            text = f"{text} {self._localiser.text('declare-by-flag')}"
        self._not_made(prompt, error.code, text, "yellow" if isinstance(error, Refusal) else "red")

    def unwritten(self, prompt: str, mistake: Mistake) -> None:
        self._not_made(prompt, "output", str(mistake), "red")

    def _warn(self, path: Path, text: str) -> None:
        told = f"{path}: {text}" if self._has_several else text
        self._people.print(told, style="yellow", markup=False, soft_wrap=True)

    def _not_made(self, prompt: str, code: str, text: str, style: str) -> None:
        if self._as_json:
            self._line(error=code, prompt=prompt, text=text)
        self._people.print(text, style=style, markup=False, soft_wrap=True)

    def _line(self, **fields: object) -> None:
        print(json.dumps(fields, ensure_ascii=False), flush=True)


class _Bar:
    """A progress bar for one job, on a terminal."""

    def __init__(self, console: Console, localiser: Localiser) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._localiser = localiser
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        self._task = self._bar.add_task(self._localiser.text("stage-queued"), total=1.0)
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def __call__(self, progress: JobProgress | None) -> None:
        if progress is not None and self._task is not None:
            with suppress(KeyError):
                stage = self._localiser.text(f"stage-{progress.stage}")
                self._bar.update(self._task, completed=progress.fraction, description=stage)
