"""Turns a component into the 100 characters that Discord keeps for it, and back."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 100
"""Characters of ``custom_id``."""
_MARK = "p"


@dataclass(frozen=True)
class Press:
    """``verb`` says what to do, ``code`` with which job, ``extra`` how.

    It holds no secret and grants nothing: whoever presses is checked then and there.
    """

    verb: str
    code: str = ""
    extra: str = ""

    def pack(self) -> str:
        """As ``custom_id``.

        Raises:
            ValueError: it is too long, or a part holds the colon that parts them.
        """
        packed = f"{_MARK}:{self.verb}:{self.code}:{self.extra}".rstrip(":")
        if len(packed) > LONGEST or ":" in self.verb + self.code:
            raise ValueError(f"a component cannot hold {packed!r}")
        return packed


def unpack(custom_id: str) -> Press | None:
    """What a component of ours said; None of another's."""
    mark, _, rest = custom_id[:LONGEST].partition(":")
    if mark != _MARK or not rest:
        return None
    verb, _, rest = rest.partition(":")
    code, _, extra = rest.partition(":")
    return Press(verb, code, extra)
