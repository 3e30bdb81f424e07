"""What a typed command is answered by, and all that is known when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.commands import Commands
from core.intake import Receipt
from core.types import Address, Job, Place
from translation.localiser import Localiser


@dataclass(frozen=True)
class Answer:
    """``text`` may have several lines. ``job`` is what it is about; ``refused``: nothing was done.

    ``document`` is for a file beside it, as JSON takes it, where a platform can send one. ``asks_video``: it is about a
    video that the user is to hand in.
    """

    text: str
    job: Job | None = None
    receipt: Receipt | None = None
    refused: bool = False
    document: Mapping[str, Any] | None = None
    asks_video: bool = False


@dataclass(frozen=True)
class Call:
    """Who typed what, and where. ``code`` is all that came after the command's name."""

    commands: Commands
    localiser: Localiser
    address: Address
    key: str
    code: str
    place: Place | None = None


def split(text: str) -> tuple[str, str]:
    """A code, and what comes after it."""
    code, *rest = text.split(maxsplit=1)
    return code, "".join(rest)


def cut(prompt: str) -> str:
    """The beginning of a prompt, in one line."""
    line = " ".join(prompt.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
