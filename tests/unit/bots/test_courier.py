import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from bots.adapter import Delivery
from bots.courier import Courier
from bots.fitting import Fitting
from core.errors import Conflict, DeliveryDelayed, EngineFault, RecipientGone, TooLarge
from core.jobs import settlement
from core.jobs.settlement import Settlement
from core.media.provenance import Policy, Provenance, facts_of
from core.media.signing_keys import load_keys, make_keys
from core.media.verify import State, Trust, examine
from core.metrics import Metrics
from core.types import Address, Clip, Job, JobState, Progress, StoredClip
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.fakes import FakeAdapter, FakeClock
from tests.stores import NOW, account_of, held_job, open_store, state_of


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class Post:
    """A courier with one adapter, and a stored clip for it."""

    def __init__(
        self,
        store: SqlStore,
        folder: Path,
        adapter: FakeAdapter | None = None,
        provenance: Provenance | None = None,
    ) -> None:
        self.store, self.folder, self.metrics = store, folder, Metrics()
        self.adapter, self.clips = adapter or FakeAdapter(), FolderClipStore(folder / "clips")
        self.courier = Courier(
            adapters={self.adapter.platform: self.adapter},
            store=store,
            fitting=Fitting(self.clips, provenance or Provenance(Policy())),
            settlement=Settlement(store, FakeClock(NOW + 60), self.metrics),
            metrics=self.metrics,
        )

    def clip(self, job: Job, content: bytes = b"video") -> StoredClip:
        video, poster = self.folder / "v.mp4", self.folder / "p.jpg"
        video.write_bytes(content)
        poster.write_bytes(b"poster")
        return self.clips.put(job.id, Clip(video, poster, 854, 480, 4.0, len(content)))

    def sample(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)


@pytest.fixture
def post(store: SqlStore, tmp_path: Path) -> Post:
    return Post(store, tmp_path)


async def test_a_clip_is_handed_over_and_then_charged(post: Post, store: SqlStore) -> None:
    job = held_job(store, created_at=NOW)
    clip = post.clip(job)
    await post.courier.deliver(job.id, clip)
    assert [(found.job.id, found.job.clip, found.video) for found in post.adapter.delivered] == [
        (job.id, clip, post.clips.open(clip.video))
    ]
    assert (account_of(store).balance, account_of(store).held) == (7, 3)
    await post.courier.charge(job.id)
    assert (account_of(store).balance, account_of(store).held) == (7, 0)
    assert state_of(store, job.id) == ("succeeded", None)
    assert [(ended.id, ended.state) for ended in post.adapter.ended] == [(job.id, JobState.SUCCEEDED)]
    assert post.sample("piying_credits_charged_total") == 3
    assert post.sample("piying_jobs_settled_total", state="succeeded", code="") == 1
    assert post.sample("piying_job_seconds_sum") == 60


async def test_charging_again_charges_nothing_and_tells_again(post: Post, store: SqlStore) -> None:
    job = held_job(store)
    for _ in range(3):
        await post.courier.charge(job.id)
    await post.courier.fail(job.id, "worker-lost")
    assert [ended.state for ended in post.adapter.ended] == [JobState.SUCCEEDED] * 3
    assert post.sample("piying_credits_charged_total") == 3
    assert state_of(store, job.id) == ("succeeded", None)


async def test_a_failure_is_told_whenever_asked_and_costs_nothing(post: Post, store: SqlStore) -> None:
    job = held_job(store)
    for _ in range(2):
        await post.courier.fail(job.id, "worker-lost")
    await post.courier.charge(job.id)
    assert [(ended.state, ended.error) for ended in post.adapter.ended] == [(JobState.FAILED, "worker-lost")] * 2
    assert (account_of(store).balance, account_of(store).held) == (10, 0)
    assert post.sample("piying_jobs_settled_total", state="failed", code="worker-lost") == 1


@pytest.mark.parametrize("state", [state for state in JobState if state.ended])
async def test_an_ended_job_is_not_delivered(post: Post, store: SqlStore, state: JobState) -> None:
    job = held_job(store, state=state)
    with pytest.raises(Conflict):
        await post.courier.deliver(job.id, post.clip(job))
    assert post.adapter.tries == []
    with store.begin() as tx:
        assert tx.jobs.get(job.id) == job


async def test_a_job_that_is_gone_is_not_delivered(post: Post) -> None:
    with pytest.raises(Conflict):
        await post.courier.deliver("gone", StoredClip("a", "b", 1, 1, 1.0, 1))


@pytest.mark.parametrize("fault", [DeliveryDelayed(retry_after=3), RecipientGone(), TooLarge(limit_bytes=1)])
async def test_a_platforms_fault_is_passed_on_and_nothing_is_settled(
    post: Post, store: SqlStore, fault: Exception
) -> None:
    job = held_job(store)
    post.adapter.faults = [fault]
    with pytest.raises(type(fault)):
        await post.courier.deliver(job.id, post.clip(job))
    assert (state_of(store, job.id), account_of(store).held) == (("queued", None), 3)


async def test_a_lost_file_is_told(post: Post, store: SqlStore) -> None:
    job = held_job(store)
    clip = post.clip(job)
    post.clips.delete(job.id)
    with pytest.raises(EngineFault, match="clip-invalid"):
        await post.courier.deliver(job.id, clip)


async def test_a_clip_on_its_way_can_no_longer_be_cancelled(post: Post, store: SqlStore) -> None:
    job = held_job(store)
    await post.courier.deliver(job.id, post.clip(job))
    with store.begin() as tx:
        assert not settlement.cancel(tx, job.id, now=NOW)
    await post.courier.charge(job.id)
    assert state_of(store, job.id) == ("succeeded", None)
    assert (account_of(store).balance, account_of(store).held) == (7, 0)


async def test_a_clip_above_the_chats_limit_is_made_to_fit(store: SqlStore, tmp_path: Path) -> None:
    from core.media.encode import encode
    from core.media.probe import probe

    post = Post(store, tmp_path, FakeAdapter(limit=30_000))
    job = held_job(store)
    noise = np.random.default_rng(1).integers(0, 256, (24, 120, 160, 3), np.uint8)
    info = encode(noise, tmp_path / "noise.mp4", width=160, height=120, fps=24, metadata={})
    clip = post.clip(job, (tmp_path / "noise.mp4").read_bytes())
    assert info.size_bytes > 30_000
    sizes: list[int] = []

    async def look(delivery: object) -> None:
        video = delivery.video  # type: ignore[attr-defined]
        sizes.append(video.stat().st_size)
        assert probe(video).seconds == pytest.approx(1.0, abs=0.1)

    post.adapter.deliver = look  # type: ignore[method-assign]
    await post.courier.deliver(job.id, replace(clip, size_bytes=info.size_bytes))
    assert sizes[0] <= 30_000
    assert post.clips.open(clip.video).stat().st_size == info.size_bytes


async def test_what_was_made_to_fit_is_signed_anew_with_the_clip_as_its_parent(store: SqlStore, tmp_path: Path) -> None:
    from core.media.encode import encode

    make_keys(tmp_path / "keys")
    keys = load_keys(tmp_path / "keys")
    provenance = Provenance(Policy(), keys)
    limit = 150_000
    post = Post(store, tmp_path, FakeAdapter(limit=limit), provenance)
    job = held_job(store)
    path = tmp_path / "noise.mp4"
    noise = np.random.default_rng(1).integers(0, 256, (24, 240, 320, 3), np.uint8)
    encode(noise, path, width=320, height=240, fps=24, metadata=provenance.marks(job.code, "en").metadata)
    provenance.seal(path, facts_of(job.code, {}, job.spec.model))
    clip = post.clip(job, path.read_bytes())
    assert clip.size_bytes > limit
    found = []

    async def look(delivery: Delivery) -> None:
        found.append((examine(delivery.video, Trust(keys.anchors)), delivery.video.stat().st_size))

    post.adapter.deliver = look  # type: ignore[method-assign]
    await post.courier.deliver(job.id, clip)
    report, size = found[0]
    assert (report.state, report.code, size <= limit) == (State.INTACT, job.code, True)
    assert report.aigc
    assert report.aigc["ProduceID"] == job.code


async def test_a_message_that_cannot_be_shown_undoes_no_settlement(post: Post, store: SqlStore) -> None:
    async def refuse(job: Job) -> None:
        raise RecipientGone

    job = held_job(store)
    post.adapter.show_end = refuse  # type: ignore[method-assign]
    await post.courier.fail(job.id, "timed-out")
    assert (state_of(store, job.id), account_of(store).held) == (("failed", "timed-out"), 0)
    await post.courier.fail(job.id, "timed-out")


async def test_a_job_of_a_platform_that_is_not_served_here_is_settled_all_the_same(post: Post, store: SqlStore) -> None:
    job = held_job(store, Address("telegram", "1", "1"))
    await post.courier.fail(job.id, "worker-lost")
    assert state_of(store, job.id) == ("failed", "worker-lost")


async def test_progress_is_shown_until_the_end_and_then_forgotten(post: Post, store: SqlStore) -> None:
    job, other = held_job(store, created_at=1.0), held_job(store, created_at=2.0)
    held_job(store, Address("telegram", "1", "1"))
    store.write_progress(job.id, Progress("drawing", 0.5))
    watch = asyncio.create_task(post.courier.watch())
    while not post.adapter.progress:
        await asyncio.sleep(0.01)
    watch.cancel()
    assert post.adapter.progress == [(job, Progress("drawing", 0.5)), (other, None)]
    assert post.sample("piying_jobs_unfinished", platform="console") == 2
    await post.courier.charge(job.id)
    assert store.read_progress([job.id]) == {}


async def test_the_watch_outlives_a_chat_that_is_away(
    post: Post, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.courier._WATCH_EVERY", 0.01)
    calls: list[int] = []

    async def show(reports: object) -> None:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError

    held_job(store)
    post.adapter.show_progress = show  # type: ignore[method-assign]
    watch = asyncio.create_task(post.courier.watch())
    while len(calls) < 4:
        await asyncio.sleep(0.01)
    assert not watch.done()
    watch.cancel()


async def test_the_log_tells_no_prompt_and_no_user(post: Post, store: SqlStore) -> None:
    job = held_job(store, Address("console", "secret-chat", "secret-user"), prompt="secret wish")
    with capture_logs() as logs:
        await post.courier.charge(job.id)
    assert [entry["event"] for entry in logs] == ["job.settled"]
    assert "secret" not in repr(logs)
