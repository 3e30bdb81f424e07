"""Gives out the bytes of files, at addresses that are signed and last a day."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.telegram.clock import Clock

if TYPE_CHECKING:
    from tests.discord.state import Attachment

_KEY = b"loopback"


@dataclass
class Cdn:
    """``base`` is the address of the server; ``seconds`` how long an address is good."""

    clock: Clock
    base: str = ""
    seconds: float = 86_400.0
    files: dict[int, Attachment] = field(default_factory=dict)

    def url(self, file: Attachment) -> str:
        """Where a file is, from now on for a while."""
        end = f"{int(self.clock() + self.seconds):x}"
        path = f"{self.base}/attachments/{file.channel_id}/{file.id}/{file.name}"
        return f"{path}?ex={end}&is={int(self.clock()):x}&hm={_sign(file.id, end)}"

    def open(self, number: str, query: Mapping[str, str]) -> Attachment | None:
        """The file of an address; None where the address is no longer good, or never was."""
        file = self.files.get(int(number)) if number.isdigit() else None
        end = query.get("ex", "0")
        if file is None or query.get("hm") != _sign(file.id, end) or int(end, 16) < self.clock():
            return None
        return file


def _sign(number: int, end: str) -> str:
    return hmac.new(_KEY, f"{number} {end}".encode(), hashlib.sha256).hexdigest()
