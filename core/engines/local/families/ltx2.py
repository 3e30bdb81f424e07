"""LTX-2: Gemma, one transformer for picture and sound, a VAE for each, and a vocoder.

Covers ``LTX2Pipeline`` and ``LTX2ImageToVideoPipeline``. Asked for latents, they give them denormalised in float32,
while on their own way to frames they first round them to the text's precision: so the last step's latents are taken
from the pipeline's callback, and its tail is followed from there.

All hidden layers of the text encoder make the embeddings: at 1024 tokens those of Gemma-3-12B take 0.4 GB in bfloat16,
twice that with guidance. LTX-2.3's blocks branch on tensors while they make spatio-temporal guidance (``stg_scale``):
such a recipe cannot be compiled in whole blocks.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from diffusers.utils.torch_utils import get_module_execution_device

from core.engines.local.calls import argument, call_arguments, prompt_arguments
from core.engines.local.families.ltx import decoded, denormalised, encoded, unpacked, with_decode_noise
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames


class Ltx2:
    """See ``core.engines.local.family.Family``."""

    text = ("text_encoder",)
    denoiser = ("connectors", "transformer", "vae")
    decoder = ("vae", "audio_vae", "vocoder")
    transformers = ("transformer",)
    channels_last = ()
    steps_in = ("transformer", "vae.encoder", "vae.decoder")

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """Every layer's view of the prompt and, with guidance of picture or sound, of the negative one."""
        return encoded(pipe, {**prompt_arguments(pipe, shot), "do_classifier_free_guidance": _is_guided(pipe, shot)})

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """The latents are as the VAEs decode them, those of the picture in the text's precision."""
        generator, last = shot.generator(), _Last()
        own = call_arguments(pipe, shot, embeds, generator)
        # The pipeline sets this only while it encodes text, which it may not have done here.
        pipe.tokenizer.padding_side = "left"
        pictures = {} if shot.image is None else {"image": shot.image}
        _, audio = pipe(**pictures, **{"frame_rate": float(shot.spec.fps), **own}, callback_on_step_end=last)
        video = unpacked(pipe, shot, last.latents).to(embeds["prompt_embeds"].dtype)
        return Latents(denormalised(pipe, with_decode_noise(pipe, shot, video, generator)), audio)

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """The tail of the pipeline's ``__call__``."""
        video = decoded(pipe, shot, latents.video)
        assert latents.audio is not None
        return Footage(to_frames(video), _sound(pipe, latents.audio), pipe.vocoder.config.output_sampling_rate)

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """As the VAE decodes it; without its first frame where that is the picture given."""
        return denormalised(pipe, unpacked(pipe, shot, sample))[0]

    def unmask(self, transformer: Any) -> None:
        """See ``core.engines.local.family.Unmasks``: where padding was the connectors put what they learned."""
        if not getattr(transformer, "piying_unmasked", False):
            transformer.register_forward_pre_hook(_without_masks, with_kwargs=True)
            transformer.piying_unmasked = True


class _Last:
    """A pipeline's callback that keeps the latents of the last step."""

    latents: torch.Tensor

    def __call__(self, _pipe: Any, _step: int, _timestep: Any, tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
        self.latents = tensors["latents"]
        return {}


def _is_guided(pipe: Any, shot: Shot) -> bool:
    return shot.guidance_scale > 1 or (argument(pipe, shot, "audio_guidance_scale") or 0) > 1


def _without_masks(
    transformer: Any, arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[tuple[()], dict[str, Any]]:
    """The arguments of a call without the masks of its text, which keep every token.

    Raises:
        ValueError: they do not; connectors without registers leave the padding as it is.
    """
    call = inspect.signature(transformer.forward).bind(*arguments, **named).arguments
    for name in ("encoder_attention_mask", "audio_encoder_attention_mask"):
        mask = call.pop(name, None)
        if mask is not None and not (mask == 1).all():
            raise ValueError(f"the text has padding: {name} leaves tokens out")
    return (), dict(call)


def _sound(pipe: Any, latents: torch.Tensor) -> np.ndarray:
    """Samples x channels."""
    vae = pipe.audio_vae
    with torch.no_grad():
        spectrogram = vae.decode(latents.to(get_module_execution_device(vae), vae.dtype), return_dict=False)[0]
        wave: np.ndarray = pipe.vocoder(spectrogram)[0].float().cpu().numpy()
    return wave.T


FAMILY = Ltx2()
