"""Turns the settings into the panel of moderators and the policy of a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

import structlog

from core.breaker import Breaker
from core.ports import Clock
from core.safety.frames import FrameModerator
from core.safety.moderator import PolicyModerator
from core.safety.panel import Panel, Seat, TextModerator
from core.safety.policy import Policy
from core.safety.policy_file import PolicyInvalid, load_policy
from core.safety.rules.moderator import Rules
from piying.mistake import Mistake
from piying.safety_settings import SafetySettings
from piying.settings import Settings
from translation.phrase import PhraseTranslator
from translation.views import view

_LOG = structlog.get_logger(__name__)
_CLASSIFIER = "core.safety.classifier"
_FAILURES, _REST_SECONDS = 3, 30.0
"""A moderator on the network that failed so often in a row is asked nothing for so long."""
_CLASSIFIER_SECONDS = 5.0
"""Far more than it needs: it stands in for a bug, or a machine that swaps."""


def make_panel(settings: Settings, *, clock: Clock) -> Panel:
    """The rules, the classifier where its weights are here, and the moderators that are set up.

    Raises:
        Mistake: a key's file is not as it should be.
    """
    classifier = _classifier()
    built_in = [Seat(classifier, _CLASSIFIER_SECONDS)] if classifier else []
    # Rules over simplified text of one width and script.
    rules = Rules(_read, classifier.characters if classifier else None)
    return Panel([*built_in, *_hosted(settings.safety, clock)], rules=rules)


def make_moderator(settings: Settings, *, clock: Clock) -> PolicyModerator:
    """All of it: the panel, the look at frames, and the policy over both.

    Raises:
        Mistake: a key's file, or the policy's, is not as it should be.
    """
    return PolicyModerator(make_panel(settings, clock=clock), FrameModerator(), make_policy(settings))


def make_policy(settings: Settings) -> Policy:
    """The policy in force.

    Raises:
        Mistake: its file cannot be read, or says what no policy can.
    """
    return read_policy_file(settings.safety.policy_file, "PIYING_SAFETY__POLICY_FILE: ")


def read_policy_file(path: Path | None, whose: str = "") -> Policy:
    """The policy that comes with Piying, and over it what the file says.

    Raises:
        Mistake: it cannot be read, or says what no policy can.
    """
    try:
        return load_policy(path)
    except OSError as error:
        raise Mistake(f"{whose}cannot read {path}: {error.strerror}") from error
    except PolicyInvalid as error:
        raise Mistake("\n".join(f"{whose}{path}: {problem}" for problem in error.problems)) from error


class _Reader(TextModerator, Protocol):
    """What ``core.safety.classifier.Classifier`` does."""

    def characters(self, text: str) -> str: ...


def _classifier() -> _Reader | None:
    if find_spec(_CLASSIFIER) is None:
        return None
    classifier = cast("_Reader", import_module(_CLASSIFIER).Classifier(_read, translate=_in_english))
    try:
        _LOG.debug("moderation.classifier", version=classifier.version)
    except FileNotFoundError:
        # A source tree whose weights have not been trained yet; a package has them.
        _LOG.debug("moderation.without_classifier")
        return None
    return classifier


def _read(text: str) -> str:
    return view(text).simplified


def _in_english(characters: str) -> str:
    # Its weights are opened where somebody writes in pinyin, once a process.
    return PhraseTranslator().translate(characters)


def _hosted(parts: SafetySettings, clock: Clock) -> Iterator[Seat]:
    for name, make in _MAKERS.items():
        part = getattr(parts, name)
        if part.is_on:
            breaker = Breaker(clock, failures=_FAILURES, pause=_REST_SECONDS)
            yield Seat(make(parts, clock), part.timeout, part.required, breaker)


def _openai(parts: SafetySettings, _clock: Clock) -> TextModerator:
    from core.safety.hosted.openai import OpenAiModerator

    part = parts.openai
    return OpenAiModerator(str(part.secret("openai")), model=part.model, url=part.url)


def _aliyun(parts: SafetySettings, clock: Clock) -> TextModerator:
    from core.safety.hosted.aliyun import AliyunModerator

    part, key = parts.aliyun, str(parts.aliyun.secret("aliyun"))
    return AliyunModerator(str(part.key_id), key, region=part.region, clock=clock, service=part.service, url=part.url)


def _tencent(parts: SafetySettings, clock: Clock) -> TextModerator:
    from core.safety.hosted.tencent import TencentModerator

    part, key = parts.tencent, str(parts.tencent.secret("tencent"))
    return TencentModerator(
        str(part.secret_id), key, region=part.region, clock=clock, biz_type=part.biz_type, url=part.url
    )


def _azure(parts: SafetySettings, _clock: Clock) -> TextModerator:
    from core.safety.hosted.azure import AzureModerator

    return AzureModerator(str(parts.azure.secret("azure")), endpoint=str(parts.azure.endpoint))


def _guard(parts: SafetySettings, _clock: Clock) -> TextModerator:
    from core.safety.hosted.guard import GuardModerator

    part = parts.guard
    return GuardModerator(str(part.base_url), str(part.model), style=part.style, key=part.secret("guard"))


_MAKERS: dict[str, Callable[[SafetySettings, Clock], TextModerator]] = {
    "openai": _openai, "aliyun": _aliyun, "tencent": _tencent, "azure": _azure, "guard": _guard,
}  # fmt: skip
