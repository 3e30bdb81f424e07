"""Turns a button into the 64 bytes that Telegram keeps for it, and back."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 64
"""Bytes of ``callback_data`` (Bot API)."""


@dataclass(frozen=True)
class Press:
    """``verb`` says what to do, ``code`` with which job, ``extra`` how.

    It holds no secret and grants nothing: whoever presses is checked then and there.
    """

    verb: str
    code: str = ""
    extra: str = ""

    def pack(self) -> str:
        """As ``callback_data``.

        Raises:
            ValueError: it is too long, or a part holds the colon that parts them.
        """
        packed = f"{self.verb}:{self.code}:{self.extra}".rstrip(":")
        if len(packed.encode()) > LONGEST or ":" in self.verb + self.code:
            raise ValueError(f"a button cannot hold {packed!r}")
        return packed


def unpack(data: str) -> Press:
    """What a button of ours said, or of whoever pretends to be one."""
    verb, _, rest = data[:LONGEST].partition(":")
    code, _, extra = rest.partition(":")
    return Press(verb, code, extra)
