"""Tokenizers made in memory, which tell every character of a prompt from every other, Chinese ones too."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTokenizer, GemmaTokenizer, LlamaTokenizer, Qwen2Tokenizer, T5Tokenizer

_WORDS = ("cat", "dog", "moon", "sea", "red", "sun", "rain", "walks")
_CHINESE = "一只猫狗在月下弹琵琶走海边红色的雨太阳小桥流水人家清晰模糊"


def t5() -> T5Tokenizer:
    """Single ASCII and Chinese characters and some words: 145 pieces in all."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(chr(code), -4.0) for code in range(33, 127)]
    pieces += [(f"▁{word}", -3.0) for word in _WORDS]
    pieces += [(character, -4.0) for character in dict.fromkeys(_CHINESE)]
    pieces += [(f"<extra_id_{number}>", 0.0) for number in range(9, -1, -1)]
    return T5Tokenizer(vocab=pieces, extra_ids=10)


def clip(model_max_length: int = 77) -> CLIPTokenizer:
    """One token a byte, and another where it ends a word: 514 in all."""
    letters = sorted(ByteLevel.alphabet())
    vocab = dict.fromkeys([*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"])
    return CLIPTokenizer(vocab=_numbered(vocab), merges=[], model_max_length=model_max_length)


def gemma() -> GemmaTokenizer:
    """One token a byte, after five special ones: 262 in all."""
    return GemmaTokenizer(vocab=_numbered(["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *_BYTES, "▁"]), merges=[])


def llama() -> LlamaTokenizer:
    """One token a byte, after three special ones: 260 in all; padded on the left, with the end mark."""
    vocab = _numbered(["<unk>", "<s>", "</s>", *_BYTES, "▁"])
    return LlamaTokenizer(vocab=vocab, merges=[], pad_token="</s>", padding_side="left")


def qwen2(chat_template: str = "") -> Qwen2Tokenizer:
    """One token a byte and four special ones: 260 in all."""
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>"]
    vocab = _numbered([*sorted(ByteLevel.alphabet()), *special])
    tokenizer = Qwen2Tokenizer(vocab=vocab, merges=[], additional_special_tokens=special[1:])
    if chat_template:
        tokenizer.chat_template = chat_template
    return tokenizer


_BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def _numbered(pieces: Iterable[str]) -> dict[str, int]:
    return {piece: number for number, piece in enumerate(pieces)}
