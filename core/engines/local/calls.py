"""Turns a shot into the arguments of its pipeline: those that every video pipeline of diffusers takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from diffusers.utils.torch_utils import get_module_execution_device

from core.engines.local.family import Embeds, Shot

_LISTS: Mapping[str, Callable[[str], float]] = {
    "sigmas": float,
    "timesteps": float,
    "spatio_temporal_guidance_blocks": int,
}
"""Arguments that are lists; a recipe writes them as text with commas: ``"1.0, 0.725, 0.42"``."""


def prompt_arguments(pipe: Any, shot: Shot) -> dict[str, Any]:
    """What ``encode_prompt`` takes. Embeddings come out where the text encoder runs, wherever other modules are."""
    return {
        "prompt": shot.spec.prompt,
        "negative_prompt": shot.negative_prompt,
        "do_classifier_free_guidance": shot.guidance_scale > 1,
        "max_sequence_length": argument(pipe, shot, "max_sequence_length"),
        "device": get_module_execution_device(pipe.text_encoder),
    }


def call_arguments(pipe: Any, shot: Shot, embeds: Embeds, generator: torch.Generator) -> dict[str, Any]:
    """What ``__call__`` takes, up to latents; the recipe's own arguments win."""
    spec = shot.spec
    return {
        "height": spec.height,
        "width": spec.width,
        "num_frames": spec.num_frames,
        "num_inference_steps": shot.recipe.num_inference_steps,
        "guidance_scale": shot.guidance_scale,
        "generator": generator,
        "output_type": "latent",
        "return_dict": False,
        **{name: tensor.to(pipe._execution_device) for name, tensor in embeds.items()},  # noqa: SLF001 - diffusers' only way to ask
        **_own_arguments(shot),
    }


def argument(pipe: Any, shot: Shot, name: str) -> Any:
    """What the recipe says, or else the pipeline's own default."""
    own = _own_arguments(shot)
    return own[name] if name in own else inspect.signature(type(pipe).__call__).parameters[name].default


def present(**tensors: torch.Tensor | None) -> Embeds:
    """Without those that the text stage had no use for."""
    return {name: tensor for name, tensor in tensors.items() if tensor is not None}


def _own_arguments(shot: Shot) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in shot.recipe.arguments.items()}


def _value(name: str, value: str | float) -> Any:
    read = _LISTS.get(name)
    return value if read is None else [read(part) for part in str(value).split(",")]
