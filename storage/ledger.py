"""Accounts, holds and append-only entries in the rows of one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from core.errors import Conflict, QuotaExceeded, Refusal
from core.types import Account, EntryKind, LedgerEntry
from storage import channel_owners
from storage.chat_tables import payments
from storage.marks import find_marks, take_strikes
from storage.showcase import join_showcase
from storage.tables import (
    accounts,
    agreements,
    appeals,
    holds,
    identities,
    jobs,
    ledger_entries,
    link_offers,
    notices,
    refusals,
    reports,
    strikes,
)

_WELCOME = "welcome"
_FIRST_TIER = "standard"
_HELD, _CHARGED, _RELEASED = "held", "charged", "released"


class SqlLedger:
    """``core.books.Ledger`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def account_for(self, platform: str, user: str, *, now: float, timezone: str, welcome: int) -> Account:
        """See the port."""
        known = self.account_id(platform, user)
        if known is None:
            known = self._open(platform, user, now=now, timezone=timezone, welcome=welcome)
        if self._connection.dialect.name == "sqlite":
            # One writer, who is this one: nobody links accounts meanwhile.
            return self._require(known)
        self._lock(known)
        if self.account_id(platform, user) != known:
            # Linked to another account while this waited for the lock.
            return self.account_for(platform, user, now=now, timezone=timezone, welcome=welcome)
        return self._require(known)

    def account(self, account_id: str) -> Account | None:
        """See the port."""
        row = self._connection.execute(sa.select(accounts).where(accounts.c.id == account_id)).mappings().first()
        return _account(row) if row else None

    def accounts(self, *, limit: int) -> list[Account]:
        """See the port."""
        query = sa.select(accounts).order_by(accounts.c.created_at.desc()).limit(limit)
        return [_account(row) for row in self._connection.execute(query).mappings()]

    def grant(self, account_id: str, credits_: int, *, now: float, note: str) -> None:
        """See the port."""
        self._require(account_id)
        self._move(account_id, None, EntryKind.GRANT, balance=credits_, held=0, now=now, note=note)

    def hold(self, account_id: str, job_id: str, credits_: int, *, now: float) -> None:
        """See the port."""
        values = {"job_id": job_id, "account_id": account_id, "credits": credits_, "state": _HELD}
        try:
            with self._connection.begin_nested():
                self._connection.execute(holds.insert().values(values))
                self._move(account_id, job_id, EntryKind.HOLD, balance=-credits_, held=credits_, now=now)
        except sa.exc.IntegrityError as error:
            raise Conflict from error

    def charge(self, job_id: str, *, now: float, credits_: int | None = None) -> bool:
        """See the port."""
        settled = self._settle(job_id, _CHARGED)
        if settled:
            account_id, amount = settled
            back = 0 if credits_ is None else max(amount - credits_, 0)
            self._move(account_id, job_id, EntryKind.CHARGE, balance=back, held=-amount, now=now)
        return settled is not None

    def release(self, job_id: str, *, now: float) -> bool:
        """See the port."""
        settled = self._settle(job_id, _RELEASED)
        if settled:
            account_id, amount = settled
            self._move(account_id, job_id, EntryKind.RELEASE, balance=amount, held=-amount, now=now)
        return settled is not None

    def held_jobs(self, platforms: Sequence[str] | None = None) -> list[str]:
        """See the port."""
        query = sa.select(holds.c.job_id).where(holds.c.state == _HELD)
        if platforms is not None:
            query = query.join(jobs, jobs.c.id == holds.c.job_id).where(jobs.c.platform.in_(platforms))
        return list(self._connection.execute(query).scalars())

    def entries(self, account_id: str, *, limit: int) -> list[LedgerEntry]:
        """See the port."""
        query = sa.select(ledger_entries).where(ledger_entries.c.account_id == account_id)
        rows = self._connection.execute(query.order_by(ledger_entries.c.id.desc()).limit(limit)).mappings()
        return [_entry(row) for row in rows]

    def set_blocked(self, account_id: str, blocked: bool) -> None:
        """See the port."""
        self._set(account_id, blocked=blocked)

    def set_tier(self, account_id: str, tier: str) -> None:
        """See the port."""
        self._set(account_id, tier=tier)

    def of_tier(self, tier: str, platform: str) -> list[str]:
        """See the port."""
        theirs = sa.select(identities.c.account_id).where(identities.c.platform == platform)
        query = sa.select(accounts.c.id).where(accounts.c.tier == tier, accounts.c.id.in_(theirs))
        return list(self._connection.execute(query).scalars())

    def move_tier(self, account_id: str, before: str, after: str) -> bool:
        """See the port."""
        mine = accounts.update().where(accounts.c.id == account_id, accounts.c.tier == before)
        return self._connection.execute(mine.values(tier=after)).rowcount == 1

    def set_limits(self, account_id: str, limits: Mapping[str, int]) -> None:
        """See the port."""
        self._set(account_id, limits=dict(limits) or None)

    def set_timezone(self, account_id: str, timezone: str, *, now: float) -> None:
        """See the port."""
        self._set(account_id, timezone=timezone, timezone_set_at=now)

    def offer_link(self, account_id: str, code_hash: str, *, expires_at: float) -> None:
        """See the port."""
        self._connection.execute(link_offers.delete().where(link_offers.c.account_id == account_id))
        values = {"code_hash": code_hash, "account_id": account_id, "expires_at": expires_at}
        self._connection.execute(link_offers.insert().values(values))

    def accept_link(self, account_id: str, code_hash: str, *, now: float) -> Account:
        """See the port."""
        offer = link_offers.c.code_hash == code_hash
        query = sa.select(link_offers.c.account_id).where(offer, link_offers.c.expires_at > now)
        target = self._connection.execute(query).scalar()
        if target is None or target == account_id:
            raise Refusal("link-invalid")
        # Both at once, before anything is written: two accounts may accept each other's code at the same time.
        self._lock(account_id, target)
        if self._connection.execute(link_offers.delete().where(offer)).rowcount == 0:
            raise Refusal("link-invalid")
        self._join(self._require(account_id), target, now)
        return self._require(target)

    def _join(self, source: Account, target: str, now: float) -> None:
        if source.held:
            raise Refusal("link-busy")
        # What is left of a welcome stays behind: new accounts are free, and could be made to be joined.
        brought = max(0, source.balance - self._welcome(source.id))
        self._move(source.id, None, EntryKind.GRANT, balance=-source.balance, held=0, now=now, note=f"to {target}")
        self._move(target, None, EntryKind.GRANT, balance=brought, held=0, now=now, note=f"from {source.id}")
        for table in (strikes, appeals):
            # About the same text each account has one at most.
            theirs = sa.select(table.c.digest).where(table.c.account_id == target)
            mine = table.c.account_id == source.id
            self._connection.execute(table.delete().where(mine, table.c.digest.in_(theirs)))
        for table in (identities, jobs, strikes, appeals, refusals, reports, notices, payments, agreements):
            self._connection.execute(table.update().where(table.c.account_id == source.id).values(account_id=target))
        join_showcase(self._connection, source.id, target)
        channel_owners.join(self._connection, source.id, target)
        self._connection.execute(link_offers.delete().where(link_offers.c.account_id == source.id))
        if source.blocked:
            self.set_blocked(target, blocked=True)
        kept = self._require(target)
        self.set_limits(target, _stricter(source.limits, kept.limits))
        if kept.tier == _FIRST_TIER:
            self.set_tier(target, source.tier)

    def _welcome(self, account_id: str) -> int:
        mine = sa.and_(ledger_entries.c.account_id == account_id, ledger_entries.c.note == _WELCOME)
        query = sa.select(sa.func.coalesce(sa.func.sum(ledger_entries.c.balance), 0)).where(mine)
        return int(self._connection.execute(query).scalar_one())

    def account_id(self, platform: str, user: str) -> str | None:
        """See the port."""
        query = sa.select(identities.c.account_id)
        return self._connection.execute(
            query.where(identities.c.platform == platform, identities.c.user == user)
        ).scalar()

    def _open(self, platform: str, user: str, *, now: float, timezone: str, welcome: int) -> str:
        account_id = secrets.token_hex(8)
        # Who comes back after they were forgotten has had their welcome, and stays blocked.
        was_here, is_blocked = find_marks(self._connection, platform, user)
        row = {"id": account_id, "balance": 0, "held": 0, "blocked": is_blocked, "tier": _FIRST_TIER}
        try:
            with self._connection.begin_nested():
                self._connection.execute(accounts.insert().values(row | {"timezone": timezone, "created_at": now}))
                self._connection.execute(
                    identities.insert().values(platform=platform, user=user, account_id=account_id)
                )
                if was_here and (found := take_strikes(self._connection, platform, user)):
                    # Nor do they get rid of strikes by it.
                    self._connection.execute(strikes.insert(), [one | {"account_id": account_id} for one in found])
                if welcome and not was_here:
                    self.grant(account_id, welcome, now=now, note=_WELCOME)
        except sa.exc.IntegrityError:
            other = self.account_id(platform, user)
            if other is None:
                raise
            return other
        return account_id

    def _settle(self, job_id: str, state: str) -> tuple[str, int] | None:
        """Close the open hold; None where there is none, so that a second settlement writes nothing."""
        mine = sa.and_(holds.c.job_id == job_id, holds.c.state == _HELD)
        if self._connection.execute(holds.update().where(mine).values(state=state)).rowcount == 0:
            return None
        row = self._connection.execute(
            sa.select(holds.c.account_id, holds.c.credits).where(holds.c.job_id == job_id)
        ).one()
        return row.account_id, row.credits

    def _move(
        self,
        account_id: str,
        job_id: str | None,
        kind: EntryKind,
        *,
        balance: int,
        held: int,
        now: float,
        note: str = "",
    ) -> None:
        enough = sa.and_(accounts.c.id == account_id, accounts.c.balance + balance >= 0)
        changed = accounts.update().where(enough)
        changed = changed.values(balance=accounts.c.balance + balance, held=accounts.c.held + held)
        if self._connection.execute(changed).rowcount == 0:
            account = self._require(account_id)
            raise QuotaExceeded("credits-short", price=-balance, balance=account.balance)
        self._connection.execute(
            ledger_entries.insert().values(
                account_id=account_id,
                job_id=job_id,
                kind=str(kind),
                balance=balance,
                held=held,
                note=note[:200],
                created_at=now,
            )
        )

    def _lock(self, *account_ids: str) -> None:
        """Hold the accounts' rows until the transaction ends; SQLite has one writer and needs no lock."""
        query = sa.select(accounts.c.id).where(accounts.c.id.in_(account_ids)).order_by(accounts.c.id)
        self._connection.execute(query.with_for_update())

    def _require(self, account_id: str) -> Account:
        account = self.account(account_id)
        if account is None:
            raise Conflict
        return account

    def _set(self, account_id: str, **values: object) -> None:
        self._connection.execute(accounts.update().where(accounts.c.id == account_id).values(values))


def _stricter(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Figures of either; where both have one, the smaller: nobody shall get rid of a limit by a new account."""
    return {name: min(limits[name] for limits in (one, other) if name in limits) for name in {**one, **other}}


def _account(row: sa.RowMapping) -> Account:
    return Account(**{name: row[name] for name in Account.__dataclass_fields__} | {"limits": row["limits"] or {}})


def _entry(row: sa.RowMapping) -> LedgerEntry:
    return LedgerEntry(
        account=row["account_id"],
        kind=EntryKind(row["kind"]),
        balance=row["balance"],
        held=row["held"],
        created_at=row["created_at"],
        job=row["job_id"],
        note=row["note"],
    )
