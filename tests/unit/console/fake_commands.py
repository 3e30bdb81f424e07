"""Commands without a database: jobs in memory that take as long as told, and end in a real clip."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import numpy as np

from bots.adapter import Adapter, Delivery
from bots.commands import Commands
from core.catalogue.load import load_catalogue
from core.errors import DeclarationNeeded, PromptBlocked, Refusal, TooLong
from core.intake import Quote, Receipt
from core.jobs.retention import Retention
from core.media.preview import animated_webp
from core.quotas.rate import Rate
from core.reports import Report, ReportReason, make_report
from core.rights import Privacy
from core.safety.appeals import Appeal, AppealState
from core.safety.softer import without
from core.types import (
    Account,
    Address,
    Category,
    Job,
    JobState,
    Locale,
    Note,
    Options,
    Place,
    Progress,
    QueuePlace,
    Request,
    StoredClip,
)
from core.wording import Rewordings
from tests.unit.console.fake_wording import TRANSLATORS, word
from translation.normalise import normalise
from translation.options import read_options

PAGE = 50
UNDRAWN = ("dragonfruit", "火龙果")
BLOCKED = ("beheading", "斩首")
FAILING = ("thunderstruck", "雷劈")


@dataclass
class FakeCommands(Commands):
    """Two seconds in the queue and on stage each, at ``pace`` 1; "now" where pace is 0. ``delivery`` lasts seconds."""

    folder: Path
    pace: float = 1.0
    delivery: float = 0.0
    balance: int = 40
    previews: bool = False
    can_rewrite: bool = False
    rate: Rate = field(default_factory=lambda: Rate(20, 5))
    jobs: dict[str, Job] = field(default_factory=dict)
    timezones: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    reports: dict[str, Progress] = field(default_factory=dict)
    filed: list[Report] = field(default_factory=list)
    removed: list[Report] = field(default_factory=list)
    away: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def __post_init__(self) -> None:
        self.catalogue = load_catalogue()
        self.links: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.appealed: dict[str, Appeal] = {}

    @property
    def rewordings(self) -> Rewordings:
        return Rewordings(TRANSLATORS, self.can_rewrite)

    async def quote(self, request: Request) -> Quote:
        self.quoted.append(request.prompt)
        prompt, spoken = read_options(normalise(request.prompt))
        self._judge(prompt, spoken)
        if "pikachu" in prompt and not request.declares:
            raise DeclarationNeeded(category="ip", fragment="pikachu")
        options = _merge(request.options, spoken)
        wording = word(request, prompt, options.recipe or "")
        self._judge(wording.revised.text, spoken)
        spec = self.catalogue.complete(options, wording.revised.text, len(self.quoted))
        notes = tuple(Note("undrawn", {"words": word}) for word in UNDRAWN if word in wording.revised.text)
        return Quote(
            typed=request.prompt,
            prompt=prompt,
            wording=wording,
            spec=spec,
            price=self.catalogue.price(spec),
            balance=self.balance,
            seeded=options.seed is not None,
            notes=notes,
        )

    def _judge(self, prompt: str, spoken: Options) -> None:
        if not prompt:
            raise Refusal("prompt-only-options" if spoken != Options() else "prompt-empty")
        if len(prompt) > 1000:
            raise TooLong(length=len(prompt), limit=1000)
        if any(word in prompt for word in BLOCKED):
            raise PromptBlocked(category="gore")

    async def appeal(self, address: Address, code: str) -> Appeal:
        if code not in self.refused:
            raise Refusal("appeal-unknown", appeal=code)
        self.appealed[code] = Appeal(
            code,
            "digest",
            "account",
            address,
            self.refused[code],
            Category.GORE,
            None,
            AppealState.OPEN,
            time.time(),
        )
        return self.appealed[code]

    async def appeals(self, address: Address) -> list[Appeal]:
        return [appeal for appeal in self.appealed.values() if appeal.address == address]

    def settle_appeal(self, code: str, state: AppealState) -> None:
        """What a moderator does."""
        self.appealed[code] = replace(self.appealed[code], state=state, text=None)

    def _refuse(self, request: Request, blocked: PromptBlocked) -> None:
        """Every refusal of what was sent can be appealed against; some words leave a prompt behind them."""
        code = f"AP{len(self.refused) + 2222}"
        self.refused[code] = request.prompt
        blocked.details["appeal"] = code
        for fragment in BLOCKED:
            softer = without(request.prompt, fragment)
            if softer:
                blocked.details["suggestion"] = softer

    async def video(self, request: Request) -> Receipt:
        self.rate.check(request.address.user, time.time())
        known = next((job for job in self.jobs.values() if job.key == request.key), None)
        if known:
            return Receipt(known, await self.position(known), self.balance, duplicate=True)
        try:
            quote = await self.quote(request)
        except PromptBlocked as blocked:
            self._refuse(request, blocked)
            raise
        job = self._job(request, quote)
        self.balance -= job.price
        replaced = await self._make_room(request.replaces, job)
        self.jobs[job.code] = job
        return Receipt(job, await self.position(job), self.balance, duplicate=False, replaced=replaced)

    async def _make_room(self, job_id: str | None, successor: Job) -> Job | None:
        job = next((job for job in self.jobs.values() if job.id == job_id), None)
        if job is None or job.state.ended or job.clip is not None:
            return None
        cancelled = await self.cancel(job.address, job.code)
        return self._set(replace(cancelled, notes=(*cancelled.notes, Note("replaced", {"job": successor.code}))))

    def _job(self, request: Request, quote: Quote) -> Job:
        number = len(self.jobs) + 1
        return Job(
            id=f"job-{number}",
            code=f"K7QM{number:03d}",
            key=request.key,
            account="account",
            address=request.address,
            locale=request.locale,
            prompt=request.prompt,
            spec=quote.spec,
            worker_class="scene",
            tier="standard",
            price=quote.price,
            state=JobState.QUEUED,
            created_at=time.time(),
            seeded=quote.seeded,
            notes=quote.notes,
            wording=quote.wording,
        )

    async def again(
        self,
        address: Address,
        code: str,
        key: str,
        *,
        another_take: bool,
        declares: bool = False,
        seconds: float | None = None,
        place: Place | None = None,
    ) -> Receipt:
        job = await self.show(address, code)
        options = Options(seed=job.spec.seed + another_take, seconds=seconds)
        return await self.video(Request(key, address, job.prompt, job.locale, options, place=place or job.place))

    async def _reword(self, job: Job, key: str, place: Place | None, **words: Any) -> Receipt:
        options = self.catalogue.options_of(job.spec)
        request = Request(key, job.address, job.prompt, job.locale, options, place=place or job.place)
        return await self.video(replace(request, replaces=job.id, **words))

    async def cancel(self, address: Address, code: str) -> Job:
        job = await self.show(address, code)
        if job.state.ended:
            raise Refusal("job-finished", job=code)
        if job.clip is not None:
            raise Refusal("job-delivering", job=code)
        self.balance += job.price
        return self._set(replace(job, state=JobState.CANCELLED, finished_at=time.time()))

    async def show(self, address: Address, code: str) -> Job:
        job = self.jobs.get(code.strip().upper())
        if job is None:
            raise Refusal("job-unknown", job=code)
        if job.address.chat != address.chat:
            raise Refusal("not-yours", job=code)
        return job

    async def history(self, address: Address, before: float | None = None) -> list[Job]:
        mine = [job for job in self.jobs.values() if job.address.chat == address.chat]
        older = [job for job in mine if before is None or job.created_at < before]
        return sorted(older, key=lambda job: -job.created_at)[:PAGE]

    async def progress(self, jobs: Sequence[Job]) -> dict[str, Progress]:
        return {job.id: self.reports[job.id] for job in jobs if job.id in self.reports}

    async def position(self, job: Job) -> QueuePlace:
        waiting = [other for other in self.jobs.values() if other.state is JobState.QUEUED]
        ahead = sum(other.created_at < job.created_at for other in waiting)
        return QueuePlace(ahead + 1, 2 * self.pace * (ahead + 1))

    async def account(self, address: Address) -> Account:
        held = sum(job.price for job in self.jobs.values() if not job.state.ended)
        return Account("account", self.balance, held, blocked=False, timezone="UTC", tier="standard", created_at=0.0)

    async def set_timezone(self, address: Address, timezone: str) -> Account:
        if "/" not in timezone and timezone != "UTC":
            raise Refusal("timezone-unknown", value=timezone)
        self.timezones.append(timezone)
        return await self.account(address)

    @property
    def privacy(self) -> Privacy:
        return Privacy(Retention.of_days(30, 10, 20, 365, 1096), self.away[0], self.away[1])

    async def report(
        self, address: Address, code: str, reason: ReportReason, text: str, *, locale: Locale = "en"
    ) -> Report:
        job = await self.show(address, code)
        report = make_report(job, "account", address, reason, text, now=time.time(), locale=locale)
        self.filed.append(report)
        return report

    async def taken_down(self, address: Address) -> list[Report]:
        return self.removed

    async def export(self, address: Address) -> dict[str, Any]:
        return {"account": asdict(await self.account(address)), "jobs": list(self.jobs), "ledger": [1, 2]}

    async def forget(self, address: Address) -> int:
        count = len(self.jobs)
        self.jobs.clear()
        return count

    async def offer_link(self, address: Address) -> str:
        self.links["5f0e"] = address.user
        return "5f0e"

    async def accept_link(self, address: Address, code: str) -> Account:
        if code not in self.links:
            raise Refusal("link-invalid")
        return await self.account(address)

    def clip_path(self, key: str) -> Path:
        path = self.folder / key
        if not path.is_file():
            raise Refusal("job-unknown", job=key)
        return path

    def _set(self, job: Job) -> Job:
        self.jobs[job.code] = job
        return job

    async def run(self, adapter: Adapter) -> None:
        """Do what the queue, the worker and the courier do, for ever."""
        while True:
            await self.tick(adapter)
            await asyncio.sleep(0.1)

    async def tick(self, adapter: Adapter) -> None:
        for job in [job for job in self.jobs.values() if not job.state.ended]:
            await self.step(adapter, job)
        unfinished = [job for job in self.jobs.values() if not job.state.ended]
        await adapter.show_progress([(job, self.reports.get(job.id)) for job in unfinished])

    async def step(self, adapter: Adapter, job: Job) -> None:
        if job.state is JobState.QUEUED and time.time() - job.created_at >= 2 * self.pace:
            self._set(replace(job, state=JobState.RUNNING, started_at=time.time()))
        elif job.state is JobState.RUNNING:
            done = min(1.0, (time.time() - (job.started_at or 0)) / (2 * self.pace or 1e-9))
            preview = await asyncio.to_thread(make_preview, self.folder, job, done) if self.previews else None
            self.reports[job.id] = Progress("drawing", done, 2 * self.pace * (1 - done), preview)
            if done >= 1:
                await self._finish(adapter, job)

    async def _finish(self, adapter: Adapter, job: Job) -> None:
        if any(word in job.prompt for word in FAILING):
            self.balance += job.price
            await adapter.show_end(self._set(replace(job, state=JobState.FAILED, error="engine-fault")))
            return
        stored = await asyncio.to_thread(make_clip, self.folder, job)
        job = self._set(replace(job, clip=stored))
        await adapter.deliver(Delivery(job, self.folder / stored.video, self.folder / stored.poster))
        await asyncio.sleep(self.delivery)
        ended = replace(self.jobs[job.code], state=JobState.SUCCEEDED, finished_at=time.time())
        await adapter.show_end(self._set(ended))


def make_clip(folder: Path, job: Job) -> StoredClip:
    """A ball that rolls over a plain, as H.264, with its first frame as JPEG."""
    spec = job.spec
    frames = [_picture(spec.width, spec.height, part / 24) for part in range(24)]
    video, poster = folder / f"{job.id}.mp4", folder / f"{job.id}.jpg"
    with av.open(video, "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=12, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, "yuv420p"
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    av.VideoFrame.from_ndarray(frames[8], format="rgb24").to_image().save(poster)  # type: ignore[no-untyped-call]
    return StoredClip(video.name, poster.name, spec.width, spec.height, spec.seconds, video.stat().st_size)


def make_preview(folder: Path, job: Job, part: float) -> str:
    """The ball as far as it is to be seen, a new version each quarter."""
    path = folder / f"{job.id}-preview-{int(part * 4)}.webp"
    if not path.exists():
        frames = [_picture(job.spec.width // 4, job.spec.height // 4, step / 8) for step in range(8)]
        noise = np.random.default_rng(1).integers(0, round(120 * (1 - part)) + 1, frames[0].shape)
        path.write_bytes(animated_webp([np.clip(frame + noise, 0, 255).astype(np.uint8) for frame in frames], 8))
    return path.name


def _picture(width: int, height: int, part: float) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = np.where(rows[..., None] > 0.7 * height, (120, 160, 90), (250, 214, 150))
    radius = 0.15 * min(width, height)
    ball = (columns - part * width) ** 2 + (rows - 0.6 * height) ** 2 < radius**2
    pixels[ball] = (190, 60, 40)
    return pixels


def _merge(chosen: Options, spoken: Options) -> Options:
    return replace(spoken, **{name: value for name, value in vars(chosen).items() if value is not None})
