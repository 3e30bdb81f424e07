"""Turns the settings into the casework of a process, with the salt that its digests are made with."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from core.ports import Clock, Softener, Store
from core.safety.appeals import StrikeRule
from core.safety.casework import Casework
from piying.mistake import Mistake
from piying.settings import Settings

_DAY = 86400.0
_SALT_BYTES = 32


def make_casework(settings: Settings, store: Store, clock: Clock, softener: Softener | None) -> Casework:
    """What is decided is recorded, strikes are counted and appeals heard; a ``softener`` writes harmless versions."""
    rule = StrikeRule(settings.safety.strikes, settings.safety.strike_days * _DAY)
    settings.make_data_folder()
    return Casework(store, clock, salt=read_salt(settings.data_folder / "audit.salt"), rule=rule, softener=softener)


def read_salt(path: Path) -> bytes:
    """What texts are told apart by in the records, which must not be guessed; made where there is none.

    Raises:
        Mistake: the file holds too little to be one.
    """
    if not path.exists():
        _make_salt(path)
    salt = path.read_bytes()
    if len(salt) < _SALT_BYTES:
        raise Mistake(f"{path} is cut short: bring back a copy, or remove it, and with it what was ruled on appeals")
    return salt


def _make_salt(path: Path) -> None:
    """Whole or not at all, and of two processes at once by one."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_SALT_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError:
        return
    finally:
        part.unlink()
