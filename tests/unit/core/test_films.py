"""Films of one's own finished clips: what they become, cost and say, and who may not have them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_catalogue, load_models
from core.errors import QuotaExceeded, Refusal, Unsupported
from core.intake import Intake
from core.jobs.parts import JOINED
from core.quotas.limits import Limits
from core.reports import ReportReason, make_report, uphold
from core.types import Address, GenerationSpec, Job, JobState, Note, Place, Request, StoredClip
from storage.database import SqlStore
from tests.desks import make_intake
from tests.fakes import SPEC, FakeEngine, FakeModerator
from tests.stores import ALICE, BOB, held_job

ELSEWHERE = Address("console", "other-chat", ALICE.user)
ENGINES = {"scene": FakeEngine(), "film": FakeEngine()}


def finished(store: SqlStore, address: Address = ALICE, *, seconds: float = 4.0, **changes: object) -> Job:
    spec = changes.pop("spec", SPEC)
    assert isinstance(spec, GenerationSpec)
    clip = StoredClip("", "", spec.width, spec.height, seconds, 5)
    job = held_job(store, address, credits_=1000, spec=spec, state=JobState.SUCCEEDED, **changes)
    with store.begin() as tx:
        tx.jobs.attach_clip(job.id, replace(clip, video=f"{job.id}.mp4", poster=f"{job.id}.jpg"))
    return job


def desk(store: SqlStore, **changes: object) -> Intake:
    return make_intake(store, **({"engines": ENGINES} | changes))


def ask(jobs: Sequence[Job | str], *, key: str = "film", fade: float = 0.0, **changes: object) -> Request:
    codes = tuple(job if isinstance(job, str) else job.code for job in jobs)
    fields: dict[str, object] = {
        "key": key,
        "address": ALICE,
        "prompt": " + ".join(codes),
        "clips": codes,
        "fade": fade,
    }
    return Request(**{**fields, **changes})  # type: ignore[arg-type]


async def test_a_film_is_a_job_like_any_other(store: SqlStore) -> None:
    one, other = finished(store), finished(store, ELSEWHERE, seconds=2.5)
    receipt = await desk(store).submit(ask([one, other]))
    job, spec = receipt.job, receipt.job.spec
    assert (job.state, job.worker_class, job.price) == (JobState.QUEUED, "scene", 1)
    assert (spec.model, spec.recipe, spec.prompt) == ("film", "film-standard", f"{one.code} + {other.code}")
    assert spec.clips == (f"{one.id}.mp4", f"{other.id}.mp4")
    assert (spec.width, spec.height, spec.fps, spec.seconds, spec.fade) == (854, 480, 24, 6.5, 0)
    assert job.notes == (Note(JOINED, {"clips": f"{one.code}, {other.code}"}),)
    with store.begin() as tx:
        assert job.id in tx.ledger.held_jobs()
        assert tx.jobs.get(job.id) == job


async def test_asked_twice_it_is_one_film(store: SqlStore) -> None:
    intake, request = desk(store), ask([finished(store), finished(store)])
    first, second = await intake.submit(request), await intake.submit(request)
    assert second.duplicate
    assert first.job.id == second.job.id


async def test_it_is_as_large_as_the_first_and_as_fast_as_the_fastest(store: SqlStore) -> None:
    slow = replace(SPEC, width=481, height=853, num_frames=81, fps=16)
    jobs = [finished(store, spec=slow, seconds=5.0625), finished(store, seconds=4.0)]
    spec = (await desk(store).submit(ask(jobs))).job.spec
    assert (spec.width, spec.height, spec.fps) == (480, 852, 24)
    assert spec.num_frames == round(5.0625 * 24) + 96


async def test_a_cross_fade_takes_half_a_second_of_each_pair(store: SqlStore) -> None:
    jobs = [finished(store), finished(store), finished(store)]
    spec = (await desk(store).submit(ask(jobs, fade=0.5))).job.spec
    assert (spec.fade, spec.num_frames) == (0.5, 3 * 96 - 2 * 12)


async def test_no_cross_fade_takes_more_than_half_of_the_shortest_clip(store: SqlStore) -> None:
    jobs = [finished(store), finished(store, seconds=0.5)]
    spec = (await desk(store).submit(ask(jobs, fade=0.5))).job.spec
    assert (spec.fade, spec.num_frames) == (0.25, 96 + 12 - 6)


async def test_nothing_of_its_codes_is_read_as_words(store: SqlStore) -> None:
    moderator = FakeModerator()
    await desk(store, moderator=moderator).submit(ask([finished(store), finished(store)]))
    assert moderator.seen == []


async def test_what_holds_for_its_clips_holds_for_it(store: SqlStore) -> None:
    remix, covered = Note("remix-of", {"job": "K7QM2XD"}), Note("covered", {"category": "gore"})
    jobs = [finished(store, notes=(remix, Note("one-clip"))), finished(store, notes=(covered, remix))]
    notes = (await desk(store).submit(ask(jobs))).job.notes
    assert notes[1:] == (remix, covered)


@pytest.mark.parametrize("count", [1, 11])
async def test_two_to_ten_clips_make_a_film(store: SqlStore, count: int) -> None:
    with pytest.raises(Refusal, match="film-clips") as caught:
        await desk(store).submit(ask([finished(store, seconds=1)] * count))
    assert caught.value.details == {"count": count, "least": 2, "most": 10}


async def test_a_film_is_asked_for_by_codes_as_people_write_them(store: SqlStore) -> None:
    intake = desk(store)
    request = intake.films.request([" k7qm2xd", "M3XW8TB"], "key", ALICE, "zh-Hans", fades=True, place=Place())
    assert (request.clips, request.fade, request.prompt) == (("K7QM2XD", "M3XW8TB"), 0.5, "K7QM2XD + M3XW8TB")
    for codes in ([], ["K7QM2XD"], ["K7QM2XD"] * 11):
        with pytest.raises(Refusal, match="film-clips"):
            intake.films.request(codes, "key", ALICE, "en", fades=False, place=Place())


async def test_ten_are_not_too_many_and_a_clip_may_come_twice(store: SqlStore) -> None:
    job = finished(store)
    assert (await desk(store).submit(ask([job] * 10))).job.spec.seconds == 40


async def test_two_minutes_are_not_too_long_and_more_is(store: SqlStore) -> None:
    jobs = [finished(store, seconds=60.0), finished(store, seconds=60.0)]
    assert (await desk(store).submit(ask(jobs))).job.spec.seconds == 120
    with pytest.raises(Refusal, match="film-long") as caught:
        await desk(store).submit(ask([*jobs, finished(store, seconds=2.0)], key="longer"))
    assert caught.value.details == {"seconds": "122.0", "most": 120}


async def test_clips_of_others_unfinished_ones_and_unknown_ones_make_none(store: SqlStore) -> None:
    mine, theirs = finished(store), finished(store, BOB)
    waiting = held_job(store, credits_=1000)
    for job, code in (
        (theirs, "clip-others"),
        (waiting, "clip-unfinished"),
        ("ZZZZZZZ", "job-unknown"),
        ("'; --", "job-unknown"),
    ):
        with pytest.raises(Refusal, match=code):
            await desk(store).submit(ask([mine, job], key=code))
    with store.begin() as tx:
        tx.jobs.delete(mine.id, now=1.0)
    with pytest.raises(Refusal, match="job-unknown"):
        await desk(store).submit(ask([mine, mine], key="deleted"))


async def test_limits_hold_for_films(store: SqlStore) -> None:
    jobs = [finished(store, seconds=30.0), finished(store, seconds=31.0)]
    with pytest.raises(QuotaExceeded, match="limit-seconds"):
        await desk(store, limits=Limits(seconds_a_day=60)).submit(ask(jobs))


async def test_a_chat_that_allows_some_recipes_takes_films(store: SqlStore) -> None:
    with store.begin() as tx:
        settings = tx.preferences.chat(ALICE.platform, ALICE.chat, for_change=True)
        tx.preferences.set_chat(ALICE.platform, ALICE.chat, replace(settings, recipes=("hd",)), now=1.0)
    assert (await desk(store).submit(ask([finished(store), finished(store)]))).job.price == 1


async def test_nobody_chooses_its_recipe(store: SqlStore) -> None:
    catalogue = load_catalogue()
    assert "film-standard" not in catalogue.recipes
    assert "film" not in {card.key for card in catalogue.cards}
    for refused in (lambda: catalogue.choose("film-standard"), lambda: Catalogue(load_models(), "film-standard")):
        with pytest.raises((Unsupported, ValueError), match=r"option-recipe|no recipe"):
            refused()
    with pytest.raises(Unsupported, match="film-unsupported"):
        await desk(store, catalogue=Catalogue(load_models()[:1])).submit(ask([finished(store)] * 2))


async def test_made_again_it_is_the_same_film(store: SqlStore) -> None:
    intake = desk(store)
    first = (await intake.submit(ask([finished(store), finished(store)], fade=0.5))).job
    again = intake.request_again(first, "again", ALICE)
    assert (await intake.submit(again)).job.spec == first.spec
    theirs = intake.request_again(first, "theirs", BOB, Place())
    with pytest.raises(Refusal, match="clip-others"):
        await intake.submit(theirs)


async def test_without_its_label_only_where_that_is_given_out(store: SqlStore, tmp_path: Path) -> None:
    request = replace(ask([finished(store), finished(store)]), unlabelled=True)
    with pytest.raises(Refusal, match="unlabelled-off"):
        await desk(store).submit(request)
    receipt = await desk(store, allows_unlabelled=True).submit(request)
    assert Note("unlabelled") in receipt.job.notes


async def test_a_clip_that_is_taken_down_takes_its_films_with_it(store: SqlStore) -> None:
    intake = desk(store)
    bad, good = finished(store), finished(store)
    film = (await intake.submit(ask([bad, good]))).job
    other = (await intake.submit(ask([good, good], key="other"))).job
    again = finished(
        store, notes=(Note(JOINED, {"clips": f"{film.code}, {good.code}"}),), created_at=film.created_at + 1
    )
    report = make_report(bad, None, BOB, ReportReason.LIKENESS, "", now=1.0, locale="en")
    with store.begin() as tx:
        tx.reports.add(report)
        assert uphold(tx, report.id, now=2.0, outcome="") is not None
    with store.look() as tx:
        assert [tx.jobs.by_code(job.code) for job in (bad, film, again)] == [None, None, None]
        assert None not in [tx.jobs.by_code(job.code) for job in (good, other)]
        assert film.id not in tx.ledger.held_jobs()
        stopped = tx.jobs.get(film.id)
    assert stopped is not None
    assert stopped.state is JobState.CANCELLED
