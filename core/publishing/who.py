"""Turns somebody and a channel into what they are there, and what they may not do into a refusal on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from core.errors import Refusal
from core.jobs.codes import may_be_code
from core.publishing.permissions import Deed, Right, permitting
from core.publishing.types import Channel, Publication, Role
from core.types import Address, Locale

if TYPE_CHECKING:
    from core.ports import Transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Who:
    """Somebody who wants something: their account, where they are answered, and whether they run this bot."""

    account: str
    address: Address
    locale: Locale
    is_operator: bool = False


def channel_for(tx: Transaction, who: Who, code: str, deed: Deed) -> Channel:
    """The channel of a code, for somebody who may do this in it.

    Raises:
        Refusal: ``channel-unknown``, also for who is nobody there; ``not-permitted``.
    """
    name = code.strip().upper()
    channel = tx.channels.by_code(name) if may_be_code(name) else None
    if channel is None:
        raise Refusal("channel-unknown", channel=code[:40])
    roles = roles_of(tx, who, channel)
    if permitting(roles, deed) is None:
        if permitting(roles, Right.SEE) is None:
            raise refused(who, channel, deed, Refusal("channel-unknown", channel=code[:40]))
        raise refused(who, channel, deed, Refusal("not-permitted", channel=channel.title))
    return channel


def roles_of(tx: Transaction, who: Who, channel: Channel, publication: Publication | None = None) -> list[Role]:
    """What somebody is to a channel, and to a publication; an outsider is at least that."""
    roles = [one.role for one in tx.channels.people(channel.id) if one.account == who.account]
    if publication and publication.account == who.account:
        roles.append(Role.AUTHOR)
    if who.is_operator:
        roles.append(Role.OPERATOR)
    return roles or [Role.OUTSIDER]


def refused(who: Who, channel: Channel, deed: Deed, refusal: Refusal) -> Refusal:
    """The refusal, which is kept in the log from then on."""
    platform = who.address.platform
    log.info("publishing.refused", deed=str(deed), channel=channel.code, platform=platform, code=refusal.code)
    return refusal
