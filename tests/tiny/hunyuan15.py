"""Tiny HunyuanVideo 1.5, for text or for a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diffusers import (
    AutoencoderKLHunyuanVideo15,
    ClassifierFreeGuidance,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideo15ImageToVideoPipeline,
    HunyuanVideo15Pipeline,
    HunyuanVideo15Transformer3DModel,
)
from transformers import (
    ByT5Tokenizer,
    Qwen2_5_VLTextConfig,
    Qwen2_5_VLTextModel,
    SiglipImageProcessor,
    SiglipVisionConfig,
    SiglipVisionModel,
    T5Config,
    T5EncoderModel,
)

from tests.tiny import tokenizers
from tests.tiny.parts import save, seeded

KINDS = ("t2v", "i2v")
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_GLYPHS, _PICTURE = 32, 12


def build(folder: Path, kind: str) -> Path:
    """A checkpoint of that kind; its own guidance scale is 6, as the real ones'."""
    parts: dict[str, Any] = {
        "tokenizer": tokenizers.qwen2(_TEMPLATE),
        "text_encoder": seeded(_qwen),
        "tokenizer_2": ByT5Tokenizer(),
        "text_encoder_2": seeded(_glyphs),
        "transformer": seeded(lambda: _transformer(kind)),
        "vae": seeded(_vae),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
        "guider": ClassifierFreeGuidance(guidance_scale=6.0),
    }
    if kind == "t2v":
        return save(HunyuanVideo15Pipeline, parts, folder)
    parts |= {"image_encoder": seeded(_siglip), "feature_extractor": SiglipImageProcessor(size=_side(16))}
    return save(HunyuanVideo15ImageToVideoPipeline, parts, folder)


def _side(pixels: int) -> dict[str, int]:
    return {"height": pixels, "width": pixels}


def _qwen() -> Qwen2_5_VLTextModel:
    config = Qwen2_5_VLTextConfig(
        vocab_size=300,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=2,
        rope_parameters={"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e6},
    )
    return Qwen2_5_VLTextModel(config)


def _glyphs() -> T5EncoderModel:
    return T5EncoderModel(T5Config(vocab_size=384, d_model=_GLYPHS, d_kv=8, d_ff=37, num_layers=2, num_heads=4))


def _transformer(kind: str) -> HunyuanVideo15Transformer3DModel:
    return HunyuanVideo15Transformer3DModel(
        in_channels=9,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=8,
        num_layers=2,
        num_refiner_layers=1,
        mlp_ratio=2.0,
        text_embed_dim=16,
        text_embed_2_dim=_GLYPHS,
        image_embed_dim=_PICTURE,
        rope_axes_dim=(2, 2, 4),
        target_size=16,
        task_type=kind,
    )


def _vae() -> AutoencoderKLHunyuanVideo15:
    return AutoencoderKLHunyuanVideo15(
        latent_channels=4,
        block_out_channels=(16, 16),
        layers_per_block=1,
        spatial_compression_ratio=4,
        temporal_compression_ratio=2,
        downsample_match_channel=False,
        upsample_match_channel=False,
    )


def _siglip() -> SiglipVisionModel:
    config = SiglipVisionConfig(
        hidden_size=_PICTURE,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=16,
        patch_size=4,
    )
    return SiglipVisionModel(config)
