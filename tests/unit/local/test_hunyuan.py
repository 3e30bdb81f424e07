"""HunyuanVideo 1.0 in stages makes the frames of the plain pipeline, bit for bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.engines.local.families import family
from tests.tiny.stages import Studio, without_weights
from tests.unit.local.conftest import OpenStudio

pytestmark = pytest.mark.slow

STAGES = family("hunyuan")


@pytest.fixture(name="studio")
def _studio(studio: OpenStudio) -> Studio:
    return studio("hunyuan", "t2v")


@pytest.mark.parametrize("prompt", ["a cat walks", "一只猫在月下"])
def test_stages_make_the_frames_of_the_plain_pipeline(studio: Studio, prompt: str) -> None:
    shot = studio.shot(prompt=prompt, guidance_scale=6.0)
    frames, _ = studio.make(shot)
    assert frames.shape == (9, shot.spec.height, shot.spec.width, 3)
    assert np.array_equal(frames, studio.make_whole(shot)[0])


def test_they_do_so_in_bfloat16_as_on_a_gpu(studio: Studio) -> None:
    rounded, shot = replace(studio, dtype=torch.bfloat16), studio.shot()
    frames, _ = rounded.make(shot)
    assert np.array_equal(frames, rounded.make_whole(shot)[0])
    assert not np.array_equal(frames, studio.make(shot)[0])


def test_each_stage_computes_with_the_modules_it_names_alone(studio: Studio) -> None:
    shot = studio.shot()
    embeds = STAGES.encode(without_weights(studio.pipe(shot), set(STAGES.text)), shot)
    latents = STAGES.denoise(without_weights(studio.pipe(shot), set(STAGES.denoiser)), shot, embeds)
    footage = STAGES.decode(without_weights(studio.pipe(shot), set(STAGES.decoder)), shot, latents)
    assert np.array_equal(studio.make(shot)[0], np.stack(list(footage.frames)))


def test_a_negative_prompt_counts_where_the_recipe_pays_for_it(studio: Studio) -> None:
    shot = studio.shot(negative_prompt="blurry")
    paid = replace(shot, recipe=shot.recipe.model_copy(update={"arguments": {"true_cfg_scale": 3.0}}))
    frames, _ = studio.make(paid)
    assert np.array_equal(frames, studio.make_whole(paid, true_cfg_scale=3.0)[0])
    assert not np.array_equal(frames, studio.make(replace(paid, spec=replace(paid.spec, negative_prompt="dog")))[0])


def test_seed_prompt_and_guidance_decide(studio: Studio) -> None:
    first, _ = studio.make(studio.shot())
    assert np.array_equal(first, studio.make(studio.shot())[0])
    for changes in ({"seed": 8}, {"prompt": "一只猫"}, {"prompt": "一只狗"}, {"guidance_scale": 8.0}):
        other, _ = studio.make(studio.shot(**changes))
        assert not np.array_equal(first, other), changes
        first = other


def test_the_llama_reads_a_chinese_prompt(studio: Studio) -> None:
    """Apart from CLIP, whose reading goes another way."""
    readings = [_llama(studio, prompt) for prompt in ("一只猫", "一只狗", "a cat")]
    assert not torch.equal(readings[0], readings[1])
    assert not torch.equal(readings[0], readings[2])


def _llama(studio: Studio, prompt: str) -> torch.Tensor:
    shot = studio.shot(prompt=prompt)
    return STAGES.encode(studio.pipe(shot), shot)["prompt_embeds"]


def test_a_preview_is_in_the_space_that_the_vae_decodes(studio: Studio) -> None:
    shot = studio.shot()
    pipe = studio.pipe(shot)
    latents = STAGES.denoise(pipe, shot, STAGES.encode(pipe, shot))
    sample = STAGES.unpack(pipe, shot, latents.video)
    assert sample is not None
    assert sample.shape == (4, 3, shot.spec.height // 8, shot.spec.width // 8)
    assert torch.equal(sample, latents.video[0] / 0.476986)
