"""Turns a request to a translation service into the JSON it answers, and failures into a translator's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import exchange
from translation.ports import TranslatorFailed


class Exchange(exchange.Exchange):
    """``core.exchange.Exchange`` for translators."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """See there.

        Raises:
            TranslatorFailed: it cannot be reached, answers with an error, or with anything but a JSON object.
        """
        try:
            return await super().post(url, body, headers)
        except exchange.ServiceFailed as failed:
            raise TranslatorFailed(failed.reason, retry_after=failed.retry_after) from failed
