"""Turns a plain function that translates into a translator, which keeps no event loop waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable


class Threaded:
    """``translation.ports.TextTranslator`` from Chinese to English for what is built in: a function of the prompt.

    ``load`` makes that function, when it is first needed; it is never called from two threads at once.
    """

    def __init__(self, name: str, version: str, load: Callable[[], Callable[[str], str]]) -> None:
        self.name, self.version = name, version
        self._load = load
        self._function: Callable[[str], str] | None = None
        self._turn = threading.Lock()

    def takes(self, source: str, target: str) -> bool:
        """See the port."""
        return (source, target) == ("zh", "en")

    async def translate(self, text: str, source: str, target: str) -> str:
        """See the port."""
        del source, target
        return await asyncio.to_thread(self._translate, text)

    async def close(self) -> None:
        """See the port."""
        self._function = None

    def _translate(self, text: str) -> str:
        with self._turn:
            function = self._function
            if function is None:
                function = self._function = self._load()
            return function(text)
