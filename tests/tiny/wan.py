"""Tiny Wan: 2.1 for text, a first picture, or both ends; 2.2 with two experts; TI2V with its own VAE."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel, UMT5Config, UMT5EncoderModel

from tests.tiny import tokenizers
from tests.tiny.parts import VOCABULARY, save, seeded, spread

KINDS = ("t2v", "i2v", "flf2v", "two-experts", "two-experts-i2v", "ti2v")
_IMAGE_KINDS = ("i2v", "flf2v", "two-experts-i2v")
_IMAGE_DIM = 4
_IMAGE_TOKENS = 65
"""Of one picture of 8 x 8 patches, with the class token."""


def build(folder: Path, kind: str) -> Path:
    """A checkpoint of that kind; ``ti2v`` is saved as the pipeline for text, as the real one is."""
    config: dict[str, Any] = {"boundary_ratio": None, "expand_timesteps": kind == "ti2v"}
    parts = _common(kind)
    if kind.startswith("two-experts"):
        parts["transformer_2"] = seeded(lambda: _transformer(kind, layers=3))
        config["boundary_ratio"] = 0.9 if kind.endswith("i2v") else 0.875
    if kind in {"i2v", "flf2v"}:
        parts |= _image_parts()
    pipeline = WanImageToVideoPipeline if kind in _IMAGE_KINDS else WanPipeline
    return save(pipeline, parts, folder, **config)


def _common(kind: str) -> dict[str, Any]:
    text = UMT5Config(vocab_size=VOCABULARY, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
    )
    return {
        "tokenizer": tokenizers.t5(),
        "text_encoder": seeded(lambda: UMT5EncoderModel(text)),
        "transformer": seeded(lambda: _transformer(kind, layers=2)),
        "vae": seeded(lambda: _vae(kind)),
        "scheduler": scheduler,
    }


def _transformer(kind: str, layers: int) -> WanTransformer3DModel:
    latent = 48 if kind == "ti2v" else 16
    with_image = kind in {"i2v", "flf2v"}
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=36 if kind in _IMAGE_KINDS else latent,
        out_channels=latent,
        text_dim=32,
        freq_dim=256,
        ffn_dim=32,
        num_layers=layers,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32,
        image_dim=_IMAGE_DIM if with_image else None,
        added_kv_proj_dim=24 if with_image else None,
        pos_embed_seq_len=2 * _IMAGE_TOKENS if kind == "flf2v" else None,
    )


def _vae(kind: str) -> AutoencoderKLWan:
    common = {"base_dim": 3, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1, "temperal_downsample": [False, True, True]}
    if kind != "ti2v":
        return AutoencoderKLWan(z_dim=16, **common)
    return AutoencoderKLWan(
        z_dim=48,
        in_channels=12,
        out_channels=12,
        is_residual=True,
        patch_size=2,
        scale_factor_spatial=16,
        **common,
        **spread(48),
    )


def _image_parts() -> dict[str, Any]:
    config = CLIPVisionConfig(
        hidden_size=_IMAGE_DIM,
        projection_dim=_IMAGE_DIM,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        intermediate_size=16,
        patch_size=4,
    )
    processor = CLIPImageProcessor(crop_size=32, size=32)
    return {"image_encoder": seeded(lambda: CLIPVisionModel(config)), "image_processor": processor}
