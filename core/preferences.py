"""Turns what users and chats choose for good into settings that hold until they choose otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar, get_args

from core.errors import Refusal
from core.types import Locale, Ratio

LONGEST_SECONDS = 600
MOST_A_DAY = 1_000_000
_LONGEST_KEY = 64
_MOST_LISTED = 100


@dataclass(frozen=True)
class UserSettings:
    """A user's own, on one platform; None leaves it to what else there is.

    ``recipe``, ``ratio`` and ``seconds`` stand where a request says nothing of them. ``quiet``: they want no message
    beside the clip and what they must know.
    """

    locale: Locale | None = None
    recipe: str | None = None
    ratio: str | None = None
    seconds: float | None = None
    quiet: bool = False


@dataclass(frozen=True)
class ChatSettings:
    """What a chat's administrators decide for everybody in it; None leaves it to what else there is.

    ``recipes`` are those that may be used there, none: all. ``paused``: nothing is made there. ``clips_a_day`` and
    ``seconds_a_day`` are the whole chat's, ``member_clips_a_day`` each member's; they can only lower what the operator
    allows. ``covered``: every clip is shown behind a cover; ``protected``: none can be forwarded or saved, where the
    platform has that. ``labelled``: no copy without the visible label is made there.

    Where the chat is a server, ``channels`` are those of its chats in which something is made, none: all; and
    ``role_clips_a_day`` are in the place of ``member_clips_a_day`` for who has the role, the highest of several.
    """

    locale: Locale | None = None
    recipes: tuple[str, ...] = ()
    paused: bool = False
    clips_a_day: int | None = None
    seconds_a_day: int | None = None
    member_clips_a_day: int | None = None
    covered: bool = False
    protected: bool = False
    labelled: bool = False
    channels: tuple[str, ...] = ()
    role_clips_a_day: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OneRole:
    """A change of ``role_clips_a_day`` for one role alone, whatever the others have by then; None sets it back."""

    role: str
    clips: int | None

    def among(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        """All roles, with this one's change."""
        others = {role: count for role, count in counts.items() if role != self.role}
        return others if self.clips is None else {**others, self.role: self.clips}


Settings = TypeVar("Settings", UserSettings, ChatSettings)
NO_USER, NO_CHAT = UserSettings(), ChatSettings()
"""Of whoever has chosen nothing."""


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with other values; None sets one back.

    Raises:
        Refusal: ``setting-unknown``, ``setting-choice`` or ``setting-number``: it says what is possible.
    """
    kinds = _KINDS[type(settings)]
    for name in changes:
        if name not in kinds:
            raise Refusal("setting-unknown", setting=name[:_LONGEST_KEY], known=", ".join(kinds))
    blank = type(settings)()
    whole = {
        name: value.among(getattr(settings, name)) if isinstance(value, OneRole) else value
        for name, value in changes.items()
    }
    values = {
        name: getattr(blank, name) if value is None else kinds[name](name, value) for name, value in whole.items()
    }
    return replace(settings, **values)


def to_json(settings: UserSettings | ChatSettings) -> dict[str, Any]:
    """What was chosen, as JSON takes it."""
    blank = type(settings)()
    return {name: value for name, value in asdict(settings).items() if value != getattr(blank, name)}


def from_json(kind: type[Settings], stored: Mapping[str, object]) -> Settings:
    """Settings as stored, by this version or another; what this one does not know is left out.

    Raises:
        Refusal: as of ``changed``: a known one has a value that it cannot have.
    """
    known = {one.name for one in fields(kind)}
    return changed(kind(), {name: value for name, value in stored.items() if name in known})


def _choice(*known: str) -> Callable[[str, object], str]:
    def read(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise _no_choice(name, value, *known)
        return value

    return read


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _no_choice(name, value, "true", "false")
    return value


def _key(name: str, value: object) -> str:
    """Whether there is such a recipe, the catalogue knows."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_KEY:
        raise _no_choice(name, value, *_AN_EXAMPLE)
    return value


def _keys(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > _MOST_LISTED:
        raise _no_choice(name, value, *_AN_EXAMPLE)
    return tuple(dict.fromkeys(_key(name, key) for key in value))


def _counts(name: str, value: object) -> Mapping[str, int]:
    if not isinstance(value, Mapping) or len(value) > _MOST_LISTED:
        raise _no_number(name, value, 0, MOST_A_DAY)
    return {_key(name, key): _count(name, count) for key, count in value.items()}


def _seconds(name: str, value: object) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 < value <= LONGEST_SECONDS:  # type: ignore[arg-type, operator]
        raise _no_number(name, value, 1, LONGEST_SECONDS)
    return float(value)  # type: ignore[arg-type]


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_A_DAY:
        raise _no_number(name, value, 0, MOST_A_DAY)
    return value


def _no_choice(name: str, value: object, *known: str) -> Refusal:
    return Refusal("setting-choice", setting=name, value=str(value)[:_LONGEST_KEY], known=", ".join(known))


def _no_number(name: str, value: object, minimum: int, maximum: int) -> Refusal:
    shown = str(value)[:_LONGEST_KEY]
    return Refusal("setting-number", setting=name, value=shown, minimum=minimum, maximum=maximum)


_AN_EXAMPLE = ("draft", "standard", "hd")
_KINDS: Mapping[type, Mapping[str, Callable[[str, object], Any]]] = {
    UserSettings: {
        "locale": _choice(*get_args(Locale)),
        "recipe": _key,
        "ratio": _choice(*get_args(Ratio)),
        "seconds": _seconds,
        "quiet": _flag,
    },
    ChatSettings: {
        "locale": _choice(*get_args(Locale)),
        "recipes": _keys,
        "paused": _flag,
        "clips_a_day": _count,
        "seconds_a_day": _count,
        "member_clips_a_day": _count,
        "covered": _flag,
        "protected": _flag,
        "labelled": _flag,
        "channels": _keys,
        "role_clips_a_day": _counts,
    },
}
