"""Options in plain words: what a recipe is asked for, and what it is said to be unable to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_models
from core.errors import PromptBlocked, Unsupported
from core.intake import Intake
from core.spoken import join_negatives, merge, note_unheeded
from core.types import PRIVATE, Note, Options, Place, Translation, Verdict
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.fakes import FakeEngine
from tests.stores import ALICE, open_store

GUIDED = "wan2.1-1.3b-standard"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class Upper:
    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        if "zh" not in languages:
            return Translation(text, "en", "none", translated=False)
        return Translation(text.upper(), "zh", "test", translated=True)


class Strict:
    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        return Verdict(allowed="DOG" not in text)


def intake(store: SqlStore, **changes: object) -> Intake:
    engines = {"scene": FakeEngine(), "local": FakeEngine()}
    return make_intake(store, catalogue=Catalogue(load_models()), engines=engines, **changes)


def distilled() -> str:
    recipes = [recipe for model in load_models() for recipe in model.recipes if "none" in model.card.pictures]
    return next(recipe.key for recipe in recipes if recipe.local and not recipe.has_guidance)


async def test_what_shall_not_be_there_becomes_the_negative_prompt(store: SqlStore) -> None:
    quote = await intake(store).quote(ask("a cat but not dogs", recipe=GUIDED))
    assert (quote.prompt, quote.spec.prompt, quote.spec.negative_prompt) == ("a cat", "a cat", "dogs")
    assert quote.typed == "a cat but not dogs"
    assert quote.notes == ()


async def test_it_is_added_to_what_a_control_says_and_translated_and_moderated(store: SqlStore) -> None:
    quote = await intake(store, translator=Upper()).quote(
        ask("a cat but not birds", recipe=GUIDED, negative_prompt="blur")
    )
    assert quote.spec.negative_prompt == "blur, BIRDS"
    with pytest.raises(PromptBlocked):
        await intake(store, translator=Upper(), moderator=Strict()).quote(ask("a cat but not dogs", recipe=GUIDED))


async def test_made_again_it_is_the_same(store: SqlStore) -> None:
    desk = intake(store)
    job = (await desk.submit(ask("a cat but not dogs", recipe=GUIDED, negative_prompt="blur"))).job
    again = (await desk.submit(desk.request_again(job, "again", ALICE))).job
    assert again.spec == job.spec


async def test_a_recipe_that_cannot_leave_things_out_says_so_and_gets_the_words(store: SqlStore) -> None:
    quote = await intake(store).quote(ask("a cat but not dogs", recipe=distilled()))
    assert (quote.spec.prompt, quote.spec.negative_prompt) == ("a cat but not dogs", "")
    assert quote.notes == (Note("negative-ignored", {"recipe": distilled(), "words": "dogs"}),)


async def test_the_built_in_engine_reads_them_itself(store: SqlStore) -> None:
    quote = await intake(store).quote(ask("a cat but not dogs"))
    assert (quote.spec.prompt, quote.spec.negative_prompt, quote.notes) == ("a cat but not dogs", "", ())


@pytest.mark.parametrize(("fps", "notes"), [(24, ()), (60, (Note("fps-fixed", {"asked": "60", "fps": "24"}),))])
async def test_a_frame_rate_that_the_model_has_not_is_told(store: SqlStore, fps: int, notes: tuple[Note, ...]) -> None:
    assert (await intake(store).quote(ask("a cat", fps=fps))).notes == notes


async def test_a_size_in_thousands_is_told_and_others_are_refused(store: SqlStore) -> None:
    quote = await intake(store).quote(ask("a cat", resolution="4K"))
    assert quote.notes == (Note("resolution-ignored", {"asked": "4K", "known": "480p, 720p"}),)
    assert quote.spec == (await intake(store).quote(ask("a cat", seed=quote.spec.seed))).spec
    with pytest.raises(Unsupported, match="option-resolution"):
        await intake(store).quote(ask("a cat", resolution="1080p"))


async def test_one_request_makes_one_clip_and_says_so(store: SqlStore) -> None:
    assert (await intake(store).quote(ask("a cat", takes=3))).notes == (Note("one-clip"),)
    assert (await intake(store).quote(ask("a cat", takes=1))).notes == ()


def test_a_seed_that_a_vendors_model_does_not_take_is_told() -> None:
    (kling,) = (model.card for model in load_models() if model.card.key == "kling-v3")
    (note,) = note_unheeded(Options(seed=42, recipe="kling-v3-standard"), kling)
    assert note == Note("seed-ignored", {"recipe": "kling-v3-standard"})
    assert list(note_unheeded(Options(), kling)) == []


def test_controls_win_over_words() -> None:
    spoken = Options(ratio="1:1", seconds=2, resolution="480p", seed=0, recipe="hd", fps=24, takes=2)
    assert merge(Options(), spoken) == spoken
    chosen = Options(ratio="9:16", seconds=0, resolution="720p", seed=1, recipe="standard", fps=30, takes=1)
    assert merge(chosen, spoken) == chosen


@pytest.mark.parametrize(
    ("chosen", "spoken", "both"),
    [
        (None, "a", "a"),
        (None, "A, b.", "A, b"),
        ("a", "b", "a, b"),
        ("a, b", "b", "a, b"),
        ("cartoon", "car", "cartoon, car"),
    ],
)
def test_negatives_are_joined_each_once(chosen: str | None, spoken: str, both: str) -> None:
    assert join_negatives(chosen, spoken) == both
