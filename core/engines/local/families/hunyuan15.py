"""HunyuanVideo 1.5: Qwen2.5-VL and a byte-level T5, one transformer, a causal VAE, and a guider.

Its guidance scale is no argument but lies in the guider, an object of the pipeline: each job gets one of its own. The
pipelines have no callback either; whoever watches the steps overrides ``progress_bar``.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import HunyuanVideo15ImageToVideoPipeline
from diffusers.utils.torch_utils import get_module_execution_device

from core.engines.local.calls import call_arguments
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames

_EMBEDS = ("prompt_embeds", "prompt_embeds_mask", "prompt_embeds_2", "prompt_embeds_mask_2")


class Hunyuan15:
    """Text to video and image to video; see ``core.engines.local.family.Family``."""

    text = ("text_encoder", "text_encoder_2")
    denoiser = ("image_encoder", "transformer", "vae")
    decoder = ("vae",)
    transformers = ("transformer",)
    steps_in = ("transformer", "vae.encoder", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """Qwen's reading of the prompt, T5's of what it has in quotation marks; with guidance the negative one's."""
        embeds = _encode(pipe, shot.spec.prompt)
        if shot.guidance_scale > 1:
            negative = _encode(pipe, shot.negative_prompt)
            embeds |= {f"negative_{name}": tensor for name, tensor in negative.items()}
        return embeds

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """Every step, in one call of the pipeline."""
        own = call_arguments(pipe, shot, embeds, shot.generator())
        pipe.guider = pipe.guider.new(guidance_scale=own.pop("guidance_scale"))
        if isinstance(pipe, HunyuanVideo15ImageToVideoPipeline):
            _keep_size(pipe, own.pop("height"), own.pop("width"))
            own["image"] = shot.image
        return Latents(pipe(**own)[0])

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """The tail of the pipeline's ``__call__``."""
        del shot
        vae = pipe.vae
        sample = latents.video.to(get_module_execution_device(vae), vae.dtype) / vae.config.scaling_factor
        with torch.no_grad():
            video = vae.decode(sample, return_dict=False)[0]
        return Footage(to_frames(video))

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """As the VAE decodes it."""
        del shot
        return sample[0] / float(pipe.vae.config.scaling_factor)


def _encode(pipe: Any, prompt: str) -> Embeds:
    device = get_module_execution_device(pipe.text_encoder)
    with torch.no_grad():
        tensors = pipe.encode_prompt(prompt=prompt, device=device, dtype=pipe.transformer.dtype)
    return dict(zip(_EMBEDS, tensors, strict=True))


def _keep_size(pipe: Any, height: int, width: int) -> None:
    """Have the image pipeline, which takes no size, make the clip in that of its picture.

    It looks the picture's size up in a table of shapes, and where the table's ratio was rounded to the wrong side it
    finds the neighbour: of 480x848, which is in the table, it makes 480x832.
    """
    pipe.video_processor.calculate_default_height_width = lambda **_: (height, width)


FAMILY = Hunyuan15()
