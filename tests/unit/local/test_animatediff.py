"""AnimateDiff: what ``convert`` makes of a Stable Diffusion and motion modules, and its stages, bit for bit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AnimateDiffPipeline, EulerDiscreteScheduler, StableDiffusionPipeline
from safetensors.torch import load_file, save_file

from core.engines.local.families import family
from core.engines.local.families.animatediff import MOTION, convert
from tests.tiny import animatediff
from tests.tiny.house import Errand, House
from tests.tiny.stages import Studio, without_weights
from tests.unit.local.conftest import OpenStudio

# Diffusers' Euler scheduler gives NumPy a tensor to make an array of, and torch's way of it is older than NumPy 2's.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]

STAGES = family("animatediff")


@pytest.fixture(name="studio")
def _studio(studio: OpenStudio) -> Studio:
    return studio("animatediff", "lightning")


@pytest.mark.parametrize("grade", ["draft", "standard"])
def test_stages_make_the_frames_of_the_plain_pipeline(studio: Studio, grade: str) -> None:
    shot = studio.shot(grade, prompt="a cat walks by the sea")
    frames, _ = studio.make(shot)
    assert frames.shape == (8, shot.spec.height, shot.spec.width, 3)
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


def test_seed_prompt_negative_and_guidance_decide(studio: Studio) -> None:
    first, _ = studio.make(studio.shot())
    assert np.array_equal(first, studio.make(studio.shot())[0])
    for changes in ({"seed": 8}, {"prompt": "a dog"}, {"negative_prompt": "sun"}, {"guidance_scale": 9.0}):
        assert not np.array_equal(first, studio.make(studio.shot(**changes))[0]), changes


def test_the_made_pipeline_draws_what_diffusers_does_of_the_same_two_parts(studio: Studio, tmp_path: Path) -> None:
    still = StableDiffusionPipeline.from_pretrained(animatediff.build_base(tmp_path / "base"), local_files_only=True)
    parts: dict[str, Any] = {name: still.components[name] for name in ("vae", "text_encoder", "tokenizer", "unet")}
    scheduler = EulerDiscreteScheduler.from_config(
        still.scheduler.config, timestep_spacing="trailing", beta_schedule="linear"
    )
    pipe = AnimateDiffPipeline(**parts, motion_adapter=animatediff.motion(), scheduler=scheduler)
    pipe.set_progress_bar_config(disable=True)
    shot = studio.shot("draft")
    result = pipe(
        shot.spec.prompt,
        num_frames=8,
        height=shot.spec.height,
        width=shot.spec.width,
        num_inference_steps=2,
        guidance_scale=1.0,
        generator=torch.Generator("cpu").manual_seed(shot.spec.seed),
        output_type="np",
    )
    assert np.array_equal((result.frames[0] * 255).round().astype(np.uint8), studio.make(shot)[0])


def test_the_motion_modules_take_part(studio: Studio, tmp_path: Path) -> None:
    base, motion = animatediff.build_base(tmp_path / "base"), animatediff.build_motion(tmp_path)
    save_file({name: torch.zeros_like(weight) for name, weight in load_file(motion).items()}, motion)
    convert(base, {MOTION: motion}, tmp_path / "still")
    still = Studio(studio.model, tmp_path / "still")
    assert not np.array_equal(studio.make(studio.shot())[0], still.make(still.shot())[0])


def test_what_is_made_is_safetensors_alone(studio: Studio) -> None:
    weights = [path for path in studio.folder.rglob("*") if path.suffix not in {"", ".json", ".txt", ".jinja"}]
    assert {path.suffix for path in weights} == {".safetensors"}
    assert not (studio.folder / "motion_adapter").exists()


def test_it_is_saved_in_the_precision_that_is_asked_for(tmp_path: Path) -> None:
    base, motion = animatediff.build_base(tmp_path / "base"), animatediff.build_motion(tmp_path)
    convert(base, {MOTION: motion}, tmp_path / "made", dtype=torch.bfloat16)
    weights = load_file(tmp_path / "made" / "unet" / "diffusion_pytorch_model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}


def test_a_base_may_lack_what_only_looks_at_its_pictures(tmp_path: Path) -> None:
    base, motion = animatediff.build_base(tmp_path / "base"), animatediff.build_motion(tmp_path)
    index = json.loads((base / "model_index.json").read_text("utf-8"))
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    (base / "model_index.json").write_text(json.dumps(index), "utf-8")
    convert(base, {MOTION: motion}, tmp_path / "made")
    made = json.loads((tmp_path / "made" / "model_index.json").read_text("utf-8"))
    assert made["unet"] == ["diffusers", "UNetMotionModel"]
    assert "safety_checker" not in made


def test_modules_made_for_another_unet_are_refused(tmp_path: Path) -> None:
    base = animatediff.build_base(tmp_path / "base")
    strange = tmp_path / "strange.safetensors"
    save_file({"down_blocks.0.motion_modules.0.norm.weight": torch.zeros(3)}, strange)
    with pytest.raises(ValueError, match="another UNet"):
        convert(base, {MOTION: strange}, tmp_path / "made")


def test_a_preview_is_in_the_space_that_the_vae_decodes(studio: Studio) -> None:
    shot = studio.shot()
    pipe = studio.pipe(shot)
    latents = STAGES.denoise(pipe, shot, STAGES.encode(pipe, shot))
    sample = STAGES.unpack(pipe, shot, latents.video)
    assert sample is not None
    assert sample.shape == (4, 8, shot.spec.height // 2, shot.spec.width // 2)
    assert torch.equal(sample, latents.video[0] / 0.18215)


def test_its_record_names_no_setting_that_only_transformers_take(tmp_path: Path) -> None:
    house = House(tmp_path / "house", ("animatediff", "lightning"))
    opened, errand = house.open(attention="_native_math"), Errand(house.spec("animatediff-lightning"), tmp_path / "run")
    opened.take(errand)
    record = errand.wait().recipe
    opened.close()
    assert (record["attention"], record["compile"]) == ("", 0)
