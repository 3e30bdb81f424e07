"""MiniMax-H3 in stages makes the frames and the sound of diffusers' modular pipeline, bit for bit."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch
from diffusers import ModularPipeline
from torch._dynamo.utils import counters

from core.engines.local.acceleration import compile_blocks
from core.engines.local.families import family
from core.engines.local.family import Shot
from core.engines.local.loading import read_layout
from core.engines.local.model import _one_at_a_time
from core.engines.local.processors import PictureProcessor
from core.engines.local.studio import _tiled
from core.engines.local.watch import Watch
from core.types import GenerationSpec
from tests.tiny import h3
from tests.tiny.house import Errand, House
from tests.tiny.stages import Studio, picture, without_weights
from tests.unit.local.conftest import OpenStudio

# Diffusers builds the sound's VAE with what PyTorch has a newer way for.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning"),
]

STAGES = family("h3")
FPS = 24


@pytest.fixture(name="studio")
def _studio(studio: OpenStudio) -> Studio:
    return studio("h3", "t2va")


def plain(studio: Studio, shot: Shot) -> tuple[np.ndarray, np.ndarray]:
    """Frames and samples x channels of diffusers' own pipeline, run from end to end and loaded by diffusers."""
    workflow = "fl2va" if shot.image else "t2va"
    pipe = ModularPipeline.from_pretrained(studio.folder, workflow=workflow, local_files_only=True)
    read = [name for name in pipe.component_names if not name.endswith("processor")]
    pipe.load_components(names=read, local_files_only=True, dtype=studio.dtype)
    pipe.register_components(processor=PictureProcessor.from_pretrained(studio.folder / "processor"))
    pictures = {"image": shot.image, "last_image": shot.last_image}
    state = pipe(
        prompt=shot.spec.prompt,
        height=shot.spec.height,
        width=shot.spec.width,
        num_frames=shot.spec.num_frames,
        num_inference_steps=shot.recipe.num_inference_steps,
        generator=torch.Generator("cpu").manual_seed(shot.spec.seed),
        output_type="np",
        **{name: given for name, given in pictures.items() if given is not None},
    )
    frames = (state.get("videos")[0] * 255).round().astype(np.uint8)
    return frames, state.get("audio")[0].T.numpy()


@pytest.mark.parametrize("prompt", ["a cat walks", "一只猫在月下弹琵琶"])
def test_stages_make_the_frames_and_the_sound_of_the_plain_pipeline(studio: Studio, prompt: str) -> None:
    shot = studio.shot(prompt=prompt, ratio="1:1")
    frames, footage = studio.make(shot)
    pictures, sound = plain(studio, shot)
    assert frames.shape == (124, 32, 32, 3)
    assert np.array_equal(frames, pictures)
    assert footage.audio is not None
    assert np.array_equal(footage.audio, sound)


def test_pictures_at_either_end_too(studio: Studio) -> None:
    shot = studio.shot()
    red, blue = (picture(shot, colour) for colour in ("red", "blue"))
    made = []
    for first, last in ((red, None), (blue, None), (red, blue)):
        given = replace(shot, image=first, last_image=last)
        frames, footage = studio.make(given)
        pictures, sound = plain(studio, given)
        assert np.array_equal(frames, pictures)
        assert np.array_equal(footage.audio, sound)  # type: ignore[arg-type]
        made.append(frames.tobytes())
    assert len(set(made)) == 3


def test_they_do_so_in_bfloat16_as_on_a_gpu(studio: Studio) -> None:
    """Some of its modules stay in float32, as their classes ask."""
    rounded, shot = replace(studio, dtype=torch.bfloat16), studio.shot()
    shot = replace(shot, image=picture(shot, "red"))
    frames, footage = rounded.make(shot)
    pictures, sound = plain(rounded, shot)
    assert np.array_equal(frames, pictures)
    assert np.array_equal(footage.audio, sound)  # type: ignore[arg-type]
    assert not np.array_equal(frames, studio.make(shot)[0])
    assert {weight.dtype for weight in rounded.things["audio_vae"].parameters()} == {torch.float32}


@pytest.mark.parametrize("colour", ["", "red"])
def test_each_stage_computes_with_the_modules_it_names_alone(studio: Studio, colour: str) -> None:
    shot = studio.shot()
    shot = replace(shot, image=picture(shot, colour) if colour else None)
    # The sound's VAE, which the last stage alone has, cannot be copied: its weights are normalised as they are used.
    sound = {"audio_vae"}
    denoiser = set(STAGES.denoiser) - (set() if shot.image else set(STAGES.decoder))
    embeds = STAGES.encode(without_weights(studio.pipe(shot), set(STAGES.text) | sound), shot)
    latents = STAGES.denoise(without_weights(studio.pipe(shot), denoiser | sound), shot, embeds)
    footage = STAGES.decode(without_weights(studio.pipe(shot), set(STAGES.decoder)), shot, latents)
    assert np.array_equal(studio.make(shot)[0], np.stack(list(footage.frames)))


def test_the_text_stage_sees_the_picture(studio: Studio) -> None:
    shot = studio.shot()
    readings = [
        STAGES.encode(studio.pipe(given), given)
        for given in (shot, *(replace(shot, image=picture(shot, colour)) for colour in ("red", "blue")))
    ]
    text, red, blue = (reading["prompt_embeds"] for reading in readings)
    assert text.shape[1] < red.shape[1]
    assert not torch.equal(red, blue)
    assert readings[1]["text_token_tags"].tolist().count(0) > 0


def test_its_sound_is_stereo_and_as_long_as_the_clip(studio: Studio) -> None:
    shot = studio.shot()
    _, footage = studio.make(shot)
    assert footage.audio is not None
    assert footage.sample_rate == h3.SAMPLE_RATE
    samples, channels = footage.audio.shape
    assert channels == 2
    # Sound comes in latents of a fortieth of a second.
    assert abs(samples / footage.sample_rate - shot.spec.num_frames / FPS) <= 1 / 40
    assert np.abs(footage.audio).max() <= 1
    assert not np.array_equal(footage.audio[:, 0], footage.audio[:, 1])


def test_seed_and_prompt_decide(studio: Studio) -> None:
    first, sound = studio.make(studio.shot())
    again, its_sound = studio.make(studio.shot())
    assert np.array_equal(first, again)
    assert np.array_equal(sound.audio, its_sound.audio)  # type: ignore[arg-type]
    for changes in ({"seed": 8}, {"prompt": "一只狗"}):
        other, its_sound = studio.make(studio.shot(**changes))
        assert not np.array_equal(first, other), changes
        assert not np.array_equal(sound.audio, its_sound.audio), changes  # type: ignore[arg-type]


def test_each_job_has_schedulers_of_its_own(studio: Studio) -> None:
    shot = studio.shot()
    shifted = replace(shot, recipe=shot.recipe.model_copy(update={"arguments": {"audio_flow_shift": 6.0}}))
    first, other = studio.pipe(shot), studio.pipe(shifted)
    assert (first.audio_scheduler.shift, other.audio_scheduler.shift) == (3.0, 6.0)
    assert studio.things["audio_scheduler"].shift == 3.0
    assert first.scheduler is not other.scheduler
    before, _ = studio.make(shot)
    assert not np.array_equal(before, studio.make(shifted)[0])
    assert np.array_equal(before, studio.make(shot)[0])


def watched(studio: Studio, shot: Shot, watch: Watch) -> Any:
    pipe = studio.pipe(shot, watch)
    return pipe, STAGES.denoise(pipe, shot, STAGES.encode(pipe, shot))


def test_its_steps_can_be_watched(studio: Studio) -> None:
    shot = studio.shot()
    steps: list[tuple[int, int]] = []
    samples: list[torch.Tensor] = []
    watch = Watch(lambda: None, lambda done, total: steps.append((done, total)), samples.append)
    pipe, latents = watched(studio, shot, watch)
    # The end of the schedule, which counts as a step, needs no forward.
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert len(samples) == 3
    last = STAGES.unpack(pipe, shot, samples[-1])
    assert last is not None
    assert last.shape == (4, 37, shot.spec.height // 16, shot.spec.width // 16)
    mean, std = (torch.tensor(pipe.vae.config[name]).view(-1, 1, 1, 1) for name in ("latents_mean", "latents_std"))
    assert torch.equal(last, latents.video[0] * std + mean)


def test_the_sample_of_a_clip_with_a_picture_is_the_clip_alone(studio: Studio) -> None:
    shot, samples = studio.shot(), list[torch.Tensor]()
    shot = replace(shot, image=picture(shot, "red"))
    pipe, latents = watched(studio, shot, Watch(lambda: None, lambda *_: None, samples.append))
    last = STAGES.unpack(pipe, shot, samples[-1])
    assert last is not None
    assert last.shape == latents.video[0].shape


class Stop(Exception): ...


def test_it_stops_within_a_step_quietly(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    shot = studio.shot()
    before, _ = studio.make(shot)
    begun: list[int] = []

    def check() -> None:
        if len(begun) == 2:
            raise Stop

    transformer = studio.things["transformer"]
    watch = Watch(check, lambda *_: begun.append(1) if len(begun) == 1 else None)
    count = transformer.register_forward_pre_hook(lambda *_: begun.append(1) if not begun else None)
    # Diffusers' loggers hand nothing on to the root.
    logging.getLogger("diffusers").addHandler(caplog.handler)
    with watch.guarding([transformer]), pytest.raises(Stop):
        watched(studio, shot, watch)
    logging.getLogger("diffusers").removeHandler(caplog.handler)
    count.remove()
    assert not caplog.records
    assert np.array_equal(before, studio.make(shot)[0])


def test_one_compilation_serves_prompts_of_any_length(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = replace(studio)
    transformer = fresh.things["transformer"]
    compile_with = transformer.compile_repeated_blocks
    # As on a GPU, but that nothing is generated.
    monkeypatch.setattr(transformer, "compile_repeated_blocks", lambda **how: compile_with(backend="eager", **how))
    assert compile_blocks(transformer)
    counts = []
    for words in (1, 2, 3):
        shot = fresh.shot("draft", prompt="cat " * words)
        assert np.array_equal(fresh.make(shot)[0], studio.make(shot)[0])
        counts.append(counters["stats"]["unique_graphs"])
    assert counts[0] == counts[1] == counts[2] > 0


@pytest.mark.parametrize("was", [True, False])
def test_a_vae_is_left_as_it_was_after_a_decode_in_tiles(studio: Studio, was: bool) -> None:
    vae = _one_at_a_time(replace(studio).things["vae"])
    assert vae.use_tiling
    vae.use_tiling = was
    with _tiled(vae):
        assert vae.use_tiling
    assert vae.use_tiling is was


def test_a_modular_index_gives_classes_and_leaves_out_what_is_not_here(studio: Studio) -> None:
    layout = read_layout(studio.folder)
    assert layout.components["vae"] == ("diffusers", "AutoencoderKLMiniMaxH3")
    assert layout.components["text_encoder"] == ("transformers", "Qwen3VLForConditionalGeneration")
    assert "transformer_ref" not in layout.components
    assert set(layout.modules) == set(studio.things)


def test_what_was_read_beside_a_picture_is_not_kept_for_the_prompt_alone(tmp_path: Path) -> None:
    house = House(tmp_path / "house", ("h3", "t2va"))
    alone = house.spec("h3-t2va", prompt="一只猫")
    pictured = replace(alone, image="home/image.png")
    made = [
        frames_of(house, tmp_path / name, *specs) for name, specs in {"a": (alone,), "b": (pictured, alone)}.items()
    ]
    assert made[0][0] == made[1][1]
    assert made[1][0] != made[1][1]


def frames_of(house: House, folder: Path, *specs: GenerationSpec) -> list[str]:
    """Hashes of the frames of clips that one process makes in turn; each clip has its sound."""
    opened, found = house.open(), []
    for number, spec in enumerate(specs):
        errand = Errand(spec, folder / str(number))
        opened.take(errand)
        clip = errand.wait()
        found.append(str(clip.recipe["frames"]))
        with av.open(str(clip.path)) as container:
            (sound,) = container.streams.audio
            assert sound.codec_context.layout.nb_channels == 2
    opened.close()
    return found
