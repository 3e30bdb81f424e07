"""HunyuanVideo 1.0 in stages makes the frames of the plain pipeline, bit for bit."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from core.engines.local.families import family
from core.engines.local.family import Shot
from core.errors import EngineUnavailable
from tests.tiny.stages import Studio, picture, without_weights
from tests.unit.local.conftest import OpenStudio

pytestmark = pytest.mark.slow

OpenKind = Callable[[str], Studio]
STAGES = family("hunyuan")
KINDS = pytest.mark.parametrize("kind", ["t2v", "i2v"])


@pytest.fixture(name="studio")
def _studio(studio: OpenStudio) -> OpenKind:
    return partial(studio, "hunyuan")


def with_picture(kind: str, shot: Shot, colour: str = "red") -> Shot:
    return replace(shot, image=picture(shot, colour)) if kind == "i2v" else shot


def paid(shot: Shot) -> Shot:
    """By a recipe that follows a negative prompt."""
    return replace(shot, recipe=shot.recipe.model_copy(update={"arguments": {"true_cfg_scale": 3.0}}))


@KINDS
@pytest.mark.parametrize("prompt", ["a cat walks", "一只猫在月下"])
def test_stages_make_the_frames_of_the_plain_pipeline(studio: OpenKind, kind: str, prompt: str) -> None:
    shot = with_picture(kind, studio(kind).shot(prompt=prompt, guidance_scale=6.0))
    frames, _ = studio(kind).make(shot)
    assert frames.shape == (9, shot.spec.height, shot.spec.width, 3)
    assert np.array_equal(frames, studio(kind).make_whole(shot)[0])


@KINDS
def test_they_do_so_in_bfloat16_as_on_a_gpu(studio: OpenKind, kind: str) -> None:
    rounded, shot = replace(studio(kind), dtype=torch.bfloat16), with_picture(kind, studio(kind).shot())
    frames, _ = rounded.make(shot)
    assert np.array_equal(frames, rounded.make_whole(shot)[0])
    assert not np.array_equal(frames, studio(kind).make(shot)[0])


@KINDS
def test_each_stage_computes_with_the_modules_it_names_alone(studio: OpenKind, kind: str) -> None:
    opened = studio(kind)
    shot = with_picture(kind, opened.shot())
    denoiser = set(STAGES.denoiser) - (set() if shot.image else set(STAGES.decoder))
    embeds = STAGES.encode(without_weights(opened.pipe(shot), set(STAGES.text)), shot)
    latents = STAGES.denoise(without_weights(opened.pipe(shot), denoiser), shot, embeds)
    footage = STAGES.decode(without_weights(opened.pipe(shot), set(STAGES.decoder)), shot, latents)
    assert np.array_equal(opened.make(shot)[0], np.stack(list(footage.frames)))


@KINDS
def test_a_negative_prompt_counts_where_the_recipe_pays_for_it(studio: OpenKind, kind: str) -> None:
    shot = paid(with_picture(kind, studio(kind).shot(negative_prompt="blurry")))
    frames, _ = studio(kind).make(shot)
    assert np.array_equal(frames, studio(kind).make_whole(shot, true_cfg_scale=3.0)[0])
    other = replace(shot, spec=replace(shot.spec, negative_prompt="dog"))
    assert not np.array_equal(frames, studio(kind).make(other)[0])


def test_seed_prompt_and_guidance_decide(studio: OpenKind) -> None:
    first, _ = studio("t2v").make(studio("t2v").shot())
    assert np.array_equal(first, studio("t2v").make(studio("t2v").shot())[0])
    for changes in ({"seed": 8}, {"prompt": "一只狗"}, {"guidance_scale": 8.0}):
        assert not np.array_equal(first, studio("t2v").make(studio("t2v").shot(**changes))[0]), changes


@KINDS
def test_the_llama_reads_both_languages(studio: OpenKind, kind: str) -> None:
    """Apart from CLIP, whose reading goes another way."""
    readings = [llama(studio(kind), kind, prompt) for prompt in ("一只猫", "一只狗", "a cat", "a dog")]
    assert len({reading.numpy().tobytes() for reading in readings}) == 4


def llama(studio: Studio, kind: str, prompt: str, colour: str = "red") -> torch.Tensor:
    shot = with_picture(kind, studio.shot(prompt=prompt), colour)
    return STAGES.encode(studio.pipe(shot), shot)["prompt_embeds"]


def test_a_picture_is_seen_by_the_llama_and_begins_the_clip(studio: OpenKind) -> None:
    tiny = studio("i2v")
    assert not torch.equal(llama(tiny, "i2v", "a cat", "red"), llama(tiny, "i2v", "a cat", "blue"))
    red, blue = (tiny.make(with_picture("i2v", tiny.shot(), colour))[0] for colour in ("red", "blue"))
    assert not np.array_equal(red, blue)


def test_a_checkpoint_that_makes_fewer_frames_than_asked_is_refused(studio: OpenKind) -> None:
    tiny = studio("i2v")
    shot = with_picture("i2v", tiny.shot())
    pipe = tiny.pipe(shot)
    pipe.transformer = copy.deepcopy(pipe.transformer)
    pipe.transformer.register_to_config(image_condition_type="latent_concat")
    with pytest.raises(EngineUnavailable):
        STAGES.encode(pipe, shot)


@KINDS
def test_a_preview_is_in_the_space_that_the_vae_decodes(studio: OpenKind, kind: str) -> None:
    shot = with_picture(kind, studio(kind).shot())
    pipe = studio(kind).pipe(shot)
    latents = STAGES.denoise(pipe, shot, STAGES.encode(pipe, shot))
    sample = STAGES.unpack(pipe, shot, latents.video)
    assert sample is not None
    assert sample.shape == (4, 3, shot.spec.height // 8, shot.spec.width // 8)
    assert torch.equal(sample, latents.video[0] / 0.476986)
