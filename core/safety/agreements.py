"""Turns what a user declared or agreed to into the record that the law asks for.

Three things want a user's word: a real person or somebody's character in a prompt, a picture that a clip begins or ends
with, and a copy without the visible label. China's labelling measures (article 9) let a provider give such a copy to a
user who asks for it, once the user's duties are agreed upon, if that is kept for at least six months.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.types import Job, Request

DECLARED = "declared"
"""The code of a job's note that says what its user declared."""
PICTURE = "picture"
"""They may use the picture, and those in it agree."""
UNLABELLED = "unlabelled"
"""They bear the duty to label the copy that they get without a label."""
TERMS = "1"
"""The version of the sentences that are agreed to; it changes with what they say."""
KEEP_SECONDS = 184 * 86400.0
"""Six months, the longest there are."""


@dataclass(frozen=True)
class Agreement:
    """What an account gave its word on, and for which clip.

    ``matter`` is ``picture``, ``unlabelled``, or the category of what a prompt names (``real-person``, ``ip``).
    ``digest`` is the SHA-256 of the pictures as they came, "" where there were none. Nothing else is kept of either.
    """

    account: str
    job: str
    code: str
    matter: str
    digest: str
    terms: str
    agreed_at: float


def agreements_of(job: Job, digest: str) -> list[Agreement]:
    """What its user declared and agreed to, as its notes say; ``digest`` is that of its pictures."""
    matters = [str(note.details["category"]) for note in job.notes if note.code == DECLARED]
    matters += [UNLABELLED for note in job.notes if note.code == UNLABELLED]
    return [
        Agreement(job.account, job.id, job.code, matter, digest if matter == PICTURE else "", TERMS, job.created_at)
        for matter in matters
    ]


def picture_digest(request: Request) -> str:
    """The SHA-256 of a request's pictures as they came, one after the other; "" of none."""
    pictures = [picture for picture in (request.image, request.last_image) if picture is not None]
    return hashlib.sha256(b"".join(pictures)).hexdigest() if pictures else ""
