"""Sentences: the localiser, and both files held to the same messages and to the errors there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from core.errors import PiyingError, PromptBlocked, QuotaExceeded, Refusal, TooLong, Unsupported, all_codes
from core.types import JobState, Locale
from translation.localiser import LOCALES, Localiser, choose_locale


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def _messages(locale: Locale) -> Mapping[str, set[str]]:
    source = (files("translation") / "locales" / f"{locale}.ftl").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for entry in FluentParser().parse(source).body:
        assert not isinstance(entry, ast.Junk), entry.content
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{entry.id.name} twice"
            variables = _Variables()
            variables.visit(entry)
            found[entry.id.name] = variables.names
    return found


MESSAGES = {locale: _messages(locale) for locale in LOCALES}
STORABLE = [code for code, kind in all_codes().items() if not issubclass(kind, Refusal) or kind is PromptBlocked]
NUMBERS = {
    "length", "limit", "seconds", "minutes", "credits", "ahead", "percent", "price", "balance", "held",
    "minimum", "maximum", "count", "most",
}  # fmt: skip


def _sentence(locale: Locale, message_id: str, number: int = 2) -> str:
    details = {name: number if name in NUMBERS else f"<{name}>" for name in MESSAGES[locale][message_id]}
    return Localiser(locale).text(message_id, **details)


def test_both_files_have_the_same_messages_in_the_same_order_with_the_same_placeholders() -> None:
    assert list(MESSAGES["en"]) == list(MESSAGES["zh-Hans"])
    assert MESSAGES["en"] == MESSAGES["zh-Hans"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("message_id", MESSAGES["en"])
def test_every_sentence_is_whole(locale: Locale, message_id: str) -> None:
    for number in (1, 2, 1000):
        text = _sentence(locale, message_id, number)
        assert text.strip() == text != ""
        assert not re.search(r"[{}\u2066-\u2069\u200b-\u200f]|  ", text)
        for name in MESSAGES[locale][message_id] - NUMBERS - {"category", "language", "state", "error"}:
            assert f"<{name}>" in text


@pytest.mark.parametrize("message_id", MESSAGES["zh-Hans"])
def test_chinese_is_in_chinese_punctuation_and_spaced_from_latin(message_id: str) -> None:
    text = _sentence("zh-Hans", message_id)
    assert not re.search(r"[\u4e00-\u9fff][,.!?;:()]|[,!?;:][\u4e00-\u9fff]", text)
    if not message_id.startswith(("page-example", "error-prompt", "page-hint", "command-help")):
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9/]|[A-Za-z0-9][\u4e00-\u9fff]", text)


@pytest.mark.parametrize("code", all_codes())
def test_every_error_has_a_sentence(code: str) -> None:
    assert f"error-{code}" in MESSAGES["en"]


@pytest.mark.parametrize("code", STORABLE)
def test_sentences_of_stored_failures_need_no_details(code: str) -> None:
    for locale in LOCALES:
        assert Localiser(locale).text(f"error-{code}")


@pytest.mark.parametrize(
    "error",
    [
        TooLong(length=1200, limit=1000),
        QuotaExceeded("credits-short", price=8, balance=1),
        QuotaExceeded("limit-clips", limit=5, resets_at="2026-01-01 00:00 CST"),
        QuotaExceeded("limit-waiting", limit=3),
        Unsupported("option-seconds", value="90", minimum=2, maximum=8),
        Unsupported("option-seed", maximum=4294967295),
        Unsupported("nothing-to-draw", words="灯塔"),
        Unsupported("language-unsupported", language="ja"),
        Refusal("too-fast", seconds=0.3),
    ],
)
def test_errors_say_the_figures_they_carry(error: PiyingError) -> None:
    for locale in LOCALES:
        text = Localiser(locale).text(f"error-{error.code}", **error.details)
        shown = {
            str(value) for name, value in error.details.items() if name not in {"words", "language", "length", "limit"}
        }
        assert all(value in text for value in shown)


def test_states_and_stages_are_named() -> None:
    names = [f"state-{state}" for state in JobState if state is not JobState.FAILED]
    names += [f"state-{state}-short" for state in JobState]
    names += [
        f"stage-{stage}" for stage in ("queued", "understanding", "drawing", "encoding", "checking", "delivering")
    ]
    assert set(names) <= set(MESSAGES["en"])


def test_plurals_and_numbers() -> None:
    english, chinese = Localiser("en"), Localiser("zh-Hans")
    assert english.text("credits", credits=1) == "1 credit"
    assert english.text("credits-left", credits=1200) == "1,200 credits left"
    assert english.text("place-behind", ahead=1) == "1 video is ahead of yours."
    assert english.text("about-seconds", seconds=20) == "about 20 seconds"
    assert chinese.text("about-minutes", minutes=2) == "约 2 分钟"
    assert (
        chinese.text("place-with-wait", place="下一个就轮到你。", wait="约 5 秒") == "下一个就轮到你。预计等待约 5 秒。"
    )


def test_variants_fall_back_and_missing_things_are_errors() -> None:
    for locale in LOCALES:
        localiser = Localiser(locale)
        assert localiser.text("error-prompt-blocked") == localiser.text("error-prompt-blocked", category="new")
        assert "12356" in localiser.text("error-prompt-blocked", category="self-harm")
        with pytest.raises(LookupError, match="no message 'nonsense'"):
            localiser.text("nonsense")
        with pytest.raises(LookupError, match=r"error-prompt-too-long.*length"):
            localiser.text("error-prompt-too-long", limit=3)


@pytest.mark.parametrize(
    ("wishes", "locale"),
    [
        ("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hans"), ("zh-HK,en;q=0.5", "zh-Hans"), ("zh_CN.UTF-8", "zh-Hans"),
        ("zh.UTF-8", "zh-Hans"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr,zh-Hant;q=0.5,en;q=0.3", "zh-Hans"),
        ("zh;q=0,en;q=0.1", "en"), ("fr,de", "en"), ("zh;q=x", "en"), ("C", "en"), ("", "en"), (",;,;q", "en"),
        ("zhuang", "en"),
    ],
)  # fmt: skip
def test_the_best_locale_is_chosen(wishes: str, locale: Locale) -> None:
    assert choose_locale(wishes) == locale
