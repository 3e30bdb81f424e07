"""Channels and their people in the rows of one transaction."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.publishing.types import Channel, Person, Profile, Role
from core.types import Address
from storage.channel_tables import channel_people, channels, publication_steps, publications
from storage.upsert import insert

_RANKS = (Role.OWNER, Role.EDITOR, Role.MEMBER)


class SqlChannels:
    """``core.publishing.records.Channels`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, channel: Channel) -> bool:
        """See the port."""
        row = {"id": channel.id, "code": channel.code, "title": channel.title, "created_at": channel.created_at}
        row |= asdict(channel.address) | {"profile": asdict(channel.profile)}
        new = insert(self._connection, channels).values(row)
        once = new.on_conflict_do_nothing(index_elements=["platform", "chat"]).returning(channels.c.id)
        return self._connection.execute(once).first() is not None

    def get(self, channel_id: str) -> Channel | None:
        """See the port."""
        return self._one(channels.c.id == channel_id)

    def by_code(self, code: str) -> Channel | None:
        """See the port."""
        return self._one(channels.c.code == code)

    def of(self, account: str) -> list[Channel]:
        """See the port."""
        theirs = sa.select(channel_people.c.channel_id).where(channel_people.c.account_id == account)
        query = sa.select(channels).where(channels.c.id.in_(theirs)).order_by(channels.c.created_at, channels.c.id)
        return [_channel(row) for row in self._connection.execute(query).mappings()]

    def set_profile(self, channel_id: str, profile: Profile) -> None:
        """See the port."""
        this = channels.update().where(channels.c.id == channel_id)
        self._connection.execute(this.values(profile=asdict(profile)))

    def remove(self, channel_id: str) -> None:
        """See the port."""
        of_it = sa.select(publications.c.id).where(publications.c.channel_id == channel_id)
        self._connection.execute(publication_steps.delete().where(publication_steps.c.publication_id.in_(of_it)))
        for table in (publications, channel_people):
            self._connection.execute(table.delete().where(table.c.channel_id == channel_id))
        self._connection.execute(channels.delete().where(channels.c.id == channel_id))

    def put_person(self, person: Person) -> None:
        """See the port."""
        key = {"channel_id": person.channel, "account_id": person.account}
        values = asdict(person.address) | {"role": str(person.role), "locale": person.locale, "since": person.since}
        new = insert(self._connection, channel_people).values(key | values)
        self._connection.execute(new.on_conflict_do_update(index_elements=list(key), set_=values))

    def drop_person(self, channel_id: str, account: str) -> bool:
        """See the port."""
        this = sa.and_(channel_people.c.channel_id == channel_id, channel_people.c.account_id == account)
        return self._connection.execute(channel_people.delete().where(this)).rowcount == 1

    def people(self, channel_id: str) -> list[Person]:
        """See the port."""
        theirs = sa.select(channel_people).where(channel_people.c.channel_id == channel_id)
        rank = sa.case({str(role): number for number, role in enumerate(_RANKS)}, value=channel_people.c.role)
        order = (rank, channel_people.c.since, channel_people.c.account_id)
        return [_person(row) for row in self._connection.execute(theirs.order_by(*order)).mappings()]

    def _one(self, condition: sa.ColumnElement[bool]) -> Channel | None:
        row = self._connection.execute(sa.select(channels).where(condition)).mappings().first()
        return _channel(row) if row else None


def _channel(row: sa.RowMapping) -> Channel:
    address = Address(row["platform"], row["chat"], row["user"])
    return Channel(row["id"], row["code"], address, row["title"], _profile(row["profile"]), row["created_at"])


def _profile(stored: dict[str, Any]) -> Profile:
    quiet = stored["quiet"]
    lists = {name: tuple(stored[name]) for name in ("recipes", "languages", "words")}
    return Profile(**(stored | lists | {"quiet": tuple(quiet) if quiet else None}))


def _person(row: sa.RowMapping) -> Person:
    address = Address(row["platform"], row["chat"], row["user"])
    return Person(row["channel_id"], row["account_id"], Role(row["role"]), address, row["locale"], row["since"])
