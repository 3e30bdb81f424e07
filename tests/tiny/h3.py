"""Tiny MiniMax-H3, as a modular repository: an index of all workflows' components, and the folders of two of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLMiniMaxH3,
    AutoencoderKLMiniMaxH3Audio,
    MiniMaxH3Scheduler,
    MiniMaxH3Transformer3DModel,
)
from transformers import Qwen2VLImageProcessorPil, Qwen3VLConfig, Qwen3VLForConditionalGeneration

from core.engines.local.processors import PictureProcessor
from tests.tiny import tokenizers
from tests.tiny.parts import seeded, spread

KINDS = ("t2va",)
SAMPLE_RATE = 8000
_SPECIAL = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
_FIRST_SPECIAL = 260
_PATCH, _WIDTH, _LATENTS = 8, 16, 4


def build(folder: Path, kind: str) -> Path:
    """One checkpoint does text and pictures."""
    assert kind in KINDS
    tokenizer = _tokenizer()
    parts: dict[str, Any] = {
        "text_encoder": seeded(_qwen),
        "tokenizer": tokenizer,
        "processor": PictureProcessor(_image_processor(), tokenizer),
        "transformer": seeded(_transformer),
        "vae": _wakened(seeded(_vae)),
        "audio_vae": seeded(_audio_vae),
        "scheduler": MiniMaxH3Scheduler(shift=12.0),
        "audio_scheduler": MiniMaxH3Scheduler(shift=3.0),
    }
    for name, part in parts.items():
        part.save_pretrained(folder / name)
    classes = {name: _class_names(part) for name, part in parts.items()}
    classes |= {"processor": ("transformers", "Qwen3VLProcessor"), "transformer_ref": classes["transformer"]}
    index = {"_class_name": "MiniMaxH3ModularPipeline", "_blocks_class_name": "MiniMaxH3Blocks", **_entries(classes)}
    (folder / "modular_model_index.json").write_text(json.dumps(index), "utf-8")
    return folder


def _class_names(part: object) -> tuple[str, str]:
    return type(part).__module__.partition(".")[0], type(part).__name__


def _entries(classes: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """As in a repository whose index was saved before its components were loaded."""
    rest = {"pretrained_model_name_or_path": "tiny/h3", "variant": None, "revision": None}
    return {name: [None, None, {"type_hint": kind, "subfolder": name, **rest}] for name, kind in classes.items()}


def _tokenizer() -> Any:
    tokenizer = tokenizers.qwen2()
    tokenizer.add_tokens(list(_SPECIAL), special_tokens=True)
    assert tokenizer.convert_tokens_to_ids(_SPECIAL[0]) == _FIRST_SPECIAL
    return tokenizer


def _image_processor() -> Qwen2VLImageProcessorPil:
    size = {"shortest_edge": 16 * 16, "longest_edge": 64 * 64}
    return Qwen2VLImageProcessorPil(patch_size=_PATCH, temporal_patch_size=2, merge_size=2, size=size)


def _qwen() -> Qwen3VLForConditionalGeneration:
    """51 layers: the 50th is what the transformer was trained on, and the last one is another."""
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": 300,
            "hidden_size": _WIDTH,
            "intermediate_size": 16,
            "num_hidden_layers": 51,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "initializer_range": 0.2,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 5e6,
                "mrope_section": [2, 1, 1],
                "mrope_interleaved": True,
            },
        },
        vision_config={
            "depth": 2,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "patch_size": _PATCH,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": _WIDTH,
            "num_position_embeddings": 16,
            "deepstack_visual_indexes": [0, 1],
        },
        vision_start_token_id=_FIRST_SPECIAL,
        vision_end_token_id=_FIRST_SPECIAL + 1,
        image_token_id=_FIRST_SPECIAL + 2,
        video_token_id=_FIRST_SPECIAL + 3,
        tie_word_embeddings=True,
    )
    return Qwen3VLForConditionalGeneration(config)


def _transformer() -> MiniMaxH3Transformer3DModel:
    return MiniMaxH3Transformer3DModel(
        num_attention_heads=2,
        attention_head_dim=12,
        hidden_size=16,
        num_layers=2,
        num_refiner_layers=1,
        ffn_dim=32,
        in_channels=_LATENTS,
        audio_in_channels=_LATENTS,
        text_dim=_WIDTH,
        freq_dim=16,
        time_embed_hidden_dim=16,
        time_embed_dim=8,
        rope_freq_dim=2,
    )


def _vae() -> AutoencoderKLMiniMaxH3:
    return AutoencoderKLMiniMaxH3(
        latent_channels=_LATENTS,
        block_out_channels=(4, 4, 4, 4, 4, 4),
        layers_per_block=1,
        norm_num_groups=2,
        decoder_num_layers=2,
        decoder_num_attention_heads=2,
        decoder_attention_head_dim=8,
        decoder_num_register_tokens=2,
        **spread(_LATENTS),
    )


def _wakened(vae: AutoencoderKLMiniMaxH3) -> AutoencoderKLMiniMaxH3:
    """As made, the layers of its decoder add nothing to what comes in."""
    torch.manual_seed(0)
    for name, weight in vae.named_parameters():
        if "scale" in name or "register" in name:
            weight.data.normal_(std=0.5)
    return vae


def _audio_vae() -> AutoencoderKLMiniMaxH3Audio:
    return AutoencoderKLMiniMaxH3Audio(
        encoder_dim=2,
        encoder_rates=(2, 4, 5, 5),
        latent_dim=16,
        latent_channels=_LATENTS,
        num_attention_heads=2,
        decoder_dim=16,
        decoder_rates=(5, 5, 4, 2),
        decoder_kernel_sizes=(9, 9, 8, 4),
        resblock_kernel_sizes=(3,),
        resblock_dilation_sizes=((1, 3),),
        sampling_rate=SAMPLE_RATE,
        **spread(_LATENTS),
    )
