"""The recipe of record: all that is needed to make the same frames again, as flat data for the clip and the job."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from core.catalogue.local import LocalRecipe, Source
from core.engines.local.family import Shot
from core.engines.local.model import LocalModel

Record = dict[str, str | int | float]

PACKAGES = ("piying", "torch", "diffusers", "transformers", "peft", "ftfy", "tokenizers", "flash_attn_3")
"""Whose versions can change frames; ftfy rewrites prompts for some pipelines, where it is installed."""


def record_of(shot: Shot, model: LocalModel, folder: Path) -> Record:
    """Everything but ``frames``, which is known when they are. ``folder`` holds the job's pictures."""
    spec, recipe = shot.spec, shot.recipe
    facts: Record = {
        "engine": f"diffusers {shot.card.pipeline}",
        "model": spec.model,
        "weights": model.weights_hash,
        "recipe": f"{spec.recipe}@{spec.recipe_version}",
        "prompt": spec.prompt,
        "negative_prompt": shot.negative_prompt,
        "seed": spec.seed,
        "size": f"{spec.width}x{spec.height}",
        "num_frames": spec.num_frames,
        "fps": spec.fps,
        "num_inference_steps": recipe.num_inference_steps,
        "guidance_scale": shot.guidance_scale,
        "scheduler": _scheduler(recipe),
        "cache": recipe.cache,
    }
    return facts | _further(recipe) | _loras(shot) | _pictures(shot, folder) | _machine(model, recipe) | _versions()


def _scheduler(recipe: LocalRecipe) -> str:
    shift = "" if recipe.flow_shift is None else f" shift {recipe.flow_shift:g}"
    changes = "".join(f" {name}={value}" for name, value in sorted(recipe.scheduler_config.items()))
    return f"{recipe.scheduler or 'of the model'}{shift}{changes}"


def _further(recipe: LocalRecipe) -> Record:
    """What some recipes have: an operator may change a card without counting its version up."""
    second = {} if recipe.guidance_scale_2 is None else {"guidance_scale_2": recipe.guidance_scale_2}
    arguments = {f"argument.{name}": value for name, value in recipe.arguments.items()}
    return {**second, **arguments, **{f"cache.{name}": str(value) for name, value in recipe.cache_arguments.items()}}


def _loras(shot: Shot) -> Record:
    extras = shot.card.extras
    return {f"lora.{use.extra}": f"{_name(extras[use.extra])} x {use.scale:g}" for use in shot.recipe.loras}


def _name(source: Source) -> str:
    return f"{source.repo}/{source.file}@{source.revision}"


def _pictures(shot: Shot, folder: Path) -> Record:
    named = {"image": shot.spec.image, "last_image": shot.spec.last_image}
    return {name: _sha256(folder / Path(key).name) for name, key in named.items() if key}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _machine(model: LocalModel, recipe: LocalRecipe) -> Record:
    device = model.residency.device
    return {
        "device": device.name,
        "dtype": str(device.dtype).removeprefix("torch."),
        "vae_dtype": recipe.vae_dtype if device.dtype is torch.bfloat16 else "float32",
        "placement": model.mode or "",
        "attention": model.attention,
        **({"masks": "none"} if model.is_unmasked else {}),
        "compile": int(model.is_compiled),
        **({"channels_last": ", ".join(last)} if (last := model.channels_last(recipe)) else {}),
        "threads": torch.get_num_threads(),
    }


def _versions() -> Record:
    return {f"version.{name}": found for name in PACKAGES if (found := _version(name))}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
