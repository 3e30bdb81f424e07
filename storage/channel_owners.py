"""Turns an account that goes into what is left of it in channels: another's, or nobody's."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from core.publishing.types import Content, Role, State
from storage.channel_tables import channel_people, publication_steps, publications


def withdraw_of(connection: sa.Connection, account_id: str, *, now: float) -> None:
    """Withdraw what is posted, which takes it off its channels, and drop the rest; nobody's words are left."""
    mine = publications.c.account_id == account_id
    unposted = sa.and_(mine, publications.c.message.is_(None), publications.c.state != str(State.POSTING))
    dropped = sa.select(publications.c.id).where(unposted)
    connection.execute(publication_steps.delete().where(publication_steps.c.publication_id.in_(dropped)))
    connection.execute(publications.delete().where(unposted))
    values = {"content": asdict(Content()), "chat": "", "user": "", "changed_at": now}
    connection.execute(publications.update().where(mine).values(values))
    posted = sa.and_(mine, publications.c.state == str(State.POSTED))
    gone = {"state": str(State.WITHDRAWN), "revision": publications.c.revision + 1}
    connection.execute(publications.update().where(posted).values(gone))
    connection.execute(publication_steps.update().where(publication_steps.c.account_id == account_id).values(why=""))


def join(connection: sa.Connection, source: str, target: str) -> None:
    """Give what ``source`` is and made in channels to ``target``; where both are of one, the higher role stays."""
    theirs = sa.select(channel_people).where(channel_people.c.account_id.in_([source, target]))
    roles = {(row.channel_id, row.account_id): _RANKS.index(Role(row.role)) for row in connection.execute(theirs)}
    for channel, account in roles:
        if account == source and (channel, target) in roles:
            lower = source if roles[channel, source] >= roles[channel, target] else target
            this = sa.and_(channel_people.c.channel_id == channel, channel_people.c.account_id == lower)
            connection.execute(channel_people.delete().where(this))
    for table in (channel_people, publications, publication_steps):
        connection.execute(table.update().where(table.c.account_id == source).values(account_id=target))


_RANKS = (Role.OWNER, Role.EDITOR, Role.MEMBER)
