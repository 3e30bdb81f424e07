"""Makes clips with a tiny model: in stages as the engine does, and whole as diffusers does."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from core.catalogue.cards import Model
from core.engines.local.assembly import assemble
from core.engines.local.families import family
from core.engines.local.family import Footage, Shot
from core.engines.local.loading import find_class, load_component, read_layout
from core.engines.local.watch import Watch
from core.types import GenerationSpec

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Studio:
    """A saved tiny model with its card; loaded once, by the engine's own code, in ``dtype``."""

    model: Model
    folder: Path
    dtype: torch.dtype = torch.float32

    @cached_property
    def things(self) -> dict[str, Any]:
        """Its components by name."""
        layout = read_layout(self.folder)
        return {name: load_component(self.folder, name, layout, self.dtype) for name in layout.modules}

    def shot(self, grade: str = "standard", *, ratio: str = "16:9", **changes: Any) -> Shot:
        """A job; ``changes`` replace fields of its spec, or of the shot where they are pictures."""
        card = self.model.card
        assert card.local is not None
        recipe = next(recipe for recipe in self.model.recipes if recipe.key.endswith(grade))
        assert recipe.local is not None
        width, height = card.size("480p", ratio)  # type: ignore[arg-type]
        spec = GenerationSpec(
            model=card.key,
            recipe=recipe.key,
            recipe_version=1,
            prompt="a cat walks",
            seed=7,
            width=width,
            height=height,
            num_frames=card.num_frames[0],
            fps=card.fps,
        )
        pictures = {name: changes.pop(name) for name in ("image", "last_image") if name in changes}
        return Shot(replace(spec, **changes), card.local, recipe.local, **pictures)

    def pipe(self, shot: Shot, watch: Watch | None = None) -> Any:
        """The job's own pipeline over the shared components."""
        watch = watch or Watch(lambda: None, lambda *_: None)
        return assemble(shot, self.folder, read_layout(self.folder), self.things, CPU, watch)

    def make(self, shot: Shot) -> tuple[np.ndarray, Footage]:
        """Frames x height x width x 3, and what else came: stage by stage, each with a pipeline of its own."""
        stages = family(shot.card.family)
        embeds = stages.encode(self.pipe(shot), shot)
        latents = stages.denoise(self.pipe(shot), shot, embeds)
        footage = stages.decode(self.pipe(shot), shot, latents)
        return np.stack(list(footage.frames)), footage

    def make_whole(self, shot: Shot, **arguments: Any) -> tuple[np.ndarray, Any]:
        """The same by one call of diffusers' own pipeline, loaded by diffusers; ``arguments`` are the family's own.

        ``conditions`` among them stand for the pictures.
        """
        pipe = self._diffusers_pipe(shot)
        spec = shot.spec
        pictures = {} if "conditions" in arguments else {"image": shot.image, "last_image": shot.last_image}
        result = pipe(
            prompt=spec.prompt,
            negative_prompt=shot.negative_prompt,
            height=spec.height,
            width=spec.width,
            num_frames=spec.num_frames,
            num_inference_steps=shot.recipe.num_inference_steps,
            guidance_scale=shot.guidance_scale,
            generator=torch.Generator("cpu").manual_seed(spec.seed),
            output_type="np",
            **{**{name: picture for name, picture in pictures.items() if picture is not None}, **arguments},
        )
        return (np.asarray(result.frames[0]) * 255).round().astype(np.uint8), result

    def _diffusers_pipe(self, shot: Shot) -> Any:
        name = shot.card.image_pipeline if shot.image is not None and shot.card.image_pipeline else shot.card.pipeline
        pipe = find_class("diffusers", name).from_pretrained(self.folder, local_files_only=True, dtype=self.dtype)
        pipe.set_progress_bar_config(disable=True)
        return pipe


def picture(shot: Shot, colour: str) -> Image.Image:
    """A first or last picture of the clip's size: that colour with a dark corner."""
    image = Image.new("RGB", (shot.spec.width, shot.spec.height), colour)
    image.paste("black", (0, 0, shot.spec.width // 2, shot.spec.height // 2))
    return image


def without_weights(pipe: Any, besides: set[str]) -> Any:
    """The pipeline with no weights but those of ``besides``: other modules have only a shape, as if not on the GPU."""
    for name, module in pipe.components.items():
        if isinstance(module, torch.nn.Module) and name not in besides:
            hollow = copy.deepcopy(module)
            for part in hollow.modules():
                for key, weight in part.named_parameters(recurse=False):
                    setattr(part, key, torch.nn.Parameter(weight.to("meta")))
            setattr(pipe, name, hollow)
    return pipe
