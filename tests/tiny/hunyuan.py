"""Tiny HunyuanVideo 1.0, for text or for a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diffusers import (
    AutoencoderKLHunyuanVideo,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideoImageToVideoPipeline,
    HunyuanVideoPipeline,
    HunyuanVideoTransformer3DModel,
)
from diffusers.pipelines.hunyuan_video import pipeline_hunyuan_video, pipeline_hunyuan_video_image2video
from tokenizers import AddedToken
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPVisionConfig,
    LlamaConfig,
    LlamaModel,
    LlamaTokenizer,
    LlavaConfig,
    LlavaForConditionalGeneration,
)

from tests.tiny import tokenizers
from tests.tiny.parts import save, seeded

KINDS = ("t2v", "i2v")
_TEMPLATES: dict[str, dict[str, Any]] = {
    "t2v": pipeline_hunyuan_video.DEFAULT_PROMPT_TEMPLATE,
    "i2v": pipeline_hunyuan_video_image2video.DEFAULT_PROMPT_TEMPLATE,
}
_MARKS = ("<image>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
_FIRST_MARK, _PAD = 260, 2
_SIDE, _PATCH = 48, 2
"""A picture is 24 x 24 patches: the pipeline counts on 576."""


def build(folder: Path, kind: str) -> Path:
    """A checkpoint of that kind; with a picture, of those that keep it as the first latent."""
    parts: dict[str, Any] = {
        "tokenizer": _tokenizer(kind),
        "text_encoder": seeded(_llama if kind == "t2v" else _llava),
        "tokenizer_2": tokenizers.clip(),
        "text_encoder_2": seeded(_clip),
        "transformer": seeded(lambda: _transformer(kind)),
        "vae": seeded(_vae),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=7.0),
    }
    if kind == "t2v":
        return save(HunyuanVideoPipeline, parts, folder)
    parts["image_processor"] = CLIPImageProcessor(size=_SIDE, crop_size=_SIDE)
    return save(HunyuanVideoImageToVideoPipeline, parts, folder)


def _tokenizer(kind: str) -> LlamaTokenizer:
    """As the real one, it makes as many tokens of the template before the prompt as are cut off again."""
    tokenizer = tokenizers.llama()
    tokenizer.padding_side = "right"
    tokenizer.add_tokens(list(_MARKS), special_tokens=True)
    assert tokenizer.convert_tokens_to_ids(_MARKS[0]) == _FIRST_MARK
    template = _TEMPLATES[kind]
    start = template["template"].partition("{}")[0]
    # The instruction, of which pieces of one length are made, but for the first: the longest match is taken.
    instruction = start[start.index("Describe") : start.index("<|eot_id|>")]
    rest = int(template["crop_start"]) - len(tokenizer(start.replace(instruction, "")).input_ids) - 1
    first = len(instruction) - 5 * rest
    pieces = [instruction[:first], *(instruction[index : index + 5] for index in range(first, len(instruction), 5))]
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in pieces])
    assert len(tokenizer(start).input_ids) == template["crop_start"]
    return tokenizer


def _llama_config() -> LlamaConfig:
    return LlamaConfig(
        vocab_size=1000,
        hidden_size=16,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=4,
        pad_token_id=_PAD,
    )


def _llama() -> LlamaModel:
    return LlamaModel(_llama_config())


def _llava() -> LlavaForConditionalGeneration:
    eye = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=2,
        image_size=_SIDE,
        patch_size=_PATCH,
    )
    config = LlavaConfig(
        vision_config=eye, text_config=_llama_config(), image_token_index=_FIRST_MARK, pad_token_id=_PAD
    )
    return LlavaForConditionalGeneration(config)


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


def _transformer(kind: str) -> HunyuanVideoTransformer3DModel:
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
        image_condition_type="token_replace" if kind == "i2v" else None,
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
