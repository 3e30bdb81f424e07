"""Pictures on their way in: read, looked at, kept with their job, and gone with a refusal."""

import asyncio
import hashlib
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import uploads
from core.errors import DeclarationNeeded, EngineFault, PiyingError, PromptBlocked, QuotaExceeded, Refusal, Unsupported
from core.intake import Intake
from core.jobs import settlement
from core.quotas.limits import Limits
from core.safety.agreements import TERMS, Agreement
from core.types import PRIVATE, Category, GenerationSpec, Note, Options, Place, Request, Verdict
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import make_intake, painter
from tests.fakes import FakeModerator, FakeQueue
from tests.stores import ALICE, BOB, open_store

RED, BLUE = (200, 30, 40), (20, 40, 220)
PLAIN, FIRST, BOTH = ("none",), ("none", "first"), ("none", "first", "first-last")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


@pytest.fixture
def clips(tmp_path: Path) -> FolderClipStore:
    return FolderClipStore(tmp_path / "clips")


def make(store: SqlStore, clips: FolderClipStore, pictures: tuple[str, ...] = BOTH, **changes: Any) -> Intake:
    return make_intake(store, clips=clips, catalogue=painter(pictures), **changes)


def upload(colour: tuple[int, int, int], kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (1000, 1000), colour).save(buffer, kind)
    return buffer.getvalue()


def ask(first: bytes | None = None, last: bytes | None = None, *, key: str = "key", prompt: str = "a cat") -> Request:
    return Request(key, ALICE, prompt, "en", Options(), first, last, declares=True)


def kept(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "clips").rglob("*") if path.is_file())


def colour_of(clips: FolderClipStore, key: str | None) -> tuple[int, ...]:
    assert key is not None
    with Image.open(clips.open(key), formats=["PNG"]) as image:
        assert image.size == (854, 480)
        return tuple(np.asarray(image).reshape(-1, 3).mean(0).round().astype(int).tolist())


async def test_a_jobs_pictures_are_kept_with_it_in_its_own_size(store: SqlStore, clips: FolderClipStore) -> None:
    receipt = await make(store, clips).submit(ask(upload(RED), upload(BLUE)))
    spec = receipt.job.spec
    assert (spec.image or "").endswith("/first.png")
    assert (spec.last_image or "").endswith("/last.png")
    assert receipt.job.id in (spec.image or "")
    assert [colour_of(clips, key) for key in (spec.image, spec.last_image)] == [RED, BLUE]
    with store.begin() as tx:
        assert tx.jobs.get(receipt.job.id) == receipt.job


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
async def test_whatever_came_is_kept_as_png(store: SqlStore, clips: FolderClipStore, kind: str) -> None:
    spec = (await make(store, clips).submit(ask(upload(RED, kind)))).job.spec
    assert np.abs(np.subtract(colour_of(clips, spec.image), RED)).max() < 4
    assert spec.last_image is None


async def test_a_request_without_pictures_keeps_none(store: SqlStore, clips: FolderClipStore, tmp_path: Path) -> None:
    spec = (await make(store, clips).submit(ask())).job.spec
    assert (spec.image, spec.last_image, kept(tmp_path)) == (None, None, [])


async def test_a_quote_reads_and_keeps_nothing(store: SqlStore, clips: FolderClipStore, tmp_path: Path) -> None:
    intake = make(store, clips)
    quote = await intake.quote(ask(upload(RED)))
    assert quote.spec.image
    assert kept(tmp_path) == []
    with pytest.raises(Refusal, match="image-invalid"):
        await intake.quote(ask(b"no picture"))


class Prude(FakeModerator):
    """Blocks what is more red than blue."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[tuple[int, ...]] = []

    async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Verdict:
        self.shapes += [frame.shape for frame in frames]
        reds = any(frame[..., 0].mean() > frame[..., 2].mean() for frame in frames)
        return Verdict(allowed=not reds, category=Category.SEXUAL)


async def test_pictures_are_looked_at(store: SqlStore, clips: FolderClipStore, tmp_path: Path) -> None:
    moderator = Prude()
    intake = make(store, clips, moderator=moderator)
    for pictures in ((upload(RED), None), (upload(BLUE), upload(RED))):
        with pytest.raises(PromptBlocked) as blocked:
            await intake.submit(ask(*pictures))
        assert blocked.value.details == {"category": "sexual"}
    assert kept(tmp_path) == []
    await intake.submit(ask(upload(BLUE)))
    assert moderator.shapes == [(480, 854, 3)] * 4


@pytest.mark.parametrize(
    ("pictures", "request_", "code"),
    [
        (BOTH, ask(b"no picture"), "image-invalid"),
        (BOTH, ask(b""), "image-invalid"),
        (BOTH, ask(upload(RED), b"no picture"), "image-invalid"),
        (PLAIN, ask(upload(RED)), "image-unsupported"),
        (FIRST, ask(upload(RED), upload(BLUE)), "last-image-unsupported"),
        (("first",), ask(), "image-needed"),
        (BOTH, ask(upload(RED), prompt="forbidden"), "prompt-blocked"),
    ],
)
async def test_a_refusal_leaves_no_file(
    store: SqlStore, clips: FolderClipStore, tmp_path: Path, pictures: tuple[str, ...], request_: Request, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await make(store, clips, pictures).submit(request_)
    assert refused.value.code == code
    assert kept(tmp_path) == []


async def test_a_limit_that_is_met_last_leaves_no_file(store: SqlStore, clips: FolderClipStore, tmp_path: Path) -> None:
    intake = make(store, clips, limits=Limits(clips_a_day=1))
    first = await intake.submit(ask(upload(RED), key="first"))
    with pytest.raises(QuotaExceeded):
        await intake.submit(ask(upload(BLUE), upload(RED), key="second"))
    assert kept(tmp_path) == ["first.png"]
    assert colour_of(clips, first.job.spec.image) == RED


async def test_a_full_disk_takes_nothing(store: SqlStore, tmp_path: Path) -> None:
    class Full(FolderClipStore):
        def put_file(self, job_id: str, name: str, data: bytes) -> str:
            if name == "last.png":
                raise EngineFault("storage-full")
            return super().put_file(job_id, name, data)

    with pytest.raises(PiyingError, match="storage-full"):
        await make(store, Full(tmp_path / "clips")).submit(ask(upload(RED), upload(BLUE)))
    assert kept(tmp_path) == []
    with store.begin() as tx:
        assert tx.jobs.by_key("key") is None


async def test_sent_twice_at_once_it_is_one_job_with_its_picture(
    store: SqlStore, clips: FolderClipStore, tmp_path: Path
) -> None:
    intake = make(store, clips)
    receipts = await asyncio.gather(*(intake.submit(ask(upload(RED))) for _ in range(4)))
    assert len({receipt.job.id for receipt in receipts}) == 1
    assert kept(tmp_path) == ["first.png"]
    assert colour_of(clips, receipts[0].job.spec.image) == RED


async def test_a_late_refusal_leaves_the_pictures_of_the_one_that_was_taken(
    store: SqlStore, clips: FolderClipStore, tmp_path: Path
) -> None:
    taken = await make(store, clips).submit(ask(upload(RED)))
    late = make(store, clips)
    # As if it had looked before the other one was stored.
    find = late._standings.find
    late._standings.find = lambda request, *, submitted: find(request, submitted=False)  # type: ignore[method-assign]
    late._known = lambda request: None  # type: ignore[method-assign]
    with pytest.raises(PiyingError):
        await late.submit(ask(upload(RED)))
    assert kept(tmp_path) == ["first.png"]
    assert colour_of(clips, taken.job.spec.image) == RED


async def test_once_more_it_has_the_same_pictures(store: SqlStore, clips: FolderClipStore) -> None:
    intake = make(store, clips)
    job = (await intake.submit(ask(upload(RED), upload(BLUE)))).job
    again = (await intake.submit(intake.request_again(job, "again", ALICE))).job
    assert again.id != job.id
    assert again.spec.image != job.spec.image
    clips.delete(job.id)
    assert [colour_of(clips, key) for key in (again.spec.image, again.spec.last_image)] == [RED, BLUE]
    with pytest.raises(Refusal, match="job-unknown"):
        intake.request_again(job, "third", ALICE)


async def test_a_picture_wants_a_declaration_and_keeps_nothing_without(
    store: SqlStore, clips: FolderClipStore, tmp_path: Path
) -> None:
    intake = make(store, clips)
    for pictures in ((upload(RED), None), (upload(RED), upload(BLUE))):
        with pytest.raises(DeclarationNeeded) as needed:
            await intake.submit(replace(ask(*pictures), declares=False))
        assert needed.value.details == {"category": "picture"}
    with pytest.raises(DeclarationNeeded):
        await intake.quote(replace(ask(upload(RED)), declares=False))
    assert kept(tmp_path) == []
    with store.look() as tx:
        assert tx.agreements.listed(limit=10) == []


async def test_the_declaration_is_asked_for_last_and_once(store: SqlStore, clips: FolderClipStore) -> None:
    class Asking(Prude):
        async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
            return Verdict(allowed=True, category=Category.IP, asks=True)

    intake = make(store, clips, moderator=Asking())
    with pytest.raises(PromptBlocked):
        await intake.submit(replace(ask(upload(RED)), declares=False))
    with pytest.raises(DeclarationNeeded) as needed:
        await intake.submit(replace(ask(upload(BLUE)), declares=False))
    assert needed.value.details == {"category": "picture"}
    job = (await intake.submit(ask(upload(BLUE)))).job
    assert [note.details for note in job.notes] == [{"category": "ip"}, {"category": "picture"}]
    with store.look() as tx:
        assert {one.matter for one in tx.agreements.listed(limit=10)} == {"ip", "picture"}


async def test_a_declaration_is_on_record_with_the_picture_and_stays_after_the_job(
    store: SqlStore, clips: FolderClipStore
) -> None:
    picture = upload(RED)
    job = (await make(store, clips).submit(ask(picture))).job
    with store.begin() as tx:
        (agreement,) = tx.agreements.listed(limit=10)
        tx.jobs.delete(job.id, now=job.created_at)
        tx.jobs.remove(job.id)
    digest = hashlib.sha256(picture).hexdigest()
    assert agreement == Agreement(job.account, job.id, job.code, "picture", digest, TERMS, job.created_at)
    with store.begin() as tx:
        assert tx.agreements.listed(limit=10) == [agreement]


async def test_once_more_it_is_declared_by_the_same_account_alone(store: SqlStore, clips: FolderClipStore) -> None:
    intake = make(store, clips)
    job = (await intake.submit(ask(upload(RED)))).job
    again = intake.request_again(job, "again", ALICE)
    assert (again.declares, again.pictures_declared) == (False, True)
    assert Note("declared", {"category": "picture"}) in (await intake.submit(again)).job.notes
    theirs = intake.request_again(job, "theirs", BOB)
    with pytest.raises(DeclarationNeeded):
        await intake.submit(theirs)
    second = (await intake.submit(replace(theirs, declares=True))).job
    with store.look() as tx:
        assert tx.agreements.listed(limit=10)[0].account == second.account != job.account


async def test_what_was_declared_of_a_picture_says_nothing_of_other_words(
    store: SqlStore, clips: FolderClipStore
) -> None:
    class Asking(FakeModerator):
        async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
            return Verdict(allowed=True, category=Category.IP, asks="brand" in text)

    intake = make(store, clips, moderator=Asking())
    job = (await intake.submit(ask(upload(RED)))).job
    again = intake.request_again(job, "again", ALICE)
    with pytest.raises(DeclarationNeeded) as needed:
        await intake.submit(replace(again, prompt="a brand", revised=None))
    assert needed.value.details == {"category": "ip"}
    assert (await intake.submit(replace(again, prompt="a dog", revised=None))).job.spec.image


async def test_a_negative_prompt_by_a_control_is_not_lost(store: SqlStore, clips: FolderClipStore) -> None:
    # The scene engine cannot follow one, and must be asked to see that.
    with pytest.raises(Unsupported, match="option-negative"):
        await make(store, clips).submit(Request("key", ALICE, "a cat", "en", Options(negative_prompt="a dog")))


async def test_sent_twice_at_once_with_other_pictures_a_job_has_its_own(
    store: SqlStore, clips: FolderClipStore
) -> None:
    intake = make(store, clips, limits=Limits(waiting=20))
    for number in range(5):
        sent = (ask(upload(RED), key=f"{number}"), ask(upload(BLUE), key=f"{number}", prompt="a cat vertical"))
        receipts = await asyncio.gather(*map(intake.submit, sent))
        assert sorted(receipt.duplicate for receipt in receipts) == [False, True]
        job = receipts[0].job
        with Image.open(clips.open(job.spec.image or ""), formats=["PNG"]) as image:
            assert image.size == (job.spec.width, job.spec.height)
            reds, _, blues = np.asarray(image).reshape(-1, 3).mean(0)
        assert (reds > blues) == (job.spec.width > job.spec.height)


async def test_a_refusal_takes_no_pictures_from_the_same_request_sent_again(
    store: SqlStore, clips: FolderClipStore, tmp_path: Path
) -> None:
    intake = make(store, clips, limits=Limits(waiting=1))
    await intake.submit(ask(key="before"))
    with store.begin() as tx:
        waiting = tx.jobs.by_key("before")
    assert waiting
    book = intake._booking.book

    def refuse_once(*order: Any) -> Any:
        intake._booking.book = book  # type: ignore[method-assign]
        try:
            return book(*order)
        finally:
            # From now on there is room.
            with store.begin() as tx:
                settlement.cancel(tx, waiting.id, now=waiting.created_at)

    intake._booking.book = refuse_once  # type: ignore[method-assign, assignment]
    first, second = await asyncio.gather(*(intake.submit(ask(upload(RED))) for _ in range(2)), return_exceptions=True)
    assert isinstance(first, QuotaExceeded) != isinstance(second, QuotaExceeded)
    assert kept(tmp_path) == ["first.png"]


async def test_a_queue_that_fails_leaves_no_file(store: SqlStore, clips: FolderClipStore, tmp_path: Path) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no queue")

    queue = FakeQueue()
    queue.submit = broken  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError, match="no queue"):
        await make(store, clips, queue=queue).submit(ask(upload(RED)))
    assert kept(tmp_path) == []


async def test_pictures_wait_for_each_other(
    store: SqlStore, clips: FolderClipStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most = 0, 0
    fitted = uploads._fitted

    def slowly(data: bytes, spec: GenerationSpec) -> np.ndarray:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.05)
        at_once -= 1
        return fitted(data, spec)

    monkeypatch.setattr(uploads, "_fitted", slowly)
    intake = make(store, clips)
    await asyncio.gather(*(intake.submit(ask(upload(RED), key=f"{number}")) for number in range(6)))
    assert most == 2


async def test_a_picture_that_goes_while_it_is_read_is_unknown(store: SqlStore, tmp_path: Path) -> None:
    class Going(FolderClipStore):
        def open(self, key: str) -> Path:
            path = super().open(key)
            path.unlink()
            return path

    intake = make(store, Going(tmp_path / "clips"))
    job = (await intake.submit(ask(upload(RED)))).job
    with pytest.raises(Refusal, match="job-unknown"):
        intake.request_again(job, "again", ALICE)
