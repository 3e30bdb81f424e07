"""Turns codes of finished clips into the order for a film of them, or into a Refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.booking import Prepared
from core.catalogue.catalogue import Catalogue
from core.errors import Refusal
from core.jobs.codes import may_be_code
from core.jobs.parts import JOINED
from core.ports import Store, Transaction
from core.safety.agreements import UNLABELLED
from core.showcase.exhibits import REMIX
from core.types import (
    ORIGINAL,
    Address,
    GenerationSpec,
    Job,
    JobState,
    Locale,
    Note,
    Options,
    Place,
    Request,
    StoredClip,
    Translation,
    Wording,
)
from core.wording import Reading

FADE = 0.5
"""Seconds for which one clip passes over into the next, where it is not cut hard."""
LEAST = 2
_FASTEST = 60
_BETWEEN = " + "
_LONGEST_NAME = 40
_KEPT = (REMIX, "covered")
"""Notes on a clip that hold for a film with it."""


def own_clip(tx: Transaction, account: str, code: str) -> tuple[Job, StoredClip]:
    """An account's own finished clip, made in whichever chat.

    Raises:
        Refusal: ``job-unknown``, ``clip-others``, ``clip-unfinished``.
    """
    name = code.strip().upper()
    job = tx.jobs.by_code(name) if may_be_code(name) else None
    if job is None:
        raise Refusal("job-unknown", job=code[:40])
    if job.account != account:
        raise Refusal("clip-others", job=name)
    if job.state is not JobState.SUCCEEDED or job.clip is None:
        raise Refusal("clip-unfinished", job=name)
    return job, job.clip


class Films:
    """What a film is made of, and what it will be."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue

    def request(
        self, codes: Sequence[str], key: str, address: Address, locale: Locale, *, fades: bool, place: Place
    ) -> Request:
        """A request for a film of clips by their codes.

        Raises:
            Refusal: ``film-clips``: too few, or too many.
        """
        names = tuple(code.strip().upper()[:_LONGEST_NAME] for code in codes)
        self._require_count(names)
        return Request(
            key, address, _BETWEEN.join(names), locale, place=place, clips=names, fade=FADE if fades else 0.0
        )

    def _require_count(self, codes: Sequence[str]) -> None:
        most = self._catalogue.film[0].clips
        if not LEAST <= len(codes) <= most:
            raise Refusal("film-clips", count=len(codes), least=LEAST, most=most)

    def prepare(self, request: Request, account: str) -> Prepared:
        """The film of the request's clips, for whom they belong to. Blocking.

        Raises:
            Refusal: ``film-clips``, ``film-long``, or as of ``own_clip``.
        """
        card, recipe = self._catalogue.film
        self._require_count(request.clips)
        with self._store.look() as tx:
            found = [own_clip(tx, account, code) for code in request.clips]
        seconds = sum(clip.seconds for _, clip in found)
        if seconds > card.max_seconds:
            raise Refusal("film-long", seconds=f"{seconds:.1f}", most=card.max_seconds)
        spec = _spec(found, request.fade, model=card.key, recipe=recipe.key, version=recipe.version)
        said = Translation(spec.prompt, "", ORIGINAL, translated=False)
        reading = Reading(spec.prompt, Wording(said, said), Options(), seeded=False, notes=())
        notes = tuple(_notes(request, [job for job, _ in found]))
        return Prepared(reading, spec, self._catalogue.price(spec), notes, {})


def film_again(job: Job, key: str, address: Address, place: Place) -> Request:
    """A request for the same film once more."""
    codes = tuple(job.spec.prompt.split(_BETWEEN))
    return Request(key, address, job.spec.prompt, job.locale, place=place, clips=codes, fade=job.spec.fade)


def _spec(
    found: Sequence[tuple[Job, StoredClip]], fade: float, *, model: str, recipe: str, version: int
) -> GenerationSpec:
    """As large as the first clip, as fast as the fastest. No cross-fade takes more than half of the shortest clip."""
    first = found[0][1]
    fps = min(_FASTEST, max(job.spec.fps for job, _ in found))
    frames = [max(1, round(clip.seconds * fps)) for _, clip in found]
    overlap = min(round(fade * fps), min(frames) // 2)
    return GenerationSpec(
        model=model,
        recipe=recipe,
        recipe_version=version,
        prompt=_BETWEEN.join(job.code for job, _ in found),
        seed=0,
        width=first.width // 2 * 2,
        height=first.height // 2 * 2,
        num_frames=sum(frames) - overlap * (len(frames) - 1),
        fps=fps,
        clips=tuple(clip.video for _, clip in found),
        fade=overlap / fps,
    )


def _notes(request: Request, jobs: Sequence[Job]) -> Iterator[Note]:
    yield Note(JOINED, {"clips": ", ".join(job.code for job in jobs)})
    seen: list[Note] = []
    for note in (note for job in jobs for note in job.notes if note.code in _KEPT):
        if note not in seen:
            seen.append(note)
            yield note
    if request.unlabelled:
        yield Note(UNLABELLED)
