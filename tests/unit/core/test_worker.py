import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from structlog.testing import capture_logs

from core.catalogue.load import load_catalogue
from core.costs import Budget, Cost, CostState
from core.errors import Conflict, EngineFault, EngineRefused, EngineUnavailable, PiyingError, PromptBlocked
from core.jobs import settlement
from core.media.encode import Encoder, encode
from core.media.frames import sample_frames
from core.media.implicit import mark_webp
from core.media.label import make_label
from core.media.marks import read_marks
from core.media.preview import animated_webp
from core.media.probe import verify
from core.media.provenance import Policy, Provenance, aigc_json
from core.media.signing_keys import load_keys, make_keys
from core.media.thumbnail import thumbnail
from core.media.verify import State, Trust, examine
from core.metrics import Metrics
from core.ports import Run
from core.types import PRIVATE, Category, Clip, GenerationSpec, JobState, Note, Place, Progress, StoredClip, Verdict
from core.worker import Worker
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.fakes import SPEC, FakeClock, FakeEngine, FakeModerator
from tests.stores import held_job, open_store, state_of

SMALL = replace(SPEC, width=64, height=48, num_frames=24)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class FilmEngine(FakeEngine):
    """Films a grey wall; ``changes`` make it film something else than it was asked for."""

    def __init__(self, before: Callable[[Run], Awaitable[None]] | None = None, **changes: Any) -> None:
        super().__init__()
        self.before, self.changes = before, changes
        self.tokens: list[str | None] = []

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        self.tokens.append(run.resume_token)
        if self.before:
            await self.before(run)
        filmed = replace(spec, **self.changes)
        wall = np.full((filmed.height, filmed.width, 3), 128, np.uint8)
        video = run.folder / "clip.mp4"
        info = encode(
            [wall] * filmed.num_frames, video, width=filmed.width, height=filmed.height, fps=spec.fps, metadata={}
        )
        poster = thumbnail(video, run.folder / "poster.jpg")
        return Clip(video, poster, info.width, info.height, info.seconds, info.size_bytes, {"engine": "wall"})


class Bench:
    """A worker and where it works."""

    def __init__(self, store: SqlStore, folder: Path, engine: FakeEngine, **changes: Any) -> None:
        self.store, self.folder, self.metrics = store, folder / "unfinished", Metrics()
        self.clips = FolderClipStore(folder / "clips")
        parts: dict[str, Any] = {
            "moderator": FakeModerator(),
            "time_limit": 20.0,
            "desks": 1,
            "clips": self.clips,
            "provenance": Provenance(Policy()),
            "catalogue": load_catalogue(),
            "engines": {"scene": engine},
        }
        self.worker = Worker(
            store=store,
            clock=FakeClock(),
            metrics=self.metrics,
            folder=self.folder,
            **(parts | changes),
        )

    def left_over(self) -> list[Path]:
        return list(self.folder.iterdir())


async def test_a_job_becomes_a_stored_clip(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    bench = Bench(store, tmp_path, FilmEngine())
    stored = await bench.worker.render(job.id)
    assert (stored.width, stored.height, stored.seconds) == (64, 48, 1.0)
    assert stored.recipe == {"engine": "wall"}
    assert bench.clips.open(stored.video).stat().st_size == stored.size_bytes
    assert bench.clips.open(stored.poster).read_bytes()[:2] == b"\xff\xd8"
    assert state_of(store, job.id) == ("running", None)
    assert bench.left_over() == []
    assert bench.metrics.registry.get_sample_value("piying_render_seconds_count", {"model": "scene"}) == 1
    assert bench.metrics.registry.get_sample_value("piying_rendering") == 0


async def test_asked_again_after_a_crash_it_makes_the_clip_again(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    bench = Bench(store, tmp_path, FilmEngine())
    left = bench.folder / f"{job.id}-killed"
    left.mkdir(parents=True)
    (left / "clip.mp4").write_bytes(b"half")
    first, second = await bench.worker.render(job.id), await bench.worker.render(job.id)
    assert first.video != second.video
    assert bench.left_over() == []


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "storage-full"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "storage-full"),
        (OSError(errno.EIO, os.strerror(errno.EIO)), "engine-fault"),
        (TimeoutError(), "timed-out"),
        (EngineFault("engine-died"), "engine-died"),
        (EngineRefused(), "engine-refused"),
    ],
)
async def test_an_engines_fault_has_a_name(store: SqlStore, tmp_path: Path, raised: Exception, code: str) -> None:
    job = held_job(store, spec=SMALL)
    bench = Bench(store, tmp_path, FakeEngine(raised))
    with pytest.raises(PiyingError) as failed:
        await bench.worker.render(job.id)
    assert failed.value.code == code
    assert bench.left_over() == []
    assert bench.metrics.registry.get_sample_value("piying_rendering") == 0


@pytest.mark.parametrize("changes", [{"model": "other"}, {"recipe": "other"}])
async def test_a_job_of_a_model_that_this_process_does_not_know_is_refused_with_a_name(
    store: SqlStore, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """The page has another PIYING_MODELS than the worker."""
    engine = FakeEngine()
    bench = Bench(store, tmp_path, engine)
    with pytest.raises(EngineUnavailable), capture_logs() as logs:
        await bench.worker.render(held_job(store, spec=replace(SMALL, **changes)).id)
    assert [line["event"] for line in logs] == ["render.unknown_model"]
    assert bench.left_over() == []


async def test_a_bug_is_left_to_the_queue_to_name(store: SqlStore, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, FakeEngine(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        await bench.worker.render(held_job(store).id)
    assert bench.left_over() == []


class FullStore(FolderClipStore):
    def put(self, job_id: str, clip: Clip) -> StoredClip:
        raise EngineFault("storage-full")


async def test_a_full_clip_store_is_told_as_such(store: SqlStore, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, FilmEngine(), clips=FullStore(tmp_path))
    with pytest.raises(EngineFault, match="storage-full"):
        await bench.worker.render(held_job(store, spec=SMALL).id)
    assert bench.left_over() == []


async def _sleep(_run: Run) -> None:
    await asyncio.sleep(60)


async def test_no_render_outlasts_the_time_limit(store: SqlStore, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, FilmEngine(_sleep), time_limit=0.1)
    with pytest.raises(EngineFault, match="timed-out"):
        await bench.worker.render(held_job(store).id)
    assert bench.left_over() == []


async def test_a_cancelled_render_stops_and_leaves_nothing(store: SqlStore, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, FilmEngine(_sleep))
    render = asyncio.create_task(bench.worker.render(held_job(store).id))
    while not bench.folder.exists() or not bench.left_over():
        await asyncio.sleep(0.01)
    render.cancel()
    with pytest.raises(asyncio.CancelledError):
        await render
    assert bench.left_over() == []


async def test_a_clip_that_comes_after_its_job_was_deleted_is_not_kept(store: SqlStore, tmp_path: Path) -> None:
    class Slow(FolderClipStore):
        def put(self, job_id: str, clip: Clip) -> StoredClip:
            # Its owner deletes it, and is answered; the queue's cancel does not reach this thread.
            with store.begin() as tx:
                settlement.cancel(tx, job_id, now=2.0)
                tx.jobs.delete(job_id, now=2.0)
            self.delete(job_id)
            stored = super().put(job_id, clip)
            assert self.open(stored.video)
            loop.call_soon_threadsafe(render.cancel)
            return stored

    loop = asyncio.get_running_loop()
    bench = Bench(store, tmp_path, FilmEngine(), clips=Slow(tmp_path / "clips"))
    render = asyncio.create_task(bench.worker.render(held_job(store, spec=SMALL).id))
    with pytest.raises((asyncio.CancelledError, Conflict)):
        await render
    await loop.shutdown_default_executor()
    assert [path for path in (tmp_path / "clips").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("state", [state for state in JobState if state.ended])
async def test_an_ended_job_is_not_made(store: SqlStore, tmp_path: Path, state: JobState) -> None:
    engine = FilmEngine()
    job = held_job(store, spec=SMALL, state=state)
    with pytest.raises(Conflict):
        await Bench(store, tmp_path, engine).worker.render(job.id)
    assert engine.tokens == []
    assert state_of(store, job.id)[0] == state


async def test_a_job_that_is_gone_is_not_made(store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        await Bench(store, tmp_path, FilmEngine()).worker.render("gone")


@pytest.mark.parametrize("changes", [{"width": 80}, {"height": 32}, {"num_frames": 48}])
async def test_a_clip_that_is_not_what_was_ordered_is_not_stored(
    store: SqlStore, tmp_path: Path, changes: dict[str, Any]
) -> None:
    bench = Bench(store, tmp_path, FilmEngine(**changes))
    with pytest.raises(EngineFault, match="clip-invalid"):
        await bench.worker.render(held_job(store, spec=SMALL).id)
    assert not (tmp_path / "clips").exists()


async def test_a_file_that_is_no_film_is_not_stored(store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(EngineFault, match="clip-invalid"):
        await Bench(store, tmp_path, FakeEngine()).worker.render(held_job(store).id)


class Prude(FakeModerator):
    def __init__(self) -> None:
        super().__init__()
        self.frames: list[tuple[int, ...]] = []

    async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Verdict:
        self.frames += [frame.shape for frame in frames]
        return Verdict(allowed=False, category=Category.SEXUAL)


async def test_frames_are_reviewed_before_anything_is_stored(store: SqlStore, tmp_path: Path) -> None:
    moderator = Prude()
    bench = Bench(store, tmp_path, FilmEngine(), moderator=moderator)
    with pytest.raises(PromptBlocked) as blocked:
        await bench.worker.render(held_job(store, spec=SMALL).id)
    assert blocked.value.details == {"category": "sexual"}
    assert moderator.frames == [(48, 64, 3)] * 8
    assert not (tmp_path / "clips").exists()


async def test_progress_is_written_while_it_works(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    seen: list[Progress | None] = []

    async def work(run: Run) -> None:
        for percent in range(50):
            run.report(Progress("drawing", percent / 100))
        while not seen or seen[-1] is None:
            await asyncio.sleep(0.02)
            seen.append((await asyncio.to_thread(store.read_progress, [job.id])).get(job.id))

    await Bench(store, tmp_path, FilmEngine(work)).worker.render(job.id)
    assert seen[-1] == Progress("drawing", 0.49)


async def test_progress_that_cannot_be_written_costs_nothing(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def away(job_id: str, progress: Progress) -> None:
        tries.append(progress)
        raise ConnectionError

    async def work(run: Run) -> None:
        run.report(Progress("drawing", 0.5))
        while len(tries) < 2:
            await asyncio.sleep(0.02)

    monkeypatch.setattr(store, "write_progress", away)
    stored = await Bench(store, tmp_path, FilmEngine(work)).worker.render(held_job(store, spec=SMALL).id)
    assert stored.seconds == 1.0


async def test_the_engine_finds_the_specs_pictures_in_its_folder(store: SqlStore, tmp_path: Path) -> None:
    found: dict[str, bytes] = {}

    async def look(run: Run) -> None:
        found.update({path.name: path.read_bytes() for path in run.folder.glob("*.png")})
        (run.folder / "first.png").write_bytes(b"spoilt")

    bench = Bench(store, tmp_path, FilmEngine(look))
    keys = [bench.clips.put_file("c0ffee", name, name.encode()) for name in ("first.png", "last.png")]
    job = held_job(store, spec=replace(SMALL, image=keys[0], last_image=keys[1]))
    await bench.worker.render(job.id)
    assert found == {"first.png": b"first.png", "last.png": b"last.png"}
    assert bench.clips.open(keys[0]).read_bytes() == b"first.png"


async def test_a_picture_that_is_gone_is_a_fault(store: SqlStore, tmp_path: Path) -> None:
    engine = FilmEngine()
    bench = Bench(store, tmp_path, engine)
    with pytest.raises(EngineFault, match="engine-fault"):
        await bench.worker.render(held_job(store, spec=replace(SMALL, image="gone/first.png")).id)
    assert engine.tokens == []
    assert bench.left_over() == []


PREVIEW, LATER = (
    animated_webp([np.full((48, 64, 3), level, np.uint8) for level in levels], 2) for levels in ((20, 200), (60, 90))
)


async def reported(store: SqlStore, job_id: str, fraction: float) -> Progress:
    """The report of that fraction, once it is in the database."""
    async with asyncio.timeout(10):
        while True:
            progress = (await asyncio.to_thread(store.read_progress, [job_id])).get(job_id)
            if progress and progress.fraction == fraction:
                return progress
            await asyncio.sleep(0.02)


async def test_a_preview_is_shown_until_the_next_one(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    seen: list[bytes] = []

    async def work(run: Run) -> None:
        for number, name in enumerate(("one.webp", "two.webp")):
            (run.folder / name).write_bytes((PREVIEW, LATER)[number])
            run.report(Progress("drawing", 0.2, preview=name))
            run.report(Progress("drawing", 0.3 + number / 10))
            report = await reported(store, job.id, 0.3 + number / 10)
            assert report.preview
            assert report.preview.endswith("preview.webp")
            assert job.id in report.preview
            seen.append(bench.clips.open(report.preview).read_bytes())

    bench = Bench(store, tmp_path, FilmEngine(work))
    await bench.worker.render(job.id)
    label = aigc_json("Piying", job.code)
    assert seen == [mark_webp(PREVIEW, label), mark_webp(LATER, label)]
    assert job.code.encode() in seen[0]


@pytest.mark.parametrize(
    "name",
    ["../secret.webp", "/etc/passwd", "", ".", "gone.webp", "text.webp", "large.webp", "link.webp", "sub/a.webp"],
)
async def test_what_is_no_preview_of_the_run_is_not_shown(store: SqlStore, tmp_path: Path, name: str) -> None:
    job = held_job(store, spec=SMALL)
    secret = tmp_path / "unfinished" / "secret.webp"

    async def work(run: Run) -> None:
        secret.write_bytes(PREVIEW)
        (run.folder / "text.webp").write_bytes(b"hello")
        (run.folder / "large.webp").write_bytes(PREVIEW + bytes(200_000))
        (run.folder / "link.webp").symlink_to(secret)
        (run.folder / "sub").mkdir()
        (run.folder / "sub" / "a.webp").write_bytes(PREVIEW)
        run.report(Progress("drawing", 0.5, preview=name))
        seen.append(await reported(store, job.id, 0.5))

    seen: list[Progress] = []
    bench = Bench(store, tmp_path, FilmEngine(work))
    assert (await bench.worker.render(job.id)).seconds == 1.0
    assert [report.preview for report in seen] == [None]
    assert list((tmp_path / "clips").rglob("*.webp")) == []


async def test_previews_are_looked_at_too(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    moderator = Prude()
    seen: list[Progress] = []

    async def work(run: Run) -> None:
        (run.folder / "one.webp").write_bytes(PREVIEW)
        run.report(Progress("drawing", 0.5, preview="one.webp"))
        seen.append(await reported(store, job.id, 0.5))

    with pytest.raises(PromptBlocked):
        await Bench(store, tmp_path, FilmEngine(work), moderator=moderator).worker.render(job.id)
    assert [report.preview for report in seen] == [None]
    assert moderator.frames[:2] == [(48, 64, 3)] * 2
    assert not (tmp_path / "clips").exists()


async def test_an_attempt_finds_what_an_earlier_one_saved(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)

    async def save(run: Run) -> None:
        await run.save("remote-7")
        assert run.resume_token == "remote-7"
        raise EngineFault

    first, second = FilmEngine(save), FilmEngine()
    with pytest.raises(EngineFault):
        await Bench(store, tmp_path, first).worker.render(job.id)
    await Bench(store, tmp_path, second).worker.render(job.id)
    assert (first.tokens, second.tokens) == ([None], ["remote-7"])


async def test_an_engine_out_of_time_hears_that_nobody_goes_on(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    heard: list[bool] = []

    async def work(run: Run) -> None:
        assert not await run.is_cancelled()
        try:
            await asyncio.sleep(60)
        finally:
            heard.append(await run.is_cancelled())

    with pytest.raises(EngineFault, match="timed-out"):
        await Bench(store, tmp_path, FilmEngine(work), time_limit=0.2).worker.render(job.id)
    assert heard == [True]


async def test_no_vendor_is_asked_beyond_the_budget(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)

    async def save(run: Run) -> None:
        await run.save("remote-7", Cost("one", "kling", "kling-3", 1, 500_001, CostState.OPEN, job.created_at))

    bench = Bench(store, tmp_path, FilmEngine(save), budget=Budget(500_000))
    with pytest.raises(EngineUnavailable, match="budget-spent"):
        await bench.worker.render(job.id)
    assert bench.metrics.registry.get_sample_value("piying_budget_refused_total", {"vendor": "kling"}) == 1


async def test_the_fourth_attempt_is_not_made(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    engine = FakeEngine(EngineFault("engine-died"))
    bench = Bench(store, tmp_path, engine)
    for _ in range(3):
        with pytest.raises(EngineFault, match="engine-died"):
            await bench.worker.render(job.id)
    with pytest.raises(EngineFault, match="worker-lost"):
        await bench.worker.render(job.id)


async def test_an_attempt_that_was_handed_back_does_not_count(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)
    bench = Bench(store, tmp_path, FakeEngine(EngineFault("engine-died")))
    for _ in range(6):
        with pytest.raises(EngineFault, match="engine-died"):
            await bench.worker.render(job.id)
        await bench.worker.hand_back([job.id])
    await Bench(store, tmp_path, FilmEngine()).worker.render(job.id)


class SlowModerator(FakeModerator):
    """Looks at frames until told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.looking, self.go = 0, asyncio.Event()

    async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Verdict:
        self.looking += 1
        await self.go.wait()
        self.looking -= 1
        return Verdict(allowed=True)


async def test_of_many_clips_that_come_at_once_few_are_worked_on_and_no_other_class_waits(
    store: SqlStore, tmp_path: Path
) -> None:
    moderator, engine = SlowModerator(), FilmEngine()
    bench = Bench(store, tmp_path, engine, moderator=moderator, desks=2)
    classes = ["hosted"] * 6 + ["scene"]
    jobs = [held_job(store, credits_=100, spec=SMALL, worker_class=name) for name in classes]
    renders = [asyncio.create_task(bench.worker.render(job.id)) for job in jobs]
    async with asyncio.timeout(20):
        while moderator.looking < 3 or len(engine.tokens) < len(jobs):
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert moderator.looking == 3
    moderator.go.set()
    assert len(await asyncio.gather(*renders)) == len(jobs)


async def test_a_sweep_takes_what_nobody_can_be_writing(store: SqlStore, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, FilmEngine(), time_limit=10.0)
    bench.worker.sweep()
    old, young = bench.folder / "old-1", bench.folder / "young-1"
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "clip.mp4").write_bytes(b"half")
    os.utime(old, (0, 0))
    bench.worker.sweep()
    assert bench.left_over() == [young]


async def test_a_clip_gets_its_marks_before_it_is_made_and_its_signature_after(store: SqlStore, tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    keys = load_keys(tmp_path / "keys")
    laid = []

    async def look(run: Run) -> None:
        laid.append(read_marks(run.folder))

    job = held_job(store, spec=SMALL, locale="zh-Hans")
    bench = Bench(store, tmp_path, FilmEngine(look), provenance=Provenance(Policy("皮影"), keys))
    stored = await bench.worker.render(job.id)
    assert (laid[0].label, laid[0].code, '"皮影"' in laid[0].metadata["AIGC"]) == ("AI生成", job.code, True)
    path = bench.clips.open(stored.video)
    report = examine(path, Trust(keys.anchors, keys.watermark))
    assert (report.state, report.code, stored.size_bytes) == (State.INTACT, job.code, path.stat().st_size)


class VendorEngine(FakeEngine):
    """Sends what a vendor sends: a clip with a tone, without our label, and with marks of its own."""

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        video = run.folder / "vendor.mp4"
        metadata = {"AIGC": '{"Label":"1"}', "comment": "theirs"}
        with Encoder(
            video, width=spec.width, height=spec.height, fps=spec.fps, metadata=metadata, has_sound=True
        ) as encoder:
            for _ in range(spec.num_frames):
                encoder.write(np.full((spec.height, spec.width, 3), 128, np.uint8))
            encoder.add_sound(np.full((48_000, 1), 0.1, np.float32), 48_000)
        poster = thumbnail(video, run.folder / "poster.jpg", max_side=None)
        return Clip(video, poster, spec.width, spec.height, spec.seconds, video.stat().st_size, {"engine": "vendor"})


@pytest.mark.parametrize("labelled", [True, False])
async def test_whatever_engine_made_it_a_clip_is_labelled_before_it_is_signed(
    store: SqlStore, tmp_path: Path, *, labelled: bool
) -> None:
    make_keys(tmp_path / "keys")
    keys = load_keys(tmp_path / "keys")
    notes = () if labelled else (Note("unlabelled"),)
    spec = replace(SMALL, width=320, height=240)
    job = held_job(store, spec=spec, locale="zh-Hans", notes=notes)
    bench = Bench(store, tmp_path, VendorEngine(), provenance=Provenance(Policy("皮影"), keys))
    stored = await bench.worker.render(job.id)
    path = bench.clips.open(stored.video)
    report = examine(path, Trust(keys.anchors, keys.watermark))
    assert (report.state, report.code, stored.size_bytes) == (State.INTACT, job.code, path.stat().st_size)
    assert report.aigc is not None
    assert (report.aigc["ContentProducer"], report.aigc["ProduceID"]) == ("皮影", job.code)
    assert report.recipe == {"engine": "vendor"}
    info = verify(path, width=320, height=240, seconds=spec.seconds)
    assert (info.num_frames, info.audio_codec) == (spec.num_frames, "aac")
    with Image.open(bench.clips.open(stored.poster)) as poster:
        pictures = [*sample_frames(path, 3), np.asarray(poster.convert("RGB"))]
    label = make_label("AI生成", 320, 240)
    for picture in pictures:
        corner = picture[label.top : label.bottom, label.left : label.right].astype(int)
        assert (np.ptp(corner) > 150) == labelled
