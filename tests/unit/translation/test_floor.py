"""Whatever goes wrong above them, the built-in translators stand, and it is said; and the figures of the guard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from piying.bench.held_out import YOUMIND, is_held_pair, read_pairs, youmind_ids
from piying.bench.sets import FOLDER, read_sets
from tests.fakes import FakeClock
from tests.needs import need
from translation.cache import MemoryCache
from translation.chain import Chain, Link
from translation.gloss import Gloss
from translation.guard import LEAST_COVERAGE
from translation.judge import make_guard
from translation.phrase import PhraseTranslator
from translation.threaded import Threaded

PROMPT = "一只橘猫趴在窗台上打哈欠，外面下着大雨"
GOOD = "An orange cat lies on the windowsill yawning while it rains heavily outside."

Say = Callable[[], str]


class Upper:
    """A translator above the built-in ones that says what it is told to, at once or never."""

    name, version = "upper", "1"

    def __init__(self, say: Say, *, hangs: bool = False) -> None:
        self.say, self.hangs = say, hangs

    def takes(self, source: str, target: str) -> bool:
        return (source, target) == ("zh", "en")

    async def translate(self, text: str, source: str, target: str) -> str:
        if self.hangs:
            await asyncio.Event().wait()
        return self.say()

    async def close(self) -> None: ...


@pytest.fixture(scope="module")
def gloss() -> Gloss:
    return Gloss()


@pytest.fixture(scope="module")
def phrase() -> PhraseTranslator:
    return PhraseTranslator()


def make(gloss: Gloss, phrase: Say | PhraseTranslator, *above: Upper) -> Chain:
    speak = phrase.translate if isinstance(phrase, PhraseTranslator) else lambda _text: phrase()
    links = [Link(one, 0.05) for one in above]
    links.append(Link(Threaded("phrase", "1", lambda: speak), 30, copies=True, built_in=True))
    links.append(Link(Threaded("gloss", "1", lambda: gloss.translate), 30, copies=True, built_in=True))
    return Chain(links, guard=make_guard(gloss.coverage), cache=MemoryCache(), clock=FakeClock())


def broken() -> str:
    raise ZeroDivisionError


ANSWERS: dict[str, tuple[Say, str]] = {
    "crashes": (broken, "crashed"),
    "returns Chinese": (lambda: PROMPT, "untranslated"),
    "returns some Chinese": (lambda: "An orange cat 趴在窗台上 yawns, heavy rain outside", "untranslated"),
    "returns Japanese": (lambda: "オレンジ色の猫", "untranslated"),
    "returns nothing": (lambda: "", "empty"),
    "returns marks": (lambda: "……", "empty"),
    "repeats itself": (lambda: "An orange cat yawns, yawns, yawns, yawns, yawns", "repeated"),
    "says it twice": (lambda: f"{GOOD} {GOOD}", "too-long"),
    "doubles the length": (lambda: f"{GOOD} The scene is lit by a warm lamp and feels calm and quiet", "too-long"),
    "says half": (lambda: "A windy day", "noun-lost"),
    "returns another prompt": (lambda: "A dog swims across a mountain lake while snow falls", "noun-lost"),
    "returns an instruction": (lambda: f"Here is the translation: {GOOD}", "instruction"),
    "asks back": (lambda: "Please provide the text that I should translate.", "instruction"),
    "declines": (lambda: "I'm sorry, but I can't help with that.", "instruction"),
    "adds a link": (lambda: f"{GOOD} https://evil.example/x", "span-added"),
    "adds a tag": (lambda: f"{GOOD} <lora:evil:1>", "span-added"),
}


@pytest.mark.parametrize("what", ANSWERS)
async def test_who_fails_above_is_followed_by_the_phrases(what: str, gloss: Gloss, phrase: PhraseTranslator) -> None:
    say, reason = ANSWERS[what]
    with structlog.testing.capture_logs() as events:
        found = await make(gloss, phrase, Upper(say)).translate(PROMPT, ("en",))
    assert (found.text, found.translator, found.doubts) == (phrase.translate(PROMPT), "phrase", ())
    assert [(one.translator, one.reason) for one in found.fallbacks] == [("upper", reason)]
    assert PROMPT not in str(events)


async def test_who_never_answers_is_followed_by_the_phrases(gloss: Gloss, phrase: PhraseTranslator) -> None:
    found = await make(gloss, phrase, Upper(lambda: "", hangs=True)).translate(PROMPT, ("en",))
    assert (found.translator, found.fallbacks[0].reason) == ("phrase", "timed-out")


async def test_a_good_translation_stands(gloss: Gloss, phrase: PhraseTranslator) -> None:
    found = await make(gloss, phrase, Upper(lambda: GOOD)).translate(PROMPT, ("en",))
    assert (found.text, found.translator, found.fallbacks) == (GOOD, "upper", ())


@pytest.mark.parametrize("say", [broken, lambda: "", lambda: "猫", lambda: "cat " * 60])
async def test_below_the_phrases_is_the_gloss(say: Say, gloss: Gloss) -> None:
    with structlog.testing.capture_logs():
        found = await make(gloss, say).translate(PROMPT, ("en",))
    assert (found.text, found.translator) == (gloss.translate(PROMPT), "gloss")
    assert [one.translator for one in found.fallbacks] == ["phrase"]


@pytest.mark.slow
def test_few_good_translations_are_taken_for_ones_that_lost_something(gloss: Gloss) -> None:
    """``LEAST_COVERAGE``: the guard's false alarms, and what it sees, on prompts that people translated."""
    need(FOLDER.exists(), f"translated texts in {FOLDER}")
    pairs = [*read_sets(FOLDER)["vbench2"], *held_prompts(FOLDER)]
    guard = make_guard(gloss.coverage)
    others = [english for _, english in pairs[500:] + pairs[:500]]
    alarms = sum("noun-lost" in guard(chinese, english, "en") for chinese, english in pairs) / len(pairs)
    seen = sum("noun-lost" in guard(chinese, other, "en") for (chinese, _), other in zip(pairs, others, strict=True))
    print(f"{alarms:.2%} false alarms, {seen / len(pairs):.1%} seen, at {LEAST_COVERAGE}")
    assert alarms <= 0.01
    assert seen / len(pairs) >= 0.85


def held_prompts(folder: Path) -> list[tuple[str, str]]:
    owners = youmind_ids(folder)
    held = [pair for pair in read_pairs(folder, YOUMIND) if is_held_pair(pair, owners)]
    return [(pair.chinese, pair.english) for pair in held]
