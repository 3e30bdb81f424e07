"""What moderators can ask on any platform: what waits for a decision, and to decide it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import Refusal

if TYPE_CHECKING:
    from core.safety.cases import Case, Cases, Kind
    from core.types import Address, StoredClip


class ModerationCommands:
    """A part of ``Commands``. ``_moderators`` are platforms and users there."""

    _cases: Cases | None
    _moderators: frozenset[tuple[str, str]]

    def is_moderator(self, address: Address) -> bool:
        """Whether this user may decide."""
        return self._cases is not None and (address.platform, address.user) in self._moderators

    async def cases(self, address: Address) -> list[Case]:
        """What waits, first what is due first.

        Raises:
            Refusal: ``not-yours``: this is no moderator.
        """
        return await asyncio.to_thread(self._require(address, "").open)

    async def rule(self, address: Address, case_id: str, *, allows: bool, why: str) -> Kind:
        """Decide a case, as of ``Cases.decide``; who did is on record as ``platform:user``.

        Raises:
            Refusal: ``not-yours``, ``case-unknown``.
        """
        cases, by = self._require(address, case_id), f"{address.platform}:{address.user}"
        return await asyncio.to_thread(cases.decide, case_id, allows=allows, by=by, why=why)

    async def case_clip(self, address: Address, code: str) -> StoredClip | None:
        """The clip of an open report; None where there is none.

        Raises:
            Refusal: ``not-yours``: this is no moderator.
        """
        return await asyncio.to_thread(self._require(address, code).clip, code)

    def _require(self, address: Address, case_id: str) -> Cases:
        if self._cases is None or not self.is_moderator(address):
            raise Refusal("not-yours", job=case_id)
        return self._cases
