"""Turns a command into its name and its description in every language, as the platforms' menus take them.

A command ``KEY`` has two sentences, ``command-name-KEY`` and ``command-about-KEY``; 繁體中文 is made of 简体中文.
An adapter that has a command of its own adds both sentences, and asks here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from translation.localiser import Localiser
from translation.traditional import to_traditional

Language = Literal["en", "zh-Hans", "zh-Hant"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-Hans", "zh-Hant")

TELEGRAM_LANGUAGES: Mapping[str, Language] = {"": "en", "zh": "zh-Hans"}
"""By ``language_code``, which has two letters: one Chinese for all. The first is for everybody else."""
DISCORD_LANGUAGES: Mapping[str, Language] = {
    "en-US": "en", "en-GB": "en", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant",
}  # fmt: skip
"""By Discord's locale. There is none for Hong Kong, whose readers set zh-TW."""

TELEGRAM_DESCRIPTION, DISCORD_DESCRIPTION = 256, 100
"""The most characters of a description; one at least."""
_TELEGRAM_NAME = re.compile("[a-z0-9_]{1,32}")
_DISCORD_NAME = 32


@dataclass(frozen=True)
class CommandText:
    """What menus say of a command. Its English name is ``key``, which works in every language."""

    key: str
    names: Mapping[Language, str]
    descriptions: Mapping[Language, str]


def command_text(key: str) -> CommandText:
    """Name and description of a command.

    Raises:
        LookupError: it has no sentences.
        ValueError: a platform would not take them.
    """
    text = CommandText(key, in_all_languages(f"command-name-{key}"), in_all_languages(f"command-about-{key}"))
    _check(text)
    return text


def in_all_languages(message_id: str) -> Mapping[Language, str]:
    """A sentence without details, such as the name of an option or of a choice.

    Raises:
        LookupError: there is none.
    """
    simplified = Localiser("zh-Hans").text(message_id)
    return {"en": Localiser("en").text(message_id), "zh-Hans": simplified, "zh-Hant": to_traditional(simplified)}


def telegram_descriptions(text: CommandText) -> Mapping[str, str]:
    """By ``language_code``, for ``setMyCommands``. The name is ``key`` everywhere, since it may only be Latin."""
    return {code: text.descriptions[language] for code, language in TELEGRAM_LANGUAGES.items()}


def discord_names(text: CommandText) -> Mapping[str, str]:
    """``name_localizations``."""
    return {locale: text.names[language] for locale, language in DISCORD_LANGUAGES.items()}


def discord_descriptions(text: CommandText) -> Mapping[str, str]:
    """``description_localizations``."""
    return {locale: text.descriptions[language] for locale, language in DISCORD_LANGUAGES.items()}


def is_discord_name(name: str) -> bool:
    """Whether Discord takes a name: 1 to 32 letters, figures, hyphens, underscores and apostrophes, in lower case."""
    letters = all(char in "-_'" or unicodedata.category(char)[0] in "LN" for char in name)
    return 1 <= len(name) <= _DISCORD_NAME and letters and name == name.lower()


def _check(text: CommandText) -> None:
    if not _TELEGRAM_NAME.fullmatch(text.key) or text.names["en"] != text.key:
        raise ValueError(f"{text.key!r} is no name for a command, or is called {text.names['en']!r} in English")
    for language in LANGUAGES:
        if not is_discord_name(text.names[language]):
            raise ValueError(f"Discord takes no command called {text.names[language]!r}")
        if not 1 <= len(text.descriptions[language]) <= DISCORD_DESCRIPTION:
            raise ValueError(f"the description of {text.key} in {language} is empty or too long for Discord")
