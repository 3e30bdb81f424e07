"""Turns a clip's prompt into captions, and what people write instead into a post's content or a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import PromptBlocked, Refusal
from core.publishing.types import CAPTION_LANGUAGES, CaptionLanguage, Content, Profile
from core.types import Place

if TYPE_CHECKING:
    from core.ports import Moderator, Translator
    from core.types import Job

LONGEST_CAPTION, LONGEST_CREDIT, MOST_TAGS, LONGEST_TAG = 350, 60, 8, 24
"""In characters. With all of them a post stays below 1024, the longest caption that Telegram takes."""
_TAG = re.compile(r"[^\W_]\w*")
_IN_CHANNEL = Place("channel")


class Captions:
    """Writes and judges what a post says."""

    def __init__(self, translator: Translator, moderator: Moderator) -> None:
        self._translator, self._moderator = translator, moderator

    async def begin(self, job: Job, languages: Sequence[CaptionLanguage]) -> Content:
        """What a draft says at first: the clip's prompt, in each of the languages that somebody here can write."""
        found = {language: await self._say(job, language) for language in languages}
        captions = {language: _cut(text) for language, text in found.items() if text}
        if not captions and job.prompt:
            captions = {languages[0]: _cut(job.prompt)}
        return Content(captions)

    async def check(self, content: Content) -> None:
        """Have the words of a post judged by the policy.

        Raises:
            PromptBlocked: they may not be shown.
            ModerationUnavailable: nobody can say so now.
        """
        text = "\n".join((*content.captions.values(), *content.tags, content.credit)).strip()
        verdict = await self._moderator.review_text(text, place=_IN_CHANNEL) if text else None
        if verdict and not verdict.allowed and not verdict.asks:
            details = {"fragment": verdict.fragment} if verdict.fragment else {}
            raise PromptBlocked(category=str(verdict.category or ""), **details)

    async def _say(self, job: Job, language: CaptionLanguage) -> str:
        if language == "en" and job.wording:
            return job.wording.english.text
        try:
            return (await self._translator.translate(job.prompt, [language])).text if job.prompt else ""
        except Refusal:
            # Whoever publishes it can write it themselves.
            return ""


def written(content: Content, changes: Mapping[str, object]) -> Content:
    """The content with what somebody wrote: ``zh`` and ``en`` (None drops one), ``tags``, and the fields of Content.

    Raises:
        Refusal: ``caption-long`` or ``tags-wrong``.
    """
    captions = {**content.captions, **{name: changes[name] for name in CAPTION_LANGUAGES if name in changes}}
    kept: dict[CaptionLanguage, str] = {}
    for language in CAPTION_LANGUAGES:
        text = captions.get(language)
        if isinstance(text, str) and text.strip():
            kept[language] = _fitting(text.strip(), LONGEST_CAPTION)
    rest = {name: value for name, value in changes.items() if name not in CAPTION_LANGUAGES}
    if "tags" in rest:
        rest["tags"] = read_tags(str(rest["tags"]))
    if "credit" in rest:
        rest["credit"] = _fitting(str(rest["credit"]).strip(), LONGEST_CREDIT)
    return replace(content, captions=kept, **rest)  # type: ignore[arg-type]


def read_tags(text: str) -> tuple[str, ...]:
    """Words, with or without ``#`` before them.

    Raises:
        Refusal: ``tags-wrong``.
    """
    found = tuple(dict.fromkeys(word.lstrip("#＃") for word in re.split(r"[\s,，、]+", text) if word.strip("#＃")))
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG or not _TAG.fullmatch(tag) for tag in found):
        raise Refusal("tags-wrong", most=MOST_TAGS, longest=LONGEST_TAG)
    return found


def require_fitting(content: Content, profile: Profile) -> None:
    """Hold what a post says to its channel's profile.

    Raises:
        Refusal: ``caption-needed`` or ``caption-word``.
    """
    if not set(content.captions) & set(profile.languages):
        raise Refusal("caption-needed", known=", ".join(profile.languages))
    text = "\n".join((*content.captions.values(), *content.tags, content.credit)).casefold()
    found = next((word for word in profile.words if word.casefold() in text), None)
    if found is not None:
        raise Refusal("caption-word", word=found)


def _fitting(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refusal("caption-long", length=len(text), limit=limit)
    return text


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_CAPTION else f"{line[: LONGEST_CAPTION - 1]}…"
