"""Turns what users and chats can choose for good into values, each with the name that people call it by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bots.presenter import recipe_name
from core.types import USUAL_RATIOS
from translation.localiser import LOCALES, Localiser

_UNSET = "-"
"""What is carried for a setting that shall be as if nobody had chosen."""
_LENGTHS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_RATIOS = {
    "16:9": "ratio-landscape",
    "9:16": "ratio-portrait",
    "1:1": "ratio-square",
    "4:3": "ratio-landscape-classic",
    "3:4": "ratio-portrait-classic",
}
_CLIPS, _SECONDS = (5, 10, 20, 50, 100, 200), (60, 120, 300, 600, 1200, 3000)
MEMBER_CLIPS = (1, 2, 3, 5, 10, 20)

Value = str | float | bool | None


@dataclass(frozen=True)
class Field:
    """One setting: its name, the values to choose from, and what users call each of them.

    Its title is the sentence ``setting-NAME``. ``several``: any number of the values together; none means all.
    """

    name: str
    values: Sequence[Value]
    label: Callable[[Localiser, Value], str]
    several: bool = False

    @property
    def title(self) -> str:
        """Its sentence."""
        return f"setting-{self.name.replace('_', '-')}"

    def shown(self, localiser: Localiser, current: object) -> str:
        """What users call what is in force."""
        if not self.several:
            return self.label(localiser, current)  # type: ignore[arg-type]  # a setting holds what its field offers
        assert isinstance(current, tuple)
        return ", ".join(self.label(localiser, value) for value in current) or self.label(localiser, None)

    def is_chosen(self, value: Value, current: object) -> bool:
        """Whether a value is in force."""
        if self.several and isinstance(current, tuple):
            return value in current if value is not None else not current
        return value == current


def yes_or_no(name: str) -> Field:
    """A setting that is on or off."""
    return Field(name, (False, True), lambda localiser, value: localiser.text("choice-on" if value else "choice-off"))


def key_of(value: Value) -> str:
    """A value as a button or a menu carries it."""
    if value is None:
        return _UNSET
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"


def user_fields(recipes: Sequence[str], ratios: Sequence[str] = USUAL_RATIOS) -> tuple[Field, ...]:
    """What a user can choose; ``recipes`` and ``ratios`` are those there are."""
    return (
        Field("locale", (None, *LOCALES), language),
        Field("recipe", (None, *recipes), recipe_label(recipes, "choice-automatic")),
        Field("ratio", (None, *ratios), _ratio),
        Field("seconds", (None, *_LENGTHS), _seconds),
        yes_or_no("quiet"),
    )


def chat_fields(recipes: Sequence[str]) -> tuple[Field, ...]:
    """What the administrators of a chat can choose on every platform; ``recipes`` are those there are."""
    return (
        yes_or_no("paused"),
        Field("clips_a_day", (None, *_CLIPS), limit_label),
        Field("member_clips_a_day", (None, *MEMBER_CLIPS), limit_label),
        Field("seconds_a_day", (None, *_SECONDS), limit_label),
        Field("recipes", (None, *recipes), recipe_label(recipes, "choice-all"), several=True),
        yes_or_no("covered"),
        Field("locale", (None, *LOCALES), language),
    )


def language(localiser: Localiser, value: Value) -> str:
    """What speakers of a language call it."""
    if value is None:
        return localiser.text("choice-language-app")
    return Localiser("zh-Hans" if value == "zh-Hans" else "en").text("language-name")


def recipe_label(recipes: Sequence[str], unset: str) -> Callable[[Localiser, Value], str]:
    """What users call a recipe; one that was chosen and is gone since is called by its key."""

    def label(localiser: Localiser, value: Value) -> str:
        if value is None:
            return localiser.text(unset)
        return recipe_name(localiser, str(value)) if value in recipes else str(value)

    return label


def limit_label(localiser: Localiser, value: Value) -> str:
    """A figure, or that the operator's holds."""
    return localiser.text("choice-operators") if value is None else f"{value:g}"


def _ratio(localiser: Localiser, value: Value) -> str:
    return localiser.text("choice-automatic" if value is None else _RATIOS.get(str(value), "choice-automatic"))


def _seconds(localiser: Localiser, value: Value) -> str:
    return localiser.text("choice-automatic") if value is None else localiser.text("seconds", seconds=f"{value:g}")
