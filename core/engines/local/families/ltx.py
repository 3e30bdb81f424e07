"""LTX-Video 0.9.x: T5, a transformer over packed latents, and a VAE that from 0.9.1 on does the last bit of denoising.

Covers ``LTXPipeline``, ``LTXImageToVideoPipeline`` and, from 0.9.5 on, ``LTXConditionPipeline``, which takes pictures
at both ends. Noise for the VAE (``decode_noise_scale``) comes from the job's generator once the denoiser has drawn its
own, so it is mixed in at the end of ``denoise``, where that generator is still at hand: it is the pipeline's own noise.
A recipe's ``decode_timestep`` and ``decode_noise_scale`` are arguments of the pipeline.

``LTXImageToVideoPipeline`` hands the picture to the VAE in the text encoder's precision: a recipe that wants the VAE in
float32 must run all of the model in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXConditionPipeline, LTXVideoCondition
from diffusers.utils.torch_utils import get_module_execution_device, randn_tensor

from core.engines.local.calls import argument, call_arguments, present, prompt_arguments
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames


class Ltx:
    """See ``core.engines.local.family.Family``."""

    text = ("text_encoder",)
    denoiser = ("transformer", "vae")
    decoder = ("vae",)
    transformers = ("transformer",)
    channels_last = ()
    steps_in = ("transformer", "vae.encoder", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """Tokens of the prompt and, with guidance, of the negative one, and which of them are padding."""
        return encoded(pipe, prompt_arguments(pipe, shot))

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """The latents are as the VAE decodes them, in the text's precision."""
        generator = shot.generator()
        own = call_arguments(pipe, shot, embeds, generator)
        sample = pipe(**_pictures(pipe, shot), **{"frame_rate": shot.spec.fps, **own})[0]
        latents = denormalised(pipe, unpacked(pipe, shot, sample)).to(embeds["prompt_embeds"].dtype)
        return Latents(with_decode_noise(pipe, shot, latents, generator))

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """The tail of the pipeline's ``__call__``."""
        return Footage(to_frames(decoded(pipe, shot, latents.video)))

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """As the VAE decodes it; without its first frame where that is the picture given."""
        return denormalised(pipe, unpacked(pipe, shot, sample))[0]


def _pictures(pipe: Any, shot: Shot) -> dict[str, Any]:
    if shot.image is None:
        return {}
    if not isinstance(pipe, LTXConditionPipeline):
        return {"image": shot.image}
    conditions = [LTXVideoCondition(image=shot.image, frame_index=0)]
    if shot.last_image is not None:
        conditions.append(LTXVideoCondition(image=shot.last_image, frame_index=shot.spec.num_frames - 1))
    return {"conditions": conditions}


def encoded(pipe: Any, arguments: Mapping[str, Any]) -> Embeds:
    """Embeddings with their masks, as all LTX pipelines take them."""
    with torch.no_grad():
        prompt, mask, negative, negative_mask = pipe.encode_prompt(**arguments)
    return present(
        prompt_embeds=prompt,
        prompt_attention_mask=mask,
        negative_prompt_embeds=negative,
        negative_prompt_attention_mask=negative_mask,
    )


def unpacked(pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor:
    """A sample as 1 x channels x frames x height x width: one that is packed, or is so already."""
    if sample.ndim == 5:
        return sample
    spec = shot.spec
    frames = (spec.num_frames - 1) // pipe.vae_temporal_compression_ratio + 1
    height, width = (side // pipe.vae_spatial_compression_ratio for side in (spec.height, spec.width))
    space, time = pipe.transformer_spatial_patch_size, pipe.transformer_temporal_patch_size
    # Tokens of a last picture stand before those of the clip.
    tokens = sample[:, -(frames // time) * (height // space) * (width // space) :]
    # The pipeline itself gives both patch sizes to latents counted before patching: they are 1 in every checkpoint.
    latents: torch.Tensor = pipe._unpack_latents(tokens, frames, height, width, space, time)  # noqa: SLF001
    return latents


def denormalised(pipe: Any, latents: torch.Tensor) -> torch.Tensor:
    """As the VAE takes them."""
    vae = pipe.vae
    result: torch.Tensor = pipe._denormalize_latents(  # noqa: SLF001
        latents, vae.latents_mean, vae.latents_std, vae.config.scaling_factor
    )
    return result


def with_decode_noise(pipe: Any, shot: Shot, latents: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Mixed with the next noise of the job's generator, as far as the VAE is one that takes it away again."""
    if not pipe.vae.config.timestep_conditioning:
        return latents
    noise = randn_tensor(latents.shape, generator=generator, device=latents.device, dtype=latents.dtype)
    scale = argument(pipe, shot, "decode_noise_scale")
    scale = argument(pipe, shot, "decode_timestep") if scale is None else scale
    share = torch.tensor([scale], device=latents.device, dtype=latents.dtype)[:, None, None, None, None]
    return (1 - share) * latents + share * noise


def decoded(pipe: Any, shot: Shot, latents: torch.Tensor) -> torch.Tensor:
    """The VAE's video, 1 x 3 x frames x height x width in -1..1."""
    vae = pipe.vae
    sample = latents.to(get_module_execution_device(vae))
    timestep = None
    if vae.config.timestep_conditioning:
        timestep = torch.tensor([argument(pipe, shot, "decode_timestep")], device=sample.device, dtype=sample.dtype)
    with torch.no_grad():
        video: torch.Tensor = vae.decode(sample.to(vae.dtype), timestep, return_dict=False)[0]
    return video


FAMILY = Ltx()
