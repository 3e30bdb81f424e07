"""A vendor that is not well gives way to another one: once each, for no more credits, and its user is told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.errors import (
    Conflict,
    EngineBusy,
    EngineError,
    EngineFault,
    EngineRefused,
    EngineUnavailable,
    PiyingError,
    TooLong,
)
from core.jobs import settlement
from core.ports import Run
from core.types import Clip, GenerationSpec, Job, Note
from storage.database import SqlStore
from tests.fakes import FakeEngine
from tests.stores import NOW, account_of, held_job, open_store
from tests.unit.core.test_worker import Bench, FilmEngine
from tests.unit.core.vendors_models import catalogue_of, model_of, spec_of

HAD = 50


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class Failing(FakeEngine):
    """Fails; ``before`` is what happens first."""

    def __init__(self, error: Exception, before: Callable[[], object] = lambda: None) -> None:
        super().__init__(error)
        self.asked, self.before = 0, before

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        self.asked += 1
        self.before()
        return await super().generate(spec, run)


class Picky(FilmEngine):
    """Takes no prompt."""

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        raise TooLong(length=len(spec.prompt), limit=0)


def three() -> Catalogue:
    """Of three vendors: five credits a second, four, and three."""
    models = [model_of(key, f"vendor-{key}", price) for key, price in {"one": 5, "two": 4, "three": 3}.items()]
    return catalogue_of(*models)


def ordered(store: SqlStore, catalogue: Catalogue) -> Job:
    spec = spec_of(catalogue, "one-standard")
    return held_job(store, spec=spec, price=catalogue.price(spec), worker_class="hosted", credits_=HAD)


def bench_of(store: SqlStore, folder: Path, catalogue: Catalogue, **engines: FakeEngine) -> Bench:
    scene = Failing(AssertionError("the built-in engine was asked"))
    by_name = {"scene": scene, **{f"vendor-{key}": engine for key, engine in engines.items()}}
    return Bench(store, folder, scene, catalogue=catalogue, engines=by_name)


def stored(store: SqlStore, job: Job) -> Job:
    with store.begin() as tx:
        found = tx.jobs.get(job.id)
    assert found is not None
    return found


@pytest.mark.parametrize("error", [EngineUnavailable(), EngineBusy(retry_after=60)], ids=lambda error: error.code)
async def test_another_vendor_makes_it_and_the_lower_price_is_paid(
    store: SqlStore, tmp_path: Path, error: EngineError
) -> None:
    catalogue, first, second = three(), Failing(error), FilmEngine()
    job = ordered(store, catalogue)
    bench = bench_of(store, tmp_path, catalogue, one=first, two=second, three=Failing(AssertionError("not its turn")))
    clip = await bench.worker.render(job.id)
    now = stored(store, job)
    assert (now.spec.recipe, now.spec.model, now.price) == ("two-standard", "two", 16)
    assert (clip.width, clip.height, clip.seconds) == (480, 480, 4.0)
    assert now.notes == (Note("rerouted", {"from": "one-standard", "to": "two-standard"}),)
    assert first.asked == 1
    assert bench.metrics.registry.get_sample_value("piying_render_seconds_count", {"model": "two"}) == 1
    with store.begin() as tx:
        assert settlement.succeed(tx, job.id, now=NOW)
    assert (account_of(store).balance, account_of(store).held) == (HAD - 16, 0)


async def test_vendors_are_asked_in_turn(store: SqlStore, tmp_path: Path) -> None:
    catalogue = three()
    job = ordered(store, catalogue)
    down = {key: Failing(EngineUnavailable()) for key in ("one", "two")}
    await bench_of(store, tmp_path, catalogue, **down, three=FilmEngine()).worker.render(job.id)
    assert (stored(store, job).spec.recipe, stored(store, job).price) == ("three-standard", 12)
    assert [engine.asked for engine in down.values()] == [1, 1]


async def test_when_all_are_down_nothing_is_paid(store: SqlStore, tmp_path: Path) -> None:
    catalogue = three()
    job = ordered(store, catalogue)
    down = {key: Failing(EngineUnavailable()) for key in ("one", "two", "three")}
    with pytest.raises(EngineUnavailable) as failed:
        await bench_of(store, tmp_path, catalogue, **down).worker.render(job.id)
    assert [engine.asked for engine in down.values()] == [1, 1, 1]
    with store.begin() as tx:
        assert settlement.fail(tx, job.id, failed.value.code, now=NOW)
    assert (account_of(store).balance, account_of(store).held) == (HAD, 0)


async def test_one_that_would_not_take_the_prompt_is_passed_over(store: SqlStore, tmp_path: Path) -> None:
    catalogue = three()
    job = ordered(store, catalogue)
    bench = bench_of(store, tmp_path, catalogue, one=Failing(EngineUnavailable()), two=Picky(), three=FilmEngine())
    await bench.worker.render(job.id)
    assert stored(store, job).spec.recipe == "three-standard"
    assert [note.details["to"] for note in stored(store, job).notes] == ["three-standard"]


@pytest.mark.parametrize(
    "error",
    [
        EngineRefused("prompt-refused"),
        EngineFault("answer-lost"),
        EngineFault("clip-lost"),
        EngineFault("timed-out"),
        # The operator's own bound, which is no fault of the vendor's.
        EngineUnavailable("budget-spent"),
    ],
    ids=lambda error: error.code,
)
async def test_other_errors_are_no_reason_to_order_again(store: SqlStore, tmp_path: Path, error: PiyingError) -> None:
    catalogue, second = three(), FilmEngine()
    job = ordered(store, catalogue)
    with pytest.raises(type(error)) as failed:
        await bench_of(store, tmp_path, catalogue, one=Failing(error), two=second, three=second).worker.render(job.id)
    assert failed.value.code == error.code
    assert second.tokens == []
    now = stored(store, job)
    assert (now.spec, now.price, now.notes) == (job.spec, job.price, ())


async def test_who_has_cancelled_meanwhile_gets_no_other_clip(store: SqlStore, tmp_path: Path) -> None:
    catalogue, second = three(), FilmEngine()
    job = ordered(store, catalogue)

    def cancel() -> None:
        with store.begin() as tx:
            settlement.cancel(tx, job.id, now=NOW)

    with pytest.raises(Conflict):
        await bench_of(
            store, tmp_path, catalogue, one=Failing(EngineUnavailable(), cancel), two=second, three=second
        ).worker.render(job.id)
    assert second.tokens == []
    now = stored(store, job)
    assert (now.spec, now.price, now.notes) == (job.spec, job.price, ())
