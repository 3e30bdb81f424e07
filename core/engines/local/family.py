"""What the engine asks of a model family: three stages, each of which never runs twice at once on the same weights.

A family is one module in ``families/`` whose ``FAMILY`` fulfils ``Family``. Its pipelines are built anew for each job
from shared modules and a scheduler of the job's own (``assembly.py``), so that no setting leaks into the next job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from PIL import Image

from core.catalogue.local import LocalCard, LocalRecipe
from core.types import GenerationSpec

Embeds = dict[str, torch.Tensor]
"""What the text stage made, by the names under which the pipeline's ``__call__`` takes it."""


@dataclass(frozen=True)
class Shot:
    """One job as a family sees it. ``image`` and ``last_image`` have the clip's own size already."""

    spec: GenerationSpec
    card: LocalCard
    recipe: LocalRecipe
    image: Image.Image | None = None
    last_image: Image.Image | None = None

    @property
    def guidance_scale(self) -> float:
        """The user's, or the recipe's."""
        return self.recipe.guidance_scale if self.spec.guidance_scale is None else self.spec.guidance_scale

    @property
    def negative_prompt(self) -> str:
        """The user's, or the recipe's."""
        return self.spec.negative_prompt or self.recipe.negative_prompt

    def generator(self) -> torch.Generator:
        """On the CPU, so that one seed gives one noise on every device."""
        return torch.Generator("cpu").manual_seed(self.spec.seed)


@dataclass(frozen=True)
class Latents:
    """What the denoiser made: ``video`` and, where the model makes sound, ``audio``, as ``decode`` takes them."""

    video: torch.Tensor
    audio: torch.Tensor | None = None


@dataclass(frozen=True)
class Footage:
    """Finished pictures and sound.

    ``frames`` yields HxWx3 uint8 RGB arrays in order. ``audio`` is samples x channels float32 in -1..1 at
    ``sample_rate`` Hz.
    """

    frames: Iterator[np.ndarray]
    audio: np.ndarray | None = None
    sample_rate: int = 0


class Family(Protocol):
    """One architecture, over all its checkpoints and pipeline classes.

    ``text``, ``denoiser`` and ``decoder`` name the modules that each stage needs on the device; those a checkpoint
    lacks are left out. A module may be named twice: an image-to-video model encodes its first picture with the VAE
    while it denoises. ``steps_in`` names the modules whose forward is one unit of work, before which a job may be
    cancelled: the transformers, and inside the VAE what is called once a chunk (``vae.decoder``).
    ``transformers`` names those that attention backends, caches, LoRAs and regional compilation apply to.
    ``channels_last`` names those whose convolutions are faster on a GPU, in sixteen bits, with their channels last in
    memory: only where that was measured, by us or by others. A layer that undoes the layout can make it slower.
    """

    text: Sequence[str]
    denoiser: Sequence[str]
    decoder: Sequence[str]
    transformers: Sequence[str]
    channels_last: Sequence[str]
    steps_in: Sequence[str]

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """Text to embeddings. Without pictures it depends on prompt, negative prompt and recipe alone: it is cached."""

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """Embeddings to latents: every step of one clip."""

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """Latents to frames and sound."""

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """A scheduler's sample to the VAE's latent space, channels x frames x height x width, for a preview."""


@runtime_checkable
class Makes(Protocol):
    """What a family has besides where its pipelines are not made by calling their class with their components."""

    def make(self, kind: Any, shot: Shot, things: Mapping[str, Any]) -> Any:
        """A pipeline of the class ``kind`` for one job, over shared components and a scheduler of the job's own.

        ``kind`` has ``progress_bar``, for whatever of the pipeline counts steps.
        """


@runtime_checkable
class Unmasks(Protocol):
    """What a family has besides whose transformer masks padding that need not be there.

    On GPUs a mask keeps the fastest attentions away. What is computed without is the same but for its rounding.
    """

    def unmask(self, transformer: Any) -> None:
        """From now on the transformer masks no attention over its clip. Does nothing the second time.

        A call of it that cannot do without a mask raises ValueError.
        """
