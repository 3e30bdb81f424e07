"""Every family in stages makes the frames of diffusers' plain pipeline, bit for bit."""

from __future__ import annotations

import operator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    CogVideoXTransformer3DModel,
    HunyuanVideo15Transformer3DModel,
    LTX2VideoTransformer3DModel,
    LTXVideoTransformer3DModel,
    WanTransformer3DModel,
)
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition

from core.engines.local.acceleration import takes_masks
from core.engines.local.families import family
from core.engines.local.family import Embeds, Shot
from core.engines.local.watch import Watch
from tests.tiny.cards import card
from tests.tiny.stages import Studio, picture, without_weights
from tests.unit.local.conftest import OpenStudio

slow = pytest.mark.slow
WAN = [("wan", kind) for kind in ("t2v", "i2v", "flf2v", "two-experts", "two-experts-i2v", "ti2v")]
LTX = [("ltx", kind) for kind in ("0.9", "0.9.1", "0.9.5")]
LTX2 = [("ltx2", kind) for kind in ("2.0", "2.3")]
COG = [("cogvideox", kind) for kind in ("2b", "5b", "5b-i2v", "1.5", "1.5-i2v")]
FAST = ("wan", "t2v")
EVERY = WAN + LTX + LTX2 + COG


def marked(models: list[tuple[str, str]]) -> list[Any]:
    """One of them is in the fast run."""
    return [pytest.param(*model, id="-".join(model), marks=[] if model == FAST else [slow]) for model in models]


ALL = marked(EVERY)
WITH_PICTURES = marked([model for model in EVERY if card(*model).card.pictures != ("none",)])


def shots(studio: Studio, grade: str = "standard", **changes: Any) -> list[Shot]:
    """One for each way of giving pictures that the card knows."""
    plain = studio.shot(grade, **changes)
    first = {"image": picture(plain, "red")}
    both = {**first, "last_image": picture(plain, "blue")}
    given: dict[str, dict[str, Any]] = {"none": {}, "first": first, "first-last": both}
    return [replace(plain, **given[pictures]) for pictures in studio.model.card.pictures]


def encoded(studio: Studio, grade: str = "standard", **changes: Any) -> Embeds:
    shot = studio.shot(grade, **changes)
    return family(shot.card.family).encode(studio.pipe(shot), shot)


def own_arguments(shot: Shot) -> dict[str, Any]:
    """What the plain pipeline is given beside, written out here for a second time."""
    arguments: dict[str, Any] = dict(shot.recipe.arguments)
    if shot.recipe.guidance_scale_2 is not None:
        arguments["guidance_scale_2"] = shot.recipe.guidance_scale_2
    if shot.card.family.startswith("ltx"):
        arguments["frame_rate"] = shot.spec.fps
    if shot.card.family == "ltx" and shot.last_image is not None:
        ends = [(shot.image, 0), (shot.last_image, shot.spec.num_frames - 1)]
        arguments["conditions"] = [LTXVideoCondition(image=image, frame_index=index) for image, index in ends]
    if "spatio_temporal_guidance_blocks" in arguments:
        arguments["spatio_temporal_guidance_blocks"] = [0, 1]
    return arguments


# LTX 0.9.5's pipeline hands NumPy a tensor, whose conversion is of NumPy 1's kind.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize(("name", "kind"), ALL)
@pytest.mark.parametrize("grade", ["draft", "standard"])
def test_stages_make_the_frames_of_the_plain_pipeline(studio: OpenStudio, name: str, kind: str, grade: str) -> None:
    for shot in shots(studio(name, kind), grade):
        frames, footage = studio(name, kind).make(shot)
        whole, result = studio(name, kind).make_whole(shot, **own_arguments(shot))
        assert frames.dtype == np.uint8
        assert frames.shape == (shot.spec.num_frames, shot.spec.height, shot.spec.width, 3)
        assert np.array_equal(frames, whole)
        if studio(name, kind).model.card.has_audio:
            assert footage.audio is not None
            assert np.array_equal(footage.audio, result.audio[0].T)


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_it_does_so_in_bfloat16_as_on_a_gpu(studio: OpenStudio, name: str, kind: str) -> None:
    rounded = replace(studio(name, kind), dtype=torch.bfloat16)
    for shot in shots(rounded):
        frames, _ = rounded.make(shot)
        assert np.array_equal(frames, rounded.make_whole(shot, **own_arguments(shot))[0])
        assert not np.array_equal(frames, studio(name, kind).make(shot)[0])


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_a_seed_makes_the_same_frames_and_another_makes_others(studio: OpenStudio, name: str, kind: str) -> None:
    for shot, other in zip(shots(studio(name, kind)), shots(studio(name, kind), seed=8), strict=True):
        frames, _ = studio(name, kind).make(shot)
        assert np.array_equal(frames, studio(name, kind).make(shot)[0])
        assert not np.array_equal(frames, studio(name, kind).make(other)[0])


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_the_words_of_a_prompt_matter_in_both_languages(studio: OpenStudio, name: str, kind: str) -> None:
    prompts = ["a cat walks", "a dog walks", "一只猫在月下走", "一只狗在月下走"]
    embeds = [encoded(studio(name, kind), prompt=prompt) for prompt in prompts]
    different = {tensors["prompt_embeds"].double().numpy().tobytes() for tensors in embeds}
    assert len(different) == len(prompts)
    english, chinese = (shots(studio(name, kind), prompt=prompt)[0] for prompt in ("a cat walks", "一只猫在月下走"))
    assert not np.array_equal(studio(name, kind).make(english)[0], studio(name, kind).make(chinese)[0])


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_a_negative_prompt_is_read_where_there_is_guidance(studio: OpenStudio, name: str, kind: str) -> None:
    mine = encoded(studio(name, kind), negative_prompt="rain")
    theirs = encoded(studio(name, kind))
    assert not torch.equal(mine["negative_prompt_embeds"], theirs["negative_prompt_embeds"])
    assert "negative_prompt_embeds" not in encoded(studio(name, kind), "draft", negative_prompt="rain")


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_each_stage_computes_with_the_modules_it_names_alone(studio: OpenStudio, name: str, kind: str) -> None:
    """The others have no weights then, only a shape: on a GPU theirs lie elsewhere."""
    stages, opened = family(name), studio(name, kind)
    for shot in shots(opened):
        frames, _ = opened.make(shot)
        denoiser = set(stages.denoiser) - (set(stages.decoder) if shot.image is None else set())
        embeds = stages.encode(without_weights(opened.pipe(shot), set(stages.text)), shot)
        latents = stages.denoise(without_weights(opened.pipe(shot), denoiser), shot, embeds)
        footage = stages.decode(without_weights(opened.pipe(shot), set(stages.decoder)), shot, latents)
        assert np.array_equal(frames, np.stack(list(footage.frames)))


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_the_modules_before_which_a_job_may_be_cancelled_are_run(studio: OpenStudio, name: str, kind: str) -> None:
    opened, stages = studio(name, kind), family(name)
    run: set[str] = set()
    paths = [path for path in stages.steps_in if path.partition(".")[0] in opened.things]
    hooks = [
        operator.attrgetter(path)(SimpleNamespace(**opened.things)).register_forward_pre_hook(
            lambda *_, path=path: run.add(path)
        )
        for path in paths
    ]
    shot = shots(opened)[-1]
    opened.make(shot)
    for hook in hooks:
        hook.remove()
    assert run == set(paths) - ({"vae.encoder"} if shot.image is None else set())


@pytest.mark.parametrize(("name", "kind"), WITH_PICTURES)
def test_the_clip_depends_on_each_picture(studio: OpenStudio, name: str, kind: str) -> None:
    for shot in shots(studio(name, kind)):
        frames, _ = studio(name, kind).make(shot)
        green = picture(shot, "green")
        if shot.image is not None:
            assert not np.array_equal(frames, studio(name, kind).make(replace(shot, image=green))[0])
        if shot.last_image is not None:
            assert not np.array_equal(frames, studio(name, kind).make(replace(shot, last_image=green))[0])


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_the_last_sample_unpacks_to_the_latents_of_the_clip(studio: OpenStudio, name: str, kind: str) -> None:
    """So what a preview shows, drawn from samples on the way, is the clip."""
    for shot in shots(studio(name, kind), "draft"):
        seen: list[torch.Tensor] = []
        pipe = studio(name, kind).pipe(shot, Watch(lambda: None, lambda *_: None, seen.append))
        stages = family(name)
        latents = stages.denoise(pipe, shot, stages.encode(pipe, shot))
        assert len(seen) == shot.recipe.num_inference_steps
        unpacked = stages.unpack(pipe, shot, seen[-1])
        assert unpacked is not None
        made = latents.video if name.startswith("ltx") else stages.unpack(pipe, shot, latents.video)[None]  # type: ignore[index]
        # A picture given is a latent frame of its own: samples lack it, or their first frame is not used.
        count = min(unpacked.shape[1], made.shape[2]) - (shot.image is not None)
        noise = 0.2 if "decode_noise_scale" in shot.recipe.arguments else 1e-5
        assert (unpacked[:, -count:] - made[0, :, -count:]).abs().max() < noise


@pytest.mark.parametrize("kind", ["2.0", "2.3"])
@slow
def test_ltx2_makes_sound_as_long_as_the_clip(studio: OpenStudio, kind: str) -> None:
    shot = studio("ltx2", kind).shot()
    _, footage = studio("ltx2", kind).make(shot)
    assert footage.audio is not None
    assert footage.audio.dtype == np.float32
    samples, channels = footage.audio.shape
    assert channels == 2
    assert footage.sample_rate == {"2.0": 16000, "2.3": 48000}[kind]
    # A latent of sound stands for 40 ms, and there is a whole number of them.
    assert abs(samples / footage.sample_rate - shot.spec.seconds) <= 0.04
    assert 0 < np.abs(footage.audio).max() <= 1


def test_transformers_that_mask_the_padding_of_prompts_are_known() -> None:
    """The fastest attention there is refuses masks."""
    masked = {LTXVideoTransformer3DModel, LTX2VideoTransformer3DModel, HunyuanVideo15Transformer3DModel}
    plain = {WanTransformer3DModel, CogVideoXTransformer3DModel}
    assert {kind for kind in masked | plain if takes_masks(kind)} == masked
