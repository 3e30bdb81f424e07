"""Turns the folder of a Qwen3-VL processor into the half of it that reads pictures, which needs no torchvision.

Transformers' own class cannot be made without its other half, for videos, which does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from transformers import AutoTokenizer, Qwen2VLImageProcessorPil

_KINDS = {"<|image_pad|>": 1, "<|video_pad|>": 2}
"""Placeholder tokens, and the numbers by which Qwen3-VL tells kinds of tokens apart; text is 0."""


class PictureProcessor:
    """As much of ``Qwen3VLProcessor`` as MiniMax-H3 uses for text and keyframes."""

    def __init__(self, image_processor: Any, tokenizer: Any) -> None:
        self.image_processor, self.tokenizer = image_processor, tokenizer
        self._kinds = {tokenizer.convert_tokens_to_ids(token): kind for token, kind in _KINDS.items()}

    @classmethod
    def from_pretrained(cls, folder: str | Path, *, local_files_only: bool = True) -> Self:
        """Read the folder that the real one was saved to."""
        known = {"local_files_only": local_files_only}
        return cls(
            Qwen2VLImageProcessorPil.from_pretrained(folder, **known), AutoTokenizer.from_pretrained(folder, **known)
        )

    def save_pretrained(self, folder: str | Path) -> None:
        """Write what ``from_pretrained`` reads."""
        self.image_processor.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    def create_mm_token_type_ids(self, input_ids: Sequence[Sequence[int]]) -> list[list[int]]:
        """The kind of each token."""
        return [[self._kinds.get(token, 0) for token in tokens] for tokens in input_ids]
