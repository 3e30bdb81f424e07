"""AnimateDiff: a Stable Diffusion 1.5 with motion modules between its layers, such as AnimateDiff-Lightning's.

The weights come from two places, a Stable Diffusion and a file of motion modules: ``convert`` makes one pipeline of
them, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AnimateDiffPipeline,
    EulerDiscreteScheduler,
    MotionAdapter,
    StableDiffusionPipeline,
    UNetMotionModel,
)
from diffusers.utils.torch_utils import get_module_execution_device
from safetensors.torch import load_file

from core.engines.local.calls import argument, call_arguments, present
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames

MOTION = "motion"
"""The name of the motion modules among a card's extras."""


class AnimateDiff:
    """``AnimateDiffPipeline``; see ``core.engines.local.family.Family``.

    Its UNet takes none of the attention backends, caches and regional compilation that diffusers has for transformers.
    That channels last are faster in it is diffusers' measurement, of a Stable Diffusion (3.61 s to 3.30 a picture, half
    precision, Titan RTX). Of such a VAE there is none, and on a GPU its group norms undo the layout each time.
    """

    text = ("text_encoder",)
    denoiser = ("unet",)
    decoder = ("vae",)
    transformers = ()
    channels_last = ("unet",)
    steps_in = ("unet", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """77 tokens of the prompt and, with guidance, of the negative one."""
        with torch.no_grad():
            prompt, negative = pipe.encode_prompt(
                shot.spec.prompt,
                get_module_execution_device(pipe.text_encoder),
                1,
                do_classifier_free_guidance=shot.guidance_scale > 1,
                negative_prompt=shot.negative_prompt,
                clip_skip=argument(pipe, shot, "clip_skip"),
            )
        return present(prompt_embeds=prompt, negative_prompt_embeds=negative)

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """Every step, in one call of the pipeline."""
        return Latents(pipe(**call_arguments(pipe, shot, embeds, shot.generator()))[0])

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """The tail of the pipeline's ``__call__``: the VAE is one for pictures, and gets so many frames at a time."""
        sample = latents.video.to(get_module_execution_device(pipe.vae), pipe.vae.dtype)
        with torch.no_grad():
            video = pipe.decode_latents(sample, argument(pipe, shot, "decode_chunk_size"))
        return Footage(to_frames(video))

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """As the VAE decodes it."""
        del shot
        return sample[0] / float(pipe.vae.config.scaling_factor)


def convert(base: Path, extras: Mapping[str, Path], target: Path, *, dtype: torch.dtype = torch.float32) -> None:
    """Make a pipeline in ``target``, in diffusers' layout, of a Stable Diffusion and the extra ``motion``.

    ``base`` is a folder in diffusers' layout with safetensors, ``motion`` a file of weights. The scheduler is the one
    that AnimateDiff-Lightning was distilled for.

    Raises:
        KeyError: there is no extra ``motion``.
        ValueError: the motion modules do not fit between the layers of this UNet.
    """
    still = StableDiffusionPipeline.from_pretrained(
        str(base),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        local_files_only=True,
        use_safetensors=True,
        dtype=dtype,
    )
    unet = UNetMotionModel.from_unet2d(still.unet, _adapter(still.unet.config, load_file(extras[MOTION])))
    AnimateDiffPipeline(
        vae=still.vae,
        text_encoder=still.text_encoder,
        tokenizer=still.tokenizer,
        unet=unet if unet.dtype == dtype else unet.to(dtype),
        motion_adapter=None,
        scheduler=EulerDiscreteScheduler.from_config(
            still.scheduler.config, timestep_spacing="trailing", beta_schedule="linear"
        ),
    ).save_pretrained(target)


def _adapter(unet: Any, weights: Mapping[str, torch.Tensor]) -> Any:
    """The file has no configuration: the UNet's and the shapes of the weights say all but the number of heads."""
    positions = next((tensor for name, tensor in weights.items() if name.endswith("pos_embed.pe")), None)
    adapter = MotionAdapter(
        block_out_channels=unet.block_out_channels,
        motion_layers_per_block=unet.layers_per_block,
        motion_norm_num_groups=unet.norm_num_groups,
        motion_max_seq_length=32 if positions is None else positions.shape[1],
        use_motion_mid_block=any(name.startswith("mid_block.") for name in weights),
    )
    try:
        adapter.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError("the motion modules are made for another UNet") from error
    return adapter


FAMILY = AnimateDiff()
