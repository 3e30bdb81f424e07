"""Turns what is said of the whole picture into one place, one time of day and one weather."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.engines.scene.drafts import Draft

SUN = {"rise": "sunrise", "fall": "sunset"}


@dataclass
class Setting:
    """Facts in the order said, each as (name, value, whether it is only a hint)."""

    facts: list[tuple[str, str, bool]] = field(default_factory=list)

    def note(self, facts: str, *, weak: bool) -> None:
        """Add ``facts`` as the word lists write them: "time=night weather=rain"."""
        for fact in facts.split():
            name, _, value = fact.partition("=")
            self.facts.append((name, value, weak))

    def watch_sun(self, drafts: Iterable[Draft]) -> None:
        """A sun that rises or sinks hints at the time."""
        for draft in drafts:
            if draft.sprite == "sun" and draft.motion is not None and draft.motion.value in SUN:
                self.facts.append(("time", SUN[draft.motion.value], True))

    def choose(self, name: str) -> str | None:
        """The first said outright; the sky only where nothing is nearer; a hint where nothing else is said."""
        said = [(weak, value == "sky", order) for order, (key, value, weak) in enumerate(self.facts) if key == name]
        return self.facts[min(said)[2]][1] if said else None
