"""Both texts are shown, with who wrote the second one, what speaks against it, and what can be done."""

from __future__ import annotations

import typing

import pytest

from bots.rewording import Words, present_wording, record_wording
from core.types import DIRECTOR, ORIGINAL, USER, Fallback, Translation, Wording
from core.wording import Rewordings
from tests.fakes import make_job
from translation.guard import Fault
from translation.localiser import LOCALES, Localiser
from translation.ports import Failure

EN, ZH = Localiser("en"), Localiser("zh-Hans")
TWO = Rewordings(("phrase", "gloss"), can_rewrite=False)
TRANSLATED = Translation("A cat.", "zh", "phrase", translated=True)


def as_is(text: str, translator: str = "none", language: str = "en") -> Translation:
    return Translation(text, language, translator, translated=False)


def shown(revised: Translation, english: Translation | None = None, *, rewordings: Rewordings = TWO) -> Words:
    return present_wording(EN, make_job(wording=Wording(revised, english or as_is(revised.text))), rewordings)


def kinds(words: Words) -> list[tuple[str, str]]:
    return [(choice.kind, choice.translator) for choice in words.choices]


def test_a_translation_is_shown_and_can_be_changed() -> None:
    words = shown(TRANSLATED)
    assert (words.title, words.text) == ("The engine reads this, translated by the built-in translator:", "A cat.")
    assert kinds(words) == [("original", ""), ("edit", ""), ("translate", "gloss")]
    assert words.choices[-1].label == "Translate again: the built-in dictionary"
    assert words.remarks == ()
    assert (words.language, words.is_read) == ("en", True)


def test_where_the_engine_reads_the_prompt_itself_its_english_is_shown() -> None:
    words = shown(as_is("一只猫", language="zh"), TRANSLATED)
    assert (words.text, words.choices) == ("A cat.", ())
    assert (words.language, words.is_read) == ("en", False)
    assert words.title.startswith("In English, translated by the built-in translator")


def test_english_for_an_engine_that_reads_it_is_not_shown_twice() -> None:
    assert shown(as_is("A cat.")) == Words("", "", (), ())
    writer = Rewordings((), can_rewrite=True)
    assert kinds(shown(as_is("A cat."), rewordings=writer)) == [("rewrite", "")]


def test_the_original_by_choice_can_be_translated_after_all() -> None:
    words = shown(as_is("一只猫", ORIGINAL, "zh"), TRANSLATED)
    assert words.title.startswith("The engine reads your prompt as you typed it.")
    assert kinds(words) == [("edit", ""), ("translate", "phrase"), ("translate", "gloss")]


@pytest.mark.parametrize(
    ("who", "title"),
    [
        (USER, "The engine reads the words you chose:"),
        (DIRECTOR, "The engine reads this, expanded by the language model:"),
    ],
)
def test_words_that_are_no_translation_say_whose_they_are(who: str, title: str) -> None:
    words = shown(as_is("一只白猫", who), TRANSLATED)
    assert (words.title, words.text, words.remarks) == (title, "一只白猫", ("In English: A cat.",))
    assert ("original", "") in kinds(words)
    assert (words.language, words.is_read) == ("zh", True)


def test_a_fallback_is_always_said() -> None:
    fallbacks = (Fallback("deepl", "timed-out"), Fallback("llm", "number-lost", "Cats."))
    words = shown(Translation("A cat.", "zh", "phrase", translated=True, fallbacks=fallbacks, doubts=("repeated",)))
    assert words.remarks == (
        "This translation may be off: it repeats itself. Please check it.",
        "No translation by DeepL: no answer in time.",
        "Not used: “Cats.” by the language model (a number was lost).",
    )
    assert words.warnings == words.remarks


def test_the_english_of_ones_own_words_is_no_warning() -> None:
    words = shown(as_is("一只白猫", USER), TRANSLATED)
    assert (words.remarks, words.warnings) == (("In English: A cat.",), ())
    assert words.lines == ("The engine reads the words you chose:", "一只白猫", "In English: A cat.")


@pytest.mark.parametrize(
    ("wording", "translator"),
    [
        (Wording(as_is("一只猫", language="zh"), TRANSLATED), "phrase"),
        (Wording(as_is("a cat"), as_is("a cat")), None),
        (Wording(as_is("一只白猫", USER), TRANSLATED), USER),
    ],
)
def test_programs_are_told_of_both_texts(wording: Wording, translator: str | None) -> None:
    record = record_wording(wording)
    assert record is not None
    assert (record["revised"], record["english"]) == (wording.revised.text, wording.english.text)
    assert (record["translator"], record["fallbacks"], record["doubts"]) == (translator, [], [])


def test_jobs_of_before_say_nothing() -> None:
    assert present_wording(ZH, make_job(), TWO) == Words("", "", (), ())
    assert present_wording(ZH, make_job(), TWO).lines == ()
    assert record_wording(None) is None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", [*typing.get_args(Failure), *typing.get_args(Fault), "span-added"])
def test_every_reason_has_its_words(locale: typing.Any, code: str) -> None:
    assert Localiser(locale).text(f"translation-{code}")
