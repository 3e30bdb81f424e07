"""Keeps what the text stage made: the same prompt for the same model needs no text encoder a second time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import torch

from core.engines.local.family import Embeds

_BYTES = 512 << 20


class EmbeddingCache:
    """The embeddings least recently asked for leave when ``limit`` bytes are full. Kept on the CPU, bit for bit."""

    def __init__(self, limit: int = _BYTES) -> None:
        self._limit, self._taken = limit, 0
        self._kept: OrderedDict[Hashable, Embeds] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Embeds | None:
        """What was put under the key, if it is still here."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, embeds: Embeds) -> Embeds:
        """Keep them; as they are kept."""
        kept = {name: _to_cpu(value) for name, value in embeds.items()}
        with self._lock:
            self._drop(self._kept.pop(key, {}))
            self._kept[key] = kept
            self._taken += _size(kept)
            while self._taken > self._limit and len(self._kept) > 1:
                self._drop(self._kept.popitem(last=False)[1])
        return kept

    def _drop(self, embeds: Embeds) -> None:
        self._taken -= _size(embeds)


def _to_cpu(value: Any) -> Any:
    return value.detach().to("cpu") if isinstance(value, torch.Tensor) else value


def _size(embeds: Embeds) -> int:
    return sum(value.numel() * value.element_size() for value in embeds.values() if isinstance(value, torch.Tensor))
