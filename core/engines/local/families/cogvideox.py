"""CogVideoX 2B, 5B and 1.5: T5, one transformer, and a VAE that goes through a clip in chunks.

Covers ``CogVideoXPipeline`` and ``CogVideoXImageToVideoPipeline``. Their latents have frames before channels. The
transformer of 1.5 takes frames in pairs: where there is one too few, the pipeline puts one more in front, which is
made and thrown away.

``CogVideoXImageToVideoPipeline`` hands the picture to the VAE in the text encoder's precision: a recipe that wants the
VAE in float32 must run all of the model in it.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.utils.torch_utils import get_module_execution_device

from core.engines.local.calls import call_arguments, present, prompt_arguments
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames


class CogVideoX:
    """See ``core.engines.local.family.Family``."""

    text = ("text_encoder",)
    denoiser = ("transformer", "vae")
    decoder = ("vae",)
    transformers = ("transformer",)
    channels_last = ()
    steps_in = ("transformer", "vae.encoder", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """226 tokens of the prompt and, with guidance, of the negative one."""
        with torch.no_grad():
            prompt, negative = pipe.encode_prompt(**prompt_arguments(pipe, shot))
        return present(prompt_embeds=prompt, negative_prompt_embeds=negative)

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """The latents are 1 x frames x channels x height x width, scaled as the transformer sees them."""
        pictures = {} if shot.image is None else {"image": shot.image}
        return Latents(pipe(**pictures, **call_arguments(pipe, shot, embeds, shot.generator()))[0])

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """The tail of the pipeline's ``__call__``."""
        vae = pipe.vae
        sample = latents.video[:, _frames_in_front(pipe, shot) :].to(get_module_execution_device(vae), vae.dtype)
        with torch.no_grad():
            video = pipe.decode_latents(sample)
        return Footage(to_frames(video))

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """As the VAE decodes it."""
        return sample[0, _frames_in_front(pipe, shot) :].transpose(0, 1) / pipe.vae_scaling_factor_image


def _frames_in_front(pipe: Any, shot: Shot) -> int:
    """Latent frames that fill the first group up."""
    group: int = pipe.transformer.config.patch_size_t or 1
    frames: int = (shot.spec.num_frames - 1) // pipe.vae_scale_factor_temporal + 1
    return -frames % group


FAMILY = CogVideoX()
