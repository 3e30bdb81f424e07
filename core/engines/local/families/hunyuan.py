"""HunyuanVideo 1.0: Llama and CLIP, one transformer with guidance embedded in its weights, a causal VAE.

The recipe's ``guidance_scale`` is that embedded one: a step is one forward. Guidance by a negative prompt, at twice
the price, is there only where the recipe's ``arguments`` set ``true_cfg_scale``. A recipe that leaves its
``guidance_scale`` at 1 and puts the embedded one into ``arguments`` offers the user neither.

The image-to-video checkpoint is another repository and is left out: what its ``latent_concat`` variant returns as
latents lacks the first one, without which the causal VAE decodes other frames.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.utils.torch_utils import get_module_execution_device

from core.engines.local.calls import argument, call_arguments
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames

_EMBEDS = ("prompt_embeds", "pooled_prompt_embeds", "prompt_attention_mask")


class Hunyuan:
    """``HunyuanVideoPipeline``; see ``core.engines.local.family.Family``."""

    text = ("text_encoder", "text_encoder_2")
    denoiser = ("transformer",)
    decoder = ("vae",)
    transformers = ("transformer",)
    steps_in = ("transformer", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """Both encoders' reading of the prompt, and of the negative one where it counts."""
        embeds = _encode(pipe, shot, shot.spec.prompt)
        if argument(pipe, shot, "true_cfg_scale") > 1:
            negative = _encode(pipe, shot, shot.negative_prompt)
            embeds |= {f"negative_{name}": tensor for name, tensor in negative.items()}
        return embeds

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """Every step, in one call of the pipeline."""
        return Latents(pipe(**call_arguments(pipe, shot, embeds, shot.generator()))[0])

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


def _encode(pipe: Any, shot: Shot, prompt: str) -> Embeds:
    with torch.no_grad():
        tensors = pipe.encode_prompt(
            prompt=prompt,
            device=get_module_execution_device(pipe.text_encoder),
            max_sequence_length=argument(pipe, shot, "max_sequence_length"),
        )
    return dict(zip(_EMBEDS, tensors, strict=True))


FAMILY = Hunyuan()
