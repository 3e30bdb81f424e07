"""Tiny HunyuanVideo 1.0."""

from __future__ import annotations

from pathlib import Path

from diffusers import (
    AutoencoderKLHunyuanVideo,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideoPipeline,
    HunyuanVideoTransformer3DModel,
)
from diffusers.pipelines.hunyuan_video.pipeline_hunyuan_video import DEFAULT_PROMPT_TEMPLATE
from tokenizers import AddedToken
from transformers import CLIPTextConfig, CLIPTextModel, LlamaConfig, LlamaModel, LlamaTokenizer

from tests.tiny import tokenizers
from tests.tiny.parts import save, seeded

KINDS = ("t2v",)


def build(folder: Path, kind: str) -> Path:
    """The pipeline for text, the only kind."""
    assert kind in KINDS
    parts = {
        "tokenizer": _tokenizer(),
        "text_encoder": seeded(_llama),
        "tokenizer_2": tokenizers.clip(),
        "text_encoder_2": seeded(_clip),
        "transformer": seeded(_transformer),
        "vae": seeded(_vae),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
    }
    return save(HunyuanVideoPipeline, parts, folder)


def _tokenizer() -> LlamaTokenizer:
    """As the real one, it makes 95 tokens of the template before the prompt: those are cut off again."""
    tokenizer = tokenizers.llama()
    start = DEFAULT_PROMPT_TEMPLATE["template"].partition("{}")[0]
    rest = int(DEFAULT_PROMPT_TEMPLATE["crop_start"]) - 1
    # Pieces of one length, but for the first: the longest match is taken, and would be another's beginning.
    first = len(start) - 5 * rest
    pieces = [start[:first], *(start[index : index + 5] for index in range(first, len(start), 5))]
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in pieces])
    return tokenizer


def _llama() -> LlamaModel:
    config = LlamaConfig(
        vocab_size=1000,
        hidden_size=16,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=4,
        pad_token_id=2,
    )
    return LlamaModel(config)


def _clip() -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=1000,
            hidden_size=8,
            intermediate_size=37,
            num_attention_heads=4,
            num_hidden_layers=2,
            bos_token_id=512,
            eos_token_id=513,
        )
    )


def _transformer() -> HunyuanVideoTransformer3DModel:
    return HunyuanVideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=10,
        num_layers=1,
        num_single_layers=1,
        num_refiner_layers=1,
        patch_size=1,
        patch_size_t=1,
        guidance_embeds=True,
        text_embed_dim=16,
        pooled_projection_dim=8,
        rope_axes_dim=(2, 4, 4),
    )


def _vae() -> AutoencoderKLHunyuanVideo:
    return AutoencoderKLHunyuanVideo(
        latent_channels=4,
        down_block_types=("HunyuanVideoDownBlock3D",) * 4,
        up_block_types=("HunyuanVideoUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
        scaling_factor=0.476986,
        spatial_compression_ratio=8,
        temporal_compression_ratio=4,
        mid_block_add_attention=True,
    )
