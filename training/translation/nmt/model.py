"""Turns piece ids of a Chinese text, and those of its English so far, into scores of the next piece: a transformer.

Pre-norm, ReLU, sinusoidal positions, one embedding for both sides and the output: what CTranslate2 runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as torch's documentation calls it
from torch import Tensor, nn


@dataclass(frozen=True)
class Size:
    """``width`` is that of a position, ``inner`` that of a feed-forward layer."""

    pieces: int
    width: int
    heads: int
    inner: int
    encoder: int
    decoder: int
    dropout: float


SIZES = {
    "tiny": Size(4_000, 32, 2, 64, 1, 1, 0.0),
    "small": Size(8_000, 256, 4, 1024, 4, 2, 0.1),
    "base": Size(16_000, 384, 6, 1536, 8, 3, 0.2),
}


class Attention(nn.Module):  # type: ignore[misc]
    """Of queries (batch, n, width) to keys (batch, m, width)."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.query, self.key, self.value, self.out = (nn.Linear(size.width, size.width) for _ in range(4))

    def forward(self, queries: Tensor, keys: Tensor, mask: Tensor | None, *, ahead: bool = True) -> Tensor:
        """``mask`` (batch, 1, 1, m) is True where to look; no query sees keys after its own unless ``ahead``."""
        q, k, v = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer, x in ((self.query, queries), (self.key, keys), (self.value, keys))
        )
        found = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=not ahead)
        return self.out(found.transpose(1, 2).flatten(2))


class Layer(nn.Module):  # type: ignore[misc]
    """Of the encoder, or with ``decodes`` of the decoder."""

    def __init__(self, size: Size, *, decodes: bool) -> None:
        super().__init__()
        self.decodes = decodes
        self.norm, self.own = nn.LayerNorm(size.width), Attention(size)
        if decodes:
            self.across_norm, self.across = nn.LayerNorm(size.width), Attention(size)
        self.inner_norm = nn.LayerNorm(size.width)
        self.inner, self.outer = nn.Linear(size.width, size.inner), nn.Linear(size.inner, size.width)
        self.dropout = nn.Dropout(size.dropout)

    def forward(self, x: Tensor, mask: Tensor | None, memory: Tensor | None = None) -> Tensor:
        """``mask`` is of ``memory`` where there is one, of ``x`` otherwise."""
        y = self.norm(x)
        x = x + self.dropout(self.own(y, y, None if self.decodes else mask, ahead=not self.decodes))
        if memory is not None:
            x = x + self.dropout(self.across(self.across_norm(x), memory, mask))
        return x + self.dropout(self.outer(self.dropout(F.relu(self.inner(self.inner_norm(x))))))


class Transformer(nn.Module):  # type: ignore[misc]
    """Scores of every piece at every position of the target."""

    def __init__(self, size: Size, longest: int = 512) -> None:
        super().__init__()
        self.size = size
        self.embedding = nn.Embedding(size.pieces, size.width)
        self.encoder = nn.ModuleList(Layer(size, decodes=False) for _ in range(size.encoder))
        self.decoder = nn.ModuleList(Layer(size, decodes=True) for _ in range(size.decoder))
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(size.width), nn.LayerNorm(size.width)
        self.dropout = nn.Dropout(size.dropout)
        self.register_buffer("positions", sinusoids(longest, size.width), persistent=False)
        nn.init.normal_(self.embedding.weight, std=size.width**-0.5)

    def forward(self, source: Tensor, target: Tensor, padding: int) -> Tensor:
        """Ids (batch, n) and (batch, m) to scores (batch, m, pieces)."""
        mask = (source != padding)[:, None, None, :]
        memory = self._embedded(source)
        for layer in self.encoder:
            memory = layer(memory, mask)
        memory, x = self.encoder_norm(memory), self._embedded(target)
        for layer in self.decoder:
            x = layer(x, mask, memory)
        return F.linear(self.decoder_norm(x), self.embedding.weight)

    def _embedded(self, ids: Tensor) -> Tensor:
        positions: Tensor = self.positions
        return self.dropout(self.embedding(ids) * self.size.width**0.5 + positions[: ids.shape[1]])


def sinusoids(longest: int, width: int) -> Tensor:
    """(longest, width): sines, then cosines, as CTranslate2 takes them from a model."""
    steps = torch.exp(torch.arange(width // 2) * -(math.log(10_000) / (width // 2 - 1)))
    angles = torch.arange(longest)[:, None] * steps[None, :]
    return torch.cat((angles.sin(), angles.cos()), 1)
