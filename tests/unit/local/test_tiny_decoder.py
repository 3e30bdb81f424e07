"""Tiny decoders: what they make, against a slow one that goes frame by frame; and what they refuse."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny
from PIL import Image, ImageSequence
from safetensors.torch import save_file
from torch.nn.functional import conv2d

from core.engines.local import tiny_decoder
from core.engines.local.device import Cpu
from core.engines.local.families import family
from core.engines.local.previews import Previewer, Tiny
from core.engines.local.tiny_decoder import Decoders, TinyVideoDecoder, read_decoder
from core.engines.local.watch import Watch
from core.media.preview import preview_frames
from tests.tiny.decoders import VARIANTS, Variant, random_weights, write_decoder
from tests.tiny.house import Errand, House
from tests.tiny.stages import picture
from tests.unit.local.conftest import OpenStudio

slow = pytest.mark.slow
pytestmark = [
    # Of diffusers' schedulers with this numpy, and of MiniMax-H3's sound VAE.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning"),
]


class Slow:
    """One frame after another through all layers, each block keeping by itself what it saw last."""

    def __init__(self, weights: dict[str, torch.Tensor], patch: int, *, upsamples: int, grows: bool) -> None:
        self.weights, self.patch, self.upsamples, self.grows = weights, patch, upsamples, grows
        self.memory: dict[int, torch.Tensor] = {}

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Channels x frames x height x width to frames x 3 x height x width."""
        return torch.cat([frame for latent in latents.unbind(1) for frame in self._from(0, latent[None])])

    def _from(self, place: int, frame: torch.Tensor) -> Iterator[torch.Tensor]:
        if place == 23:
            yield self._colours(frame)
            return
        for made in self._layer(place, frame):
            yield from self._from(place + 1, made)

    def _layer(self, place: int, frame: torch.Tensor) -> list[torch.Tensor]:
        if place == 0:
            return [3 * torch.tanh(frame / 3)]
        if place in {2, 21}:
            return [frame.clamp(min=0)]
        stage = (place - 3) // 6
        match (place - 3) % 6:
            case _ if place in {1, 22}:
                return [self._convolve(f"decoder.{place}", frame)]
            case 3:
                doubled = frame.repeat_interleave(2, 2).repeat_interleave(2, 3)
                return [doubled if stage < self.upsamples else frame]
            case 4:
                grown = conv2d(frame, self.weights[f"decoder.{place}.conv.weight"])
                frames = list(grown.split(frame.shape[1], 1))
                return frames if self.grows else frames[-1:]
            case 5:
                return [self._convolve(f"decoder.{place}", frame)]
        past = self.memory.get(place, torch.zeros_like(frame))
        self.memory[place] = frame
        inner = torch.cat([frame, past], 1)
        for number in (0, 2, 4):
            inner = self._convolve(f"decoder.{place}.conv.{number}", inner.clamp(min=0) if number else inner)
        return [(inner + frame).clamp(min=0)]

    def _convolve(self, name: str, frame: torch.Tensor) -> torch.Tensor:
        return conv2d(frame, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"), padding=1)

    def _colours(self, frame: torch.Tensor) -> torch.Tensor:
        patch, (height, width) = self.patch, frame.shape[-2:]
        colours = torch.empty(1, 3, height * patch, width * patch)
        for colour in range(3):
            for row in range(patch):
                for column in range(patch):
                    colours[0, colour, row::patch, column::patch] = frame[
                        0, colour * patch * patch + row * patch + column
                    ]
        return colours.clamp(0, 1)


def noise(variant: Variant, frames: int = 5, height: int = 3, width: int = 4) -> torch.Tensor:
    return torch.randn(variant.channels, frames, height, width, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(("upsamples", "grows"), [(3, True), (3, False), (1, False)])
def test_it_decodes_as_one_that_goes_frame_by_frame(name: str, upsamples: int, grows: bool) -> None:
    variant = VARIANTS[name]
    weights, latents = random_weights(variant), noise(variant)
    decoder = TinyVideoDecoder(weights)
    growth = int(np.prod(variant.growths))
    assert (decoder.channels, decoder.patch, decoder.growth) == (variant.channels, variant.patch, growth)
    made = decoder.decode(latents, upsamples=upsamples, grows=grows)
    wanted = Slow(weights, variant.patch, upsamples=upsamples, grows=grows).decode(latents)
    wanted = wanted[growth - 1 :] if grows else wanted
    assert made.shape == (1 + 4 * growth if grows else 5, 3, *(side * 2**upsamples * variant.patch for side in (3, 4)))
    assert (made - wanted).abs().max() < 1e-5
    # What was compared is a picture that moves, not a plain of colour.
    assert wanted.std() > 0.02
    assert all((one - next_one).abs().max() > 1e-3 for one, next_one in pairwise(wanted))


def test_a_frame_depends_on_those_before_it_and_on_none_after() -> None:
    variant = VARIANTS["wan2.1"]
    decoder, latents = TinyVideoDecoder(random_weights(variant)), noise(variant)
    before = decoder.decode(latents)
    changed = latents.clone()
    changed[:, 2] += 1
    differs = (decoder.decode(changed) - before).abs().amax((1, 2, 3)) > 1e-6
    assert differs.tolist() == [False, False, True, True, True]


@pytest.mark.parametrize(("side", "patch", "wanted"), [(4, 1, 32), (30, 1, 240), (104, 1, 208), (40, 4, 320)])
def test_it_decodes_no_larger_than_a_preview_is_shown(side: int, patch: int, wanted: int) -> None:
    variant = Variant(4, patch, widths=(2, 2, 2, 2))
    decoder = TinyVideoDecoder(random_weights(variant))
    latents = noise(variant, 1, side // 2, side)
    assert tuple(decoder.preview(latents).shape) == (1, 3, wanted // 2, wanted)


def broken() -> dict[str, dict[str, torch.Tensor]]:
    whole = random_weights(VARIANTS["wan2.1"])
    return {
        "nothing": {},
        "lacks a layer": {name: weight for name, weight in whole.items() if not name.startswith("decoder.14")},
        "has a layer more": whole | {"decoder.3.skip.weight": torch.zeros(8, 8, 1, 1)},
        "has another width": whole | {"decoder.9.conv.2.weight": torch.zeros(6, 7, 3, 3)},
        "no patch": whole | {"decoder.22.weight": torch.zeros(5, 4, 3, 3), "decoder.22.bias": torch.zeros(5)},
        "no convolution": whole | {"decoder.1.weight": torch.zeros(3)},
        "the larger kind": {"decoder.0.weight": torch.zeros(512, 16, 1, 1), "decoder.22.weight": torch.zeros(3, 64)},
        "TAESD of other channels": {"decoder.layers.0.weight": torch.zeros(64, 16, 3, 3)},
        "a LoRA": {"transformer.blocks.0.attn1.to_q.lora_A.weight": torch.zeros(4, 4)},
    }


@pytest.mark.parametrize("case", broken())
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, case: str) -> None:
    save_file(broken()[case], tmp_path / "preview.safetensors")
    with pytest.raises(ValueError, match=r"not the tensors|no patch"):
        read_decoder(tmp_path / "preview.safetensors")


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"\xff" * 64])
def test_what_is_no_safetensors_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "preview.safetensors").write_bytes(content)
    with pytest.raises(ValueError, match="no file of safetensors"):
        read_decoder(tmp_path / "preview.safetensors")


def test_one_that_does_not_fit_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_decoder(tmp_path / "a-model" / "extras" / "preview.safetensors", VARIANTS["wan2.2"])
    decoders = Decoders(Cpu())
    for _ in range(3):
        assert decoders.pictures(path, noise(VARIANTS["wan2.1"])) is None
    told = capsys.readouterr()
    assert (told.out + told.err).count("local.no_tiny_decoder") == 1
    assert "a-model" in told.out + told.err
    assert "48 channels, not 16" in told.out + told.err


def test_more_work_than_the_device_does_at_once_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variant = VARIANTS["wan2.1"]
    path, latents = write_decoder(tmp_path / "preview.safetensors", variant), noise(variant, frames=12)
    whole = 12 * TinyVideoDecoder(random_weights(variant)).work(3, 4)
    for share, wanted in ((1.0, 12), (0.5, 6), (0.3, 3), (0.1, None)):
        monkeypatch.setattr(tiny_decoder, "_MOST_WORK", {"cpu": whole * share})
        pictures = Decoders(Cpu()).pictures(path, latents)
        assert (None if pictures is None else len(pictures)) == wanted


def test_the_work_is_not_more_than_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Counted at the published widths, for Wan's 480p; and how long it takes at an eighth of the area."""
    variant = Variant(16, widths=(256, 128, 64, 64))
    decoder = TinyVideoDecoder(random_weights(variant))
    counted = [0.0]

    def count(module: Any, _inputs: Any, made: torch.Tensor) -> None:
        counted[0] += made.numel() * module.weight[0].numel()

    hooks = [layer.register_forward_hook(count) for layer in decoder.modules() if isinstance(layer, torch.nn.Conv2d)]
    decoder.preview(noise(variant, 1, 21, 37))
    for hook in hooks:
        hook.remove()
    assert 0.5 < counted[0] / decoder.work(21, 37) < 1
    began = time.perf_counter()
    decoder.preview(noise(variant, 2, 21, 37))
    took = time.perf_counter() - began
    with capsys.disabled():
        speed = 2 * decoder.work(21, 37) / took
        print(f"\n[two latent frames of 37x21 on a core: {1000 * took:.0f} ms, {speed:.1e} estimated multiply-adds/s]")


def test_pictures_of_taesd_are_those_of_diffusers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    whole = AutoencoderTiny().eval()
    save_file(whole.state_dict(), tmp_path / "preview.safetensors")
    latents = noise(Variant(4), 3)
    pictures = Decoders(Cpu()).pictures(tmp_path / "preview.safetensors", latents)
    assert pictures is not None
    with torch.no_grad():
        wanted = whole.decode(latents.transpose(0, 1)).sample
    assert pictures.shape == (3, 24, 32, 3)
    shown = torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255
    assert (shown - ((wanted + 1) / 2).clamp(0, 1)).abs().max() < 0.003


FAMILIES = [("wan", "ti2v"), ("wan", "i2v"), ("cogvideox", "2b"), ("hunyuan", "t2v"), ("hunyuan15", "t2v")]
MORE = [("ltx2", "2.0"), ("ltx", "0.9.5"), ("animatediff", "lightning"), ("h3", "t2va")]


@pytest.mark.parametrize(
    ("name", "kind"), [FAMILIES[0], *(pytest.param(*each, marks=slow) for each in FAMILIES[1:] + MORE)]
)
def test_decoders_get_latents_in_the_scale_of_the_denoiser(studio: OpenStudio, name: str, kind: str) -> None:
    opened, samples = studio(name, kind), list[torch.Tensor]()
    shot = opened.shot("draft")
    if opened.model.card.pictures[0] != "none":
        shot = replace(shot, image=picture(shot, "red"))
    pipe, stages = opened.pipe(shot, Watch(lambda: None, lambda *_: None, samples.append)), family(name)
    stages.denoise(pipe, shot, stages.encode(pipe, shot))

    def unpack(sample: torch.Tensor) -> torch.Tensor | None:
        return stages.unpack(pipe, shot, sample)

    tiny, latents = Tiny.of(Path("none"), unpack, samples[-1]), unpack(samples[-1])
    assert tiny is not None
    assert latents is not None
    normalised = tiny.normalised(latents)
    assert normalised.shape == latents.shape
    # The scheduler's own numbers, elsewhere.
    wanted = samples[-1].float().flatten().sort().values
    assert normalised.numel() == wanted.numel()
    assert (normalised.flatten().sort().values - wanted).abs().max() < 1e-4
    if (name, kind) == ("wan", "ti2v"):
        assert (normalised - latents).abs().max() > 0.1


def test_a_previewer_falls_back_to_the_map(tmp_path: Path) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"no weights")
    latents = noise(VARIANTS["wan2.1"], 48, 6, 8)
    told: list[str] = []
    shown = threading.Event()

    def tell(name: str) -> None:
        told.append(name)
        shown.set()

    tiny = Tiny(tmp_path / "broken.safetensors", torch.zeros(16, 1, 1, 1), torch.ones(16, 1, 1, 1))
    Previewer(1e-6).show(latents, torch.randn(17, 3), 12.0, tmp_path, tell, tiny)
    assert shown.wait(30)
    frames = preview_frames((tmp_path / told[0]).read_bytes())
    assert frames[0].shape == (6, 8, 3)
    # Every other one of 48 frames at 12 a second: four seconds still.
    with Image.open(tmp_path / told[0]) as preview:
        # The duration is known once a frame is read.
        durations = [frame.copy().info["duration"] for frame in ImageSequence.Iterator(preview)]
    assert sum(durations) == pytest.approx(4000, abs=2)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"))


def previewed(house: House, errand: Errand) -> list[tuple[int, int, int]]:
    """Frames, height and width of the previews of a first clip."""
    studio = house.open(preview_every=0.001)
    errand.on_report = lambda progress: time.sleep(0.2) if progress.stage == "generating" else None
    studio.take(errand)
    errand.wait()
    studio.close()
    names = {report.preview for report in errand.reports if report.preview}
    frames = [preview_frames((errand.folder / name).read_bytes()) for name in names]
    return [(len(each), *each[0].shape[:2]) for each in frames]


def test_the_first_clip_of_a_model_with_a_tiny_decoder_is_previewed_in_its_own_size(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = house.folder / "models" / "tiny-wan-t2v" / "extras"
    make: Callable[[str], Errand] = lambda name: Errand(house.spec("wan-t2v", "standard"), tmp_path / name)  # noqa: E731
    # The map is fitted when a first clip is decoded: too late for its own preview.
    assert previewed(house, make("without")) == []
    path = write_decoder(folder / "preview.safetensors", VARIANTS["wan2.1"])
    shown = previewed(house, make("with"))
    assert shown
    # Latents are 2 x 4, the clip 16 x 32; of nine frames there are three of latents.
    assert set(shown) == {(3, 16, 32)}
    write_decoder(path, VARIANTS["wan2.2"])
    capsys.readouterr()
    assert previewed(house, make("unfit")) == []
    said = capsys.readouterr()
    assert (said.out + said.err).count("local.no_tiny_decoder") == 1
    path.unlink()
