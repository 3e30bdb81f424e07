"""``piying keys …``: what an operator does with the keys that programs come in by, and with those that sign clips."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bots.videos.mapping import PLATFORM, to_address
from core.keys import new_key
from core.types import ApiKey
from piying.mistake import Mistake
from piying.provenance_settings import init_keys
from piying.settings import Settings
from piying.wiring import open_store

_LONGEST_NAME = 100


def create_key(settings: Settings, name: str, credits_: int | None) -> None:
    """Make a key with an account of its own and print it, this once.

    Raises:
        Mistake: the name is none, or too long.
    """
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise Mistake(f"the name of a key has 1 to {_LONGEST_NAME} characters")
    now = time.time()
    text, key = new_key(name.strip(), now=now)
    welcome = settings.limits.welcome_credits if credits_ is None else credits_
    with open_store(settings).begin() as tx:
        tx.keys.add(key)
        user = to_address(key.id).user
        account = tx.ledger.account_for(PLATFORM, user, now=now, timezone=settings.timezone, welcome=welcome)
    print(text)
    told = f"key {key.id}, account {account.id}, {account.balance} credits. It is not shown again."
    print(told, file=sys.stderr)


def list_keys(settings: Settings) -> None:
    """All keys, the newest first, with the accounts that pay for what they ask."""
    with open_store(settings).look() as tx:
        rows = [(key, tx.ledger.account_id(PLATFORM, to_address(key.id).user)) for key in tx.keys.all()]
    table = Table(Column("key", no_wrap=True), "name", Column("account", no_wrap=True), "made (UTC)", "revoked (UTC)")
    for key, account in rows:
        table.add_row(key.id, escape(key.name), account or "", *_moments(key))
    Console().print(table)


def revoke_key(settings: Settings, key_id: str) -> None:
    """Take a key out of force at once. Jobs it asked for go on; nobody can see them.

    Raises:
        Mistake: there is no such key in force.
    """
    with open_store(settings).begin() as tx:
        if not tx.keys.revoke(key_id, now=time.time()):
            raise Mistake(f"no key {key_id} in force: `piying keys list` shows them")
    print(f"{key_id} is revoked")


def init_signing(settings: Settings) -> None:
    """Make the keys that clips are signed and watermarked with, or say that they are there.

    Raises:
        Mistake: they cannot be made.
    """
    home, is_new = init_keys(settings.provenance, settings.data_folder)
    print(f"{'made' if is_new else 'there already'}: {home}")
    told = "Keep a copy: clips that were signed with lost keys read as signed by an unknown signer, for ever."
    print(told, file=sys.stderr)


def _moments(key: ApiKey) -> tuple[str, str]:
    made, revoked = (
        time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment)) if moment is not None else ""
        for moment in (key.created_at, key.revoked_at)
    )
    return made, revoked
