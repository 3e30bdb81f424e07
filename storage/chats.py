"""Turns the jobs of all chats into what one user has in them, and what one chat's members use."""

from __future__ import annotations

import sqlalchemy as sa

from core.errors import Refusal
from core.quotas.usage import Used
from core.types import Address, Job, JobState
from storage.jobs import SqlJobs
from storage.preferences import SqlPreferences
from storage.tables import jobs, metadata


class SqlChats:
    """``core.records.Chats`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def history(
        self, account: str, address: Address, *, limit: int, after: str | None = None, words: str | None = None
    ) -> list[Job]:
        """See the port. The account leads to the jobs by an index; its other users' are left out."""
        own = [jobs.c.account_id == account, jobs.c.platform == address.platform, jobs.c.user == address.user]
        shown = [*own, jobs.c.deleted_at.is_(None)]
        if words is not None:
            shown += [jobs.c.state == JobState.SUCCEEDED, _said(words)]
        if after is not None:
            shown.append(sa.tuple_(jobs.c.created_at, jobs.c.id) < sa.tuple_(*self._place(after, own)))
        order = (jobs.c.created_at.desc(), jobs.c.id.desc())
        return SqlJobs(self._connection).where(*shown, order=order, limit=limit)

    def usage(self, platform: str, chat: str, *, since: float) -> list[Used]:
        """See the port."""
        clips, seconds = sa.func.count(), sa.func.sum(jobs.c.seconds)
        counted = SqlJobs.counted(since)
        here = SqlJobs.within(platform, chat)
        query = sa.select(jobs.c.user, clips, seconds).where(counted, here).group_by(jobs.c.user)
        rows = self._connection.execute(query.order_by(clips.desc(), jobs.c.user))
        return [Used(user, count, float(length)) for user, count, length in rows]

    def move(self, platform: str, old: str, new: str) -> int:
        """See the port."""
        moved = 0
        for table in metadata.sorted_tables:
            if "platform" in table.columns and "chat" in table.columns:
                there = sa.and_(table.c.platform == platform, table.c.chat == old)
                count = self._connection.execute(table.update().where(there).values(chat=new)).rowcount
                moved += count if table is jobs else 0
        SqlPreferences(self._connection).move_chat(platform, old, new)
        return moved

    def _place(self, code: str, own: list[sa.ColumnElement[bool]]) -> tuple[float, str]:
        """Of a deleted job as well: who goes through a list may delete as they go."""
        row = self._connection.execute(sa.select(jobs.c.created_at, jobs.c.id).where(jobs.c.code == code, *own)).first()
        if row is None:
            raise Refusal("job-unknown", job=code[:40])
        return row.created_at, row.id


def _said(words: str) -> sa.ColumnElement[bool]:
    """A code that begins so, or a prompt with all of the words."""
    each = words.split()
    in_prompt = sa.and_(sa.true(), *(jobs.c.prompt.icontains(word, autoescape=True) for word in each))
    if len(each) != 1:
        return in_prompt
    return sa.or_(jobs.c.code.startswith(each[0].upper(), autoescape=True), in_prompt)
