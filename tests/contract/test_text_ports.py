"""Core's Moderator and Translator ports, held by the fakes and by what is built in."""

import numpy as np
import pytest

from core.errors import Unsupported
from core.ports import Moderator, Translator
from core.safety.frames import FrameModerator
from core.safety.moderator import PolicyModerator
from core.safety.panel import Panel
from core.safety.policy_file import shipped_policy
from core.safety.rules.moderator import Rules
from core.types import Category
from tests.fakes import FakeClock, FakeModerator, FakeTranslator
from translation.cache import MemoryCache
from translation.chain import Chain, Link
from translation.judge import make_guard
from translation.threaded import Threaded

HARMLESS = ["a cat", "一只橙色的小猫在雪地里向右奔跑", "🐈🐈", "x" * 1000]


def by_policy() -> PolicyModerator:
    """The built-in rules and look at frames, and the policy that comes with Piying."""
    return PolicyModerator(Panel([], rules=Rules()), FrameModerator(), shipped_policy())


@pytest.fixture(params=[FakeModerator, by_policy])
def moderator(request: pytest.FixtureRequest) -> Moderator:
    made: Moderator = request.param()
    return made


def chain() -> Chain:
    link = Link(Threaded("built-in", "1", lambda: lambda _text: "a cat"), 1.0)
    return Chain([link], guard=make_guard(), cache=MemoryCache(), clock=FakeClock())


@pytest.fixture(params=[FakeTranslator, chain])
def translator(request: pytest.FixtureRequest) -> Translator:
    made: Translator = request.param()
    return made


@pytest.mark.parametrize("text", HARMLESS)
async def test_harmless_texts_pass(moderator: Moderator, text: str) -> None:
    verdict = await moderator.review_text(text)
    assert verdict.allowed is True


@pytest.mark.parametrize(
    ("made", "text"), [(FakeModerator(), "something forbidden"), (by_policy(), "a beheading in the snow")]
)
async def test_a_refusal_names_its_category(made: Moderator, text: str) -> None:
    verdict = await made.review_text(text)
    assert (verdict.allowed, verdict.category) == (False, Category.GORE)


@pytest.mark.parametrize(("made", "looks"), [(FakeModerator(), False), (by_policy(), True)])
async def test_a_verdict_says_whether_anybody_looked_at_the_frames(made: Moderator, looks: bool) -> None:
    verdict = await made.review_frames([np.zeros((48, 64, 3), np.uint8)])
    assert (verdict.allowed, verdict.reviewed) == (True, looks)


@pytest.mark.parametrize("text", ["a cat", "一只猫"])
async def test_what_the_model_reads_goes_on_as_it_came(translator: Translator, text: str) -> None:
    translation = await translator.translate(text, ["en", "zh"])
    assert translation.text == text
    assert translation.translated is False
    assert translation.translator


@pytest.mark.parametrize("text", ["ein Hund und eine Katze auf der Wiese", "猫が走っている"])
async def test_a_language_that_nobody_here_reads_is_refused(text: str) -> None:
    with pytest.raises(Unsupported) as refused:
        await chain().translate(text, ["en", "zh"])
    assert refused.value.code == "language-unsupported"


async def test_a_chain_translates_what_the_model_does_not_read() -> None:
    translation = await chain().translate("一只猫", ["en"])
    assert (translation.text, translation.translator, translation.translated) == ("a cat", "built-in", True)
