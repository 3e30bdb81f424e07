"""Fakes that implement core's ports, under the same contract tests as the real things."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bots.adapter import Delivery
from core.costs import MOST, Cost, CostState, Outcome, Spent
from core.errors import EngineFault, Refusal
from core.ports import Run, Transaction
from core.publishing.types import Publication
from core.types import (
    PRIVATE,
    Address,
    Category,
    Clip,
    GenerationSpec,
    Job,
    JobState,
    Note,
    Notice,
    Place,
    Progress,
    QueuePlace,
    StoredClip,
    Translation,
    Verdict,
)

_numbers = itertools.count(1)

SPEC = GenerationSpec(
    model="scene", recipe="standard", recipe_version=1, prompt="a cat", seed=1, width=854, height=480, num_frames=96,
    fps=24,
)  # fmt: skip


def make_job(**changes: object) -> Job:
    """A queued job unlike any other; ``changes`` replace its fields."""
    number = next(_numbers)
    fields: dict[str, object] = {
        "id": f"job-{number}",
        "code": f"CODE{number}",
        "key": f"key-{number}",
        "account": "nobody",
        "address": Address("console", "chat", "user"),
        "locale": "en",
        "prompt": "a cat",
        "spec": SPEC,
        "worker_class": "scene",
        "tier": "standard",
        "price": 3,
        "state": JobState.QUEUED,
        "created_at": 1000.0 + number,
    }
    return Job(**{**fields, **changes})  # type: ignore[arg-type]


class FakeClock:
    """Stands still until moved."""

    def __init__(self, now: float = 1_760_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time


class FakeQueue:
    """Remembers what was asked; runs nothing."""

    def __init__(self) -> None:
        self.submitted: list[str] = []
        self.posts: list[tuple[str, str, int]] = []
        self.cancelled: list[str] = []
        self.dead_jobs: set[str] = set()
        self.delivered_jobs: set[str] = set()
        self.forgotten: list[str] = []

    def submit(self, tx: Transaction, job: Job) -> None:
        self.submitted.append(job.id)

    def post(self, tx: Transaction, platform: str, publication: Publication) -> None:
        self.posts.append((platform, publication.id, publication.turn))

    async def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)

    async def position(self, job: Job) -> QueuePlace:
        return QueuePlace(len(self.submitted), None)

    async def dead(self, job_ids: Sequence[str]) -> dict[str, bool]:
        return {job_id: job_id in self.delivered_jobs for job_id in job_ids if job_id in self.dead_jobs}

    async def forget(self, job_ids: Sequence[str]) -> None:
        self.forgotten.extend(job_ids)


class FakeEngine:
    """Writes a clip of a few bytes, or fails with ``error``."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.made: list[GenerationSpec] = []

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        return ()

    async def open(self) -> None:
        return None

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        run.report(Progress("drawing", 0.5))
        if self.error:
            raise self.error
        video, poster = run.folder / "clip.mp4", run.folder / "poster.jpg"
        video.write_bytes(b"video")
        poster.write_bytes(b"poster")
        self.made.append(spec)
        return Clip(video, poster, spec.width, spec.height, spec.seconds, 5)

    async def close(self) -> None:
        return None


class FakeAdapter:
    """Remembers what it was given; ``faults`` are raised by the next deliveries, one each."""

    def __init__(self, platform: str = "console", limit: int | None = None) -> None:
        self.platform, self.limit = platform, limit
        self.faults: list[Exception] = []
        self.tries: list[str] = []
        self.delivered: list[Delivery] = []
        self.ended: list[Job] = []
        self.progress: list[tuple[Job, Progress | None]] = []
        self.told: list[tuple[Address, Notice]] = []

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    def upload_limit(self, address: Address) -> int | None:
        return self.limit

    async def deliver(self, delivery: Delivery) -> None:
        self.tries.append(delivery.job.id)
        if self.faults:
            raise self.faults.pop(0)
        assert delivery.video.is_file()
        assert delivery.poster.is_file()
        self.delivered.append(delivery)

    async def show_progress(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        self.progress.extend(reports)

    async def show_end(self, job: Job) -> None:
        self.ended.append(job)

    async def tell(self, address: Address, notice: Notice) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.told.append((address, notice))


class FakeTranslator:
    """Gives the text back."""

    names = ("fake",)

    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        return Translation(text, "en", "none", translated=False)


class FakeModerator:
    """Blocks texts that hold ``forbidden``."""

    def __init__(self, forbidden: str = "forbidden") -> None:
        self.forbidden = forbidden
        self.seen: list[str] = []

    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        self.seen.append(text)
        return Verdict(allowed=self.forbidden not in text, category=Category.GORE)

    async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Verdict:
        return Verdict(allowed=True, reviewed=False)


class FakeClipStore:
    """Keeps the bytes in memory, and in a folder once opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, bytes] = {}

    def put(self, job_id: str, clip: Clip) -> StoredClip:
        keys = f"{job_id}.mp4", f"{job_id}.jpg"
        try:
            self.files.update({keys[0]: clip.path.read_bytes(), keys[1]: clip.poster.read_bytes()})
        except FileNotFoundError as error:
            raise EngineFault from error
        return StoredClip(*keys, clip.width, clip.height, clip.seconds, clip.size_bytes, clip.recipe)

    def put_file(self, job_id: str, name: str, data: bytes) -> str:
        self.files[f"{job_id}-{name}"] = data
        return f"{job_id}-{name}"

    def open(self, key: str) -> Path:
        if key not in self.files:
            raise Refusal("job-unknown", job=key)
        path = self._folder / key
        path.write_bytes(self.files[key])
        return path

    def delete(self, job_id: str) -> None:
        mine = (f"{job_id}.", f"{job_id}-")
        self.files = {key: data for key, data in self.files.items() if not key.startswith(mine)}


class FakeCosts:
    """Keeps costs in memory; ``jobs`` says what became of jobs, and when each ended."""

    def __init__(self) -> None:
        self.kept: dict[str, Cost] = {}
        self.jobs: dict[str, tuple[Outcome, float | None]] = {}

    def put(self, cost: Cost) -> None:
        known = self.kept.get(cost.id)
        self.kept[cost.id] = replace(cost, at=known.at if known else cost.at, usd=max(0, min(cost.usd, MOST)))

    def get(self, cost_id: str) -> Cost | None:
        return self.kept.get(cost_id)

    def of_task(self, vendor: str, task: str) -> Cost | None:
        return next((one for one in self.kept.values() if task and (one.vendor, one.task) == (vendor, task)), None)

    def lock(self) -> None:
        return None

    def since(self, moment: float) -> int:
        return sum(one.usd for one in self.listed(limit=len(self.kept), since=moment) if one.state != CostState.FREE)

    def listed(self, *, limit: int, since: float = 0.0) -> list[Cost]:
        found = [one for one in self.kept.values() if one.at >= since]
        return sorted(found, key=lambda one: (-one.at, one.id))[:limit]

    def outcomes(self, job_ids: Sequence[str]) -> dict[str, Outcome]:
        return {job_id: self.jobs[job_id][0] for job_id in job_ids if job_id in self.jobs}

    def summed(self, since: float, until: float) -> list[Spent]:
        found = [one for one in self.kept.values() if since <= one.at < until]
        models = {(one.vendor, one.model) for one in found}
        sums = [self._sum([one for one in found if (one.vendor, one.model) == model]) for model in models]
        return sorted(sums, key=lambda one: (-one.usd, one.vendor, one.model))

    def doubt_before(self, moment: float) -> int:
        is_open = [one for one in self.kept.values() if one.state is CostState.OPEN and one.at < moment]
        left = [one for one in is_open if not self._is_alive(one.job, moment)]
        for one in left:
            self.put(replace(one, state=CostState.UNKNOWN))
        return len(left)

    def remove_before(self, moment: float) -> int:
        before = len(self.kept)
        self.kept = {name: one for name, one in self.kept.items() if one.at >= moment}
        return before - len(self.kept)

    def _sum(self, found: list[Cost]) -> Spent:
        paid = [one for one in found if one.state is not CostState.FREE]
        lost = [one for one in paid if one.job in self.jobs and self.jobs[one.job][0].charged is False]
        unknown = sum(one.state is CostState.UNKNOWN for one in found)
        usd, lost_usd = (sum(one.usd for one in some) for some in (paid, lost))
        return Spent(found[0].vendor, found[0].model, len(found), unknown, usd, lost_usd)

    def _is_alive(self, job_id: str, moment: float) -> bool:
        if job_id not in self.jobs:
            return False
        ended = self.jobs[job_id][1]
        return ended is None or ended >= moment
