"""Turns expected and parsed scenes into shares of what was followed, field by field."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Any

from core.engines.scene.parser import parse
from core.engines.scene.scene import Scene, Subject

PROMPTS = Path(__file__).parents[2] / "prompts"
SUBJECT_FIELDS = ("count", "colour", "size", "motion", "direction")
SCENE_FIELDS = ("place", "time", "weather", "camera")
FIELDS = ("subjects", *SUBJECT_FIELDS, *SCENE_FIELDS, "undrawn")


@dataclass
class Score:
    """How many of how many were right, by field, and which prompts were not."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list, repr=False)

    def add(self, name: str, good: bool, note: str) -> None:
        self.total[name] += 1
        self.right[name] += good
        if not good:
            self.misses.append(f"{name}: {note}")

    def share(self, name: str) -> float:
        return self.right[name] / self.total[name] if self.total[name] else 1.0

    def table(self) -> str:
        rows = (f"{n:<10} {self.right[n]:>4}/{self.total[n]:<4} {self.share(n):7.1%}" for n in FIELDS)
        return "\n".join(rows)


def load(half: str) -> list[dict[str, Any]]:
    """The cases of one half, `tuning` or `scored`."""
    with (PROMPTS / f"{half}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def score(cases: Iterable[dict[str, Any]]) -> Score:
    result = Score()
    for case in cases:
        _score_case(case, parse(case["prompt"]), result)
    return result


def _score_case(case: dict[str, Any], scene: Scene, result: Score) -> None:
    note = f"{case['id']} {case['prompt']!r}"
    pairs = _matched(case, scene)
    found = [f"{s.sprite} x{s.count}" for s in scene.subjects]
    result.add("subjects", pairs is not None, f"{note} -> {found}")
    for expected, subject in pairs or ():
        for name in SUBJECT_FIELDS:
            good = accepts(expected[name], getattr(subject, name))
            result.add(name, good, f"{note} {subject.sprite}: {getattr(subject, name)}, not {expected[name]}")
    for name in SCENE_FIELDS:
        result.add(name, accepts(case[name], getattr(scene, name)), f"{note}: {getattr(scene, name)}, not {case[name]}")
    result.add("undrawn", _undrawn_right(case, scene), f"{note}: {scene.undrawn}, not {case['undrawn']}")


def accepts(expected: Any, found: Any) -> bool:
    """`"any"` takes everything, a list any of its members."""
    if expected == "any":
        return True
    return found in expected if isinstance(expected, list) else bool(found == expected)


def _matched(case: dict[str, Any], scene: Scene) -> list[tuple[dict[str, Any], Subject]] | None:
    """Expected and found subjects one to one, or None where one is missing or one is too many."""
    wanted = case["subjects"]
    best: list[tuple[dict[str, Any], Subject]] | None = None
    for chosen in permutations(scene.subjects, len(wanted)):
        pairs = list(zip(wanted, chosen, strict=True))
        rest = [s for s in scene.subjects if s not in chosen]
        if not all(s.sprite in w["sprites"] for w, s in pairs):
            continue
        if any(s.sprite not in case.get("allowed_sprites", ()) for s in rest):
            continue
        if best is None or _fit(pairs) > _fit(best):
            best = pairs
    return best


def _fit(pairs: list[tuple[dict[str, Any], Subject]]) -> int:
    return sum(accepts(w[name], getattr(s, name)) for w, s in pairs for name in SUBJECT_FIELDS)


def _undrawn_right(case: dict[str, Any], scene: Scene) -> bool:
    """Every expected word is reported (in or around a longer one), and nothing else but what is allowed."""
    allowed = [*case["undrawn"], *case.get("allowed_undrawn", ())]
    found = [word.lower() for word in scene.undrawn]
    every = all(any(_same(word, seen) for seen in found) for word in case["undrawn"])
    return every and all(any(_same(word, seen) for word in allowed) for seen in found)


def _same(word: str, seen: str) -> bool:
    return word.lower() in seen or seen in word.lower()


def misses(half: str) -> Iterator[str]:
    yield from score(load(half)).misses
