"""HunyuanVideo 1.0: Llama and CLIP, one transformer with guidance embedded in its weights, a causal VAE.

The recipe's ``guidance_scale`` is that embedded one: a step is one forward. Guidance by a negative prompt, at twice
the price, is there only where the recipe's ``arguments`` set ``true_cfg_scale``. A recipe that leaves its
``guidance_scale`` at 1 and puts the embedded one into ``arguments`` offers the user neither.

Image to video is another checkpoint, whose Llama (a Llava) looks at the picture. Of its two kinds the one that keeps
the picture as the first latent (``token_replace``) is served. The other (``latent_concat``, of 33 channels) makes four
frames less than it is asked for, and diffusers hands out its latents without the first, which the VAE needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from diffusers import HunyuanVideoImageToVideoPipeline
from diffusers.utils.torch_utils import get_module_execution_device
from PIL import Image

from core.engines.local.calls import argument, call_arguments
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames
from core.errors import EngineUnavailable

_EMBEDS = ("prompt_embeds", "pooled_prompt_embeds", "prompt_attention_mask")
_INTERLEAVE = 4
"""Of the tokens of a picture every fourth is used, as the pipeline does for ``token_replace``."""


class Hunyuan:
    """Text to video and image to video; see ``core.engines.local.family.Family``."""

    text = ("text_encoder", "text_encoder_2")
    denoiser = ("transformer", "vae")
    decoder = ("vae",)
    transformers = ("transformer",)
    channels_last = ()
    steps_in = ("transformer", "vae.encoder", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """Both encoders' reading of the prompt, and of the negative one where it counts.

        Raises:
            EngineUnavailable: a checkpoint for pictures of the kind that is not served.
        """
        looks, size = _looks(pipe), (shot.spec.width, shot.spec.height)
        if looks and pipe.transformer.config.image_condition_type != "token_replace":
            raise EngineUnavailable
        seen = {"image": shot.image, "image_embed_interleave": _INTERLEAVE} if looks else {}
        embeds = _encode(pipe, shot, shot.spec.prompt, seen)
        if argument(pipe, shot, "true_cfg_scale") > 1:
            # Of the black picture the pipeline takes as many tokens as ``encode_prompt`` does by itself.
            unseen = {"image": Image.new("RGB", size)} if looks else {}
            negative = _encode(pipe, shot, shot.negative_prompt, unseen)
            embeds |= {f"negative_{name}": tensor for name, tensor in negative.items()}
        return embeds

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """Every step, in one call of the pipeline."""
        picture = {"image": shot.image} if _looks(pipe) else {}
        return Latents(pipe(**picture, **call_arguments(pipe, shot, embeds, shot.generator()))[0])

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


def _looks(pipe: Any) -> bool:
    return isinstance(pipe, HunyuanVideoImageToVideoPipeline)


def _encode(pipe: Any, shot: Shot, prompt: str, seen: Mapping[str, Any]) -> Embeds:
    with torch.no_grad():
        tensors = pipe.encode_prompt(
            prompt=prompt,
            device=get_module_execution_device(pipe.text_encoder),
            max_sequence_length=argument(pipe, shot, "max_sequence_length"),
            **seen,
        )
    return dict(zip(_EMBEDS, tensors, strict=True))


FAMILY = Hunyuan()
