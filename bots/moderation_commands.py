"""What moderators can ask on any platform: what waits for a decision, and to decide it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import Refusal

if TYPE_CHECKING:
    from core.safety.cases import Case, Cases, Kind
    from core.types import Address, StoredClip


class ModerationCommands:
    """A part of ``Commands``. ``_moderators`` are platforms and users there.

    ``_operator`` is the one moderator who may decide what concerns themselves, where there is one: they own the
    database, and could do as much by command.
    """

    _cases: Cases | None
    _moderators: frozenset[tuple[str, str]]
    _operator: tuple[str, str] | None

    def is_moderator(self, address: Address) -> bool:
        """Whether this user may decide."""
        return self._cases is not None and (address.platform, address.user) in self._moderators

    async def cases(self, address: Address) -> list[Case]:
        """What waits, first what is due first; what is the moderator's own is marked so.

        Raises:
            Refusal: ``not-yours``: this is no moderator.
        """
        return await asyncio.to_thread(self._require(address, "").open, self._deciding(address))

    async def rule(self, address: Address, case_id: str, *, allows: bool, why: str) -> Kind:
        """Decide a case, as of ``Cases.decide``; who did is on record as ``platform:user``.

        Raises:
            Refusal: ``not-yours``, ``case-unknown``; ``case-own``: it concerns this moderator themselves.
        """
        cases, by = self._require(address, case_id), f"{address.platform}:{address.user}"
        judge = self._deciding(address)
        return await asyncio.to_thread(cases.decide, case_id, judge=judge, allows=allows, by=by, why=why)

    async def case_clip(self, address: Address, code: str) -> StoredClip | None:
        """The clip of an open report; None where there is none.

        Raises:
            Refusal: ``not-yours``: this is no moderator.
        """
        return await asyncio.to_thread(self._require(address, code).clip, code)

    def _deciding(self, address: Address) -> Address | None:
        return None if (address.platform, address.user) == self._operator else address

    def _require(self, address: Address, case_id: str) -> Cases:
        if self._cases is None or not self.is_moderator(address):
            raise Refusal("not-yours", job=case_id)
        return self._cases
