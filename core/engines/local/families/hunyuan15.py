"""HunyuanVideo 1.5: Qwen2.5-VL and a byte-level T5, one transformer, a causal VAE, and a guider.

Its guidance scale is no argument but lies in the guider, an object of the pipeline: each job gets one of its own. The
pipelines have no callback either; whoever watches the steps overrides ``progress_bar``.

Diffusers masks the padding of the prompt by a matrix over all pairs of tokens, in every block anew: of the 51 thousand
tokens of 848x480x121 one takes 2.6 GB. Where no token is padding nothing needs a mask: ``Hunyuan15.unmask``.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from diffusers import HunyuanVideo15ImageToVideoPipeline
from diffusers.models.attention_dispatch import dispatch_attention_fn
from diffusers.models.embeddings import apply_rotary_emb
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
    channels_last = ()
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

    def unmask(self, transformer: Any) -> None:
        """See ``core.engines.local.family.Unmasks``: it is called as ever, and leaves the padding out."""
        attentions = [block.attn for block in transformer.transformer_blocks]
        if any(isinstance(attention.processor, _Joint) for attention in attentions):
            return
        for attention in attentions:
            attention.set_processor(_Joint())
        transformer.register_forward_pre_hook(_without_padding, with_kwargs=True)


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


def _without_padding(
    transformer: Any, arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[tuple[()], dict[str, Any]]:
    """The arguments of a call, of both texts only the tokens that their masks keep.

    A picture that is not there is told by zeros, as many as one's tokens, all of which would be masked: no token is
    such a picture too.

    Raises:
        ValueError: several clips at once, whose texts could differ in length.
    """
    call = inspect.signature(transformer.forward).bind(*arguments, **named).arguments
    texts = {"encoder_hidden_states": "encoder_attention_mask", "encoder_hidden_states_2": "encoder_attention_mask_2"}
    if any(len(call[name]) != 1 for name in ("hidden_states", "image_embeds", *texts, *texts.values())):
        raise ValueError("without masks one clip is denoised at a time")
    for text, mask in texts.items():
        kept = call[mask][0].bool()
        call[text], call[mask] = call[text][:, kept], call[mask][:, kept]
    if not call["image_embeds"].any():
        call["image_embeds"] = call["image_embeds"][:, :0]
    return (), dict(call)


class _Joint:
    """Attention of clip and prompt together, every token to every one: the processor of a block's attention.

    Tokens are 1 x tokens x channels; the clip's alone have a place, ``image_rotary_emb``.
    """

    # The names by which diffusers sets what attention is computed with.
    _attention_backend: Any = None
    _parallel_config: Any = None

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: Any = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Clip and prompt after it. The mask keeps all: see ``_without_padding``."""
        del attention_mask
        of_clip = _of_clip(attn, hidden_states, image_rotary_emb)
        of_text = _of_text(attn, encoder_hidden_states)
        query, key, value = (torch.cat(both, dim=1) for both in zip(of_clip, of_text, strict=True))
        joint = dispatch_attention_fn(
            query, key, value, backend=self._attention_backend, parallel_config=self._parallel_config
        )
        clip, text = joint.flatten(2).split((hidden_states.shape[1], encoder_hidden_states.shape[1]), dim=1)
        return attn.to_out[1](attn.to_out[0](clip)), attn.to_add_out(text)


def _of_clip(attn: Any, tokens: torch.Tensor, places: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Queries, keys and values, each 1 x tokens x heads x channels."""
    query, key, value = (_by_head(attn, layer(tokens)) for layer in (attn.to_q, attn.to_k, attn.to_v))
    query = apply_rotary_emb(attn.norm_q(query), places, sequence_dim=1)
    return query, apply_rotary_emb(attn.norm_k(key), places, sequence_dim=1), value


def _of_text(attn: Any, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    layers = (attn.add_q_proj, attn.add_k_proj, attn.add_v_proj)
    query, key, value = (_by_head(attn, layer(tokens)) for layer in layers)
    return attn.norm_added_q(query), attn.norm_added_k(key), value


def _by_head(attn: Any, tokens: torch.Tensor) -> torch.Tensor:
    return tokens.unflatten(2, (attn.heads, -1))


FAMILY = Hunyuan15()
