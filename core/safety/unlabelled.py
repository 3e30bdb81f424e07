"""Turns a user's agreement into the record that a copy without a visible label needs.

China's labelling measures (article 9) let a provider give such a copy to a user who asks for it, once the user's duties
are agreed upon, if what is agreed, and to whom the copy went, is kept for at least six months.
"""

from __future__ import annotations

from dataclasses import dataclass

KEEP_SECONDS = 184 * 86400.0
"""Six months, the longest there are."""


@dataclass(frozen=True)
class UnlabelledCopy:
    """One copy given without its label: to which account, of which clip, under which ``terms`` (their version)."""

    account: str
    job: str
    code: str
    terms: str
    agreed_at: float

    @property
    def keep_until(self) -> float:
        """When the record may be erased, in seconds since 1970."""
        return self.agreed_at + KEEP_SECONDS
