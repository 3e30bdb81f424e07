"""The chain: who translates, who falls back and why, what is kept, and that nothing doubtful passes for good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal, Unsupported
from core.types import Fallback, Translation, TranslationKey
from tests.fakes import FakeClock
from translation.cache import MemoryCache
from translation.chain import Chain, Link, Untranslatable
from translation.judge import make_guard
from translation.ports import Cache, Failure, TranslatorFailed

PROMPT, ENGLISH = "一只猫在雪地里奔跑", "A cat is running in the snow."
GOOD = {PROMPT: ENGLISH, "一块牌子写着<k0>": "A sign that says <k0>", "猫": "cat"}


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as events:
        yield events
    assert PROMPT not in str(events)


@dataclass
class Scripted:
    """Says what it is told to, or fails; remembers what it was asked."""

    name: str = "first"
    say: str | Exception | Callable[[str], str] = field(default=lambda text: GOOD.get(text, "a cat"))
    version: str = "1"
    pairs: tuple[tuple[str, str], ...] = (("zh", "en"),)
    asked: list[str] = field(default_factory=list)
    hangs: bool = False
    closed: bool = False

    def takes(self, source: str, target: str) -> bool:
        return (source, target) in self.pairs

    async def translate(self, text: str, source: str, target: str) -> str:
        self.asked.append(text)
        if self.hangs:
            await asyncio.Event().wait()
        if isinstance(self.say, Exception):
            raise copy(self.say)
        return self.say(text) if callable(self.say) else self.say

    async def close(self) -> None:
        self.closed = True


class House:
    """A chain with its clock and cache."""

    def __init__(self, *translators: Scripted, built_in: Sequence[str] = (), cache: Cache | None = None) -> None:
        self.clock, self.cache = FakeClock(), cache or MemoryCache()
        self.counted: list[tuple[str, str]] = []
        links = [Link(one, 0.05, built_in=one.name in built_in) for one in translators]
        self.chain = Chain(
            links,
            guard=make_guard(),
            cache=self.cache,
            clock=self.clock,
            count=lambda name, outcome: self.counted.append((name, outcome)),
        )

    async def translate(self, text: str = PROMPT, languages: Sequence[str] = ("en",)) -> Translation:
        return await self.chain.translate(text, languages)


async def test_the_first_that_does_is_taken_and_the_others_are_not_asked() -> None:
    first, second = Scripted(), Scripted("second")
    house = House(first, second)
    assert await house.translate() == Translation(ENGLISH, "zh", "first", translated=True)
    assert (first.asked, second.asked) == ([PROMPT], [])
    assert house.counted == [("first", "translated")]


@pytest.mark.parametrize(
    ("text", "languages", "language"),
    [
        (PROMPT, ("zh", "en"), "zh"),
        (PROMPT, ("zh",), "zh"),
        ("a cat in the snow", ("en",), "en"),
        ("a sign that says “你好”", ("en",), "en"),
        ("一只 cute 的猫", ("zh",), "zh"),
        ("🐈🐈 16:9", ("en",), "none"),
        ("", ("en",), "none"),
    ],
)
async def test_what_the_model_reads_goes_on_as_it_came(text: str, languages: Sequence[str], language: str) -> None:
    first = Scripted()
    found = await House(first).translate(text, languages)
    assert found == Translation(text, language, "none", translated=False)
    assert first.asked == []


async def test_english_with_chinese_in_it_is_translated_for_a_model_that_reads_english() -> None:
    first = Scripted(say="a cat runs in the snow")
    found = await House(first).translate("a cat runs in the 雪地", ("en",))
    assert (found.text, found.source_language, found.translated) == ("a cat runs in the snow", "en", True)


@pytest.mark.parametrize("text", ["ein Hund und eine Katze auf der Wiese", "猫が走っている", "고양이가 달린다"])
async def test_other_languages_are_refused_unless_a_translator_takes_them(text: str) -> None:
    with pytest.raises(Unsupported) as refused:
        await House(Scripted()).translate(text)
    assert refused.value.code == "language-unsupported"
    able = Scripted("llm", "A dog and a cat in the meadow", pairs=(("other", "en"), ("ja", "en"), ("ko", "en")))
    found = await House(Scripted(), able).translate(text)
    assert (found.translator, found.fallbacks) == ("llm", ())


async def test_english_for_a_model_that_reads_chinese_alone_needs_somebody_who_can() -> None:
    with pytest.raises(Unsupported) as refused:
        await House(Scripted()).translate("a cat", ("zh",))
    assert refused.value.details == {"language": "en"}
    both = Scripted("llm", "一只猫", pairs=(("en", "zh"),))
    assert (await House(both).translate("a cat", ("zh",))).text == "一只猫"


FAILURES: list[Failure] = ["unavailable", "busy", "denied", "spent", "rejected", "unreadable", "timed-out"]


@pytest.mark.parametrize("reason", FAILURES)
async def test_who_fails_is_followed_by_the_next_and_it_is_said(reason: Failure) -> None:
    house = House(Scripted(say=TranslatorFailed(reason)), Scripted("second"))
    found = await house.translate()
    assert (found.translator, found.fallbacks) == ("second", (Fallback("first", reason),))
    assert house.counted == [("first", reason), ("second", "translated")]


async def test_who_takes_too_long_is_given_up() -> None:
    found = await House(Scripted(hangs=True), Scripted("second")).translate()
    assert found.fallbacks == (Fallback("first", "timed-out"),)


async def test_a_bug_is_a_failure_like_any_other() -> None:
    found = await House(Scripted(say=ZeroDivisionError()), Scripted("second")).translate()
    assert found.fallbacks == (Fallback("first", "crashed"),)


BAD = {
    "一只猫在雪地里奔跑": "untranslated",
    "A cat 在雪地里 is running": "untranslated",
    "": "empty",
    "…": "empty",
    "Here is the translation: a cat runs in the snow": "instruction",
    "I'm sorry, but I can't help with that": "instruction",
    "好的，请提供需要翻译的文本。": "untranslated",
    "a cat a cat a cat a cat a cat": "repeated",
    "A cat is running in the snow and this is a long story about how it came to be there on that cold day": "too-long",
}


@pytest.mark.parametrize(("answer", "reason"), BAD.items())
async def test_what_the_guard_refuses_is_replaced_and_both_are_shown(answer: str, reason: str) -> None:
    house = House(Scripted(say=answer), Scripted("second"))
    found = await house.translate()
    assert (found.text, found.translator, found.doubts) == (ENGLISH, "second", ())
    assert found.fallbacks == (Fallback("first", reason, answer),)
    assert house.counted == [("first", "doubtful"), ("second", "translated")]


async def test_when_nobody_does_the_prompt_is_not_sent_on_as_it_was() -> None:
    house = House(Scripted(say=TranslatorFailed("denied")), Scripted("second", PROMPT))
    with pytest.raises(Untranslatable) as refused:
        await house.translate()
    assert (refused.value.code, refused.value.details) == ("translation-failed", {"language": "en"})
    assert refused.value.fallbacks == (Fallback("first", "denied"), Fallback("second", "untranslated", PROMPT))


DOUBTFUL = "a cat a cat a cat a cat a cat"


async def test_what_is_built_in_stands_with_its_doubts_and_is_not_kept() -> None:
    floor = Scripted("gloss", DOUBTFUL)
    house = House(Scripted(say=DOUBTFUL), floor, built_in=["gloss"])
    for _ in range(2):
        found = await house.translate()
        assert (found.text, found.translator, found.doubts) == (DOUBTFUL, "gloss", ("repeated",))
        assert found.fallbacks == (Fallback("first", "repeated", DOUBTFUL),)
    assert len(floor.asked) == 2


@pytest.mark.parametrize(
    ("phrase", "gloss", "stands"),
    [
        (DOUBTFUL, DOUBTFUL, "gloss"),
        ("a cat 猫 a cat a cat a cat a cat", DOUBTFUL, "gloss"),
        (DOUBTFUL, "a cat 猫 a cat a cat a cat a cat", "phrase"),
        (DOUBTFUL, ZeroDivisionError(), "phrase"),
    ],
)
async def test_of_several_with_doubts_the_least_doubtful_stands(
    phrase: str, gloss: str | Exception, stands: str
) -> None:
    house = House(Scripted("phrase", phrase), Scripted("gloss", gloss), built_in=["phrase", "gloss"])
    found = await house.translate()
    assert found.translator == stands
    assert {stands, *(one.translator for one in found.fallbacks)} == {"phrase", "gloss"}


async def test_nothing_at_all_never_stands() -> None:
    with pytest.raises(Untranslatable):
        await House(Scripted(say=" "), built_in=["first"]).translate()


async def test_one_translator_can_be_asked_by_name() -> None:
    first, second, llm = Scripted(), Scripted("second", DOUBTFUL), Scripted("llm", "好的")
    house = House(first, second, llm, built_in=["second"])
    found = await house.chain.translate(PROMPT, ["en"], by="second")
    assert (found.translator, found.doubts, found.fallbacks, first.asked) == ("second", ("repeated",), (), [])
    assert (await house.chain.translate(PROMPT, ["en"])).translator == "first"
    with pytest.raises(Untranslatable):
        await house.chain.translate(PROMPT, ["en"], by="llm")
    with pytest.raises(Refusal, match="translator-unknown"):
        await house.chain.translate(PROMPT, ["en"], by="third")


async def test_what_is_copied_is_never_shown_to_a_translator() -> None:
    first = Scripted()
    found = await House(first).translate("一块牌子写着“你好，WORLD”")
    assert (first.asked, found.text) == (["一块牌子写着<k0>"], "A sign that says “你好，WORLD”")


async def test_who_copies_itself_gets_the_text_with_what_is_copied() -> None:
    first = Scripted(say="a sign that says “你好”")
    chain = Chain([Link(first, 1, copies=True)], guard=make_guard(), cache=MemoryCache(), clock=FakeClock())
    found = await chain.translate("一块牌子写着“你好”", ("en",))
    assert (first.asked, found.text) == (["一块牌子写着“你好”"], "a sign that says “你好”")


@pytest.mark.parametrize("answer", ["A sign", "A sign <k0> <k0>", "A sign <k1>", "A sign that says hello"])
async def test_a_translation_that_loses_what_is_copied_is_replaced(answer: str) -> None:
    found = await House(Scripted(say=answer), Scripted("second")).translate("一块牌子写着「歡迎」")
    assert (found.text, found.fallbacks) == ("A sign that says 「歡迎」", (Fallback("first", "copy-lost"),))


SPELLINGS = ["一隻貓在雪地裡奔跑", "一只猫在雪地里奔跑 ", "一只\u200b猫在雪\ufeff地里奔跑", "一只猫在雪地里奔跑"]


async def test_a_prompt_is_translated_once_in_all_its_spellings() -> None:
    first = Scripted()
    house = House(first)
    texts = {(await house.translate(spelling)).text for spelling in SPELLINGS * 2}
    assert (texts, len(first.asked)) == ({ENGLISH}, 1)
    assert house.counted[-1] == ("first", "cached")


async def test_another_version_translates_anew_and_what_failed_is_not_kept() -> None:
    cache = MemoryCache()
    old, new = Scripted(say="a cat in the snow runs"), Scripted(version="2")
    for translator in (old, old, new, new):
        await House(translator, cache=cache).translate()
    assert (len(old.asked), len(new.asked)) == (1, 1)
    bad = Scripted("bad", PROMPT)
    for _ in range(2):
        await House(bad, new, cache=cache).translate()
    assert len(bad.asked) == 2


class Broken:
    """A cache whose database is away."""

    def find(self, key: TranslationKey) -> str | None:
        raise OSError(key.digest)

    def keep(self, key: TranslationKey, text: str) -> None:
        raise OSError(text)


async def test_a_cache_that_is_away_costs_no_translation() -> None:
    assert (await House(Scripted(), cache=Broken()).translate()).text == ENGLISH


async def test_who_fails_three_times_is_left_alone_and_tried_again_later() -> None:
    first = Scripted(say=TranslatorFailed("unavailable"))
    house = House(first, Scripted("second"), cache=Broken())
    for _ in range(5):
        found = await house.translate()
    assert found.fallbacks == (Fallback("first", "resting"),)
    assert len(first.asked) == 3
    assert house.chain.health() == {"first": "resting", "second": "well"}
    first.say = ENGLISH
    house.clock.time += 30
    assert (await house.translate()).translator == "first"
    assert house.chain.health()["first"] == "well"


async def test_a_service_that_asks_for_a_rest_has_it_at_once() -> None:
    first = Scripted(say=TranslatorFailed("busy", retry_after=120))
    house = House(first, Scripted("second"), cache=Broken())
    await house.translate()
    house.clock.time += 119
    await house.translate()
    assert len(first.asked) == 1


@pytest.mark.parametrize("say", [TranslatorFailed("rejected"), PROMPT, "a cat"])
async def test_what_a_text_is_to_blame_for_rests_nobody(say: str | Exception) -> None:
    first = Scripted(say=say)
    house = House(first, Scripted("second"), cache=Broken())
    for _ in range(6):
        await house.translate("一块牌子写着<k0>")
    assert len(first.asked) == 6


async def test_on_trial_only_one_request_goes_there() -> None:
    first = Scripted(say=TranslatorFailed("unavailable"))
    house = House(first, Scripted("second"), cache=Broken())
    for _ in range(3):
        await house.translate()
    house.clock.time += 30
    first.hangs = True
    found = await asyncio.gather(*(house.translate() for _ in range(5)))
    assert sorted(one.fallbacks[0].reason for one in found) == ["resting"] * 4 + ["timed-out"]


async def test_who_gives_up_waiting_leaves_the_trial_to_others() -> None:
    first = Scripted(say=TranslatorFailed("unavailable"))
    house = House(first, Scripted("second"), cache=Broken())
    for _ in range(3):
        await house.translate()
    house.clock.time += 30
    first.hangs = True
    waiting = asyncio.create_task(house.translate())
    while len(first.asked) < 4:
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    first.hangs, first.say = False, ENGLISH
    assert (await house.translate()).translator == "first"


async def test_all_are_closed() -> None:
    first, second = Scripted(), Scripted("second")
    await House(first, second).chain.close()
    assert (first.closed, second.closed) == (True, True)


ANSWERS = st.one_of(
    st.just(ENGLISH),
    st.sampled_from([PROMPT, "", "sure!", "a cat " * 9, "Translation: cat"]),
    st.sampled_from([TranslatorFailed(reason) for reason in FAILURES]),
    st.just(ZeroDivisionError()),
    st.text(max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ANSWERS, min_size=1, max_size=5))
async def test_whatever_they_say_the_result_is_sound_and_everybody_is_accounted_for(
    answers: list[str | Exception],
) -> None:
    house = House(*(Scripted(f"t{number}", answer) for number, answer in enumerate(answers)))
    names = list(house.chain.names)
    found = await outcome_of(house)
    asked = [one.translator for one in found.fallbacks]
    assert all(one.reason for one in found.fallbacks)
    if isinstance(found, Untranslatable):
        assert asked == names
    else:
        assert make_guard()(PROMPT, found.text, "en") == ()
        assert [*asked, found.translator] == names[: len(asked) + 1]


async def outcome_of(house: House) -> Translation | Untranslatable:
    try:
        return await house.translate()
    except Untranslatable as refused:
        return refused
