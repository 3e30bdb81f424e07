"""A showcase over a real store with real clips, and the gallery of it on a port."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bots.gallery.routes import Gallery
from core.jobs import settlement
from core.showcase.exhibits import Entry
from core.showcase.showcase import Showcase
from core.types import Address, Clip, Job, Note, Place, Translation, Wording
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.fakes import SPEC, FakeClock, FakeModerator, make_job
from tests.stores import ALICE, NOW, open_account, open_store
from tests.unit.console.fake_commands import make_clip

CAT_ZH = "一只橙色的小猫在雪地里向右奔跑，竖屏 4秒"
CAT_EN = "an orange kitten runs to the right through the snow"
WORDS = Wording(
    Translation(CAT_EN, "zh", "phrase", translated=True), Translation(CAT_EN, "en", "original", translated=False)
)


@dataclass
class Hall:
    """Alice, Bob and others are addresses; an account is made when one is first seen."""

    store: SqlStore
    clips: FolderClipStore
    clock: FakeClock
    moderator: FakeModerator
    showcase: Showcase
    folder: Path

    def gallery(self, url: str | None = None) -> Gallery:
        return Gallery(self.showcase, clip_path=self.clips.open, clock=self.clock, url=url)

    def account(self, address: Address = ALICE) -> str:
        with self.store.begin() as tx:
            return open_account(tx, address).id

    def make(
        self, address: Address = ALICE, *, notes: tuple[Note, ...] = (), place: Place | None = None, **changes: object
    ) -> Job:
        """A clip that was delivered."""
        account = self.account(address)
        fields = {"account": account, "address": address, "notes": notes, **({"place": place} if place else {})}
        job = make_job(**(fields | changes))
        video, poster = _film()
        for file in (video, poster):
            shutil.copy(file, self.folder / file.name)
        clip = Clip(self.folder / video.name, self.folder / poster.name, 854, 480, 4.0, video.stat().st_size)
        with self.store.begin() as tx:
            tx.jobs.add(job)
            tx.ledger.grant(account, job.price + 100, now=NOW, note="test")
            tx.ledger.hold(account, job.id, job.price, now=NOW)
            tx.jobs.attach_clip(job.id, self.clips.put(job.id, clip))
            settlement.succeed(tx, job.id, now=self.clock.now())
            found = tx.jobs.get(job.id)
        assert found
        return found

    async def show(self, address: Address = ALICE, *, title: str = "", remix: bool = False, **changes: object) -> Entry:
        """A clip that was delivered, and is shown; a second later than the one before."""
        self.clock.time += 1
        job = self.make(address, **changes)  # type: ignore[arg-type]
        return await self.showcase.show(job.account, job.code, title=title, remix=remix)


@contextmanager
def open_hall(url: str, folder: Path) -> Iterator[Hall]:
    (folder / "in").mkdir()
    with open_store(url) as store:
        clips, clock, moderator = FolderClipStore(folder / "clips"), FakeClock(), FakeModerator()
        showcase = Showcase(store=store, clips=clips, clock=clock, moderator=moderator)
        yield Hall(store, clips, clock, moderator, showcase, folder / "in")


@cache
def _film() -> tuple[Path, Path]:
    folder = Path(_keep().name)
    made = make_clip(folder, make_job(id="film", spec=SPEC))
    return folder / made.video, folder / made.poster


@cache
def _keep() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="piying-films-")
