"""Turns the shapes of open video models into modules of their full size with random weights, without a hub or files.

A module is built without memory and its tensors are then made where they are wanted, in the types that loading a
checkpoint in bfloat16 gives them: 28 GB of weights need neither a disk nor a second copy. Speed does not depend on
the values, which are small enough for nothing to overflow.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch
from accelerate import init_empty_weights  # type: ignore[import-untyped]
from diffusers import (
    AutoencoderKLHunyuanVideo15,
    AutoencoderKLWan,
    ClassifierFreeGuidance,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideo15Transformer3DModel,
    ModelMixin,
    UniPCMultistepScheduler,
    WanTransformer3DModel,
)
from transformers import (
    ByT5Tokenizer,
    Qwen2_5_VLTextConfig,
    Qwen2_5_VLTextModel,
    T5Config,
    T5EncoderModel,
    UMT5Config,
    UMT5EncoderModel,
)

from bench.report import Skipped
from tests.tiny import tokenizers

Shape = tuple[int, int, int]
"""Width and height in pixels, and frames."""

_NOISE, _SPREAD = 1 << 22, 0.02
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_UMT5_XXL = {"vocab_size": 256384, "d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64}
_TINY_T5 = {"vocab_size": 384, "d_model": 32, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4}
_GATED = {"feed_forward_proj": "gated-gelu"}
_TEXT_TOKENS, _HUNYUAN_TOKENS = 512, 1000 + 256 + 729
"""Of Wan's prompt; of HunyuanVideo 1.5's two prompts and the place of its picture. Padding is computed as well.

The engine on a GPU leaves HunyuanVideo 1.5's out: ``Hunyuan15.unmask``.
"""


@dataclass(frozen=True)
class Design:
    """What a model of the catalogue is built from.

    ``parts`` make its components by name, modules as well as tokenizers and guiders; ``flops`` gives those of one
    forward of a transformer, from its configuration, latents frames x height x width, and tokens of text, by default
    with their padding.
    """

    key: str
    shape: Shape
    parts: Mapping[str, Callable[[], Any]]
    scheduler: Callable[[], Any]
    compression: tuple[int, int]
    latent_channels: int
    flops: Callable[..., float]
    documented: Mapping[str, Any]
    """How diffusers' documentation runs it: the VAE's type, whether it is tiled, the rest's type."""

    @property
    def latents(self) -> tuple[int, int, int]:
        """Frames, height and width of the latents of ``shape``."""
        width, height, frames = self.shape
        in_time, in_space = self.compression
        return (frames - 1) // in_time + 1, height // in_space, width // in_space


def design(key: str, *, is_tiny: bool) -> Design:
    """One of ``KEYS``, of its full size or tiny."""
    return _DESIGNS[key](is_tiny)


def build(made: Design, place: torch.device, dtype: torch.dtype, **dtypes: torch.dtype) -> dict[str, Any]:
    """All components in ``place`` and ``dtype``; ``dtypes`` names those that are of another type."""
    return {name: fill(make, place, dtypes.get(name, dtype)) for name, make in made.parts.items()}


def fill(make: Callable[[], Any], place: torch.device, dtype: torch.dtype) -> Any:
    """The component; a module in evaluation mode, its parameters random and of the types that loading gives them.

    Raises:
        Skipped: the host has no room for it.
    """
    with init_empty_weights(include_buffers=False):
        module = make()
    if not isinstance(module, torch.nn.Module):
        return module
    if hasattr(module, "tie_weights"):
        module.tie_weights()
    if place.type == "cpu":
        _check_room(module, dtype)
    # transformers obeys the same list for float16 alone.
    kept = set(module._keep_in_fp32_modules or ()) if isinstance(module, ModelMixin) else set()  # noqa: SLF001
    noise = (torch.randn(_NOISE, generator=torch.Generator(place).manual_seed(0), device=place) * _SPREAD).to(dtype)
    made: dict[int, torch.nn.Parameter] = {}
    for path, owner in module.named_modules():
        for name, empty in owner._parameters.items():  # noqa: SLF001 - torch has no other way to put one in place
            if empty is None:
                continue
            is_wide = bool(kept & {*path.split("."), name})
            if id(empty) not in made:
                made[id(empty)] = _parameter(name, empty, noise, torch.float32 if is_wide else dtype)
            owner._parameters[name] = made[id(empty)]  # noqa: SLF001
        for name, buffer in owner._buffers.items():  # noqa: SLF001
            owner._buffers[name] = None if buffer is None else buffer.to(place)  # noqa: SLF001
    return module.eval()


def _check_room(module: torch.nn.Module, dtype: torch.dtype) -> None:
    needed = sum(parameter.numel() for parameter in module.parameters()) * dtype.itemsize
    free = psutil.virtual_memory().available
    if needed > free:
        raise Skipped(
            f"{type(module).__name__} takes {needed / 1e9:.1f} GB of the host's memory: {free / 1e9:.1f} are free"
        )


def _parameter(name: str, empty: torch.Tensor, noise: torch.Tensor, dtype: torch.dtype) -> torch.nn.Parameter:
    """Scales are 1, biases 0, and all else the same noise over and over."""
    tensor = torch.empty(empty.shape, dtype=dtype, device=noise.device)
    if empty.numel() == max(empty.shape, default=1):
        tensor.fill_(0.0 if name.endswith("bias") else 1.0)
    else:
        for piece in tensor.view(-1).split(len(noise)):
            piece.copy_(noise[: len(piece)])
    return torch.nn.Parameter(tensor, requires_grad=False)


def sketch(made: Design, things: Mapping[str, Any], pipeline: str, folder: Path) -> Path:
    """A folder in diffusers' layout without weights: the index, and the scheduler that each job makes anew."""
    scheduler = made.scheduler()
    scheduler.save_pretrained(folder / "scheduler")
    listed = {
        name: [_library(thing), type(thing).__name__] for name, thing in {**things, "scheduler": scheduler}.items()
    }
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline, **listed}))
    return folder


def _library(thing: Any) -> str:
    return type(thing).__module__.partition(".")[0]


def wan_flops(config: Any, latents: Sequence[int], text: int = _TEXT_TOKENS) -> float:
    """Self-attention, attention to the text, and feed-forward of every block; a multiply and an add are two."""
    frames, height, width = latents
    tokens, width_ = frames * (height // 2) * (width // 2), config.num_attention_heads * config.attention_head_dim
    of_self = 8 * tokens * width_**2 + 4 * tokens**2 * width_
    of_text = 4 * (tokens + text) * width_**2 + 4 * tokens * text * width_
    return float(config.num_layers * (of_self + of_text + 4 * tokens * width_ * config.ffn_dim))


def hunyuan15_flops(config: Any, latents: Sequence[int], text: int = _HUNYUAN_TOKENS) -> float:
    """Text and picture go through the blocks beside the latents, with weights of their own."""
    frames, height, width = latents
    tokens, width_ = frames * height * width + text, config.num_attention_heads * config.attention_head_dim
    weights = 2 * (4 + 2 * config.mlp_ratio) * tokens * width_**2
    return float(config.num_layers * (weights + 4 * tokens**2 * width_))


def _wan(key: str, heads: int, ffn: int, layers: int, is_tiny: bool) -> Design:
    text = UMT5Config(**(_TINY_T5 if is_tiny else _UMT5_XXL | _GATED))
    small = {"num_attention_heads": 2, "attention_head_dim": 12, "ffn_dim": 32, "num_layers": 2 + (heads > 12)}
    full = {"num_attention_heads": heads, "attention_head_dim": 128, "ffn_dim": ffn, "num_layers": layers}
    vae = {"base_dim": 3, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1} if is_tiny else {}
    return Design(
        key,
        (32, 16, 9) if is_tiny else (832, 480, 81),
        {
            "tokenizer": tokenizers.t5,
            "text_encoder": lambda: UMT5EncoderModel(text),
            "transformer": lambda: WanTransformer3DModel(text_dim=text.d_model, **(small if is_tiny else full)),
            "vae": lambda: AutoencoderKLWan(**vae),
        },
        lambda: UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
        ),
        (4, 8),
        16,
        wan_flops,
        {"dtype": torch.bfloat16, "vae": torch.float32, "is_tiled": False},
    )


def _hunyuan15(is_tiny: bool) -> Design:
    rope = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [1, 1, 2] if is_tiny else [16, 24, 24]}
    qwen = {"vocab_size": 152064, "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28}
    heads = {"num_attention_heads": 28, "num_key_value_heads": 4}
    if is_tiny:
        qwen = {"vocab_size": 300, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 3}
        heads = {"num_attention_heads": 2, "num_key_value_heads": 2}
    glyphs = {"vocab_size": 1510, "d_model": 1472, "d_kv": 64, "d_ff": 3584, "num_layers": 12, "num_heads": 6} | _GATED
    second = T5Config(**(_TINY_T5 if is_tiny else glyphs))
    transformer: dict[str, Any] = {"task_type": "t2v"}
    vae: dict[str, Any] = {}
    if is_tiny:
        transformer |= {"in_channels": 9, "out_channels": 4, "num_attention_heads": 2, "attention_head_dim": 8}
        transformer |= {"num_layers": 2, "num_refiner_layers": 1, "text_embed_dim": 16, "text_embed_2_dim": 32}
        transformer |= {"image_embed_dim": 12, "rope_axes_dim": (2, 2, 4), "target_size": 16}
        vae = {"latent_channels": 4, "block_out_channels": (16, 16), "layers_per_block": 1}
        vae |= {"spatial_compression_ratio": 4, "temporal_compression_ratio": 2}
        vae |= {"downsample_match_channel": False, "upsample_match_channel": False}
    return Design(
        "hunyuanvideo-1.5-480p",
        (32, 16, 9) if is_tiny else (848, 480, 121),
        {
            "tokenizer": lambda: tokenizers.qwen2(_TEMPLATE),
            "text_encoder": lambda: Qwen2_5_VLTextModel(Qwen2_5_VLTextConfig(**qwen, **heads, rope_parameters=rope)),
            "tokenizer_2": ByT5Tokenizer,
            "text_encoder_2": lambda: T5EncoderModel(second),
            "transformer": lambda: HunyuanVideo15Transformer3DModel(**transformer),
            "vae": lambda: AutoencoderKLHunyuanVideo15(**vae),
            "guider": lambda: ClassifierFreeGuidance(guidance_scale=6.0),
        },
        lambda: FlowMatchEulerDiscreteScheduler(shift=5.0),
        (2, 4) if is_tiny else (4, 16),
        4 if is_tiny else 32,
        hunyuan15_flops,
        {"dtype": torch.float16, "vae": torch.float16, "is_tiled": True},
    )


_DESIGNS: Mapping[str, Callable[[bool], Design]] = {
    "wan2.1-1.3b": lambda is_tiny: _wan("wan2.1-1.3b", 12, 8960, 30, is_tiny),
    "wan2.1-14b": lambda is_tiny: _wan("wan2.1-14b", 40, 13824, 40, is_tiny),
    "hunyuanvideo-1.5-480p": _hunyuan15,
}
KEYS = tuple(_DESIGNS)
