"""What a card and its recipes say about an open model that runs on the operator's own GPU, through diffusers.

Names of classes and arguments are diffusers' own. A card's ``source`` is a repository of a model hub in diffusers'
layout (``model_index.json`` and a folder for each component).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, PositiveFloat, PositiveInt

FAMILIES = ("wan", "ltx", "ltx2", "cogvideox", "hunyuan", "hunyuan15", "animatediff", "h3")
"""Every family there is. The list is closed: a card is data, and data imports no code of its own."""

PREVIEW = "preview"
"""The extra that is a tiny decoder for previews. A model is whole without it."""


def known_family(name: str) -> str:
    """The name of a family.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in FAMILIES:
        raise ValueError(f"no family {name}: there is {', '.join(FAMILIES)}")
    return name


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Data):
    """Where weights come from: one ``file`` of the repository, or its components.

    These are the folders that its ``model_index.json`` lists, but for those in ``leave_out``.
    ``revision`` may be a branch: what it stood for is recorded when the model is pulled.
    """

    repo: str
    revision: str = "main"
    file: str = ""
    leave_out: tuple[str, ...] = ()


class Memory(_Data):
    """GPU memory in GB (10^9 bytes) by mode; ``stated_by`` says whose figures these are."""

    resident: PositiveFloat
    offload: PositiveFloat
    stated_by: str


class LocalCard(_Data):
    """How to load a model. ``family`` names the module in ``core/engines/local/families``.

    The pipeline makes ``frame_multiple * k + frame_remainder`` frames, in sizes that are multiples of
    ``size_multiple`` pixels. ``compiles`` is False where the transformer's blocks cannot be. ``extras`` are further
    weights by name, such as LoRAs, motion modules and the previews' ``preview``.
    """

    family: Annotated[str, AfterValidator(known_family)]
    pipeline: str
    image_pipeline: str = ""
    source: Source
    extras: Mapping[str, Source] = Field(default_factory=dict)
    frame_multiple: PositiveInt = 1
    frame_remainder: NonNegativeInt = 0
    size_multiple: PositiveInt = 16
    compiles: bool = True
    vram_gb: Memory
    disk_gb: PositiveFloat


class LoraUse(_Data):
    """A LoRA of the card's extras, with its strength; ``expert`` 2 is the second transformer of a two-expert model."""

    extra: str
    scale: float = 1.0
    expert: Literal[1, 2] = 1


class LocalRecipe(_Data):
    """Arguments of the pipeline and how it is run. ``flow_shift`` and ``scheduler`` replace the model's own.

    ``cache`` reuses what hardly changes between steps: faster, not the same frames, and so chosen by recipe alone; its
    arguments are those of diffusers' configuration of that name (``mag`` needs the model's measured ``mag_ratios``).
    """

    num_inference_steps: PositiveInt
    guidance_scale: float = 1.0
    guidance_scale_2: float | None = None
    negative_prompt: str = ""
    flow_shift: PositiveFloat | None = None
    scheduler: str = ""
    scheduler_config: Mapping[str, str | int | float | bool] = Field(default_factory=dict)
    loras: tuple[LoraUse, ...] = ()
    cache: Literal["none", "first-block", "mag", "taylorseer"] = "none"
    cache_arguments: Mapping[str, int | float | tuple[float, ...] | tuple[str, ...]] = Field(default_factory=dict)
    vae_dtype: Literal["bfloat16", "float32"] = "bfloat16"
    arguments: Mapping[str, str | int | float | bool] = Field(default_factory=dict)
    """Further arguments of this family's pipeline alone."""
