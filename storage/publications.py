"""Publications in the rows of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.publishing.records import task_name
from core.publishing.types import Action, Content, Publication, Role, State, Step
from core.types import Address
from storage.channel_tables import UNLIKE, channels, publication_steps, publications
from storage.tables import jobs

_BATCH = 500
_COLUMNS = ("state", "changed_at", "at", "turn", "begun", "message", "error", "revision", "shown")
"""Those that can change, beside the content."""
_AT_REST = (State.DRAFT, State.DECLINED, State.FAILED, State.MISSED, State.WITHDRAWN)


class SqlPublications:
    """``core.publishing.records.Publications`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, publication: Publication) -> None:
        """See the port."""
        row = {"id": publication.id, "code": publication.code, "channel_id": publication.channel}
        row |= {"job_id": publication.job, "account_id": publication.account, "locale": publication.locale}
        row |= asdict(publication.address) | {"created_at": publication.created_at}
        self._connection.execute(publications.insert().values(row | _values(publication)))

    def get(self, publication_id: str, *, for_change: bool = False) -> Publication | None:
        """See the port."""
        return self._one(publications.c.id == publication_id, for_change=for_change)

    def by_code(self, code: str, *, for_change: bool = False) -> Publication | None:
        """See the port."""
        return self._one(publications.c.code == code, for_change=for_change)

    def put(self, publication: Publication) -> None:
        """See the port."""
        this = publications.update().where(publications.c.id == publication.id)
        self._connection.execute(this.values(_values(publication)))

    def note(self, step: Step) -> None:
        """See the port."""
        row: dict[str, Any] = {"publication_id": step.publication, "account_id": step.account, "at": step.at}
        row |= {"action": str(step.action), "state": str(step.state), "why": step.why}
        row |= {"role": str(step.role) if step.role else None}
        self._connection.execute(publication_steps.insert().values(row))

    def steps(self, publication_id: str) -> list[Step]:
        """See the port."""
        these = sa.select(publication_steps).where(publication_steps.c.publication_id == publication_id)
        return [_step(row) for row in self._connection.execute(these.order_by(publication_steps.c.id)).mappings()]

    def of_channel(self, channel_id: str, states: Sequence[State], *, limit: int) -> list[Publication]:
        """See the port."""
        return self._some(publications.c.channel_id == channel_id, _in(states), limit=limit)

    def of_account(self, account: str, states: Sequence[State], *, limit: int) -> list[Publication]:
        """See the port."""
        return self._some(publications.c.account_id == account, _in(states), limit=limit)

    def posted_in(self, platform: str, chat: str, *, limit: int) -> list[Publication]:
        """See the port."""
        here = sa.select(channels.c.id).where(channels.c.platform == platform, channels.c.chat == chat)
        # What is just being sent may be seen already.
        standing = [publications.c.channel_id.in_(here), _in([State.POSTED, State.POSTING])]
        order = (publications.c.at.desc(), publications.c.id)
        return self._some(*standing, order=order, limit=limit)

    def due(self, platforms: Sequence[str], *, now: float, limit: int) -> list[str]:
        """See the port."""
        query = self._ids(platforms).where(_in([State.SCHEDULED]), publications.c.at <= now)
        return self._listed(query.order_by(publications.c.at, publications.c.id), limit)

    def unlike(self, platforms: Sequence[str], *, limit: int) -> list[str]:
        """See the port. Two questions, each of which an index answers."""
        order = publications.c.changed_at
        changed = self._ids(platforms).where(sa.text(UNLIKE))
        deleted = sa.select(jobs.c.id).where(jobs.c.deleted_at >= 0)
        gone = self._ids(platforms).where(publications.c.job_id.in_(deleted), publications.c.message.is_not(None))
        found = [*self._listed(changed.order_by(order), limit), *self._listed(gone.order_by(order), limit)]
        return list(dict.fromkeys(found))[:limit]

    def posting(self, platforms: Sequence[str], *, before: float, limit: int) -> list[Publication]:
        """See the port."""
        old = self._ids(platforms).where(_in([State.POSTING]), publications.c.changed_at < before)
        return self._some(publications.c.id.in_(self._listed(old, limit)), limit=limit)

    def remove_before(self, moment: float) -> list[str]:
        """See the port. Of a posted one the row stays as long as its post: it can be withdrawn."""
        old = [_in(_AT_REST), publications.c.message.is_(None), publications.c.changed_at < moment]
        found = self._some(*old, limit=_BATCH)
        ids = [publication.id for publication in found]
        self._connection.execute(publication_steps.delete().where(publication_steps.c.publication_id.in_(ids)))
        self._connection.execute(publications.delete().where(publications.c.id.in_(ids)))
        return [task_name(one, turn) for one in found for turn in range(1, one.turn + 1)]

    def _one(self, condition: sa.ColumnElement[bool], *, for_change: bool) -> Publication | None:
        query = sa.select(publications).where(condition)
        row = self._connection.execute(query.with_for_update() if for_change else query).mappings().first()
        return _publication(row) if row else None

    def _some(self, *conditions: Any, order: Sequence[Any] = (), limit: int) -> list[Publication]:
        query = sa.select(publications).where(*conditions).limit(limit)
        query = query.order_by(*(order or (publications.c.created_at, publications.c.id)))
        return [_publication(row) for row in self._connection.execute(query).mappings()]

    def _ids(self, platforms: Sequence[str]) -> sa.Select[Any]:
        """Asked of each row, since there are few: to go by channels would be to read all that stands in them."""
        there = sa.exists().where(channels.c.id == publications.c.channel_id, channels.c.platform.in_(platforms))
        return sa.select(publications.c.id).where(there)

    def _listed(self, query: sa.Select[Any], limit: int) -> list[str]:
        return list(self._connection.execute(query.limit(limit)).scalars())


def _in(states: Sequence[State]) -> sa.ColumnElement[bool]:
    return publications.c.state.in_([str(state) for state in states])


def _values(publication: Publication) -> dict[str, Any]:
    values = {name: getattr(publication, name) for name in _COLUMNS}
    return values | {"state": str(publication.state), "content": asdict(publication.content)}


def _publication(row: sa.RowMapping) -> Publication:
    kept = {name: row[name] for name in (*_COLUMNS, "id", "code", "locale", "created_at")}
    content = Content(**(row["content"] | {"tags": tuple(row["content"]["tags"])}))
    address = Address(row["platform"], row["chat"], row["user"])
    owned = {"channel": row["channel_id"], "job": row["job_id"], "account": row["account_id"], "address": address}
    return Publication(**(kept | owned | {"state": State(row["state"]), "content": content}))


def _step(row: sa.RowMapping) -> Step:
    role = Role(row["role"]) if row["role"] else None
    action, state = Action(row["action"]), State(row["state"])
    return Step(row["publication_id"], action, state, row["account_id"], role, row["at"], row["why"])
