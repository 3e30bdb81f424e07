"""Turns chance into an API key, and a key into the little that may be stored of it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from core.types import ApiKey

_PREFIX = "sk-piying-"
_SECRET_BYTES = 32
_NOBODYS = "0" * 64
_KEY = re.compile(rf"{_PREFIX}([0-9a-f]{{16}})-[A-Za-z0-9_-]{{43}}", re.ASCII)


def new_key(name: str, *, now: float) -> tuple[str, ApiKey]:
    """A key to be shown once, and what is stored of it."""
    key_id = secrets.token_hex(8)
    text = f"{_PREFIX}{key_id}-{secrets.token_urlsafe(_SECRET_BYTES)}"
    return text, ApiKey(key_id, _digest(text), name, now)


def id_of(text: str) -> str | None:
    """The id that a key names, known or not; None where the text is no key."""
    found = _KEY.fullmatch(text)
    return found[1] if found else None


def opens(key: ApiKey | None, text: str) -> bool:
    """Whether the text is that key, and it is in force. Takes as long for a wrong one."""
    is_same = hmac.compare_digest(_digest(text), key.digest if key else _NOBODYS)
    return is_same and key is not None and key.revoked_at is None


def _digest(text: str) -> str:
    """A key is 256 bits of chance: nothing slower is needed to keep it from being guessed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
