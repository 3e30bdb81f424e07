"""However a prompt is spelt, its English is the same: both scripts, both widths, characters that nobody sees."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache, partial

import pytest
from opencc import OpenCC

from core.types import TranslationKey
from tests.fakes import FakeClock
from tests.unit.scene.following import PROMPTS, load
from translation.chain import Chain, Link
from translation.gloss import Gloss
from translation.judge import make_guard
from translation.phrase import PhraseTranslator
from translation.threaded import Threaded
from translation.views import view

TAGS = ("", ", cinematic lighting, 4K", "，35mm 镜头，16:9", " (HDR, 24fps)")
UNSEEN = "\u200b\ufeff\u2060\u00ad\u200c"

English = tuple[str, str, tuple[str, ...]]
"""The translation (what is quoted in it in one script and width), whose it is, and who gave way."""


class Forgetful:
    """A cache that keeps nothing: it would find one spelling's English for another."""

    def find(self, key: TranslationKey) -> None: ...
    def keep(self, key: TranslationKey, text: str) -> None: ...


@pytest.fixture(scope="module")
def chain() -> Chain:
    gloss = Gloss()
    translators = {"phrase": PhraseTranslator().translate, "gloss": gloss.translate}
    links = [
        Link(Threaded(name, "1", partial(lambda loaded: loaded, translate)), 30, copies=True, built_in=True)
        for name, translate in translators.items()
    ]
    return Chain(links, guard=make_guard(gloss.coverage), cache=Forgetful(), clock=FakeClock())


@pytest.fixture(scope="module")
def known() -> dict[str, English]:
    return {}


@cache
def prompts() -> list[str]:
    """Prompts in simplified Chinese, three in four with English and digits after them."""
    written = (PROMPTS / "translation_100.txt").read_text("utf-8").splitlines()
    scenes = [line.partition("\t")[0] for line in (PROMPTS / "twins.tsv").read_text("utf-8").splitlines()]
    tuned = [case["prompt"] for case in load("tuning") if case["lang"] == "zh"]
    found = dict.fromkeys([*written, *scenes, *tuned])
    plain = [prompt for prompt in found if view(prompt).simplified == view(prompt).plain]
    return [prompt + TAGS[place % len(TAGS)] for place, prompt in enumerate(plain)]


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text).replace(" ", "\u3000")


def unseen(text: str) -> str:
    return "".join(char + UNSEEN[place % len(UNSEEN)] for place, char in enumerate(text))


def mixed(text: str) -> str:
    """Each character in either script and either width, every few with something unseen after it."""
    chance = random.Random(text)
    ways = zip(text, in_script("s2t")(text), wide(text), strict=True)
    return "".join(chance.choice(way) + chance.choice(["", "", "\u200b"]) for way in ways)


@cache
def in_script(name: str) -> Callable[[str], str]:
    convert: Callable[[str], str] = OpenCC(name).convert
    return convert


SPELLINGS: dict[str, Callable[[str], str]] = {
    "traditional": in_script("s2t"),
    "traditional, Taiwan": in_script("s2tw"),
    "traditional, Hong Kong": in_script("s2hk"),
    "full-width": wide,
    "zero-width-spaced": unseen,
    "mixed": mixed,
    "all at once": lambda text: unseen(wide(in_script("s2tw")(text))),
}


def test_there_are_three_hundred_prompts() -> None:
    assert len(prompts()) >= 300
    for name, spell in SPELLINGS.items():
        changed = sum(spell(prompt) != prompt for prompt in prompts())
        assert changed >= 300, name


@pytest.mark.slow
@pytest.mark.parametrize("name", SPELLINGS)
async def test_a_prompt_in_another_spelling_ends_in_the_same_english(
    chain: Chain, known: dict[str, English], name: str
) -> None:
    apart = []
    for prompt in prompts():
        if prompt not in known:
            known[prompt] = await english(chain, prompt)
        twin = SPELLINGS[name](prompt)
        found, other = known[prompt], await english(chain, twin)
        if found != other:
            apart.append(f"{twin}\n  {found}\n  {other}")
    assert apart == []


async def english(chain: Chain, prompt: str) -> English:
    found = await chain.translate(prompt, ("en",))
    return view(found.text).simplified, found.translator, tuple(one.translator for one in found.fallbacks)
