"""Tiny AnimateDiff: a Stable Diffusion, a file of motion modules, and the pipeline that is made of them."""

from __future__ import annotations

from pathlib import Path

from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    MotionAdapter,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

from core.engines.local.families.animatediff import MOTION, convert
from tests.tiny import tokenizers
from tests.tiny.parts import save, seeded

KINDS = ("lightning",)
_CHANNELS = (8, 16)


def build(folder: Path, kind: str) -> Path:
    """What ``convert`` makes of the two."""
    assert kind in KINDS
    sources = folder.with_name(f"{folder.name}-sources")
    convert(build_base(sources / "base"), {MOTION: build_motion(sources)}, folder)
    return folder


def build_base(folder: Path) -> Path:
    """A Stable Diffusion in diffusers' layout."""
    parts = {
        "tokenizer": tokenizers.clip(),
        "text_encoder": seeded(_clip),
        "unet": seeded(_unet),
        "vae": seeded(_vae),
        "scheduler": DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, clip_sample=False
        ),
        "safety_checker": None,
        "feature_extractor": None,
    }
    return save(StableDiffusionPipeline, parts, folder, requires_safety_checker=False)


def build_motion(folder: Path) -> Path:
    """Motion modules as ByteDance publishes them: the weights of a ``MotionAdapter``, without a configuration."""
    path = folder / "animatediff_lightning_4step_diffusers.safetensors"
    save_file(motion().state_dict(), path)
    return path


def motion() -> MotionAdapter:
    """Modules that move: as made they are zero at their end."""
    adapter = seeded(
        lambda: MotionAdapter(block_out_channels=_CHANNELS, motion_layers_per_block=1, motion_norm_num_groups=2)
    )
    for name, weight in adapter.named_parameters():
        if "proj_out" in name:
            weight.data.normal_(std=0.1)
    return adapter


def _clip() -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=514,
            hidden_size=8,
            intermediate_size=37,
            num_attention_heads=4,
            num_hidden_layers=2,
            bos_token_id=512,
            eos_token_id=513,
        )
    )


def _unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=_CHANNELS,
        layers_per_block=1,
        sample_size=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=8,
        attention_head_dim=2,
        norm_num_groups=2,
    )


def _vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=_CHANNELS,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=2,
        scaling_factor=0.18215,
    )
