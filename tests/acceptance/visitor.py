"""Turns what somebody does on the chat page into what its WebSocket carries, and the answers into what they see."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from tests.vendors.desk import catalogue_of
from tests.vendors.server import VendorServer

TOKEN = "let-me-in"
ENDS = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True)
class Ask:
    """The cheapest that a vendor's card can be asked for in words alone."""

    card: str
    recipe: str
    prompt: str
    options: Mapping[str, object]
    cancel: str

    @classmethod
    def of(cls, server: VendorServer) -> Ask:
        catalogue = catalogue_of(server)
        facts = next(facts for key in server.cards if "none" in (facts := catalogue.card(key)).pictures)
        assert facts.hosted is not None
        recipe = next(key for key in catalogue.recipes if catalogue.choose(key)[0] is facts)
        options = {"recipe": recipe, "resolution": facts.resolutions[0], "seconds": float(facts.min_seconds)}
        prompt = "a red fox in snow" if "en" in facts.prompt_languages else "雪地里的一只红狐狸"
        return cls(facts.key, recipe, prompt, options, facts.hosted.cancel)

    def message(self, message_id: str) -> dict[str, Any]:
        """As the page sends it."""
        return {"type": "submit", "id": message_id, "prompt": self.prompt, "options": dict(self.options)}


class Visitor:
    """Somebody with the chat page open."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self.id = hashlib.sha256(name.encode()).hexdigest()[:32]
        proof = hmac.new(TOKEN.encode(), self.id.encode(), hashlib.sha256).hexdigest()
        self._cookies = {"piying_visitor": f"{self.id}.{proof}"}

    def key(self, message: str = "1") -> str:
        """The key of a job that a message asked for."""
        return f"console:{self.id}:{message}"

    def ask(self, ask: Ask, message: str = "1", locale: str = "en") -> dict[str, Any]:
        """The receipt, or why there is none."""
        return self.say(ask.message(message), locale)

    def cancel(self, code: str, locale: str = "en") -> dict[str, Any]:
        """The job as the page is told of it."""
        return self.say({"type": "cancel", "code": code}, locale, awaits=("job", "error"))

    def look(self, locale: str = "en") -> dict[str, Any]:
        """The newest job, as a page shows it that was opened just now."""
        return dict(self.say({"type": "hello"}, locale, ("welcome",))["jobs"][0])

    def say(
        self, message: Mapping[str, Any], locale: str, awaits: Sequence[str] = ("receipt", "error")
    ) -> dict[str, Any]:
        return asyncio.run(self._hear(message, locale, lambda told: told["type"] in awaits))[-1]

    def clip(self, code: str) -> bytes:
        return asyncio.run(self._fetch(f"/clips/{code}.mp4"))

    def follow(self, ask: Ask) -> list[dict[str, Any]]:
        """Everything that the page is told from the wish to the end of the clip."""
        return asyncio.run(self._hear(ask.message("1"), "en", lambda told: told.get("state") in ENDS))

    async def _hear(
        self, message: Mapping[str, Any], locale: str, is_last: Callable[[Mapping[str, Any]], bool]
    ) -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []
        async with (
            asyncio.timeout(60),
            ClientSession(cookies=self._cookies) as session,
            session.ws_connect(f"{self._url}/ws") as page,
        ):
            await page.send_json({"type": "hello", "locale": locale})
            if message["type"] != "hello":
                await page.send_json(message)
            while not heard or not is_last(heard[-1]):
                heard.append(await page.receive_json())
        return heard

    async def _fetch(self, path: str) -> bytes:
        async with ClientSession(cookies=self._cookies) as session, session.get(f"{self._url}{path}") as response:
            assert response.status == 200
            return await response.read()
