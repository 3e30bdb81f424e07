"""Turns a refusal into what its code alone opens, and back: the database by itself gives no text away."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import asdict
from typing import Any

from core.safety.appeals import Appeal, AppealState, Sealed
from core.safety.audit import salted
from core.types import Address, Category


def refusal_digest(salt: bytes, code: str) -> str:
    """What the refusal of a code is found by."""
    return salted(salt, f"refusal\0{code}")


def seal(salt: bytes, appeal: Appeal) -> Sealed:
    """What is stored until somebody appeals."""
    from cryptography.fernet import Fernet

    text = json.dumps(asdict(appeal), ensure_ascii=False).encode()
    sealed = Fernet(_key(salt, appeal.id)).encrypt(text).decode()
    return Sealed(refusal_digest(salt, appeal.id), appeal.account, sealed, appeal.created_at)


def unseal(salt: bytes, code: str, kept: Sealed) -> Appeal | None:
    """The appeal as it would be; None where it was sealed with another salt."""
    from cryptography.fernet import Fernet, InvalidToken

    try:
        said: dict[str, Any] = json.loads(Fernet(_key(salt, code)).decrypt(kept.sealed.encode()))
    except InvalidToken:
        return None
    category = None if said["category"] is None else Category(said["category"])
    told = {"address": Address(**said["address"]), "category": category, "state": AppealState(said["state"])}
    # Its account may have been joined to another since.
    return Appeal(**{**said, **told, "account": kept.account})


def _key(salt: bytes, code: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(salt, f"seal\0{code}".encode(), "sha256"))
