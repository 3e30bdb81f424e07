"""Tiny CogVideoX: 2B with its sinusoids, 5B with rotary positions, 1.5 with frames in pairs; for text or a picture."""

from __future__ import annotations

from pathlib import Path

from diffusers import (
    AutoencoderKLCogVideoX,
    CogVideoXDDIMScheduler,
    CogVideoXDPMScheduler,
    CogVideoXImageToVideoPipeline,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
)

from tests.tiny.parts import save, seeded, t5_parts

KINDS = ("2b", "5b", "5b-i2v", "1.5", "1.5-i2v")
_CHANNELS = 4
_TOKENS = 226


def build(folder: Path, kind: str) -> Path:
    """A checkpoint of that kind."""
    scheduler = CogVideoXDDIMScheduler if kind == "2b" else CogVideoXDPMScheduler
    parts = {
        **t5_parts(),
        "transformer": seeded(lambda: _transformer(kind)),
        "vae": seeded(lambda: _vae(kind)),
        "scheduler": scheduler(
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
            timestep_spacing="trailing",
            snr_shift_scale=3.0 if kind == "2b" else 1.0,
        ),
    }
    return save(CogVideoXImageToVideoPipeline if kind.endswith("i2v") else CogVideoXPipeline, parts, folder)


def _transformer(kind: str) -> CogVideoXTransformer3DModel:
    newer, with_image = kind.startswith("1.5"), kind.endswith("i2v")
    return CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=2 * _CHANNELS if with_image else _CHANNELS,
        out_channels=_CHANNELS,
        time_embed_dim=2,
        ofs_embed_dim=2 if newer and with_image else None,
        text_embed_dim=32,
        num_layers=1,
        # The one size there is, 32 x 16 pixels: the learned positions of 5B's picture model allow no other.
        sample_width=4,
        sample_height=2,
        sample_frames=9,
        patch_size=2,
        patch_size_t=2 if newer else None,
        patch_bias=not newer,
        temporal_compression_ratio=4,
        max_text_seq_length=_TOKENS,
        use_rotary_positional_embeddings=kind != "2b",
        use_learned_positional_embeddings=kind == "5b-i2v",
    )


def _vae(kind: str) -> AutoencoderKLCogVideoX:
    return AutoencoderKLCogVideoX(
        in_channels=3,
        out_channels=3,
        down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        latent_channels=_CHANNELS,
        layers_per_block=1,
        norm_num_groups=2,
        temporal_compression_ratio=4,
        scaling_factor=0.7,
        invert_scale_latents=kind == "1.5-i2v",
    )
