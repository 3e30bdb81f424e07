"""Turns a setting such as ``100:50,500:200`` into packs of credits that Stars buy."""

from __future__ import annotations

import re
from dataclasses import dataclass

CURRENCY = "XTR"
MOST_STARS = 100_000
"""The dearest pack: a slip in the setting must not ask for a fortune."""
MOST_PACKS = 10
_PACK = re.compile(r"\s*(\d{1,9})\s*:\s*(\d{1,6})\s*")
_PAYLOAD = re.compile(r"credits:(\d{1,9}):(\d{1,6})")


@dataclass(frozen=True)
class Pack:
    """So many credits for so many Stars."""

    credits: int
    stars: int

    @property
    def payload(self) -> str:
        """What an invoice of it carries; Telegram hands it back with the payment, and shows it to nobody."""
        return f"credits:{self.credits}:{self.stars}"


@dataclass(frozen=True)
class Shop:
    """What is sold. ``operators`` (Telegram's ids) may give Stars back; ``contact`` answers buyers."""

    packs: tuple[Pack, ...]
    operators: frozenset[int] = frozenset()
    contact: str = ""


def read_packs(text: str) -> tuple[Pack, ...]:
    """The packs of a setting: credits and Stars, with a colon between; commas part the packs.

    Raises:
        ValueError: it is none such, or more than fit on the buttons of one message.
    """
    packs = tuple(_read_pack(part) for part in text.split(",") if part.strip())
    if len(packs) > MOST_PACKS:
        raise ValueError(f"{MOST_PACKS} packs at most")
    if len(set(packs)) < len(packs):
        raise ValueError("a pack is there twice")
    return packs


def read_payload(payload: str) -> Pack | None:
    """The pack that an invoice was for; None where it is no invoice of ours."""
    found = _PAYLOAD.fullmatch(payload)
    return Pack(int(found[1]), int(found[2])) if found else None


def _read_pack(text: str) -> Pack:
    found = _PACK.fullmatch(text)
    if not found:
        raise ValueError(f"{text.strip()!r} is no pack; write CREDITS:STARS, such as 100:50")
    pack = Pack(int(found[1]), int(found[2]))
    if not (pack.credits >= 1 and 1 <= pack.stars <= MOST_STARS):
        raise ValueError(f"{text.strip()!r}: at least one credit, for 1 to {MOST_STARS} Stars")
    return pack
