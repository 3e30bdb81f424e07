"""Says of a clip whether it may be published in a channel."""

from __future__ import annotations

from core.errors import Refusal
from core.publishing.types import Profile
from core.safety.agreements import UNLABELLED
from core.types import Job, JobState

_RATIOS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4}
RATIOS = tuple(_RATIOS)
_NEAR = 0.03
"""Models round the sides."""


def require_publishable(job: Job, account: str, profile: Profile) -> None:
    """Let one's own finished and labelled clip pass, of a recipe and a shape that the channel takes.

    Raises:
        Refusal: it says what the clip or the channel would have to be.
    """
    if job.account != account:
        raise Refusal("not-yours", job=job.code)
    if job.state is not JobState.SUCCEEDED or job.clip is None:
        raise Refusal("publication-unmade", job=job.code)
    if any(note.code == UNLABELLED for note in job.notes):
        raise Refusal("publication-unlabelled", job=job.code)
    if job.place.nsfw:
        raise Refusal("clip-for-adults", job=job.code)
    if profile.recipes and job.spec.recipe not in profile.recipes:
        raise Refusal("publication-recipe", job=job.code, known=", ".join(profile.recipes))
    shape = job.clip.width / job.clip.height
    if profile.ratio and abs(shape / _RATIOS[profile.ratio] - 1) > _NEAR:
        raise Refusal("publication-ratio", job=job.code, ratio=profile.ratio)
