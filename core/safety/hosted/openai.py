"""Turns a text into findings at OpenAI's moderations, or an endpoint with their protocol."""

from __future__ import annotations

import json
from typing import Any

from core.exchange import Exchange
from core.safety.findings import Finding
from core.safety.hosted.labels import as_verdict, category_of

URL = "https://api.openai.com/v1/moderations"
MODEL = "omni-moderation-latest"

_BELOW = 0.499
"""A category that is not flagged stays below what acts, however high the service scores it."""


class OpenAiModerator:
    """``core.safety.panel.TextModerator``."""

    name = "openai"
    limit: int | None = 10_000

    def __init__(self, key: str, *, model: str = MODEL, url: str = URL) -> None:
        self._key, self._url, self.version = key, url, model
        self._exchange = Exchange()

    async def review(self, text: str) -> tuple[Finding, ...]:
        """See the protocol."""
        body = json.dumps({"model": self.version, "input": text}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        with as_verdict():
            (result,) = (await self._exchange.post(self._url, body, headers))["results"]
            return tuple(self._findings(result))

    async def close(self) -> None:
        """Close the connection."""
        await self._exchange.close()

    def _findings(self, result: dict[str, Any]) -> list[Finding]:
        flags, scores = result["categories"], result["category_scores"]
        if not isinstance(result["flagged"], bool) or (result["flagged"] and not any(flags.values())):
            raise ValueError("flagged for nothing")
        # A category may be null where a model does not know it.
        return [self._finding(label, float(scores[label]), flag) for label, flag in flags.items() if flag is not None]

    def _finding(self, label: str, score: float, flag: object) -> Finding:
        if not isinstance(flag, bool) or not 0 <= score <= 1:
            raise ValueError("no flag, or no score")
        calibrated = 0.5 + score / 2 if flag else score * _BELOW
        return Finding(category_of(self.name, label), calibrated, self.name, label)
