"""A platform's channels in memory, a channel with people in a store, and a clip that can be published."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bots.adapter import Post
from bots.fitting import Fitting
from bots.poster import Poster
from core.errors import PostUnsure
from core.media.provenance import Policy, Provenance
from core.publishing.office import Office
from core.publishing.studio import Studio, View
from core.publishing.timekeeper import Timekeeper
from core.publishing.types import Channel, Content, Publication, Role
from core.publishing.who import Who
from core.types import Address, Job, JobState, StoredClip
from storage.database import SqlStore
from tests.fakes import FakeClipStore, FakeClock, FakeQueue, make_job
from tests.stores import open_account

KEPT = 30 * 86400.0
CLIP = StoredClip("clip.mp4", "clip.jpg", 854, 480, 4.0, 5)


class FakePublisher:
    """Knows posts by their names, unless it is ``forgetful``; ``faults`` are raised by the next calls, one each.

    A fault in ``after`` is raised once the post is out.
    """

    def __init__(self, *, forgetful: bool = False) -> None:
        self.forgetful = forgetful
        self.faults: list[Exception] = []
        self.after: list[Exception] = []
        self.shown: dict[str, tuple[str, str]] = {}
        self.sent: list[str] = []

    def upload_limit(self, address: Address) -> int | None:
        return None

    async def publish(self, post: Post) -> str:
        self._fault()
        assert post.video.is_file()
        assert post.poster.is_file()
        name = f"{post.publication.id}.{post.publication.turn}"
        message = f"m{len(self.sent)}"
        self.sent.append(name)
        self.shown[message] = (name, post.text)
        if self.after:
            raise self.after.pop(0)
        return message

    async def seek(self, post: Post) -> str | None:
        if self.forgetful:
            raise PostUnsure
        name = f"{post.publication.id}.{post.publication.turn}"
        return next((message for message, (known, _) in self.shown.items() if known == name), None)

    async def amend(self, channel: Channel, publication: Publication, text: str) -> None:
        self._fault()
        assert publication.message
        self.shown[publication.message] = (self.shown[publication.message][0], text)

    async def remove(self, channel: Channel, publication: Publication) -> None:
        self._fault()
        self.shown.pop(publication.message or "", None)

    def _fault(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


@dataclass
class Newsroom:
    """Everything about publishing on one store; each step of it is taken by hand."""

    store: SqlStore
    clips: FakeClipStore
    publisher: FakePublisher = field(default_factory=FakePublisher)
    clock: FakeClock = field(default_factory=FakeClock)
    queue: FakeQueue = field(default_factory=FakeQueue)
    running: float = 0.0

    def __post_init__(self) -> None:
        self.office = Office(self.store, self.clock)
        self.studio = Studio(self.store, self.clock, clips_kept=KEPT)
        self.clips.files |= {"clip.mp4": b"video", "clip.jpg": b"poster"}
        fitting = Fitting(self.clips, Provenance(Policy()))
        self.poster = Poster(
            publishers={"console": self.publisher}, store=self.store, fitting=fitting, clock=self.clock
        )
        self.timekeeper = self.make_timekeeper()
        self.owner, self.editor, self.member = (self.who(name) for name in ("owner", "editor", "member"))
        self.outsider = self.who("outsider")
        self.operator = replace(self.who("operator"), is_operator=True)
        self.channel = self.office.connect(self.owner, Address("console", "news", ""), "News", "Asia/Shanghai")
        for who, role in ((self.editor, Role.EDITOR), (self.member, Role.MEMBER)):
            self.office.join(who, self.channel.id, role)

    def make_timekeeper(self, platforms: tuple[str, ...] = ("console",)) -> Timekeeper:
        """One more, as another process or this one after a restart has it."""
        return Timekeeper(
            store=self.store, queue=self.queue, clock=self.clock, platforms=platforms, kept=KEPT,
            monotonic=lambda: self.running,
        )  # fmt: skip

    def who(self, name: str) -> Who:
        address = Address("console", name, name)
        with self.store.begin() as tx:
            return Who(open_account(tx, address).id, address, "en")

    def clip(self, who: Who, **changes: object) -> Job:
        """A finished clip of somebody's."""
        fields: dict[str, object] = {"account": who.account, "address": who.address, "state": JobState.SUCCEEDED}
        fields |= {"clip": CLIP, "finished_at": self.clock.now()}
        job = make_job(**(fields | changes))
        with self.store.begin() as tx:
            tx.jobs.add(job)
        return job

    def draft(self, who: Who, text: str = "a cat", **changes: object) -> View:
        return self.studio.draft(who, self.clip(who, **changes), self.channel.code, Content({"en": text}))

    def submitted(self, text: str = "a cat") -> View:
        return self.studio.submit(self.member, self.draft(self.member, text).publication.code)

    def scheduled(self, seconds: float = 3600) -> View:
        return self.studio.approve(self.editor, self.submitted().publication.code, self.clock.now() + seconds)

    def now(self, view: View) -> Publication:
        with self.store.look() as tx:
            found = tx.publications.get(view.publication.id)
        assert found is not None
        return found

    def told(self, who: Who) -> list[str]:
        """Codes of the notices that wait for somebody."""
        with self.store.look() as tx:
            due = tx.notices.due("console", now=self.clock.now(), limit=999)
        return [one.notice.code for one in due if one.address == who.address]

    def pass_(self, seconds: float) -> None:
        """Time goes by, by all clocks."""
        self.clock.time += seconds
        self.running += seconds

    async def post(self) -> int:
        """Begin what is due and do it, as the queue would; how many were begun."""
        before = len(self.queue.posts)
        self.timekeeper.look()
        for _, publication_id, turn in self.queue.posts[before:]:
            await self.poster.post(publication_id, turn)
        return len(self.queue.posts) - before
