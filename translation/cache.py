"""Turns a prompt that was translated before into its translation, at no cost."""

from __future__ import annotations

from core.ports import Clock, Store
from core.types import TranslationKey


class MemoryCache:
    """``translation.ports.Cache`` for as long as a command runs."""

    def __init__(self) -> None:
        self._texts: dict[TranslationKey, str] = {}

    def find(self, key: TranslationKey) -> str | None:
        """See the port."""
        return self._texts.get(key)

    def keep(self, key: TranslationKey, text: str) -> None:
        """See the port."""
        self._texts.setdefault(key, text)


class StoredCache:
    """``translation.ports.Cache`` in the database, for all processes; upkeep drops what is old."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def find(self, key: TranslationKey) -> str | None:
        """See the port."""
        with self._store.look() as tx:
            return tx.translations.find(key)

    def keep(self, key: TranslationKey, text: str) -> None:
        """See the port."""
        with self._store.begin() as tx:
            tx.translations.keep(key, text, now=self._clock.now())
