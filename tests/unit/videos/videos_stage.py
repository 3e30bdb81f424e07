"""A videos API over a real store and fakes, and what its callers need to speak to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bots.commands import Commands
from bots.videos.adapter import VideosAdapter
from bots.videos.mapping import code_in
from bots.videos.routes import Counter
from core.catalogue.load import load_catalogue
from core.intake import Intake
from core.jobs import settlement
from core.jobs.settlement import Settlement
from core.keys import new_key
from core.media.thumbnail import thumbnail
from core.metrics import Metrics
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import ApiKey, Clip, Job, JobState, Progress
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import make_intake
from tests.fakes import FakeClock, FakeQueue
from tests.stores import open_store
from tests.unit.media.pictures import make_clip

KEEP_SECONDS = 1000.0
JSON = dict[str, Any]


@dataclass
class Stand:
    """The API and all that is behind it. Nothing works on the jobs but the tests."""

    folder: Path
    store: SqlStore
    commands: Commands
    adapter: VideosAdapter
    queue: FakeQueue
    clips: FolderClipStore
    clock: FakeClock
    client: aiohttp.ClientSession
    key: str = field(repr=False)

    def new_key(self, name: str = "another") -> str:
        text, key = new_key(name, now=self.clock.now())
        with self.store.begin() as tx:
            tx.keys.add(key)
        return text

    async def ask(self, method: str, path: str, *, key: str | None = None, **request: Any) -> tuple[int, JSON]:
        """Status and JSON of an answer."""
        headers = {"Authorization": f"Bearer {key or self.key}"} | request.pop("headers", {})
        async with self.client.request(method, path, headers=headers, **request) as answer:
            return answer.status, await answer.json()

    async def create(self, prompt: str = "a cat", *, key: str | None = None, **fields: Any) -> JSON:
        status, video = await self.ask("POST", "videos", key=key, json={"prompt": prompt, **fields})
        assert status == 200, video
        return video

    def job(self, video: JSON) -> Job:
        with self.store.begin() as tx:
            job = tx.jobs.by_code(code_in(video["id"]) or "")
        assert job is not None
        return job

    def run(self, video: JSON, progress: Progress | None = None) -> Job:
        job = self.job(video)
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
        if progress:
            self.store.write_progress(job.id, progress)
        return self.job(video)

    def make(self, video: JSON) -> None:
        """The clip, as a worker leaves it: not yet delivered."""
        job = self.run(video)
        path, poster = self.folder / "clip.mp4", self.folder / "poster.jpg"
        info = make_clip(path, width=job.spec.width, height=job.spec.height)
        thumbnail(path, poster)
        clip = Clip(path, poster, info.width, info.height, 1.0, path.stat().st_size)
        stored = self.clips.put(job.id, clip)
        with self.store.begin() as tx:
            tx.jobs.attach_clip(job.id, stored)

    def finish(self, video: JSON) -> None:
        """Made, delivered and paid."""
        self.make(video)
        job_id = self.job(video).id
        with self.store.begin() as tx:
            assert settlement.succeed(tx, job_id, now=self.clock.now())

    def fail(self, video: JSON, code: str) -> None:
        job_id = self.job(video).id
        with self.store.begin() as tx:
            assert settlement.fail(tx, job_id, code, now=self.clock.now())


@asynccontextmanager
async def open_stand(folder: Path, **limits: Any) -> AsyncIterator[Stand]:
    queue, clock, clips = FakeQueue(), FakeClock(), FolderClipStore(folder / "clips")
    with open_store(f"sqlite:///{folder / 'piying.db'}") as store:
        intake = make_intake(store, queue=queue, clock=clock, limits=Limits(**limits))
        commands = _commands(intake, store, queue, clock)

        def find_key(key_id: str) -> ApiKey | None:
            with store.look() as tx:
                return tx.keys.get(key_id)

        counter = Counter(commands, load_catalogue(), clips, KEEP_SECONDS)
        adapter = VideosAdapter(counter, host="127.0.0.1", port=0, find_key=find_key, clock=clock)
        await adapter.start()
        async with aiohttp.ClientSession(base_url=f"{adapter.url}/") as client:
            stand = Stand(folder, store, commands, adapter, queue, clips, clock, client, key="")
            stand.key = await asyncio.to_thread(stand.new_key, "first")
            yield stand
        await adapter.stop()


def _commands(intake: Intake, store: SqlStore, queue: FakeQueue, clock: FakeClock) -> Commands:
    return Commands(
        intake=intake,
        store=store,
        queue=queue,
        settlement=Settlement(store, clock, Metrics()),
        clock=clock,
        rate=Rate(100, 1),
    )
