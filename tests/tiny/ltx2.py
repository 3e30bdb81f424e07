"""Tiny LTX-2: 2.0, and 2.3 with a projection for each modality, gates, and a vocoder that widens the band."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    FlowMatchEulerDiscreteScheduler,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder, LTX2VocoderWithBWE
from transformers import Gemma3Config, Gemma3ForConditionalGeneration

from tests.tiny import tokenizers
from tests.tiny.ltx import with_spread
from tests.tiny.parts import VOCABULARY, save, seeded

KINDS = ("2.0", "2.3")
_TEXT = {"hidden_size": 32, "num_hidden_layers": 2}


def build(folder: Path, kind: str) -> Path:
    """A checkpoint of that version. Its vocoder makes as many samples as the sound lasts, as the real one does."""
    newer = kind == "2.3"
    parts = {
        "tokenizer": tokenizers.gemma(),
        "text_encoder": seeded(_text_encoder),
        "connectors": seeded(lambda: _connectors(newer=newer)),
        "transformer": seeded(lambda: _transformer(newer=newer)),
        "vae": seeded(_vae),
        "audio_vae": seeded(_audio_vae),
        "vocoder": seeded(_vocoder_with_bwe if newer else lambda: LTX2Vocoder(**_VOICE, output_sampling_rate=16000)),
        "scheduler": FlowMatchEulerDiscreteScheduler(
            use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=1024, max_image_seq_len=4096
        ),
    }
    return save(LTX2Pipeline, parts, folder)


def _text_encoder() -> Gemma3ForConditionalGeneration:
    text = {
        **_TEXT,
        "vocab_size": VOCABULARY,
        "intermediate_size": 37,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
    }
    vision = {
        "hidden_size": 8,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 8,
        "patch_size": 4,
    }
    config = Gemma3Config(
        text_config=text,
        vision_config=vision,
        mm_tokens_per_image=4,
        boi_token_index=297,
        eoi_token_index=298,
        image_token_index=299,
    )
    return Gemma3ForConditionalGeneration(config)


def _connectors(*, newer: bool) -> LTX2TextConnectors:
    video, audio = (16, 8) if newer else (32, 32)
    return LTX2TextConnectors(
        caption_channels=_TEXT["hidden_size"],
        text_proj_in_factor=_TEXT["num_hidden_layers"] + 1,
        video_connector_num_attention_heads=2,
        video_connector_attention_head_dim=video // 2,
        video_connector_num_layers=1,
        video_connector_num_learnable_registers=4,
        video_gated_attn=newer,
        audio_connector_num_attention_heads=2,
        audio_connector_attention_head_dim=audio // 2,
        audio_connector_num_layers=1,
        audio_connector_num_learnable_registers=4,
        audio_gated_attn=newer,
        connector_rope_base_seq_len=32,
        rope_double_precision=False,
        rope_type="split",
        per_modality_projections=newer,
        video_hidden_dim=video,
        audio_hidden_dim=audio,
        proj_bias=newer,
    )


def _transformer(*, newer: bool) -> LTX2VideoTransformer3DModel:
    return LTX2VideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=8,
        cross_attention_dim=16,
        audio_in_channels=4,
        audio_out_channels=4,
        audio_num_attention_heads=2,
        audio_attention_head_dim=4,
        audio_cross_attention_dim=8,
        num_layers=2,
        caption_channels=_TEXT["hidden_size"],
        rope_double_precision=False,
        rope_type="split",
        gated_attn=newer,
        audio_gated_attn=newer,
        cross_attn_mod=newer,
        audio_cross_attn_mod=newer,
        use_prompt_embeddings=not newer,
        perturbed_attn=newer,
    )


def _vae() -> AutoencoderKLLTX2Video:
    """Compresses like 0.9's tiny one: 4 frames of 4 x 4 pixels into one."""
    vae = AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(8, 8),
        down_block_types=("LTX2VideoDownBlock3D", "LTX2VideoDownBlock3D"),
        decoder_block_out_channels=(8, 8),
        layers_per_block=(1, 1, 1),
        decoder_layers_per_block=(1, 1, 1),
        spatio_temporal_scaling=(True, True),
        decoder_spatio_temporal_scaling=(True, True),
        decoder_inject_noise=(False, False, False),
        downsample_type=("spatiotemporal", "spatiotemporal"),
        upsample_residual=(False, False),
        upsample_factor=(1, 1),
        patch_size=1,
        patch_size_t=1,
    )
    return with_spread(vae)


def _audio_vae() -> AutoencoderKLLTX2Audio:
    vae = AutoencoderKLLTX2Audio(
        base_channels=4, ch_mult=(1, 1, 1), num_res_blocks=1, resolution=32, latent_channels=2, mel_bins=8
    )
    return with_spread(vae)


_VOICE: dict[str, Any] = {
    "in_channels": 16,
    "hidden_channels": 8,
    "out_channels": 2,
    "upsample_kernel_sizes": [20, 32],
    "upsample_factors": [10, 16],
    "resnet_kernel_sizes": [3],
    "resnet_dilations": [[1, 3, 5]],
}
"""160 samples for each hop of the spectrogram: 16 kHz."""


def _vocoder_with_bwe() -> LTX2VocoderWithBWE:
    return LTX2VocoderWithBWE(
        **_VOICE,
        bwe_in_channels=16,
        bwe_hidden_channels=8,
        bwe_upsample_kernel_sizes=[29, 32],
        bwe_upsample_factors=[15, 16],
        bwe_resnet_kernel_sizes=[3],
        bwe_resnet_dilations=[[1, 3, 5]],
        num_mel_channels=8,
    )
