"""What is sold for Telegram Stars, and who may give them back."""

from __future__ import annotations

from pydantic import field_validator

from bots.telegram.packs import Shop, read_packs
from piying.parts import Part


class StarsSettings(Part):
    """Off where no pack is named. ``packs`` are ``CREDITS:STARS,…``; ``operators`` are Telegram's ids, with commas."""

    packs: str = ""
    operators: str = ""
    contact: str = ""

    @field_validator("packs")
    @classmethod
    def _packs(cls, text: str) -> str:
        read_packs(text)
        return text

    @field_validator("operators")
    @classmethod
    def _operators(cls, text: str) -> str:
        _ids(text)
        return text

    def shop(self) -> Shop | None:
        """As the adapter takes it; None where nothing is sold and nobody may refund what was."""
        packs, operators = read_packs(self.packs), _ids(self.operators)
        return Shop(packs, operators, self.contact) if packs or operators else None


def _ids(text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if wrong := [part for part in parts if not part.isdecimal()]:
        raise ValueError(f"{wrong[0]!r} is no id of a Telegram user, which is a number")
    return frozenset(map(int, parts))
