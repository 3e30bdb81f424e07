"""Turns the settings into the translators of a process, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.ports import Clock
from piying.mistake import Mistake
from piying.settings import Settings
from piying.translation_settings import LlmSettings, TranslationSettings
from translation.chain import Chain, Link
from translation.ct2 import PACKAGES, Ct2Translator, missing
from translation.judge import make_guard
from translation.ports import Cache
from translation.threaded import Threaded

if TYPE_CHECKING:
    from translation.chat import Chat
    from translation.director import Director
    from translation.gloss import Gloss

EXTRA = "pip install '.[nmt]' in Piying's source folder"
_BUILT_IN_SECONDS = 5.0
"""Far more than what is built in needs: it stands in for a bug, or a machine that swaps."""


def make_chain(
    settings: Settings,
    *,
    cache: Cache,
    clock: Clock,
    count: Callable[[str, str], None] = lambda _translator, _outcome: None,
) -> Chain:
    """The translators that are set up, in their order.

    Raises:
        Mistake: a key's file, or a model's folder, is not as it should be.
    """
    parts = settings.translation
    links = [_MAKERS[name](parts, clock) for name in parts.names]
    # What the gloss names, a translation has to name.
    guard = make_guard(_coverage)
    return Chain(links, guard=guard, cache=cache, clock=clock, failures=parts.failures, pause=parts.pause, count=count)


def describe(settings: Settings) -> str:
    """The translators in their order, and where the text goes with them; without keys."""
    parts = settings.translation
    places = {
        "llm": f"{parts.llm.model} at {urlsplit(parts.llm.base_url or '').hostname}",
        "nmt": str(parts.nmt.folder),
    }
    return ", then ".join(f"{name} ({places[name]})" if name in places else name for name in parts.names)


def make_director(settings: Settings) -> Director | None:
    """Who writes short prompts out; None where no language model is set up.

    Raises:
        Mistake: its key's file is not as it should be.
    """
    llm = settings.translation.llm
    if not llm.is_on:
        return None
    from translation.director import Director
    from translation.llm import LlmRewriter

    return Director(LlmRewriter(chat_of(llm)), llm.timeout)


def chat_of(llm: LlmSettings) -> Chat:
    """The language model that is set up.

    Raises:
        Mistake: its key's file is not as it should be.
    """
    # aiohttp: for those alone who ask a service.
    from translation.chat import Chat, ChatModel

    return Chat(ChatModel(str(llm.base_url), str(llm.model), llm.secret("llm"), llm.json_schema, llm.extra or {}))


def _llm(parts: TranslationSettings, _clock: Clock) -> Link:
    from translation.llm import LlmTranslator

    return Link(LlmTranslator(chat_of(parts.llm)), parts.llm.timeout)


def _deepl(parts: TranslationSettings, _clock: Clock) -> Link:
    from translation.hosted.deepl import DeeplTranslator

    return Link(DeeplTranslator(str(parts.deepl.secret("deepl")), url=parts.deepl.url), parts.deepl.timeout)


def _tencent(parts: TranslationSettings, clock: Clock) -> Link:
    from translation.hosted.tencent import TencentTranslator

    part = parts.tencent
    key = str(part.secret("tencent"))
    return Link(
        TencentTranslator(str(part.secret_id), key, region=part.region, clock=clock, url=part.url), part.timeout
    )


def _baidu(parts: TranslationSettings, _clock: Clock) -> Link:
    from translation.hosted.baidu import BaiduTranslator

    part = parts.baidu
    return Link(BaiduTranslator(str(part.app_id), str(part.secret("baidu")), url=part.url), part.timeout)


def _nmt(parts: TranslationSettings, _clock: Clock) -> Link:
    folder = Path(str(parts.nmt.folder))
    if lost := missing(folder):
        remedy = f": {EXTRA}" if lost[0] in PACKAGES else ""
        raise Mistake(f"PIYING_TRANSLATION__NMT__FOLDER: {folder} cannot be used without {', '.join(lost)}{remedy}")
    return Link(Ct2Translator(folder, threads=parts.nmt.threads), parts.nmt.timeout)


def _phrase(_parts: TranslationSettings, _clock: Clock) -> Link:
    from translation.phrase import PhraseTranslator
    from translation.weights import shipped_version

    made = Threaded("phrase", _version_of(shipped_version()), lambda: PhraseTranslator().translate)
    return Link(made, _BUILT_IN_SECONDS, copies=True, built_in=True)


def _gloss(_parts: TranslationSettings, _clock: Clock) -> Link:
    from translation.weights import shipped_version

    made = Threaded("gloss", _version_of(shipped_version()), lambda: _shipped_gloss().translate)
    return Link(made, _BUILT_IN_SECONDS, copies=True, built_in=True)


def _version_of(weights: str) -> str:
    """Rules and tables change with a release, weights with their training."""
    return f"{version('piying')[:20]}-{weights}"[:64]


@cache
def _shipped_gloss() -> Gloss:
    from translation.gloss import Gloss

    return Gloss()


def _coverage(source: str, text: str) -> float:
    return _shipped_gloss().coverage(source, text)


_MAKERS: dict[str, Callable[[TranslationSettings, Clock], Link]] = {
    "llm": _llm, "deepl": _deepl, "tencent": _tencent, "baidu": _baidu, "nmt": _nmt, "phrase": _phrase, "gloss": _gloss,
}  # fmt: skip
