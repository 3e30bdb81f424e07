"""MiniMax-H3: Qwen3-VL, one transformer over a packed sequence of text, sound and pictures, and a VAE for each.

There is a modular pipeline of it alone: a row of blocks that pass a state on. A stage here is a part of that row, so
that stages of different jobs overlap as other models' do. Of its workflows two are used: ``t2va``, and with pictures
``fl2va``, whose text stage sees the pictures too. The guidance is distilled into the weights; there is no negative
prompt. ``num_inference_steps`` counts the end of the schedule: the transformer is asked once less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from diffusers.modular_pipelines.minimax_h3.modular_pipeline import video_latent_num_frames
from diffusers.modular_pipelines.modular_pipeline import LoopSequentialPipelineBlocks, PipelineState
from diffusers.utils.torch_utils import get_module_execution_device

from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.pixels import to_frames

_TEXT = ("before_encode", "text_encoder")
_STEPS = ("before_encode", "vae_encoder", "denoise")
_EMBEDS = ("prompt_embeds", "text_token_tags")


class H3:
    """``MiniMaxH3ModularPipeline``; see ``core.engines.local.family.Family``."""

    text = ("text_encoder",)
    denoiser = ("transformer", "vae")
    decoder = ("vae", "audio_vae")
    transformers = ("transformer",)
    channels_last = ()
    steps_in = ("transformer", "vae.encoder", "vae.decoder", "audio_vae.decoder")

    def make(self, kind: Any, shot: Shot, things: Mapping[str, Any]) -> Any:
        """See ``core.engines.local.family.Makes``."""
        pipe = kind()
        given = {name: thing for name, thing in things.items() if name in pipe.component_names}
        sound = given["audio_scheduler"]
        # The job's own, as the other one is. LightX2V's LoRAs want other shifts than the model's.
        given["audio_scheduler"] = type(sound).from_config(sound.config)
        if "audio_flow_shift" in shot.recipe.arguments:
            given["audio_scheduler"].set_shift(float(shot.recipe.arguments["audio_flow_shift"]))
        pipe.register_components(**given)
        for loop in _loops(pipe._blocks):  # noqa: SLF001 - ``blocks`` gives a copy
            loop.progress_bar, loop.loop_step = pipe.progress_bar, _stepper(loop)
        return pipe

    def encode(self, pipe: Any, shot: Shot) -> Embeds:
        """Qwen's 50th layer, and which rows of it are text and which are of a picture."""
        state = _run(pipe, shot, _TEXT, prompt=shot.spec.prompt)
        return {name: state.get(name) for name in _EMBEDS}

    def denoise(self, pipe: Any, shot: Shot, embeds: Embeds) -> Latents:
        """Every step, of pictures and sound together."""
        state = _run(
            pipe,
            shot,
            _STEPS,
            num_frames=shot.spec.num_frames,
            num_inference_steps=shot.recipe.num_inference_steps,
            generator=shot.generator(),
            prompt_embeds=embeds["prompt_embeds"].to(pipe._execution_device),  # noqa: SLF001 - diffusers' only way to ask
            text_token_tags=embeds["text_token_tags"],
        )
        return Latents(state.get("latents"), state.get("audio_latents"))

    def decode(self, pipe: Any, shot: Shot, latents: Latents) -> Footage:
        """Pictures as ``MiniMaxH3VideoDecodeStep`` makes them, sound by the block itself."""
        sample = latents.video.to(get_module_execution_device(pipe.vae))
        with torch.no_grad():
            video = pipe.vae.decode(_denormalised(pipe.vae, sample), return_dict=False)[0]
        # The VAE works on pictures as ImageNet's are normalised.
        mean, std = (
            torch.tensor(values, device=video.device).view(1, -1, 1, 1, 1)
            for values in (pipe.pixel_mean, pipe.pixel_std)
        )
        video = (video.float() * std + mean).clamp(0, 1)
        assert latents.audio is not None
        rows = latents.audio.to(get_module_execution_device(pipe.audio_vae))
        sound = _run(pipe, shot, ("decode.audio",), audio_latents=rows)
        return Footage(
            to_frames(video, is_shifted=True),
            sound.get("audio")[0].T.contiguous().cpu().numpy(),
            sound.get("sampling_rate"),
        )

    def unpack(self, pipe: Any, shot: Shot, sample: torch.Tensor) -> torch.Tensor | None:
        """Rows of the packed sequence to latents, as the VAE decodes them."""
        vae, (depth, height, width) = pipe.vae, pipe.patch_size
        frames = video_latent_num_frames(shot.spec.num_frames, pipe.vae_frames_per_chunk, pipe.vae_latents_per_chunk)
        across = vae.spatial_compression_ratio
        grid = (frames // depth, shot.spec.height // across // height, shot.spec.width // across // width)
        rows = sample.reshape(*grid, -1, depth, height, width).permute(3, 0, 4, 1, 5, 2, 6)
        latents = rows.reshape(
            1, rows.shape[0], *(count * side for count, side in zip(grid, pipe.patch_size, strict=True))
        )
        return _denormalised(vae, latents)[0]


def _run(pipe: Any, shot: Shot, stage: tuple[str, ...], **given: Any) -> Any:
    """The state after the blocks of a stage: those whose name, or the beginning of it, is in ``stage``."""
    state = PipelineState()
    pictures = {"image": shot.image, "last_image": shot.last_image}
    for name, value in {"height": shot.spec.height, "width": shot.spec.width, **pictures, **given}.items():
        state.set(name, value)
    workflow = pipe._blocks.get_workflow("fl2va" if shot.image or shot.last_image else "t2va")  # noqa: SLF001
    for name, block in workflow.sub_blocks.items():
        if name in stage or name.partition(".")[0] in stage:
            pipe, state = block(pipe, state)
    return state


def _loops(blocks: Any) -> Iterator[Any]:
    for block in blocks.sub_blocks.values():
        if isinstance(block, LoopSequentialPipelineBlocks):
            yield block
        else:
            yield from _loops(block)


def _stepper(loop: Any) -> Callable[..., Any]:
    """One step of a loop of blocks. Diffusers' own logs a traceback of whatever ends it, a cancelled job's too."""

    def step(components: Any, state: Any, **named: Any) -> Any:
        for block in loop.sub_blocks.values():
            components, state = block(components, state, **named)
        return components, state

    return step


def _denormalised(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    mean = torch.tensor(vae.config.latents_mean, device=latents.device).view(1, -1, 1, 1, 1)
    std = torch.tensor(vae.config.latents_std, device=latents.device).view(1, -1, 1, 1, 1)
    return latents * std + mean


FAMILY = H3()
