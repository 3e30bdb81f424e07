"""Wan 2.1 and 2.2: umT5, one or two transformers, and a VAE that goes through a clip in chunks of four frames.

Covers ``WanPipeline`` and ``WanImageToVideoPipeline`` of every size. The image encoder is there in Wan 2.1's
image-to-video models alone; 2.2's A14B has two experts (``boundary_ratio``), its TI2V-5B a clean first latent frame
(``expand_timesteps``): both are the pipeline's configuration, and it does what they ask.

The VAE's layers keep their channels last from one convolution over clips to the next, but for a few. By SGLang's
measurements of the same layers in bfloat16 decoding takes 9 % less on an H100 (its pull request 26214), 12 to 14 % on a
GB300 (28021).
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.utils.torch_utils import get_module_execution_device

from core.engines.local.calls import call_arguments, present, prompt_arguments
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames


class Wan:
    """See ``core.engines.local.family.Family``."""

    text = ("text_encoder",)
    denoiser = ("image_encoder", "transformer", "transformer_2", "vae")
    decoder = ("vae",)
    transformers = ("transformer", "transformer_2")
    channels_last = ("vae",)
    steps_in = ("transformer", "transformer_2", "vae.encoder", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """512 tokens of the prompt and, with guidance, of the negative one."""
        with torch.no_grad():
            prompt, negative = pipe.encode_prompt(**prompt_arguments(pipe, shot))
        return present(prompt_embeds=prompt, negative_prompt_embeds=negative)

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """The latents are normalised, as the transformer sees them."""
        own = call_arguments(pipe, shot, embeds, shot.generator())
        if shot.recipe.guidance_scale_2 is not None:
            own["guidance_scale_2"] = shot.recipe.guidance_scale_2
        return Latents(pipe(**_pictures(shot), **own)[0])

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """The tail of the pipeline's ``__call__``."""
        del shot
        vae = pipe.vae
        sample = latents.video.to(get_module_execution_device(vae), vae.dtype)
        with torch.no_grad():
            video = vae.decode(_denormalised(vae, sample), return_dict=False)[0]
        return Footage(to_frames(video))

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """As the VAE decodes it."""
        del shot
        return _denormalised(pipe.vae, sample)[0]


def _pictures(shot: Shot) -> dict[str, Any]:
    """A pipeline for text takes neither; only Wan 2.1's first-and-last-frame model is given both."""
    pictures = {"image": shot.image, "last_image": shot.last_image}
    return {name: picture for name, picture in pictures.items() if picture is not None}


def _denormalised(vae: Any, sample: torch.Tensor) -> torch.Tensor:
    # Divided by the reciprocal as the pipeline does: multiplying would round otherwise.
    mean = torch.tensor(vae.config.latents_mean).view(1, -1, 1, 1, 1).to(sample.device, sample.dtype)
    reciprocal = 1.0 / torch.tensor(vae.config.latents_std).view(1, -1, 1, 1, 1).to(sample.device, sample.dtype)
    return sample / reciprocal + mean


FAMILY = Wan()
