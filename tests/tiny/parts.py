"""Components that several tiny pipelines share, and how a pipeline is written to a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import T5Config, T5EncoderModel

from tests.tiny import tokenizers

VOCABULARY = 300


def seeded(make: Callable[[], Any]) -> Any:
    """A component with the same random weights every time, as it is used: not in training."""
    torch.manual_seed(0)
    part = make()
    return part.eval() if isinstance(part, torch.nn.Module) else part


def t5_parts() -> dict[str, Any]:
    """Tokenizer and T5 encoder, 32 wide."""
    config = T5Config(vocab_size=VOCABULARY, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    return {"tokenizer": tokenizers.t5(), "text_encoder": seeded(lambda: T5EncoderModel(config))}


def spread(count: int) -> dict[str, list[float]]:
    """Means and deviations of latent channels that differ, so that a forgotten denormalisation shows."""
    return {
        "latents_mean": [0.1 * (channel % 5) - 0.2 for channel in range(count)],
        "latents_std": [1.0 + 0.25 * (channel % 3) for channel in range(count)],
    }


def save(pipeline: Callable[..., Any], parts: Mapping[str, Any], folder: Path, **config: Any) -> Path:
    """``folder`` in diffusers' layout."""
    pipeline(**parts, **config).save_pretrained(folder)
    return folder
