"""Turns a queued job into a clip in the clip store."""

from __future__ import annotations

import asyncio
import errno
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import structlog

from core.catalogue.catalogue import Catalogue
from core.catalogue.detours import detours
from core.costs import NO_BUDGET, SPENT, Budget, Purse
from core.errors import Conflict, EngineBusy, EngineFault, EngineUnavailable, Refusal
from core.media.marks import AIGC, Marks, lay_marks
from core.media.provenance import Provenance, facts_of
from core.metrics import Metrics
from core.ports import ClipStore, Clock, Engine, Moderator, Store
from core.run import JobRun, Overtaken
from core.safety.agreements import UNLABELLED
from core.safety.review import require_allowed
from core.types import Clip, GenerationSpec, Job, JobState, Note, Progress, StoredClip

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_FRAMES_REVIEWED, _REVIEWED_SIDE = 8, 854
_SWEEP_MARGIN = 3600.0
_ORDER_SECONDS = 8.0
"""With the usual ``PIYING_JOBS__STOP_GRACE`` less than the 30 that Docker and systemd are told to wait."""
ATTEMPTS = 3
"""A job that takes its worker, or its engine's process, down this often is a dead letter."""

log = structlog.get_logger(__name__)


class Worker:
    """``core.ports.Renders`` on this machine's engines. ``time_limit`` is in seconds; ``budget`` is for vendors.

    Of each worker class ``desks`` clips at once are checked, labelled and stored, each by a core: hundreds may come
    from vendors at the same moment.
    """

    def __init__(
        self,
        *,
        store: Store,
        engines: Mapping[str, Engine],
        catalogue: Catalogue,
        clips: ClipStore,
        moderator: Moderator,
        clock: Clock,
        metrics: Metrics,
        provenance: Provenance,
        folder: Path,
        time_limit: float,
        desks: int,
        budget: Budget = NO_BUDGET,
    ) -> None:
        self._store, self._engines, self._catalogue, self._clips = store, engines, catalogue, clips
        self._moderator, self._clock, self._metrics = moderator, clock, metrics
        self._provenance, self._folder, self._time_limit = provenance, folder, time_limit
        self._purse = Purse(budget, metrics)
        self._runs: list[JobRun] = []
        self._leaving = asyncio.Event()
        self._desks: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(desks))

    async def hand_back(self, job_ids: Sequence[str]) -> None:
        """See the port. The attempts do not count.

        Orders that are on their way to a vendor are waited for, and no more go out: where a vendor has no list of
        them, nobody would ever know what came of them.
        """
        self._leaving.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_ORDER_SECONDS):
                while any(run.is_ordering for run in self._runs):  # noqa: ASYNC110 - a deadline, and few jobs
                    await asyncio.sleep(0.05)
        await asyncio.to_thread(self._hand_back, job_ids)

    def _hand_back(self, job_ids: Sequence[str]) -> None:
        # Hundreds may be in hand, and whoever stops has no time for a transaction each.
        with self._store.begin() as tx:
            for job_id in job_ids:
                tx.jobs.take_attempt_back(job_id)

    def sweep(self) -> None:
        """Remove what attempts that were killed had written. Blocking; other workers' runs are younger than that."""
        oldest = time.time() - self._time_limit - _SWEEP_MARGIN
        for folder in self._folder.glob("*"):
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)

    async def render(self, job_id: str) -> StoredClip:
        """See the port. The fourth attempt is not made: three took their worker or engine down."""
        job, token = await asyncio.to_thread(self._begin, job_id)
        started = time.monotonic()
        with self._metrics.rendering.track_inprogress():
            try:
                async with self._run(job, token) as run:
                    job, clip = await self._generate(job, run)
                    run.report(Progress("checking", 1.0))
                    # Who waits here has a clip, and may have paid a vendor for it: that is not on the clock.
                    async with self._desks[job.worker_class], asyncio.timeout(self._time_limit):
                        stored = await self._finish(job, clip)
            except TimeoutError as error:
                raise EngineFault("timed-out") from error
            except OSError as error:
                full = error.errno in {errno.ENOSPC, errno.EDQUOT}
                raise EngineFault("storage-full" if full else "engine-fault") from error
        self._metrics.render_seconds.labels(job.spec.model).observe(time.monotonic() - started)
        return stored

    async def _generate(self, job: Job, run: JobRun) -> tuple[Job, Clip]:
        """The clip, and the job as it is by then: a vendor that is not well gives way to another one."""
        tried: list[str] = []
        while True:
            engine, card = self._engine(job.spec), self._catalogue.card(job.spec.model)
            # A vendor's engine has a deadline of its own, that begins when the clip was ordered: turns may take long.
            async with asyncio.timeout(None if card.hosted else self._time_limit) as limit:
                run.is_late = limit.expired
                try:
                    return job, await engine.generate(job.spec, run)
                except Overtaken:
                    # Two that ask for one clip do no harm; two that order it would be paid.
                    log.warning("render.overtaken", job=job.id)
                    job = await asyncio.to_thread(self._catch_up, job.id, run)
                except (EngineUnavailable, EngineBusy) as error:
                    if error.code == SPENT:
                        raise
                    tried.append(card.engine)
                    rerouted = await asyncio.to_thread(self._reroute, job, tried)
                    if rerouted is None:
                        raise
                    log.warning("render.rerouted", job=job.id, why=error.code, by=rerouted.spec.recipe)
                    job = rerouted

    def _catch_up(self, job_id: str, run: JobRun) -> Job:
        with self._store.look() as tx:
            job, run.resume_token = tx.jobs.get(job_id), tx.jobs.resume_token(job_id)
        if job is None or job.state.ended:
            raise Conflict
        return job

    def _reroute(self, job: Job, tried: Sequence[str]) -> Job | None:
        """The job with another engine, where there is one; its user is told.

        Raises:
            Conflict: the job has ended meanwhile.
        """
        for spec in detours(self._catalogue, job.spec, job.price, tried=tried):
            try:
                self._engine(spec).check(spec)
            except Refusal:
                continue
            note = Note("rerouted", {"from": job.spec.recipe, "to": spec.recipe})
            with self._store.begin() as tx:
                now = tx.jobs.get(job.id)
                if now is None or now.state.ended:
                    raise Conflict
                tx.jobs.reroute(job.id, spec, self._catalogue.price(spec), note)
                return tx.jobs.get(job.id)
        return None

    def _engine(self, spec: GenerationSpec) -> Engine:
        """The engine of a model, which the process that took the job may know, and this one not.

        Raises:
            EngineUnavailable: it does not.
        """
        if not self._catalogue.makes(spec):
            log.error("render.unknown_model", model=spec.model, recipe=spec.recipe, known=self._catalogue.recipes)
            raise EngineUnavailable
        return self._engines[self._catalogue.card(spec.model).engine]

    async def _finish(self, job: Job, clip: Clip) -> StoredClip:
        await self._check(job, clip)
        clip = await asyncio.to_thread(self._mark, job, clip)
        return await asyncio.to_thread(self._keep, job, await asyncio.to_thread(self._seal, job, clip))

    def _mark(self, job: Job, clip: Clip) -> Clip:
        """Label what came without a label: a vendor knows nothing of ours."""
        from core.media.burn import with_marks

        return with_marks(clip, self._marks(job))

    def _marks(self, job: Job) -> Marks:
        labelled = all(note.code != UNLABELLED for note in job.notes)
        return self._provenance.marks(job.code, job.locale, labelled=labelled)

    def _seal(self, job: Job, clip: Clip) -> Clip:
        """Signed, and nothing touches the file from then on."""
        self._provenance.seal(clip.path, facts_of(job.code, clip.recipe, job.spec.model))
        return replace(clip, size_bytes=clip.path.stat().st_size)

    def _keep(self, job: Job, clip: Clip) -> StoredClip:
        """In one thread and to the end: a cancel that comes meanwhile does not stop it."""
        stored = self._clips.put(job.id, clip)
        with self._store.look() as tx:
            deleted = tx.jobs.by_code(job.code) is None
        if deleted:
            # Its files went before this one came.
            self._clips.delete(job.id)
            raise Conflict
        return stored

    def _begin(self, job_id: str) -> tuple[Job, str | None]:
        with self._store.begin() as tx:
            tx.jobs.move(job_id, JobState.RUNNING, now=self._clock.now())
            job = tx.jobs.get(job_id)
            if job is None or job.state.ended:
                raise Conflict
            attempt, token = tx.jobs.begin_attempt(job_id), tx.jobs.resume_token(job_id)
        if attempt > ATTEMPTS:
            raise EngineFault("worker-lost")
        return job, token

    @asynccontextmanager
    async def _run(self, job: Job, token: str | None) -> AsyncIterator[JobRun]:
        folder, marks = await asyncio.to_thread(self._make_folder, job.id), self._marks(job)
        run = JobRun(
            self._store, self._clips, self._moderator, job.id, folder, token, self._purse,
            place=job.place, aigc=marks.metadata[AIGC], leaving=self._leaving,
        )  # fmt: skip
        writing = asyncio.create_task(run.keep_writing())
        try:
            await asyncio.to_thread(self._lay_pictures, job.spec, folder)
            lay_marks(folder, marks)
            self._runs.append(run)
            yield run
        finally:
            self._runs = [other for other in self._runs if other is not run]
            writing.cancel()
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _lay_pictures(self, spec: GenerationSpec, folder: Path) -> None:
        """Copies, so that nothing an engine does to them reaches the clip store."""
        for key in filter(None, (spec.image, spec.last_image, *spec.clips)):
            try:
                source = self._clips.open(key)
            except Refusal as error:
                if key in spec.clips:
                    # Its user deleted it while the film waited, or it was taken down.
                    raise EngineFault("source-lost") from error
                # Worker and intake do not see the same clips folder, or somebody emptied it.
                raise EngineFault from error
            shutil.copyfile(source, folder / PurePosixPath(key).name)

    def _make_folder(self, job_id: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob(f"{job_id}-*"):
            # What an attempt that was killed had written.
            shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f"{job_id}-", dir=self._folder))

    async def _check(self, job: Job, clip: Clip) -> None:
        """Look at every frame once; an engine's word is not enough to charge for.

        A vendor's clip is near what was asked for, as ``core.media.adopt`` judges, and must be as that found it.
        """
        from core.media.frames import telling_frames
        from core.media.probe import verify

        due = clip if self._catalogue.card(job.spec.model).hosted else job.spec
        await asyncio.to_thread(verify, clip.path, width=due.width, height=due.height, seconds=due.seconds)
        reviewed = max(_FRAMES_REVIEWED, _FRAMES_REVIEWED // 2 * len(job.spec.clips))
        frames = await asyncio.to_thread(telling_frames, clip.path, reviewed, max_side=_REVIEWED_SIDE)
        require_allowed(await self._moderator.review_frames(frames, place=job.place))
