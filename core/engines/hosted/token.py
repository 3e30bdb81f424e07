"""Turns how far a clip has come at a vendor into the text that a later attempt goes on from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from core.engines.hosted.vendor import Remote
from core.errors import EngineFault

_VERSION = 1


@dataclass(frozen=True)
class Token:
    """``mark`` is our id of the request, ``key`` the name of the key it went out with, ``at`` when (epoch seconds).

    ``task`` is None before the vendor has answered: nobody can say then whether the clip is being made. ``is_found``:
    it was picked from a list, since the answer was lost. ``model`` is the key of the card, and ``vendor`` whose it is:
    a job may have gone to another engine since.
    """

    vendor: str
    model: str
    mark: str
    key: str
    at: float
    task: Remote | None = None
    is_found: bool = False

    def __str__(self) -> str:
        """As it is stored."""
        return json.dumps({"v": _VERSION, **asdict(self)})


def read_token(text: str | None, vendor: str) -> Token | None:
    """What an earlier attempt saved; None where there was none, or it was another vendor's and came to nothing.

    Raises:
        EngineFault: a later version of Piying wrote it.
    """
    if not text:
        return None
    told = json.loads(text)
    if told.pop("v") != _VERSION:
        raise EngineFault
    task = told.pop("task")
    token = Token(**told, task=Remote(**task) if task else None)
    return token if token.vendor == vendor else None
