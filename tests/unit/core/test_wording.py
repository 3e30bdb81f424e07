"""The words that the engine reads: translated, chosen or written out, all of them moderated, with English beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_models
from core.errors import PromptBlocked, QuotaExceeded, Refusal, TooLong, Unsupported
from core.intake import Intake
from core.quotas.limits import Limits
from core.types import DIRECTOR, ORIGINAL, USER, JobState, Note, Request, Translation
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.fakes import FakeEngine, FakeModerator
from tests.stores import ALICE, account_of, open_store

ENGLISH_ONLY = "cogvideox-5b-standard"
WRITTEN = "导演：一只猫"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class Dictionary:
    """Chinese is what has Chinese characters in it; each translator puts its own name before its English."""

    names = ("first", "second")

    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        language = "en" if text.isascii() else "zh"
        if language in languages:
            return Translation(text, language, "none", translated=False)
        if by not in {None, *self.names}:
            raise Refusal("translator-unknown", translator=str(by), known="first, second")
        name = by or "first"
        return Translation(f"{name}: {_say(text)}", language, name, translated=True)


def _say(text: str) -> str:
    return text.replace("一只猫", "a cat").replace("斩首", "forbidden").replace("导演：", "in a wide shot, ")


class Writer:
    """``core.ports.Rewriter`` that writes the same each time, or nothing."""

    def __init__(self, text: str | None = WRITTEN) -> None:
        self.text = text
        self.asked: list[tuple[str, str, int]] = []

    async def rewrite(self, prompt: str, language: str, *, limit: int) -> str | None:
        self.asked.append((prompt, language, limit))
        return self.text


def desk(store: SqlStore, **changes: object) -> Intake:
    engines = {"scene": FakeEngine(), "local": FakeEngine()}
    parts = {"translator": Dictionary(), "catalogue": Catalogue(load_models()), "engines": engines}
    return make_intake(store, **(parts | changes))


def own(text: str, translator: str = USER) -> Translation:
    return Translation(text, "", translator, translated=False)


async def test_a_model_that_reads_the_prompt_gets_it_and_english_is_kept_beside(store: SqlStore) -> None:
    moderator = FakeModerator()
    job = (await desk(store, moderator=moderator).submit(ask("一只猫"))).job
    assert job.wording
    assert (job.spec.prompt, job.wording.revised.translated) == ("一只猫", False)
    assert (job.wording.english.text, job.wording.english.translator) == ("first: a cat", "first")
    assert moderator.seen == ["一只猫", "first: a cat"]


async def test_one_that_does_not_gets_the_translation(store: SqlStore) -> None:
    job = (await desk(store).submit(ask("一只猫", recipe=ENGLISH_ONLY))).job
    assert job.wording
    assert job.spec.prompt == job.wording.revised.text == job.wording.english.text == "first: a cat"
    assert (job.wording.revised.translator, job.wording.revised.translated) == ("first", True)


async def test_wording_is_stored_as_it_was_made(store: SqlStore) -> None:
    job = (await desk(store).submit(ask("一只猫", recipe=ENGLISH_ONLY))).job
    with store.look() as tx:
        assert tx.jobs.get(job.id) == job


async def test_another_translator_can_be_asked(store: SqlStore) -> None:
    request = replace(ask("一只猫", recipe=ENGLISH_ONLY), translator="second")
    assert (await desk(store).quote(request)).wording.revised.text == "second: a cat"
    with pytest.raises(Refusal, match="translator-unknown"):
        await desk(store).quote(replace(request, translator="third"))


async def test_the_prompt_as_typed_is_used_on_wish_and_its_reader_warned(store: SqlStore) -> None:
    request = replace(ask("一只猫 6s", recipe=ENGLISH_ONLY), revised=own("一只猫 6s", ORIGINAL))
    quote = await desk(store).quote(request)
    assert (quote.spec.prompt, round(quote.spec.seconds)) == ("一只猫", 6)
    assert quote.notes == (Note("language-unread", {"language": "zh"}),)
    assert quote.wording.english.text == "first: a cat"


async def test_own_words_are_read_like_a_prompt(store: SqlStore) -> None:
    request = replace(ask("一只猫", recipe="standard"), revised=own("a white cat vertical"))
    quote = await desk(store).quote(request)
    assert (quote.spec.prompt, quote.spec.width < quote.spec.height) == ("a white cat", True)
    assert quote.wording.revised == own("a white cat")
    assert (quote.typed, quote.prompt, quote.notes) == ("一只猫", "一只猫", ())


@pytest.mark.parametrize("words", ["forbidden", "一只猫斩首"])
async def test_after_an_edit_both_texts_are_moderated_anew(store: SqlStore, words: str) -> None:
    with pytest.raises(PromptBlocked):
        await desk(store).quote(replace(ask("一只猫"), revised=own(words)))


@pytest.mark.parametrize(("words", "why"), [("", Refusal), ("a" * 1501, TooLong), ("a" * 90_000, TooLong)])
async def test_own_words_have_the_limits_of_a_prompt(store: SqlStore, words: str, why: type[Refusal]) -> None:
    with pytest.raises(why):
        await desk(store).quote(replace(ask("一只猫"), revised=own(words)))


async def test_what_was_not_to_be_there_stays_away_after_an_edit(store: SqlStore) -> None:
    request = ask("a cat but not dogs", recipe=ENGLISH_ONLY)
    quote = await desk(store).quote(replace(request, revised=own("a white cat but not birds")))
    assert (quote.spec.prompt, quote.spec.negative_prompt) == ("a white cat", "dogs, birds")


async def test_a_prompt_is_written_out_in_the_language_the_model_reads_best(store: SqlStore) -> None:
    writer = Writer()
    request = replace(ask("a cat", recipe="wan2.1-1.3b-standard"), rewrite=True)
    quote = await desk(store, rewriter=writer).quote(request)
    assert [asked[:2] for asked in writer.asked] == [("a cat", "zh")]
    assert (quote.spec.prompt, quote.wording.revised.translator) == (WRITTEN, DIRECTOR)
    assert quote.wording.english.text == "first: in a wide shot, a cat"


async def test_what_is_written_out_is_moderated_before_and_after(store: SqlStore) -> None:
    writer = Writer("一只猫斩首")
    with pytest.raises(PromptBlocked):
        await desk(store, rewriter=writer).quote(replace(ask("forbidden"), rewrite=True))
    assert writer.asked == []
    with pytest.raises(PromptBlocked):
        await desk(store, rewriter=writer).quote(replace(ask("a cat"), rewrite=True))


async def test_nobody_needs_a_prompt_to_be_written_out(store: SqlStore) -> None:
    quote = await desk(store, rewriter=Writer(None)).quote(replace(ask("a cat"), rewrite=True))
    assert (quote.spec.prompt, quote.notes) == ("a cat", (Note("rewrite-failed"),))


async def test_a_recipe_may_ask_for_it_where_there_is_somebody_to_write(store: SqlStore) -> None:
    model = load_models()[0]
    recipes = tuple(recipe.model_copy(update={"rewrite": True}) for recipe in model.recipes)
    catalogue = Catalogue((model.model_copy(update={"recipes": recipes}),))
    quote = await desk(store, rewriter=Writer(), catalogue=catalogue).quote(ask("a cat"))
    assert quote.spec.prompt == WRITTEN
    quote = await desk(store, catalogue=catalogue).quote(ask("a cat"))
    assert (quote.spec.prompt, quote.notes) == ("a cat", ())


async def test_made_again_the_words_are_the_same_whatever_a_translator_says_today(store: SqlStore) -> None:
    first = (await desk(store).submit(replace(ask("一只猫", recipe=ENGLISH_ONLY), translator="second"))).job
    today = desk(store)
    again = (await today.submit(today.request_again(first, "again", ALICE))).job
    assert (again.spec, again.wording) == (first.spec, first.wording)


async def replaced(store: SqlStore, **changes: object) -> tuple[Intake, Request]:
    intake = desk(store, **changes)
    job = (await intake.submit(ask("一只猫"))).job
    request = intake.request_again(job, "second", ALICE)
    return intake, replace(request, revised=own("a white cat"), replaces=job.id)


async def test_an_unfinished_job_gives_way_and_its_credits_come_back(store: SqlStore) -> None:
    intake, request = await replaced(store, limits=Limits(waiting=1))
    before = account_of(store).held
    receipt = await intake.submit(request)
    assert receipt.replaced
    assert (receipt.replaced.id, receipt.replaced.state) == (request.replaces, JobState.CANCELLED)
    assert receipt.replaced.notes[-1] == Note("replaced", {"job": receipt.job.code})
    account = account_of(store)
    assert (account.held, account.balance) == (before, receipt.balance)
    assert (await intake.submit(request)).duplicate


async def test_a_job_does_not_give_way_to_one_that_is_refused(store: SqlStore) -> None:
    intake, request = await replaced(store)
    account = account_of(store)
    with store.begin() as tx:
        tx.ledger.grant(account.id, -account.balance, now=1.0, note="test")
    with pytest.raises(QuotaExceeded):
        await intake.submit(replace(request, options=replace(request.options, seconds=8)))
    with store.look() as tx:
        job = tx.jobs.get(str(request.replaces))
    assert job
    assert (job.state, job.notes) == (JobState.QUEUED, ())


async def test_a_finished_one_stays_as_it_is(store: SqlStore) -> None:
    intake, request = await replaced(store)
    with store.begin() as tx:
        tx.jobs.move(str(request.replaces), JobState.RUNNING, now=1.0)
        tx.jobs.move(str(request.replaces), JobState.FAILED, now=2.0, error="timed-out")
    assert (await intake.submit(request)).replaced is None


async def test_a_prompt_that_nobody_can_put_into_english_is_not_taken(store: SqlStore) -> None:
    class Monoglot(Dictionary):
        async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
            if "zh" in languages:
                return await super().translate(text, languages, by=by)
            raise Unsupported("language-unsupported", language="zh")

    with pytest.raises(Unsupported):
        await desk(store, translator=Monoglot()).quote(ask("一只猫"))
