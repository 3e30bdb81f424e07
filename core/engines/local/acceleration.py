"""How modules are run faster or smaller than as loaded: attention, compilation, layout, caches, LoRAs, weights."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog
import torch

from core.catalogue.local import LocalRecipe
from core.engines.local.device import Device

_AMPERE, _HOPPER = (8, 0), (9, 0)
_FLASH_3 = ("flash_attn_3", "flash_attn_interface")
"""The first one is what diffusers looks for, the second what it then imports; some packages have one alone."""
_SHAPES = 128
"""More than a process can serve: sizes, lengths, and each with and without its LoRAs."""
_ANY_LENGTH = frozenset({"MiniMaxH3Transformer3DModel", "HunyuanVideo15Transformer3DModel"})
"""Transformers over one sequence of text and clip: its length is the prompt's, so that no two prompts share a shape.

HunyuanVideo 1.5's is so on GPUs, where its prompts have no padding; nothing is compiled elsewhere.
"""
_NARROW = torch.float8_e4m3fn
_ATTENTIONS = r".*blocks\.\d+\.attn\d*"
"""TaylorSeer's own pattern misses ``attn1``, and with it every attention of most video transformers."""
_LAYOUTS = ((torch.nn.Conv2d, torch.channels_last), (torch.nn.Conv3d, torch.channels_last_3d))

log = structlog.get_logger(__name__)


def choose_attention(wish: str, place: torch.device, *, is_masked: bool) -> str:
    """The attention backend, by diffusers' name. It is set on every transformer: what is not set changes with others.

    FlashAttention 3 is the fastest on Hopper where its package is installed, cuDNN's where not; PyTorch's own choice
    takes FlashAttention 2 or, with a mask, something far slower. FlashAttention 3 refuses masks.
    """
    if wish != "auto":
        return wish
    if place.type != "cuda":
        return "native"
    capability = torch.cuda.get_device_capability(place)
    if capability == _HOPPER and not is_masked and all(map(find_spec, _FLASH_3)):
        return "_flash_3"
    return "_native_cudnn" if capability >= _AMPERE else "native"


def tell_attention(transformer: Any, backend: str) -> None:
    """Set the backend of a transformer's attention, by diffusers' name.

    Diffusers by itself would then take it for whatever was told none, of any model: for LTX-2's connectors, which mask,
    and for MiniMax-H3's VAE, whose frames would depend on which model came last. Those keep torch's own.
    """
    from diffusers.models.attention_dispatch import attention_backend

    if hasattr(transformer, "set_attention_backend"):
        with attention_backend("native"):
            transformer.set_attention_backend(backend)


def takes_masks(transformer: Any) -> bool:
    """Whether a transformer, or a class of them, masks the padding of a prompt."""
    return any("mask" in name for name in inspect.signature(transformer.forward).parameters)


def compile_blocks(module: Any) -> bool:
    """Compile the repeated blocks, each shape at its first use; whether there are any.

    The blocks of one class share their code, so that one compilation serves them all; a changed shape is compiled anew
    instead of made dynamic, since served shapes are few and fixed. Those of all models of a family count together, and
    torch's own limit is eight: a ninth would be refused. Where a recipe's cache decides what to leave out, which cannot
    be compiled, a block is compiled in pieces: so whole graphs are not asked for.
    """
    blocks = getattr(module, "_repeated_blocks", None)
    if blocks:
        dynamic = type(module).__name__ in _ANY_LENGTH
        module.compile_repeated_blocks(dynamic=dynamic, recompile_limit=_SHAPES)
    return bool(blocks)


def uncompile_blocks(module: Any) -> None:
    """Take ``compile_blocks`` back; there is no public way to."""
    for block in module.modules():
        block._compiled_call_impl = None  # noqa: SLF001


def put_channels_last(module: torch.nn.Module) -> None:
    """Lay the weights of convolutions out as cuDNN computes them: what comes of such a convolution has that layout too.

    A module's own ``to(memory_format=...)`` knows pictures or clips alone, and a video VAE has convolutions over both.
    """
    for layer in module.modules():
        for kind, layout in _LAYOUTS:
            if isinstance(layer, kind):
                layer.weight.data = layer.weight.data.contiguous(memory_format=layout)


def narrow_weights(module: Any, dtype: torch.dtype) -> None:
    """Keep weights in eight bits and widen each layer as it is used: half the memory, almost the same frames."""
    module.enable_layerwise_casting(storage_dtype=_NARROW, compute_dtype=dtype)


@contextmanager
def _looking_wide(module: Any, dtype: torch.dtype) -> Iterator[None]:
    """Narrow weights replaced by stand-ins of no size: a LoRA is loaded in the type of the weights it goes beside.

    In eight bits most of its small numbers would be zero, and nothing could be computed with them.
    """
    narrow = [(weight, weight.data) for weight in module.parameters() if weight.dtype is _NARROW]
    for weight, data in narrow:
        weight.data = torch.zeros((), dtype=dtype, device=data.device).expand(data.shape)
    try:
        yield
    finally:
        for weight, data in narrow:
            weight.data = data


def stream_weights(module: Any, device: Device, *, by_block: bool = True) -> None:
    """Keep weights on the host and bring them to the GPU ahead of their use: blocks, or layer by layer.

    Blocks are found in diffusers' transformers alone: they are not right below the top of a text encoder.
    """
    from diffusers.hooks import apply_group_offloading

    apply_group_offloading(
        module,
        onload_device=device.place,
        offload_device=torch.device("cpu"),
        offload_type="block_level" if by_block else "leaf_level",
        num_blocks_per_group=1 if by_block else None,
        use_stream=device.place.type == "cuda",
    )


@contextmanager
def caching(transformers: Sequence[Any], recipe: LocalRecipe) -> Iterator[None]:
    """The recipe's cache, for the block; also one that raised leaves nothing behind."""
    if recipe.cache == "none":
        yield
        return
    try:
        for transformer in transformers:
            transformer.enable_cache(_cache_config(recipe))
        yield
    finally:
        for transformer in transformers:
            transformer.disable_cache()


def _cache_config(recipe: LocalRecipe) -> Any:
    from diffusers import hooks

    arguments = {
        name: list(value) if isinstance(value, tuple) else value for name, value in recipe.cache_arguments.items()
    }
    match recipe.cache:
        case "first-block":
            return hooks.FirstBlockCacheConfig(**arguments)
        case "mag":
            return hooks.MagCacheConfig(num_inference_steps=recipe.num_inference_steps, **arguments)
        case _:
            return hooks.TaylorSeerCacheConfig(**{"cache_identifiers": [_ATTENTIONS], **arguments})


def apply_loras(
    pipe: Any, recipe: LocalRecipe, transformers: Mapping[str, Any], extras: Path, dtype: torch.dtype
) -> None:
    """Switch on the recipe's LoRAs, and any other off. They are never fused: the weights under them stay as they are.

    ``extras`` is the folder of the LoRAs' files, ``transformers`` are the pipeline's by name, ``dtype`` is what they
    are computed in.
    """
    for use in recipe.loras:
        expert = transformers.get("transformer_2") if use.expert == 2 else next(iter(transformers.values()))
        if use.extra not in getattr(expert, "peft_config", {}):
            into_second = {"load_into_transformer_2": True} if use.expert == 2 else {}
            path = extras / f"{use.extra}.safetensors"
            with _looking_wide(expert, dtype):
                pipe.load_lora_weights(str(path.parent), weight_name=path.name, adapter_name=use.extra, **into_second)
    for name, transformer in transformers.items():
        number = 2 if name == "transformer_2" else 1
        _switch(transformer, {use.extra: use.scale for use in recipe.loras if use.expert == number})


def _switch(transformer: Any, strengths: Mapping[str, float]) -> None:
    if not getattr(transformer, "peft_config", None):
        return
    if not strengths:
        transformer.disable_adapters()
        return
    transformer.enable_adapters()
    transformer.set_adapters(list(strengths), list(strengths.values()))
