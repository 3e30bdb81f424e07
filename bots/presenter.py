"""Turns jobs, quotes, errors and notes into sentences in the user's language, the same on every platform."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.catalogue.load import BUILT_IN, FILM
from core.errors import DeclarationNeeded, EngineFault, PiyingError, PromptBlocked, Refusal, from_code
from core.intake import Quote, Receipt
from core.safety.cases import Case
from core.types import GenerationSpec, Job, JobState, Note, Notice, Options, Progress, QueuePlace, StoredClip
from translation.localiser import Localiser
from translation.normalise import normalise
from translation.options import read_options
from translation.wishes import Wish, read_wishes

_LONGEST_DETAIL = 200
_MOST_WORDS = 5
_LISTS = ("words", "known", "clips")  # details that hold several, joined by ", "
_BUILT_IN_FOLLOWS = frozenset({
    "camera-push-in", "camera-pull-back", "camera-zoom-in", "camera-zoom-out", "camera-pan-left", "camera-pan-right",
    "camera-pan", "camera-still", "style-cartoon",
})  # fmt: skip
_SHAPES = {-1: "portrait", 0: "square", 1: "landscape"}
_CLASSIC, _NEAR = 4 / 3, 0.03
_AREAS = {480: 854 * 480, 720: 1280 * 720, 1080: 1920 * 1080}
_ROUNDED = 0.1
"""Longer side to shorter one; models round theirs."""


@dataclass(frozen=True)
class Chip:
    """A fact on a small label.

    ``kind`` is ``ratio``, ``seconds``, ``resolution``, ``fps``, ``seed``, ``camera``, ``speed``, ``style``,
    ``negative`` or ``price``.
    """

    kind: str
    text: str


def present_error(localiser: Localiser, error: PiyingError) -> str:
    """What went wrong and what to do next; of a prompt not allowed also which words, and that it cost nothing."""
    sentence = localiser.text(f"error-{error.code}", **_told(localiser, error.details))
    if not isinstance(error, (PromptBlocked, DeclarationNeeded)) or not error.details:
        return sentence
    parts = [sentence, localiser.text("blocked-cost")]
    if error.details.get("fragment"):
        parts.insert(1, localiser.text("blocked-fragment", **_told(localiser, {"fragment": error.details["fragment"]})))
    return ("" if localiser.locale == "zh-Hans" else " ").join(parts)


def present_note(localiser: Localiser, note: Note) -> str:
    """Something to know about a job, such as the words that could not be drawn."""
    return localiser.text(f"note-{note.code}", **_told(localiser, note.details))


def present_notice(localiser: Localiser, notice: Notice) -> str:
    """What a person should know who asked for nothing just now, with what whoever decided it wrote of it (``why``)."""
    details = dict(notice.details)
    if "reason" in details:
        details["reason"] = localiser.text(f"report-reason-{details['reason']}")
    why = details.pop("why", "")
    sentence = localiser.text(f"notice-{notice.code}", **_told(localiser, details))
    return f"{sentence}\n{localiser.text('notice-why', why=why)}" if why else sentence


def present_ground(localiser: Localiser, case: Case) -> str:
    """What a prompt was refused for, or a clip is reported for, in words for moderators."""
    if case.kind == "report":
        return localiser.text(f"report-reason-{case.ground}")
    return localiser.text("case-ground", category=case.ground)


def present_due(localiser: Localiser, case: Case, now: float) -> str:
    """How long a case may wait yet, or for how long it has waited too long."""
    hours = math.ceil(abs(case.due_at - now) / 3600)
    return localiser.text("case-due" if case.due_at >= now else "case-overdue", hours=hours)


def present_credits(localiser: Localiser, amount: int) -> str:
    """So many credits."""
    return localiser.text("credits", credits=amount)


def present_balance(localiser: Localiser, balance: int) -> str:
    """So many credits are left to spend."""
    return localiser.text("credits-left", credits=balance)


def present_receipt(localiser: Localiser, receipt: Receipt) -> str:
    """Where a job just taken stands; a submission sent twice may find it long begun."""
    if receipt.place and receipt.job.state is JobState.QUEUED:
        return present_place(localiser, receipt.place)
    return present_state(localiser, receipt.job)


def present_place(localiser: Localiser, place: QueuePlace) -> str:
    """Where a waiting job stands, and for how long if that was measured."""
    ahead = place.position - 1
    where = localiser.text("place-behind", ahead=ahead) if ahead > 0 else localiser.text("place-next")
    if place.wait_seconds is None:
        return where
    return localiser.text("place-with-wait", place=where, wait=_duration(localiser, place.wait_seconds))


def present_progress(localiser: Localiser, progress: Progress) -> str:
    """What is being done to a running job, how much of all is done, and the time left if it is known."""
    stage, percent = localiser.text(f"stage-{progress.stage}"), percent_of(progress)
    if progress.seconds_left is None:
        return localiser.text("progress", stage=stage, percent=percent)
    left = _duration(localiser, progress.seconds_left)
    return localiser.text("progress-with-time", stage=stage, percent=percent, left=left)


def percent_of(progress: Progress) -> int:
    """0 to 100, rounded down: 100 is only said when all is done."""
    return math.floor(100 * min(1.0, max(0.0, progress.fraction)))


def present_state(localiser: Localiser, job: Job) -> str:
    """How a job stands or ended; of a failed one why, and that it cost nothing."""
    if job.state is JobState.FAILED:
        why = present_error(localiser, _failure(job.error or ""))
        return localiser.text("state-failed", why=why)
    if is_delivering(job):
        return localiser.text("stage-delivering")
    return localiser.text(f"state-{job.state}")


def present_cancelled(localiser: Localiser, job: Job) -> str:
    """That a job was stopped, and what its user should know of that."""
    told = [present_note(localiser, note) for note in job.notes if note.code == "cost-stands"]
    return "\n".join([localiser.text("command-cancelled", code=job.code), *told])


def is_delivering(job: Job) -> bool:
    """Its clip is made and on its way: too late to cancel, too early to count as done."""
    return job.state is JobState.RUNNING and job.clip is not None


def chips(localiser: Localiser, item: Job | Quote) -> tuple[Chip, ...]:
    """What a prompt means: shape, length, size, what shall be left out, the price; frame rate and seed if named."""
    spec = item.spec
    found = [
        Chip("ratio", localiser.text(f"ratio-{_shape_of(spec.width, spec.height)}")),
        Chip("seconds", _length(localiser, spec)),
        Chip("resolution", _resolution_of(spec.width, spec.height)),
    ]
    if _typed_options(item).fps == spec.fps:
        found.append(Chip("fps", localiser.text("frames-per-second", fps=str(spec.fps))))
    if item.seeded:
        found.append(Chip("seed", localiser.text("seed", seed=str(spec.seed))))
    found += [Chip(wish.kind, _wish_name(localiser, wish)) for wish in _wishes(item) if _is_followed(spec, wish)]
    if spec.negative_prompt:
        words = _told(localiser, {"words": spec.negative_prompt})
        found.append(Chip("negative", localiser.text("without", **words)))
    return (*found, Chip("price", present_credits(localiser, item.price)))


def _shape_of(width: int, height: int) -> str:
    shape = _SHAPES[(width > height) - (width < height)]
    is_classic = abs(max(width, height) / min(width, height) / _CLASSIC - 1) < _NEAR
    return f"{shape}-classic" if is_classic else shape


def _resolution_of(width: int, height: int) -> str:
    """What people call a size: models round its sides, and squares of the same area are higher than 480 or 720."""
    short, area = min(width, height), width * height
    near = [lines for lines in _AREAS if abs(short / lines - 1) <= _ROUNDED]
    like = [lines for lines, pixels in _AREAS.items() if 0.7 <= area / pixels <= 1.4]
    return f"{(near or like or [short])[0]}p"


def notes_on(localiser: Localiser, item: Job | Quote) -> tuple[Note, ...]:
    """What is to be told of a job: its own notes, and what its prompt asks for in words that nobody heeds."""
    unheeded = [_wish_name(localiser, wish) for wish in _wishes(item) if not _is_followed(item.spec, wish)]
    return (*item.notes, *([Note("not-followed", {"words": ", ".join(unheeded)})] if unheeded else []))


def _wishes(item: Job | Quote) -> tuple[Wish, ...]:
    return read_wishes(_typed(item))


def _is_followed(spec: GenerationSpec, wish: Wish) -> bool:
    """Models read the words for themselves; the built-in engine knows some."""
    return spec.model != BUILT_IN or f"{wish.kind}-{wish.name}" in _BUILT_IN_FOLLOWS


def _wish_name(localiser: Localiser, wish: Wish) -> str:
    return localiser.text(f"wish-{wish.kind}-{wish.name}")


def _typed_options(item: Job | Quote) -> Options:
    return read_options(normalise(_typed(item)))[1]


def _typed(item: Job | Quote) -> str:
    return item.prompt if isinstance(item, Job) else item.typed


def engine_label(localiser: Localiser, spec: GenerationSpec) -> str:
    """What made the clip, named as what it is."""
    if spec.model in {BUILT_IN, FILM}:
        return localiser.text(f"engine-{spec.model}")
    return localiser.text("engine-model", model=spec.model)


def recipe_name(localiser: Localiser, key: str) -> str:
    """What users call a recipe: how good it is, and of which model where that is not the built-in one."""
    model, _, quality = key.rpartition("-")
    name = localiser.text(f"recipe-{quality}")
    return f"{name} · {model}" if model else name


def caption(localiser: Localiser, job: Job) -> str:
    """The lines under a delivered clip: its code and engine, then what could not be done as asked."""
    first = f"{job.code} · {engine_label(localiser, job.spec)}"
    return "\n".join((first, *(present_note(localiser, note) for note in notes_on(localiser, job))))


def recipe_card(localiser: Localiser, job: Job) -> tuple[tuple[str, str], ...]:
    """All that made the clip what it is, as pairs of a name and a value; its size and length are as they came out."""
    spec, film = job.spec, job.clip or job.spec
    rows = {
        "code": job.code,
        "prompt": job.prompt,
        "revised-prompt": spec.prompt,
        "seed": str(spec.seed),
        "model": engine_label(localiser, spec),
        "recipe": f"{recipe_name(localiser, spec.recipe)} ({spec.recipe} v{spec.recipe_version})",
        "size": f"{film.width} × {film.height}, {spec.fps} fps",
        "length": _length(localiser, film),
        "price": present_credits(localiser, job.price),
    }
    if spec.clips:
        # A film is read by nobody and drawn by nobody.
        rows = {name: value for name, value in rows.items() if name not in {"revised-prompt", "seed"}}
    if job.started_at is not None and job.finished_at is not None:
        rows["took"] = localiser.text("seconds", seconds=f"{job.finished_at - job.started_at:.1f}")
    return tuple((localiser.text(f"card-{name}"), value) for name, value in rows.items())


def _length(localiser: Localiser, film: GenerationSpec | StoredClip) -> str:
    """In seconds, to a tenth: what is asked for as 5 s has 81 frames at 16 a second with some models."""
    return localiser.text("seconds", seconds=f"{round(film.seconds, 1):g}")


def _failure(code: str) -> PiyingError:
    """What a stored code says. Refusals are told at once, with their figures: one that was stored is a bug of ours."""
    error = from_code(code)
    return EngineFault() if isinstance(error, Refusal) and not isinstance(error, PromptBlocked) else error


def _told(localiser: Localiser, details: Mapping[str, str | float]) -> dict[str, str | float]:
    """Details as a sentence of this language holds them."""
    return _short(
        {
            name: _listed(localiser, value) if name in _LISTS and isinstance(value, str) else value
            for name, value in details.items()
        }
    )


def _listed(localiser: Localiser, listed: str) -> str:
    """The first of them, and a sign that there are more."""
    words = listed.split(", ")
    shown, is_cut = words[:_MOST_WORDS], len(words) > _MOST_WORDS
    if localiser.locale == "zh-Hans":
        more = " 等" if shown[-1].isascii() else "等"
        return "、".join(shown) + (more if is_cut else "")
    return ", ".join(shown) + ("…" if is_cut else "")


def _short(details: Mapping[str, str | float]) -> dict[str, str | float]:
    """A detail can hold much of what the user typed; a sentence cannot."""
    return {
        name: f"{value[:_LONGEST_DETAIL]}…" if isinstance(value, str) and len(value) > _LONGEST_DETAIL else value
        for name, value in details.items()
    }


def _duration(localiser: Localiser, seconds: float) -> str:
    if seconds < 90:
        return localiser.text("about-seconds", seconds=max(1, math.ceil(seconds)))
    return localiser.text("about-minutes", minutes=round(seconds / 60))
