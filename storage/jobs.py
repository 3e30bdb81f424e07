"""Jobs in the rows of one transaction."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict, Refusal
from core.jobs.moves import sources
from core.types import (
    PRIVATE,
    Address,
    Fallback,
    GenerationSpec,
    Job,
    JobState,
    Note,
    Place,
    Server,
    StoredClip,
    Translation,
    Wording,
)
from storage.chat_tables import posts
from storage.showcase_tables import showcase, showcase_votes
from storage.tables import job_progress, jobs

_ACTIVE = (JobState.QUEUED, JobState.RUNNING)


class SqlJobs:
    """``core.books.Jobs`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, job: Job) -> None:
        """See the port."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(jobs.insert().values(_to_row(job)))
        except sa.exc.IntegrityError as error:
            raise Conflict from error

    def get(self, job_id: str) -> Job | None:
        """See the port."""
        return self._one(jobs.c.id == job_id)

    def by_key(self, key: str) -> Job | None:
        """See the port."""
        return self._one(jobs.c.key == key)

    def by_code(self, code: str) -> Job | None:
        """See the port."""
        return self._one(sa.and_(jobs.c.code == code, jobs.c.deleted_at.is_(None)))

    def move(self, job_id: str, state: JobState, *, now: float, error: str | None = None) -> bool:
        """See the port."""
        moment = "started_at" if state is JobState.RUNNING else "finished_at"
        allowed = [jobs.c.id == job_id, jobs.c.state.in_([str(source) for source in sources(state)])]
        if state is JobState.CANCELLED:
            allowed.append(jobs.c.clip.is_(sa.null()))
        values = {"state": str(state), "error": error, moment: now}
        moved = self._connection.execute(jobs.update().where(*allowed).values(values)).rowcount == 1
        if moved and state.ended:
            self._connection.execute(job_progress.delete().where(job_progress.c.job_id == job_id))
        return moved

    def begin_attempt(self, job_id: str) -> int:
        """See the port."""
        self._set(job_id, attempts=jobs.c.attempts + 1)
        return int(self._connection.execute(sa.select(jobs.c.attempts).where(jobs.c.id == job_id)).scalar_one())

    def take_attempt_back(self, job_id: str) -> None:
        """See the port."""
        self._set(job_id, attempts=jobs.c.attempts - 1)

    def attach_clip(self, job_id: str, clip: StoredClip) -> None:
        """See the port."""
        self._set(job_id, clip=asdict(clip))

    def save_resume_token(self, job_id: str, token: str) -> None:
        """See the port."""
        self._set(job_id, resume_token=token)

    def reroute(self, job_id: str, spec: GenerationSpec, price: int, note: Note) -> None:
        """See the port."""
        self._set(job_id, spec=asdict(spec), price=price, seconds=spec.seconds)
        self.add_notes(job_id, [note])

    def resume_token(self, job_id: str) -> str | None:
        """See the port."""
        return self._connection.execute(sa.select(jobs.c.resume_token).where(jobs.c.id == job_id)).scalar()

    def add_notes(self, job_id: str, notes: Iterable[Note]) -> None:
        """See the port."""
        job = self.get(job_id)
        if job is not None:
            self._set(job_id, notes=[asdict(note) for note in (*job.notes, *notes)])

    def of_chat(self, platform: str, chat: str, *, limit: int, before: float | None = None) -> list[Job]:
        """See the port."""
        query = _of_chat(platform, chat)
        if before is not None:
            query = query.where(jobs.c.created_at < before)
        return self._many(query.order_by(jobs.c.created_at.desc(), jobs.c.id).limit(limit))

    def page(
        self, platform: str, chat: str, *, limit: int, after: str | None = None, newest_first: bool = True
    ) -> list[Job]:
        """See the port."""
        query, place = _of_chat(platform, chat), sa.tuple_(jobs.c.created_at, jobs.c.id)
        if after is not None:
            last = sa.tuple_(*self._place(platform, chat, after))
            query = query.where(place < last if newest_first else place > last)
        order = [column.desc() if newest_first else column for column in (jobs.c.created_at, jobs.c.id)]
        return self._many(query.order_by(*order).limit(limit))

    def delete(self, job_id: str, *, now: float) -> None:
        """See the port."""
        self._set(job_id, deleted_at=now)
        self._drop(job_id, showcase, showcase_votes)

    def unfinished(self, platform: str) -> list[Job]:
        """See the port."""
        query = sa.select(jobs).where(jobs.c.platform == platform, jobs.c.state.in_(_ACTIVE))
        return self._many(query.order_by(jobs.c.created_at))

    def cancelled_since(self, moment: float) -> list[str]:
        """See the port."""
        query = sa.select(jobs.c.id).where(jobs.c.state == JobState.CANCELLED, jobs.c.finished_at >= moment)
        return list(self._connection.execute(query).scalars())

    def deleted_since(self, moment: float) -> list[str]:
        """See the port."""
        return list(self._connection.execute(sa.select(jobs.c.id).where(jobs.c.deleted_at >= moment)).scalars())

    def waiting(self, account: str) -> int:
        """See the port."""
        query = sa.select(sa.func.count()).where(jobs.c.account_id == account, jobs.c.state.in_(_ACTIVE))
        return self._connection.execute(query).scalar_one()

    def spent_since(
        self, since: float, *, account: str | None = None, address: Address | None = None
    ) -> tuple[int, float]:
        """See the port."""
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(jobs.c.seconds), 0.0))
        query = query.where(self.counted(since))
        if account is not None:
            query = query.where(jobs.c.account_id == account)
        if address is not None:
            self._lock_chat(address)
            query = query.where(self.within(address.platform, address.chat))
        clips, seconds = self._connection.execute(query).one()
        return clips, float(seconds)

    def ended_before(self, moment: float, *, limit: int) -> list[Job]:
        """See the port."""
        query = sa.select(jobs).where(jobs.c.finished_at < moment).order_by(jobs.c.finished_at).limit(limit)
        return self._many(query)

    @staticmethod
    def counted(since: float) -> sa.ColumnElement[bool]:
        """The jobs that limits count."""
        # A clip that was begun and cancelled has cost its share of a machine: whoever cancels could have any number.
        begun = sa.or_(jobs.c.state != JobState.CANCELLED, jobs.c.started_at.is_not(None))
        return sa.and_(jobs.c.created_at >= since, jobs.c.state != JobState.FAILED, begun)

    @staticmethod
    def within(platform: str, chat: str) -> sa.ColumnElement[bool]:
        """The jobs of a chat, or of all chats of a server by its name; each half is found by an index of its own."""
        here, in_server = (sa.and_(jobs.c.platform == platform, name == chat) for name in (jobs.c.chat, jobs.c.server))
        return sa.or_(here, in_server)

    def where(self, *conditions: sa.ColumnElement[bool], order: Any, limit: int) -> list[Job]:
        """The jobs that meet all conditions."""
        return self._many(sa.select(jobs).where(*conditions).order_by(*order).limit(limit))

    def of_account(self, account: str) -> list[Job]:
        """All that there are of an account, newest first, those that were deleted as well."""
        mine = sa.select(jobs).where(jobs.c.account_id == account)
        return self._many(mine.order_by(jobs.c.created_at.desc(), jobs.c.id))

    def remove(self, job_id: str) -> None:
        """See the port."""
        self._connection.execute(jobs.delete().where(jobs.c.id == job_id))
        # A report may have been on its way when the job ended.
        self._drop(job_id, job_progress, posts, showcase, showcase_votes)

    def _drop(self, job_id: str, *tables: sa.Table) -> None:
        for table in tables:
            self._connection.execute(table.delete().where(table.c.job_id == job_id))

    def _place(self, platform: str, chat: str, code: str) -> tuple[float, str]:
        """Of a deleted job as well: who goes through a list may delete as they go."""
        mine = sa.and_(jobs.c.code == code, jobs.c.platform == platform, jobs.c.chat == chat)
        row = self._connection.execute(sa.select(jobs.c.created_at, jobs.c.id).where(mine)).first()
        if row is None:
            raise Refusal("job-unknown", job=code)
        return row.created_at, row.id

    def _lock_chat(self, address: Address) -> None:
        """Two accounts may write in one chat at once: on PostgreSQL the sum needs a lock, SQLite has one writer."""
        if self._connection.dialect.name == "postgresql":
            number = zlib.crc32(f"{address.platform}\0{address.chat}".encode())
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))

    def _one(self, where: sa.ColumnElement[bool]) -> Job | None:
        row = self._connection.execute(sa.select(jobs).where(where)).mappings().first()
        return _from_row(row) if row else None

    def _many(self, query: sa.Select[Any]) -> list[Job]:
        return [_from_row(row) for row in self._connection.execute(query).mappings()]

    def _set(self, job_id: str, **values: object) -> None:
        self._connection.execute(jobs.update().where(jobs.c.id == job_id).values(values))


def _of_chat(platform: str, chat: str) -> sa.Select[Any]:
    return sa.select(jobs).where(jobs.c.platform == platform, jobs.c.chat == chat, jobs.c.deleted_at.is_(None))


def _to_row(job: Job) -> dict[str, object]:
    row = {column.name: getattr(job, column.name) for column in jobs.columns if hasattr(job, column.name)}
    return row | {
        "account_id": job.account,
        "platform": job.address.platform,
        "chat": job.address.chat,
        "user": job.address.user,
        "spec": asdict(job.spec),
        "seconds": job.spec.seconds,
        "state": str(job.state),
        "notes": [asdict(note) for note in job.notes],
        "clip": asdict(job.clip) if job.clip else None,
        "wording": asdict(job.wording) if job.wording else None,
        "place": None if job.place == PRIVATE else asdict(job.place),
        "server": job.place.server.id if job.place.server else None,
    }


def _from_row(row: sa.RowMapping) -> Job:
    return Job(
        id=row["id"],
        code=row["code"],
        key=row["key"],
        account=row["account_id"],
        address=Address(row["platform"], row["chat"], row["user"]),
        locale=row["locale"],
        prompt=row["prompt"],
        spec=GenerationSpec(**row["spec"]),
        worker_class=row["worker_class"],
        tier=row["tier"],
        price=row["price"],
        state=JobState(row["state"]),
        created_at=row["created_at"],
        seeded=row["seeded"],
        notes=tuple(Note(note["code"], note["details"]) for note in row["notes"]),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        error=row["error"],
        clip=StoredClip(**row["clip"]) if row["clip"] else None,
        wording=_wording(row["wording"]) if row["wording"] else None,
        place=_place(row["place"]) if row["place"] else PRIVATE,
    )


def _place(stored: dict[str, Any]) -> Place:
    """Of a job of before there were servers too."""
    server = stored.get("server")
    found = Server(server["id"], tuple(server["chats"]), tuple(server["roles"])) if server else None
    return Place(stored["chat"], stored["nsfw"], found)


def _wording(stored: dict[str, Any]) -> Wording:
    return Wording(_translation(stored["revised"]), _translation(stored["english"]))


def _translation(stored: dict[str, Any]) -> Translation:
    fallbacks = tuple(Fallback(**one) for one in stored["fallbacks"])
    return Translation(**{**stored, "fallbacks": fallbacks, "doubts": tuple(stored["doubts"])})
