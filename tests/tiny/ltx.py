"""Tiny LTX-Video: 0.9 as it began, 0.9.1 whose VAE denoises too, 0.9.5 that takes pictures at both ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLLTXVideo,
    FlowMatchEulerDiscreteScheduler,
    LTXConditionPipeline,
    LTXPipeline,
    LTXVideoTransformer3DModel,
)

from tests.tiny.parts import save, seeded, spread, t5_parts

KINDS = ("0.9", "0.9.1", "0.9.5")
_CHANNELS = 8


def build(folder: Path, kind: str) -> Path:
    """A checkpoint of that version."""
    parts = {
        **t5_parts(),
        "transformer": seeded(_transformer),
        "vae": seeded(lambda: _vae(timestep_conditioning=kind != "0.9")),
        "scheduler": _scheduler(kind),
    }
    return save(LTXConditionPipeline if kind == "0.9.5" else LTXPipeline, parts, folder)


def _scheduler(kind: str) -> FlowMatchEulerDiscreteScheduler:
    """From 0.9.5 on the pipeline hands it timesteps of its own making."""
    if kind == "0.9.5":
        return FlowMatchEulerDiscreteScheduler()
    return FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True,
        base_shift=0.95,
        max_shift=2.05,
        base_image_seq_len=1024,
        max_image_seq_len=4096,
        shift_terminal=0.1,
    )


def _transformer() -> LTXVideoTransformer3DModel:
    return LTXVideoTransformer3DModel(
        in_channels=_CHANNELS,
        out_channels=_CHANNELS,
        patch_size=1,
        patch_size_t=1,
        num_attention_heads=4,
        attention_head_dim=8,
        cross_attention_dim=32,
        num_layers=1,
        caption_channels=32,
    )


def _vae(*, timestep_conditioning: bool) -> AutoencoderKLLTXVideo:
    """Compresses 4 frames of 4 x 4 pixels into one, where the real one has 8 of 32 x 32; sizes are 32k all the same."""
    vae = AutoencoderKLLTXVideo(
        in_channels=3,
        out_channels=3,
        latent_channels=_CHANNELS,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False),
        decoder_inject_noise=(False, False, False, False, False),
        upsample_residual=(False, False, False, False),
        upsample_factor=(1, 1, 1, 1),
        timestep_conditioning=timestep_conditioning,
        patch_size=1,
        patch_size_t=1,
        encoder_causal=True,
        decoder_causal=False,
    )
    return with_spread(vae)


def with_spread(vae: Any) -> Any:
    """Means and deviations are weights of these VAEs."""
    for name, values in spread(len(vae.latents_mean)).items():
        getattr(vae, name).copy_(torch.tensor(values))
    return vae
