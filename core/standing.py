"""Turns a Request into how whoever asks stands here, in one look at the database."""

from __future__ import annotations

from dataclasses import dataclass

from core.defaults import Chosen, require_open
from core.errors import Conflict
from core.ports import Clock, Store, Transaction
from core.quotas.limits import ruling_chat
from core.safety.casework import Casework
from core.safety.review import Docket
from core.types import Account, Address, Job, Request


@dataclass(frozen=True)
class Standing:
    """Who pays, what they and their chat ``chosen`` for good, and what was decided of the same text before."""

    account: Account
    chosen: Chosen
    docket: Docket


class Standings:
    """``welcome`` are the credits of an account that is made when its user is first seen; its day is ``timezone``'s."""

    def __init__(self, store: Store, clock: Clock, *, timezone: str, welcome: int, casework: Casework | None) -> None:
        self._store, self._clock, self._casework = store, clock, casework
        self._timezone, self._welcome = timezone, welcome

    def find(self, request: Request, *, submitted: bool) -> Standing | Job:
        """How its user stands, or the job that the same request, ``submitted`` before, has become. Blocking.

        Raises:
            Conflict: that job is somebody else's.
            Refusal: the chat's administrators leave no room for it, or the account is paused.
        """
        with self._store.look() as tx:
            if submitted and (job := known_job(tx, request)):
                return job
            chosen = _chosen(tx, request)
            require_open(chosen.chat, request)
            address = request.address
            account_id = tx.ledger.account_id(address.platform, address.user)
            account = tx.ledger.account(account_id) if account_id else None
            if account:
                return Standing(account, chosen, self._docket(tx, request, account, submitted=submitted))
        # Their first request: a look makes no account.
        with self._store.begin() as tx:
            account = self.account_in(tx, request.address)
            return Standing(account, chosen, self._docket(tx, request, account, submitted=submitted))

    def account(self, address: Address) -> Account:
        """The account behind an address; made when first seen. Blocking."""
        with self._store.begin() as tx:
            return self.account_in(tx, address)

    def account_in(self, tx: Transaction, address: Address) -> Account:
        """The same, within a transaction."""
        return tx.ledger.account_for(
            address.platform, address.user, now=self._clock.now(), timezone=self._timezone, welcome=self._welcome
        )

    def _docket(self, tx: Transaction, request: Request, account: Account, *, submitted: bool) -> Docket:
        return self._casework.docket(tx, request, account, submitted=submitted) if self._casework else Docket()


def known_job(tx: Transaction, request: Request) -> Job | None:
    """What the same request has become before.

    Raises:
        Conflict: that is somebody else's: whatever led here, it is not theirs to see.
    """
    job = tx.jobs.by_key(request.key)
    if job is not None and job.address != request.address:
        raise Conflict
    return job


def _chosen(tx: Transaction, request: Request) -> Chosen:
    address = request.address
    user = tx.preferences.user(address.platform, address.user)
    return Chosen(user, tx.preferences.chat(address.platform, ruling_chat(address, request.place)))
