"""Jobs on their way through the stages: order, progress, cancel, memory, and that none touches another."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from core.engines.child import Cancelled
from core.engines.local import acceleration
from core.engines.local.device import Cpu
from core.engines.local.embeddings import EmbeddingCache
from core.engines.local.family import Embeds, Family, Shot
from core.engines.local.model import LocalModel
from core.engines.local.record import record_of
from core.engines.local.residency import Part
from core.engines.local.studio import Studio
from core.engines.local.work import Work
from core.errors import EngineFault, EngineUnavailable
from core.media.frames import sample_frames
from core.types import Clip, Progress
from tests.tiny.house import Errand, House

slow = pytest.mark.slow
_numbers = itertools.count()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"), ("wan", "i2v"))


@pytest.fixture
def studio(house: House) -> Iterator[Studio]:
    opened = house.open()
    yield opened
    opened.close()


@pytest.fixture
def errand(house: House, tmp_path: Path) -> Callable[..., Errand]:
    def make(name: str = "wan-t2v", grade: str = "draft", **changes: Any) -> Errand:
        return Errand(house.spec(name, grade, **changes), tmp_path / f"run-{next(_numbers)}")

    return make


def frames(clip: Clip) -> str:
    return str(clip.recipe["frames"])


def test_a_clip_comes_with_its_record_and_every_stage_is_told(studio: Studio, errand: Callable[..., Errand]) -> None:
    errands = [errand(), errand()]
    for each in errands:
        studio.take(each)
        clip = each.wait()
    assert (clip.width, clip.height, clip.seconds) == (32, 16, 1.125)
    assert len(sample_frames(clip.path, 99)) == 9
    assert clip.poster.read_bytes()[:2] == b"\xff\xd8"
    assert errands[0].stages == ["loading", "understanding", "generating", "decoding", "encoding"]
    assert errands[1].stages == ["understanding", "generating", "decoding", "encoding"]
    for each in errands:
        fractions = [report.fraction for report in each.reports]
        assert fractions == sorted(fractions)
        assert 0 <= fractions[0] <= fractions[-1] < 1
    # What the first one took is what the second is told it will take.
    left = next(report.seconds_left for report in errands[1].reports if report.stage == "generating")
    assert left is not None
    assert left > 0


def test_the_record_has_all_that_makes_the_frames(studio: Studio, errand: Callable[..., Errand]) -> None:
    each = errand("wan-t2v", "standard", prompt="一只猫")
    studio.take(each)
    record = each.wait().recipe
    assert {
        "model": "tiny-wan-t2v",
        "recipe": "tiny-wan-t2v-standard@1",
        "prompt": "一只猫",
        "negative_prompt": "模糊 blurry",
        "seed": 7,
        "size": "32x16",
        "num_frames": 9,
        "num_inference_steps": 4,
        "guidance_scale": 4.0,
        "attention": "native",
        "cache": "none",
        "compile": 0,
        "device": "cpu",
        "dtype": "float32",
        "threads": 1,
        "placement": "resident",
        "version.torch": torch.__version__,
    }.items() <= record.items()
    assert {"version.diffusers", "version.ftfy", "version.transformers", "weights"} <= record.keys()
    assert len(frames(each.wait())) == 64


def test_the_record_has_what_was_so_in_the_steps(studio: Studio, errand: Callable[..., Errand]) -> None:
    """A job after it may have to give way while its frames are encoded."""
    each = errand()
    work = studio.prepare(each)
    further = {"arguments": {"guidance_rescale": 0.5}, "cache_arguments": {"threshold": 0.1}, "guidance_scale_2": 3.0}
    each.on_report = lambda report: setattr(work.model, "mode", "offload") if report.stage == "decoding" else None
    studio.read(work)
    studio.denoise(work)
    work.shot = replace(work.shot, recipe=work.shot.recipe.model_copy(update=further))
    assert (
        record_of(work.shot, work.model, each.folder).items()
        >= {
            "argument.guidance_rescale": 0.5,
            "cache.threshold": "0.1",
            "guidance_scale_2": 3.0,
        }.items()
    )
    studio.decode(work)
    studio.package(work)
    assert each.wait().recipe["placement"] == "resident"


def test_an_ended_job_lets_go_of_what_it_was_made_of(studio: Studio, errand: Callable[..., Errand]) -> None:
    made, stopped = studio.prepare(errand()), studio.prepare(errand("wan-i2v"))
    assert isinstance(stopped.task, Errand)
    stopped.task.on_report = lambda report: stopped.task.cancelled.set() if report.stage == "generating" else None
    for work in (made, stopped, last := studio.prepare(errand())):
        studio.begin(work)
    assert isinstance(last.task, Errand)
    last.task.wait()
    for work in (made, stopped):
        assert (work.pipe, work.embeds, work.latents, work.frames, work.footage) == (None, {}, None, (), None)


def test_one_seed_one_clip(studio: Studio, errand: Callable[..., Errand]) -> None:
    errands = [
        errand(seed=seed, prompt=prompt) for seed, prompt in ((7, "a cat"), (7, "a cat"), (8, "a cat"), (7, "猫"))
    ]
    for each in errands:
        studio.take(each)
    first, again, other_seed, other_prompt = [frames(each.wait()) for each in errands]
    assert first == again
    assert len({first, other_seed, other_prompt}) == 3


def test_a_picture_is_what_the_clip_begins_with(studio: Studio, errand: Callable[..., Errand]) -> None:
    red, blue = errand("wan-i2v"), errand("wan-i2v")
    (blue.folder / "image.png").write_bytes(_png("blue"))
    for each in (red, blue):
        studio.take(each)
    assert frames(red.wait()) != frames(blue.wait())
    assert red.wait().recipe["image"] == hashlib.sha256((red.folder / "image.png").read_bytes()).hexdigest()


def _png(colour: str) -> bytes:
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return buffer.getvalue()


def test_stages_of_different_clips_overlap_and_no_stage_has_two(
    house: House, errand: Callable[..., Errand], monkeypatch: pytest.MonkeyPatch
) -> None:
    busy: dict[str, int] = {"read": 0, "denoise": 0, "decode": 0, "package": 0}
    seen: set[tuple[str, ...]] = set()
    lock = threading.Lock()

    def counted(name: str) -> Callable[[Studio, Work], None]:
        real = getattr(Studio, name)

        def stage(self: Studio, work: Work) -> None:
            with lock:
                busy[name] += 1
                assert busy[name] == 1
                seen.add(tuple(sorted(stage for stage, number in busy.items() if number)))
            time.sleep(0.05)
            try:
                real(self, work)
            finally:
                with lock:
                    busy[name] -= 1

        return stage

    for name in busy:
        monkeypatch.setattr(Studio, name, counted(name))
    studio = house.open()
    errands = [errand(seed=number) for number in range(6)]
    for each in errands:
        studio.take(each)
    together = [frames(each.wait()) for each in errands]
    studio.close()
    assert any(len(stages) >= 3 for stages in seen)
    alone = []
    for number in range(6):
        each = errand(seed=number)
        studio = house.open()
        studio.take(each)
        alone.append(frames(each.wait()))
        studio.close()
    assert together == alone


@pytest.mark.parametrize("stage", ["loading", "understanding", "generating", "decoding", "encoding"])
def test_a_cancel_in_any_stage_stops_there_and_leaves_the_next_clip_as_it_would_be(
    house: House, errand: Callable[..., Errand], stage: str
) -> None:
    studio = house.open()
    clean = errand("wan-t2v", "standard")
    studio.take(clean)
    wanted = frames(clean.wait())
    studio.close()

    studio = house.open()
    each = errand("wan-t2v", "standard")
    told: list[float] = []

    def cancel(progress: Any) -> None:
        if progress.stage == stage and not told:
            told.append(time.monotonic())
            each.cancelled.set()

    each.on_report = cancel
    studio.take(each)
    with pytest.raises(Cancelled):
        each.wait()
    assert told
    assert each.clip is None
    following = errand("wan-t2v", "standard")
    studio.take(following)
    assert frames(following.wait()) == wanted
    studio.close()


def test_a_cancel_takes_hold_within_a_step(house: House, errand: Callable[..., Errand]) -> None:
    """Before the next forward of the transformer: a step with guidance has two."""
    studio = house.open()
    forwards = []
    each = errand("wan-t2v", "standard")
    each.on_report = lambda progress: forwards.append(0) if progress.stage == "generating" else None

    work = studio.prepare(each)
    studio.read(work)

    def forward(*_: object) -> None:
        forwards.append(1)
        if sum(forwards) == 2:
            each.cancelled.set()

    hook = work.parts["transformer"].thing.register_forward_hook(forward)
    with pytest.raises(Cancelled):
        studio.denoise(work)
    hook.remove()
    # Two forwards are the first step; its end is where the flag is seen, before a third forward.
    assert sum(forwards) == 2
    studio.close()


def test_a_cancel_stops_no_other_job(studio: Studio, errand: Callable[..., Errand]) -> None:
    """The first one is decoded, by the VAE that both use, while the second one is cancelled in its steps."""
    first, second = errand(), errand(seed=8)
    steps, ended = threading.Event(), threading.Event()

    def decoding(report: Progress) -> None:
        if report.stage == "decoding":
            assert steps.wait(20)
            second.cancelled.set()

    def generating(report: Progress) -> None:
        if report.stage == "generating":
            steps.set()
            ended.wait(20)

    first.on_report, second.on_report = decoding, generating
    for each in (first, second):
        studio.take(each)
    try:
        assert first.wait().seconds == 1.125
    finally:
        ended.set()
    with pytest.raises(Cancelled):
        second.wait()


def test_an_unknown_model_and_a_missing_one_are_told(studio: Studio, house: House, tmp_path: Path) -> None:
    unknown = Errand(replace(house.spec("wan-t2v"), model="other"), tmp_path / "one")
    studio.take(unknown)
    with pytest.raises(EngineUnavailable):
        unknown.wait()
    empty = House.__new__(House)
    empty.folder, empty.models = house.folder, house.models
    missing = empty.open(models_folder=tmp_path / "nothing")
    each = Errand(house.spec("wan-t2v"), tmp_path / "two")
    missing.take(each)
    with pytest.raises(EngineUnavailable):
        each.wait()
    missing.close()


class Narrow(Cpu):
    """A device that is full after so many bytes; ``room`` is set by the test."""


def test_models_take_turns_on_a_device_that_holds_one(house: House, errand: Callable[..., Errand]) -> None:
    roomy = house.open()
    each = errand()
    studio_parts = roomy.prepare(each)
    roomy.read(studio_parts)
    sizes = {name: part.size_bytes for name, part in studio_parts.parts.items()}
    roomy.close()
    largest = max(sizes["text_encoder"], sizes["transformer"], sizes["vae"])
    assert largest < sum(sizes.values())

    studio = house.open(Cpu(int(largest / 0.96) + 4096), placement="swap")
    errands = [errand(seed=number) for number in range(3)]
    for job in errands:
        studio.take(job)
    for job in errands:
        job.wait()
    studio.close()


def test_a_device_too_small_for_a_stage_fails_cleanly(house: House, errand: Callable[..., Errand]) -> None:
    studio = house.open(Cpu(1024), placement="swap")
    each = errand()
    studio.take(each)
    with pytest.raises(EngineFault, match="out-of-memory"):
        each.wait()
    studio.close()


def part_sizes(house: House, errand: Callable[..., Errand]) -> dict[str, int]:
    opened = house.open()
    work = opened.prepare(errand())
    opened.read(work)
    opened.close()
    return {name: part.size_bytes for name, part in work.parts.items()}


@pytest.mark.parametrize("part", ["text_encoder", "transformer"])
def test_weights_that_alone_do_not_fit_come_bit_by_bit(
    house: House, errand: Callable[..., Errand], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """On a device smaller than the part: it is found out before anything is moved, and is no reason to fail."""
    roomy = house.open()
    first = errand()
    roomy.take(first)
    wanted = frames(first.wait())
    roomy.close()
    sizes = part_sizes(house, errand)
    streamed: list[Part] = []

    def stream(_self: LocalModel, part: Part, *, by_block: bool = True) -> None:
        acceleration.stream_weights(part.thing, Cpu(), by_block=by_block)
        part.streams = True
        streamed.append(part)

    # As on a GPU: by itself the processor has no memory to bring weights from.
    monkeypatch.setattr(LocalModel, "_stream", stream)
    studio = house.open(
        Cpu(int(max(size for name, size in sizes.items() if name != part) / 0.96) + 10), placement="swap"
    )
    if max(sizes, key=sizes.__getitem__) != part:
        # Made the largest one, by weights that nobody asks for.
        more = studio.prepare(errand())
        parts = more.model.load(more.shot.recipe)
        parts[part].thing.register_buffer("more", torch.zeros(max(sizes.values()) // 4))
    again = errand()
    studio.take(again)
    clip = again.wait()
    studio.close()
    assert frames(clip) == wanted
    assert clip.recipe["placement"] == ("offload" if part == "transformer" else "swap")
    assert [one.key.partition(":")[0] for one in streamed] == [part]


def test_a_vae_that_alone_does_not_fit_is_told(house: House, errand: Callable[..., Errand]) -> None:
    studio = house.open(Cpu(int(max(part_sizes(house, errand).values()) / 0.96) + 10), placement="swap")
    work = studio.prepare(errand())
    vae = work.model.load(work.shot.recipe)["vae"].thing
    vae.register_buffer("more", torch.zeros(studio.residency.device.total))
    each = errand()
    studio.take(each)
    with pytest.raises(EngineFault, match="out-of-memory"):
        each.wait()
    del vae.more
    last = errand()
    studio.take(last)
    assert last.wait()
    studio.close()


def test_another_fault_of_the_engine_is_not_tried_again(
    studio: Studio, errand: Callable[..., Errand], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Work] = []

    def broken(_self: Studio, work: Work) -> None:
        tried.append(work)
        raise EngineFault

    monkeypatch.setattr(Studio, "_denoise", broken)
    each = errand()
    studio.take(each)
    with pytest.raises(EngineFault, match="engine-fault"):
        each.wait()
    assert len(tried) == 1


@pytest.mark.parametrize("is_tiled", [False, True])
def test_a_vae_that_works_in_tiles_anyway_is_not_tried_in_tiles(
    house: House, errand: Callable[..., Errand], is_tiled: bool
) -> None:
    studio = house.open()
    work = studio.prepare(errand())
    studio.read(work)
    vae = work.parts["vae"].thing
    vae.use_tiling = is_tiled
    flood, each = Flood(vae.decoder, times=99), errand()
    studio.take(each)
    with pytest.raises(EngineFault, match="out-of-memory"):
        each.wait()
    assert 99 - flood.left == (2 if is_tiled else 3)
    assert vae.use_tiling is is_tiled
    studio.close()


class Flood:
    """Raises, as the device would, at the first ``times`` forwards of a module."""

    def __init__(self, module: torch.nn.Module, times: int) -> None:
        self.left = times
        self.hook = module.register_forward_pre_hook(self)

    def __call__(self, *_: object) -> None:
        if self.left:
            self.left -= 1
            raise torch.OutOfMemoryError


def test_tiles_are_for_the_clip_that_needs_them_alone(house: House, errand: Callable[..., Errand]) -> None:
    studio = house.open()
    work = studio.prepare(errand("wan-i2v"))
    studio.read(work)
    vae = work.parts["vae"].thing
    whole, tiled, seen = vae.decode, threading.Event(), []

    def slow(*arguments: Any, **named: Any) -> Any:
        if vae.use_tiling:
            tiled.set()
            time.sleep(0.2)
        return whole(*arguments, **named)

    vae.decode = slow
    Flood(vae.decoder, times=2)
    first = errand("wan-i2v")
    studio.take(first)
    assert tiled.wait(20)
    vae.encoder.register_forward_pre_hook(lambda *_: seen.append(vae.use_tiling))
    vae.encode(torch.zeros(1, 3, 1, 16, 32))
    assert seen == [False]
    assert first.wait().recipe["vae_tiling"] == 1
    studio.close()


@pytest.mark.parametrize("part", ["text_encoder", "transformer", "vae"])
def test_out_of_memory_is_tried_again_and_then_told(house: House, errand: Callable[..., Errand], part: str) -> None:
    studio = house.open()
    first = errand()
    studio.take(first)
    wanted = frames(first.wait())
    work = studio.prepare(errand())
    studio.read(work)
    module = work.parts[part].thing
    flooded = module.decoder if part == "vae" else module

    def make(*, floods: int) -> Clip:
        studio._embeddings = EmbeddingCache()
        flood, again = Flood(flooded, floods), errand()
        studio.take(again)
        try:
            return again.wait()
        finally:
            flood.hook.remove()
            assert not flood.left or floods == 99

    # It did not fit beside something else.
    once = make(floods=1)
    assert (frames(once), once.recipe["vae_tiling"], once.recipe["placement"]) == (wanted, 0, "resident")
    # It does not fit at all.
    twice = make(floods=2)
    assert twice.recipe["vae_tiling"] == int(part == "vae")
    assert twice.recipe["placement"] == ("offload" if part == "transformer" else "resident")
    with pytest.raises(EngineFault, match="out-of-memory"):
        make(floods=99)
    last = make(floods=0)
    assert (frames(last), last.recipe["vae_tiling"]) == (wanted, 0)
    studio.close()


def test_a_bug_in_one_job_leaves_the_next_alone(
    studio: Studio, errand: Callable[..., Errand], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = errand("wan-i2v")
    (broken.folder / "image.png").write_bytes(b"no picture")
    studio.take(broken)
    with pytest.raises(Exception, match="cannot identify image"):
        broken.wait()
    each = errand("wan-i2v")
    studio.take(each)
    assert each.wait()
    assert "cannot identify image" in capsys.readouterr().err


def test_a_prompt_that_was_read_is_not_read_again(
    studio: Studio, errand: Callable[..., Errand], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    first = errand(prompt="two cats")
    studio.take(first)
    wanted = frames(first.wait())
    model = studio.prepare(errand()).model
    encode = model.family.encode

    def counted(_self: Family, pipe: Any, shot: Shot) -> Embeds:
        read.append(shot.spec.prompt)
        return encode(pipe, shot)

    monkeypatch.setattr(type(model.family), "encode", counted)
    same, other = errand(prompt="two cats"), errand(prompt="three cats")
    for each in (same, other):
        studio.take(each)
        each.wait()
    assert read == ["three cats"]
    assert frames(same.wait()) == wanted


def test_previews_show_what_there_is_so_far(house: House, errand: Callable[..., Errand]) -> None:
    from PIL import Image

    studio = house.open(preview_every=0.001)
    for _ in range(2):
        # The first clip's VAE gives the map that later previews are drawn by.
        each = errand("wan-t2v", "standard")
        each.on_report = lambda progress: time.sleep(0.1) if progress.stage == "generating" else None
        studio.take(each)
        each.wait()
    names = {report.preview for report in each.reports if report.preview}
    studio.close()
    assert names
    for name in names:
        with Image.open(each.folder / str(name)) as preview:
            assert preview.format == "WEBP"
            assert preview.width > preview.height


def test_a_stage_that_is_tried_again_does_not_go_back(house: House, errand: Callable[..., Errand]) -> None:
    studio = house.open()
    first = errand("wan-t2v", "standard")
    studio.take(first)
    first.wait()
    work = studio.prepare(errand("wan-t2v", "standard"))
    studio.read(work)
    flood = Flood(work.parts["transformer"].thing, times=0)
    second = errand("wan-t2v", "standard")
    told: list[dict[str, Any]] = []
    second._say = told.append  # type: ignore[assignment]

    def after_two_steps(progress: Progress) -> None:
        if progress.stage == "generating" and len(second.reports) == 4:
            flood.left = 1

    second.on_report = after_two_steps
    studio.take(second)
    second.wait()
    fractions = [message["progress"]["fraction"] for message in told if "progress" in message]
    assert flood.left == 0
    assert fractions == sorted(fractions)
    flood.hook.remove()
    studio.close()
