"""Two pure translations: a request's fields into core's nouns, and core's nouns into the protocol's objects."""

from __future__ import annotations

import hashlib
import math
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bots.presenter import notes_on, percent_of, present_note, present_state
from bots.rewording import record_wording
from bots.videos.body import Fields
from bots.videos.pictures import read_picture
from bots.videos.problems import field_problem, own
from core.catalogue.cards import ModelCard, Recipe
from core.catalogue.catalogue import Catalogue
from core.types import Address, Job, JobState, Locale, Options, Progress, QueuePlace, Request
from translation.localiser import Localiser

PLATFORM = "api"
_ID = re.compile(r"video_([0-9a-z]{1,16})", re.ASCII)
_STATUS = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "in_progress",
    JobState.SUCCEEDED: "completed",
    JobState.FAILED: "failed",
    # The protocol has no word of its own for it.
    JobState.CANCELLED: "failed",
}
_CODES = {"prompt-blocked": "moderation_blocked"}
_POLL_MS = (200, 1000, 10_000)
"""The least, where nothing is known, and the most."""
_ASKS_PER_WAIT = 4
"""OpenAI's own client goes on at the pace it was first told: so a part of the wait, not the whole."""

Wire = dict[str, Any]
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Short = Annotated[str, Field(max_length=100)]


class Remix(BaseModel):
    """What another video of the same options needs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    declares: bool = False


class Creation(Remix):
    """What a video is asked for with; in a form every value is text."""

    model: _Short | None = None
    seconds: Annotated[_Number, Field(gt=0)] | None = None
    size: _Short | None = None
    seed: int | None = None
    negative_prompt: str | None = None
    guidance_scale: _Number | None = None
    input_reference: Any = None
    last_input_reference: Any = None


_Asked = TypeVar("_Asked", bound=Remix)


def to_address(key_id: str) -> Address:
    """A key is one user in one chat."""
    return Address(PLATFORM, key_id, key_id)


def to_key(address: Address, wish: str | None, *, remixed: str = "") -> str:
    """What makes the request idempotent: the caller's ``Idempotency-Key``, or chance. It also keeps what is remixed."""
    part = hashlib.sha256(wish.encode("utf-8", "surrogateescape")).hexdigest() if wish else secrets.token_hex(32)
    return ":".join((PLATFORM, address.chat, part, *filter(None, [remixed])))


def video_id(code: str) -> str:
    """A job's code as the protocol names a video."""
    return f"video_{code.lower()}"


def code_in(text: str) -> str | None:
    """The code of a video's id; None where it is no id."""
    found = _ID.fullmatch(text)
    return found[1].upper() if found else None


def read_creation(fields: Fields) -> Creation:
    """Check the fields of a request for a video.

    Raises:
        Problem: one is missing, unknown, or not of its kind.
    """
    return _read(Creation, fields)


def read_remix(fields: Fields) -> Remix:
    """Check the fields of a request for a remix.

    Raises:
        Problem: as ``read_creation``.
    """
    return _read(Remix, fields)


def to_request(address: Address, locale: Locale, key: str, asked: Creation, catalogue: Catalogue) -> Request:
    """A video on its way to the intake.

    Raises:
        Problem: the size is none of the recipe's, a picture is not there, or what not to show is too long.
        Unsupported: there is no such recipe.
    """
    card, recipe = catalogue.choose(asked.model)
    ratio, resolution = _shape(card, recipe, asked.size)
    if len(asked.negative_prompt or "") > card.max_prompt_chars:
        raise field_problem("invalid", "negative_prompt")
    options = Options(
        ratio=ratio,
        seconds=asked.seconds,
        resolution=resolution,
        seed=asked.seed,
        # Named even where the caller named none: sizes are the recipe's, and so a word in the prompt cannot change it.
        recipe=recipe.key,
        negative_prompt=asked.negative_prompt,
        guidance_scale=asked.guidance_scale,
    )
    image = read_picture("input_reference", asked.input_reference)
    last = read_picture("last_input_reference", asked.last_input_reference)
    return Request(key, address, asked.prompt, locale, options, image, last, declares=asked.declares)


def video_wire(localiser: Localiser, job: Job, progress: Progress | None, keep_seconds: float) -> Wire:
    """A job as the protocol's video. What OpenAI's has not: ``revised_prompt``, ``wording``, ``seed``, ``notes``."""
    finished = math.floor(job.finished_at) if job.finished_at is not None else None
    film = job.clip or job.spec
    has_content = job.state is JobState.SUCCEEDED and finished is not None
    return {
        "id": video_id(job.code),
        "object": "video",
        "model": job.spec.recipe,
        "status": _STATUS[job.state],
        "progress": _percent(job, progress),
        "created_at": math.floor(job.created_at),
        "completed_at": finished,
        "expires_at": finished + math.floor(keep_seconds) if has_content and finished is not None else None,
        "prompt": job.prompt,
        "revised_prompt": job.spec.prompt,
        "wording": record_wording(job.wording),
        "remixed_from_video_id": _remixed_from(job),
        "seconds": _seconds(film.seconds, job.spec.fps),
        "size": f"{film.width}x{film.height}",
        "seed": job.spec.seed,
        "notes": [{"code": note.code, "message": present_note(localiser, note)} for note in notes_on(localiser, job)],
        "error": _error(localiser, job),
    }


def list_wire(videos: Sequence[Wire], *, has_more: bool) -> Wire:
    """A page of videos."""
    first, last = (videos[0]["id"], videos[-1]["id"]) if videos else (None, None)
    return {"object": "list", "data": list(videos), "first_id": first, "last_id": last, "has_more": has_more}


def model_wire(card: ModelCard, recipe: Recipe) -> Wire:
    """A recipe as the protocol's model, with what may be asked of it. Nobody says when a recipe was made."""
    return {
        "id": recipe.key,
        "object": "model",
        "created": 0,
        "owned_by": card.vendor,
        "name": card.name,
        "sizes": list(_sizes(card)),
        "seconds": recipe.seconds,
        "min_seconds": card.min_seconds,
        "max_seconds": card.max_seconds,
        "input_references": list(card.pictures),
    }


def poll_after(progress: Progress | None, place: QueuePlace | None) -> int:
    """Milliseconds after which it is worth asking again."""
    least, unknown, most = _POLL_MS
    wait = progress.seconds_left if progress else place.wait_seconds if place else None
    return unknown if wait is None else min(most, max(least, math.ceil(1000 * wait / _ASKS_PER_WAIT)))


def _read(kind: type[_Asked], fields: Fields) -> _Asked:
    try:
        return kind.model_validate(dict(fields))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        kinds = {"missing": "missing", "extra_forbidden": "unknown"}
        raise field_problem(kinds.get(first["type"], "invalid"), str(first["loc"][0])) from None


_A_FRAME = 1.01
_SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})", re.ASCII)
_NEAR = 0.05


def _sizes(card: ModelCard) -> Mapping[str, tuple[str, str]]:
    """Each size by its name, as a ratio and a resolution."""
    return {
        "{}x{}".format(*card.size(resolution, ratio)): (ratio, resolution)
        for resolution in card.resolutions
        for ratio in card.ratios
    }


def _shape(card: ModelCard, recipe: Recipe, size: str | None) -> tuple[str | None, str | None]:
    if size is None:
        return None, None
    known = _sizes(card)
    near = size if size in known else next((name for name in known if _is_near(size, name)), None)
    if near is None:
        raise own(
            400, "invalid_value", "size-unknown", param="size", value=size, model=recipe.key, known=", ".join(known)
        )
    return known[near]


def _is_near(asked: str, size: str) -> bool:
    """Models round in their own ways: 832x480 is what others call 854x480. The answer names the size that is made."""
    if not (found := _SIZE.fullmatch(asked)):
        return False
    sides = zip(map(int, found.groups()), map(int, size.split("x")), strict=True)
    return all(abs(mine - theirs) <= _NEAR * theirs for mine, theirs in sides)


def _percent(job: Job, progress: Progress | None) -> int:
    """100 is only said when the video can be had."""
    if job.state is JobState.SUCCEEDED:
        return 100
    if job.state is not JobState.RUNNING or (progress is None and job.clip is None):
        return 0
    return min(99, percent_of(progress)) if progress and job.clip is None else 99


def _seconds(seconds: float, fps: int) -> str:
    """Whole where that is a frame off at most: 81 frames at 16 a second are known as 5 seconds."""
    whole = max(1, round(seconds))
    return str(whole) if abs(seconds - whole) * fps < _A_FRAME else f"{seconds:g}"


def _error(localiser: Localiser, job: Job) -> Wire | None:
    if job.state is JobState.CANCELLED:
        return {"code": "cancelled", "message": present_state(localiser, job)}
    if job.state is not JobState.FAILED:
        return None
    code = job.error or "engine-fault"
    return {"code": _CODES.get(code, code.replace("-", "_")), "message": present_state(localiser, job)}


def _remixed_from(job: Job) -> str | None:
    parts = job.key.split(":")
    return video_id(parts[3]) if job.address.platform == PLATFORM and len(parts) > 3 else None
