"""Turns a text into findings at Azure AI Content Safety."""

from __future__ import annotations

import json

from core.exchange import Exchange
from core.safety.findings import Finding
from core.safety.hosted.labels import as_verdict, category_of, labels_of

VERSION = "2024-09-01"

_BY_SEVERITY = {0: 0.0, 2: 0.3, 4: 0.7, 6: 0.95}
"""The four levels. From 4, "medium", on it acts, as Azure's own filters do unless told otherwise."""


class AzureModerator:
    """``core.safety.panel.TextModerator``; ``endpoint`` is the resource's, without a path."""

    name, version = "azure", VERSION
    limit: int | None = 10_000

    def __init__(self, key: str, *, endpoint: str) -> None:
        self._key = key
        self._url = f"{endpoint.rstrip('/')}/contentsafety/text:analyze?api-version={VERSION}"
        self._exchange = Exchange()

    async def review(self, text: str) -> tuple[Finding, ...]:
        """See the protocol."""
        asked = sorted(labels_of(self.name))
        body = json.dumps({"text": text, "categories": asked, "outputType": "FourSeverityLevels"}).encode()
        headers = {"Content-Type": "application/json", "Ocp-Apim-Subscription-Key": self._key}
        with as_verdict():
            answer = (await self._exchange.post(self._url, body, headers))["categoriesAnalysis"]
            found = {one["category"]: _BY_SEVERITY[one["severity"]] for one in answer}
            if not found.keys() >= set(asked):
                raise ValueError("a category was not judged")
            return tuple(
                Finding(category_of(self.name, label), score, self.name, label) for label, score in found.items()
            )

    async def close(self) -> None:
        """Close the connection."""
        await self._exchange.close()
