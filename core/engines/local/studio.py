"""Turns tasks into clips, stage by stage: while one clip is denoised, the next one's text is read and the last packed.

Each stage is one thread with a queue, so that no two jobs are ever in the same stage and every module is used by one
job at a time. Between stages a job carries tensors; within one it holds the modules it needs on the device.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import torch
from PIL import Image

from core.catalogue.catalogue import Catalogue
from core.catalogue.local import PREVIEW
from core.engines.child import Cancelled, Task
from core.engines.local import acceleration
from core.engines.local.assembly import assemble
from core.engines.local.config import LocalConfig
from core.engines.local.embeddings import EmbeddingCache
from core.engines.local.family import Shot
from core.engines.local.model import LocalModel
from core.engines.local.pace import Pace
from core.engines.local.previews import Previewer, Tiny, fit_projection
from core.engines.local.record import record_of
from core.engines.local.residency import Part, Residency, is_full
from core.engines.local.watch import Watch
from core.engines.local.work import Stage, Work
from core.errors import EngineFault, EngineUnavailable, PiyingError
from core.media.marks import read_marks
from core.media.packager import Package, Packager
from core.media.picture import fit_picture
from core.types import Clip, GenerationSpec, Progress

TEXT, STEPS, DECODED = 0.03, 0.85, 0.95
"""How much of all is done when a stage is: a plain scale, since only the time left is measured."""

log = structlog.get_logger(__name__)


class Studio:
    """All models of this process on one device."""

    def __init__(self, config: LocalConfig, catalogue: Catalogue, residency: Residency) -> None:
        self.config, self.catalogue, self.residency = config, catalogue, residency
        self._models: dict[str, LocalModel] = {}
        self._embeddings, self.pace = EmbeddingCache(), Pace()
        self._packager = Packager()
        self._previewer = Previewer(config.preview_every, residency.device)
        self._projections: dict[str, torch.Tensor] = {}
        package = Stage("package", self.package, self._ended)
        decode = Stage("decode", self.decode, self._ended, package)
        denoise = Stage("denoise", self.denoise, self._ended, decode)
        self._first = Stage("text", self.read, self._ended, denoise)

    def take(self, task: Task) -> None:
        """Begin a task; its answer comes from the stage where it ends."""
        try:
            work = self.prepare(task)
        except Exception as error:  # noqa: BLE001 - whatever it is, this task must be answered
            task.fail(error)
        else:
            task.report(Progress("loading" if work.model.mode is None else "understanding", 0.0))
            self.begin(work)

    def begin(self, work: Work) -> None:
        """Let a job into the first stage."""
        self._first.put(work)

    def close(self) -> None:
        """Let the packing process go; a clip in hand is dropped."""
        self._packager.close()

    def prepare(self, task: Task) -> Work:
        """Look up what the spec names.

        Raises:
            EngineUnavailable: the model is not among this process's.
        """
        spec = task.spec
        if not self.catalogue.knows(spec.model):
            raise EngineUnavailable
        card, recipe = self.catalogue.choose(spec.recipe)
        if card.local is None or recipe.local is None:
            raise EngineUnavailable
        model = self._models.setdefault(card.key, LocalModel(card, self.config, self.residency))
        pictures = [_picture(task.folder, key, spec) for key in (spec.image, spec.last_image)]
        return Work(task, Shot(spec, card.local, recipe.local, *pictures), model)

    def read(self, work: Work) -> None:
        """The text stage: load what is not here yet, and turn the prompt into embeddings."""
        model, shot = work.model, work.shot
        work.parts = model.load(shot.recipe)
        things = {name: part.thing for name, part in work.parts.items()}
        work.pipe = assemble(shot, model.folder, model.layout, things, self.residency.device.place, self._watch(work))
        work.task.report(Progress("understanding", TEXT / 2))
        key = (model.card.key, shot.spec.recipe, shot.guidance_scale > 1, shot.spec.prompt, shot.negative_prompt)
        known = self._embeddings.get(key) if shot.image is None else None
        if known is not None:
            work.embeds = known
        elif not self._fits(self._encode, work):
            model.give_way_in_text(work.parts)
            self._encode(work)
        if known is None and shot.image is None:
            # Beside a picture some families read the picture too.
            work.embeds = self._embeddings.put(key, work.embeds)
        work.task.report(Progress("understanding", TEXT))

    def _encode(self, work: Work) -> None:
        model = work.model
        with self._on_device(work, model.stage(work.parts, model.family.text, work.shot), "text"):
            work.embeds = model.family.encode(work.pipe, work.shot)

    def denoise(self, work: Work) -> None:
        """The long stage: all steps. Weights that leave no room for the work come block by block from then on."""
        if not self._fits(self._denoise, work):
            work.model.give_way(work.parts)
            self._denoise(work)
        # Before another job may have to give way.
        work.record = record_of(work.shot, work.model, work.task.folder)

    def _fits(self, stage: Callable[[Work], None], work: Work) -> bool:
        """Run a stage; False where it, or its weights alone, do not fit the device, not even with all of it for itself.

        What was never measured may not have fitted beside another stage alone: that is no reason to be slow, or to make
        other frames, ever after. No try must be made while the error of the one before is handled: its traceback holds
        all that the stage had made.
        """
        for alone in (False, True):
            work.alone = alone
            try:
                stage(work)
            except (torch.OutOfMemoryError, EngineFault) as error:
                if not is_full(error):
                    raise
                log.warning("local.out_of_memory", stage=stage.__name__, shape=work.shape, alone=alone)
            else:
                return True
            self.residency.clear()
        return False

    def _denoise(self, work: Work) -> None:
        model, shot = work.model, work.shot
        transformers = model.transformers(work.parts)
        parts = model.stage(work.parts, model.family.denoiser, shot)
        extras, dtype = model.folder / "extras", self.residency.device.dtype
        acceleration.apply_loras(work.pipe, shot.recipe, transformers, extras, dtype)
        work.step_began = time.monotonic()
        with (
            self._on_device(work, parts, "denoise"),
            work.pipe.piying_watch.guarding(model.guarded(work.parts)),
            acceleration.caching(list(transformers.values()), shot.recipe),
        ):
            work.latents = model.family.denoise(work.pipe, shot, work.embeds)

    def decode(self, work: Work) -> None:
        """Latents to frames on the host; in tiles where all at once does not fit."""
        work.task.report(Progress("decoding", STEPS, self._left(work, "decode", "package")))
        if not self._fits(self._decode, work):
            if work.pipe.vae.use_tiling:
                # MiniMax-H3's works in tiles from the start: once more would be the same.
                raise EngineFault("out-of-memory")
            work.tiled = True
            self._decode(work)

    def _decode(self, work: Work) -> None:
        model = work.model
        assert work.latents is not None
        parts = model.stage(work.parts, model.family.decoder, work.shot)
        guarded = [
            module for module in model.guarded(work.parts) if module not in model.transformers(work.parts).values()
        ]
        tiles = _tiled(work.pipe.vae) if work.tiled else nullcontext()
        with self._on_device(work, parts, "decode"), work.pipe.piying_watch.guarding(guarded), tiles:
            work.footage = model.family.decode(work.pipe, work.shot, work.latents)
            work.frames = list(work.footage.frames)
            if self.config.preview_every and model.card.key not in self._projections:
                self._projections[model.card.key] = fit_projection(work.pipe).cpu()
        work.latents = None

    def package(self, work: Work) -> None:
        """Frames to files, in a process of its own."""
        began = time.monotonic()
        spec, folder = work.shot.spec, work.task.folder
        work.task.report(Progress("encoding", DECODED, self._left(work, "package")))
        record = {**work.record, "vae_tiling": int(work.tiled)}
        package = Package(
            folder / "clip.mp4",
            folder / "poster.jpg",
            width=spec.width,
            height=spec.height,
            fps=spec.fps,
            num_frames=spec.num_frames,
            metadata=_metadata(record),
            marks=read_marks(folder),
        )
        with self._packager.begin(package) as session:
            for frame in work.frames:
                work.task.check()
                session.write(frame)
            footage = work.footage
            assert footage is not None
            packed = session.finish(footage.audio, footage.sample_rate)
        self.pace.note(work.name("package"), time.monotonic() - began)
        work.task.finish(
            Clip(
                package.path,
                package.poster,
                packed.width,
                packed.height,
                packed.seconds,
                packed.size_bytes,
                record | {"frames": packed.frames},
            )
        )

    @contextmanager
    def _on_device(self, work: Work, parts: Sequence[Part], stage: str) -> Iterator[None]:
        """With the parts on the device, without gradients, on a stream of the stage's own, and timed."""
        with self.residency.on_device(parts, work.name(stage), alone=work.alone), torch.no_grad():
            began = time.monotonic()
            with self.residency.device.stream():
                yield
            self.pace.note(work.name(stage), time.monotonic() - began)

    def _watch(self, work: Work) -> Watch:
        def stepped(done: int, total: int) -> None:
            now = time.monotonic()
            self.pace.note(work.name("step"), now - work.step_began)
            work.step_began = now
            step = self.pace.guess(work.name("step")) or 0.0
            left = step * (total - done) + (self._left(work, "decode", "package") or 0.0)
            fraction = TEXT + (STEPS - TEXT) * done / max(1, total)
            work.task.report(Progress("generating", fraction, left))

        def sampled(sample: torch.Tensor) -> None:
            if self._previewer.is_due():
                self._preview(work, sample)

        return Watch(work.task.check, stepped, sampled, self.residency.device.settle)

    def _preview(self, work: Work, sample: torch.Tensor) -> None:
        """With the model's tiny decoder, or the map that the first clip's decoding gives; without either, not yet."""
        model, spec = work.model, work.shot.spec
        projection, decoder = self._projections.get(model.card.key), model.folder / "extras" / f"{PREVIEW}.safetensors"
        unpack = partial(model.family.unpack, work.pipe, work.shot)
        tiny = Tiny.of(decoder, unpack, sample) if decoder.is_file() else None
        latents = unpack(sample) if tiny is not None or projection is not None else None
        if latents is not None:
            fps = max(1.0, latents.shape[1] / spec.seconds)
            self._previewer.show(latents, projection, fps, work.task.folder, work.task.show, tiny)

    def _left(self, work: Work, *stages: str) -> float | None:
        known = [guess for stage in stages if (guess := self.pace.guess(work.name(stage))) is not None]
        return sum(known) if known else None

    def _ended(self, work: Work, error: BaseException) -> None:
        """Answer for a job that will not be made, and leave nothing of it behind."""
        if isinstance(error, torch.OutOfMemoryError):
            log.warning("local.out_of_memory", stage="again", shape=work.shape)
            self.residency.clear()
            error = EngineFault("out-of-memory")
        if not isinstance(error, Cancelled):
            # What its user is told says little; for models that cannot be had `piying models check` says the rest.
            code = error.code if isinstance(error, PiyingError) else type(error).__name__
            log.error("local.fault", model=work.model.card.key, error=code)
        work.task.fail(error)


@contextmanager
def _tiled(vae: Any) -> Iterator[None]:
    """With the VAE for this job alone: tiles would change what is made of another job's picture."""
    with vae.piying_turn:
        before = vae.use_tiling
        vae.enable_tiling()
        try:
            yield
        finally:
            vae.use_tiling = before


def _picture(folder: Path, key: str | None, spec: GenerationSpec) -> Image.Image | None:
    if key is None:
        return None
    with Image.open(folder / Path(key).name, formats=("PNG",)) as picture:
        fitted: Image.Image = fit_picture(picture.convert("RGB"), spec.width, spec.height)
        return fitted


def _metadata(record: Mapping[str, object]) -> dict[str, str]:
    return {"comment": json.dumps(record, ensure_ascii=False), "encoder": str(record["engine"])}
