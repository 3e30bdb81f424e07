"""Names and descriptions of commands in every language, within what the platforms take."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from bots.command_texts import (
    DISCORD_DESCRIPTION,
    LANGUAGES,
    TELEGRAM_DESCRIPTION,
    Language,
    command_text,
    discord_descriptions,
    discord_names,
    in_all_languages,
    is_discord_name,
    telegram_descriptions,
)
from bots.text_commands import COMMANDS
from translation.traditional import corrections, to_traditional

TO_SIMPLIFIED, TO_TAIWAN = OpenCC("t2s"), OpenCC("s2tw")
REVIEWED = "".join(right for _, right in corrections())
"""Characters that a reader of traditional Chinese put there: 台 is in daily use, whatever a converter says."""


def _simplified_only(text: str) -> str:
    return "".join(char for char in text if TO_TAIWAN.convert(char) != char and char not in REVIEWED)


@pytest.mark.parametrize("key", COMMANDS)
def test_every_command_has_a_name_and_a_description_in_every_language(key: str) -> None:
    text = command_text(key)
    assert set(text.names) == set(text.descriptions) == set(LANGUAGES)
    assert text.names["en"] == text.key == key
    for language in LANGUAGES:
        assert is_discord_name(text.names[language])
        assert 1 <= len(text.descriptions[language]) <= DISCORD_DESCRIPTION < TELEGRAM_DESCRIPTION
        assert bool(re.search("[\u4e00-\u9fff]", text.descriptions[language])) == (language != "en")


@pytest.mark.parametrize("key", COMMANDS)
def test_traditional_chinese_has_no_simplified_character_and_means_the_same(key: str) -> None:
    text = command_text(key)
    for sentence in (text.names["zh-Hant"], text.descriptions["zh-Hant"]):
        assert not _simplified_only(sentence)
    assert TO_SIMPLIFIED.convert(text.names["zh-Hant"]) == text.names["zh-Hans"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_commands_share_a_name(language: Language) -> None:
    names = [command_text(key).names[language] for key in COMMANDS]
    assert len(set(names)) == len(names)


def test_platforms_are_given_what_they_take() -> None:
    text = command_text("credits")
    assert telegram_descriptions(text) == {"": "What you can still spend", "zh": "剩余积分"}
    assert discord_names(text) == {"en-US": "credits", "en-GB": "credits", "zh-CN": "积分", "zh-TW": "積分"}
    assert discord_descriptions(text)["zh-TW"] == "剩餘積分"


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("cancel", True), ("取消", True), ("forget_me", True), ("9-16", True), ("a" * 32, True), ("影片", True),
        ("a" * 33, False), ("", False), ("Cancel", False), ("my video", False), ("再来！", False), ("/my", False),
    ],
)  # fmt: skip
def test_names_that_discord_takes(name: str, taken: bool) -> None:
    assert is_discord_name(name) == taken


def test_what_has_no_sentences_is_an_error() -> None:
    with pytest.raises(LookupError, match="command-name-nonsense"):
        command_text("nonsense")


def test_any_sentence_comes_in_all_languages() -> None:
    assert in_all_languages("ratio-portrait") == {"en": "Vertical", "zh-Hans": "竖屏", "zh-Hant": "豎屏"}


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("与另一个平台共用积分", "與另一個平台共用積分"), ("最近的视频", "最近的影片"), ("账号设置", "帳號設定"),
        ("视频的质量和分辨率", "影片的品質和解析度"), ("查看服务器信息", "查看伺服器資訊"),
        ("在这里发布", "在這裡發布"),         ("K7QM2XD, 720p", "K7QM2XD, 720p"), ("", ""),
    ],
)  # fmt: skip
def test_traditional_chinese_is_that_of_taiwan(simplified: str, traditional: str) -> None:
    assert to_traditional(simplified) == traditional


def test_every_correction_is_needed_and_the_last_word() -> None:
    for wrong, right in corrections():
        assert wrong != right
        assert not any(other in right for other, _ in corrections())


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("视频质量平台账号后台详情队列查看的一,.0aé🐱"), max_size=20))
def test_what_is_not_chinese_is_kept(text: str) -> None:
    kept = re.compile("[^\u4e00-\u9fff]")
    assert kept.findall(to_traditional(text)) == kept.findall(text)
