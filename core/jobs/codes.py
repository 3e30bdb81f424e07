"""Turns a request's key into a job id, and chance into a short code people can say."""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 O 1 I L U: read aloud or from a phone they get mixed up."""
CODE_LENGTH = 7
_LONGEST_CODE = 16


def new_id(key: str) -> str:
    """The job id of a request: the same key gives the same id, and the key cannot be read from it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def may_be_code(text: str) -> bool:
    """Whether it is worth looking up."""
    return text.isascii() and text.isalnum() and len(text) <= _LONGEST_CODE


def new_code() -> str:
    """A public name such as ``K7QM2XD``: 30^7 of them, so that guessing one finds nothing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
