"""What users can ask of several clips: to go on from one, and to make one film of some."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import Refusal
from core.types import PRIVATE

if TYPE_CHECKING:
    from core.intake import Intake, Receipt
    from core.ports import Clock
    from core.quotas.rate import Rate
    from core.types import Address, Locale, Place, Request


class FilmCommands:
    """A part of ``Commands``. The clips are one's own, made in whichever chat and on whichever platform."""

    _intake: Intake
    _clock: Clock
    _rate: Rate

    async def go_on(
        self,
        address: Address,
        code: str,
        key: str,
        prompt: str,
        locale: Locale,
        *,
        declares: bool = False,
        place: Place | None = None,
    ) -> Receipt:
        """A clip with words of its own that begins with the last frame of one's own finished clip.

        Its shape, size, length and seed are that clip's, as far as a recipe that takes a picture has them.
        """
        self._require_patience(address)
        request = await asyncio.to_thread(self._request_to_continue, address, code, key, place)
        return await self._intake.submit(replace(request, prompt=prompt, locale=locale, declares=declares))

    async def join(
        self,
        address: Address,
        codes: Sequence[str],
        key: str,
        locale: Locale,
        *,
        fades: bool = False,
        place: Place | None = None,
    ) -> Receipt:
        """One film of one's own finished clips in that order, cut hard or, where it ``fades``, passing into each other.

        It is a job like any other, of a prompt that are their codes.
        """
        self._require_patience(address)
        request = self._intake.films.request(codes, key, address, locale, fades=fades, place=place or PRIVATE)
        return await self._intake.submit(request)

    def _request_to_continue(self, address: Address, code: str, key: str, place: Place | None) -> Request:
        return self._intake.sequels.request(self._intake.account(address).id, code, key, address, place)

    def _require_patience(self, address: Address) -> None:
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())


def require_words(request: Request) -> Request:
    """Let only requests pass that have words, options and a seed of their own to be changed.

    Raises:
        Refusal: ``film-fixed``: it is a film, which is its clips.
    """
    if request.clips:
        raise Refusal("film-fixed")
    return request
