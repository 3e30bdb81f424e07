"""HunyuanVideo 1.5 in stages makes the frames of the plain pipeline, bit for bit; its guider is each job's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import ClassifierFreeGuidance

from core.engines.local.families import family
from core.engines.local.family import Shot
from tests.tiny.stages import Studio, picture, without_weights
from tests.unit.local.conftest import OpenStudio

pytestmark = pytest.mark.slow

OpenKind = Callable[[str], Studio]
STAGES = family("hunyuan15")


@pytest.fixture(name="studio")
def _studio(studio: OpenStudio) -> OpenKind:
    return partial(studio, "hunyuan15")


def plain(studio: Studio, shot: Shot) -> Any:
    """Frames of diffusers' own pipeline: it takes its guidance from its guider, and no size beside a picture."""
    pipe = studio._diffusers_pipe(shot)
    pipe.guider = ClassifierFreeGuidance(guidance_scale=shot.guidance_scale)
    size = {"height": shot.spec.height, "width": shot.spec.width}
    result = pipe(
        prompt=shot.spec.prompt,
        negative_prompt=shot.negative_prompt,
        **({"image": shot.image} if shot.image else size),
        num_frames=shot.spec.num_frames,
        num_inference_steps=shot.recipe.num_inference_steps,
        generator=torch.Generator("cpu").manual_seed(shot.spec.seed),
        output_type="np",
    )
    return (result.frames[0] * 255).round().astype(np.uint8)


@pytest.mark.parametrize("grade", ["draft", "standard"])
@pytest.mark.parametrize("prompt", ['a cat holds a sign "moon"', "一只猫在月下，牌子上写着“月”"])
def test_stages_make_the_frames_of_the_plain_pipeline(studio: OpenKind, grade: str, prompt: str) -> None:
    shot = studio("t2v").shot(grade, prompt=prompt)
    frames, _ = studio("t2v").make(shot)
    assert frames.shape == (9, shot.spec.height, shot.spec.width, 3)
    assert np.array_equal(frames, plain(studio("t2v"), shot))


def test_a_picture_too(studio: OpenKind) -> None:
    shot = studio("i2v").shot(ratio="1:1")
    red, blue = (replace(shot, image=picture(shot, colour)) for colour in ("red", "blue"))
    frames, _ = studio("i2v").make(red)
    assert np.array_equal(frames, plain(studio("i2v"), red))
    assert not np.array_equal(frames, studio("i2v").make(blue)[0])


@pytest.mark.parametrize("kind", ["t2v", "i2v"])
def test_they_do_so_in_bfloat16_as_on_a_gpu(studio: OpenKind, kind: str) -> None:
    rounded = replace(studio(kind), dtype=torch.bfloat16)
    shot = with_picture(kind, rounded.shot(ratio="1:1"))
    frames, _ = rounded.make(shot)
    assert np.array_equal(frames, plain(rounded, shot))
    assert not np.array_equal(frames, studio(kind).make(shot)[0])


@pytest.mark.parametrize("kind", ["t2v", "i2v"])
def test_each_stage_computes_with_the_modules_it_names_alone(studio: OpenKind, kind: str) -> None:
    tiny = studio(kind)
    shot = with_picture(kind, tiny.shot())
    denoiser = set(STAGES.denoiser) - (set() if shot.image else set(STAGES.decoder))
    embeds = STAGES.encode(without_weights(tiny.pipe(shot), set(STAGES.text)), shot)
    latents = STAGES.denoise(without_weights(tiny.pipe(shot), denoiser), shot, embeds)
    footage = STAGES.decode(without_weights(tiny.pipe(shot), set(STAGES.decoder)), shot, latents)
    assert np.array_equal(tiny.make(shot)[0], np.stack(list(footage.frames)))


def with_picture(kind: str, shot: Shot) -> Shot:
    return replace(shot, image=picture(shot, "red")) if kind == "i2v" else shot


def test_the_clip_keeps_the_size_of_its_picture(studio: OpenKind) -> None:
    """The plain pipeline makes 12x20 of 16x32, which is not among its shapes."""
    shot = studio("i2v").shot(ratio="9:16")
    shot = replace(shot, image=picture(shot, "red"))
    frames, _ = studio("i2v").make(shot)
    assert frames.shape[1:3] == (shot.spec.height, shot.spec.width)
    assert plain(studio("i2v"), shot).shape[1:3] != frames.shape[1:3]


def test_seed_prompt_negative_and_guidance_decide(studio: OpenKind) -> None:
    first, _ = studio("t2v").make(studio("t2v").shot())
    assert np.array_equal(first, studio("t2v").make(studio("t2v").shot())[0])
    for changes in ({"seed": 8}, {"prompt": "一只狗"}, {"negative_prompt": "清晰"}, {"guidance_scale": 9.0}):
        assert not np.array_equal(first, studio("t2v").make(studio("t2v").shot(**changes))[0]), changes


def test_guidance_leaks_into_no_other_job(studio: OpenKind) -> None:
    tiny, shared = studio("t2v"), studio("t2v").things["guider"]
    before, _ = tiny.make(tiny.shot())
    tiny.make(tiny.shot(guidance_scale=11.0))
    assert np.array_equal(before, tiny.make(tiny.shot())[0])
    assert (shared.guidance_scale, shared.config.guidance_scale, shared.get_state()["step"]) == (6.0, 6.0, None)


def test_two_jobs_under_way_keep_their_guidance(studio: OpenKind) -> None:
    """The second pipeline is made and used while the first waits in the middle of its steps."""
    tiny = studio("t2v")
    strong, weak = tiny.shot(guidance_scale=11.0), tiny.shot(guidance_scale=2.0)
    alone = tiny.make(weak)[0]
    pipe = tiny.pipe(weak)
    embeds = STAGES.encode(pipe, weak)

    def interrupt(*_: object) -> None:
        hook.remove()
        tiny.make(strong)

    hook = tiny.things["transformer"].register_forward_pre_hook(interrupt)
    latents = STAGES.denoise(pipe, weak, embeds)
    assert np.array_equal(alone, np.stack(list(STAGES.decode(pipe, weak, latents).frames)))


def test_a_preview_is_in_the_space_that_the_vae_decodes(studio: OpenKind) -> None:
    shot = studio("t2v").shot()
    pipe = studio("t2v").pipe(shot)
    latents = STAGES.denoise(pipe, shot, STAGES.encode(pipe, shot))
    sample = STAGES.unpack(pipe, shot, latents.video)
    assert sample is not None
    assert sample.shape == (4, 5, shot.spec.height // 4, shot.spec.width // 4)
    assert torch.equal(sample, latents.video[0] / pipe.vae.config.scaling_factor)
