"""Turns a group of environment variables into a part of the settings, and a file into the secret it holds."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from piying.mistake import Mistake


class Part(BaseModel):
    """A part of the settings: frozen, and nothing in it that is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_secret(variable: str, value: SecretStr | None, file: Path | None) -> str | None:
    """A secret, from the ``variable`` of that value or from a file, which wins.

    Raises:
        Mistake: the file cannot be read, or holds none: nothing must stand open, or go without a key, for that.
    """
    if file is None:
        return value.get_secret_value() if value else None
    try:
        secret = file.read_text("utf-8").strip()
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Mistake(f"{variable}_FILE: cannot read {file}: {why}") from error
    if not secret:
        raise Mistake(f"{variable}_FILE: {file} is empty")
    return secret
