"""Turns a prompt into another language by a neural model in a folder, which CTranslate2 runs on the processor.

The folder is what CTranslate2's converters write, with the model's SentencePiece files beside it: OPUS-MT from Chinese
to English, NLLB or M2M100.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGES = ("ctranslate2", "sentencepiece")

_WEIGHTS, _CONFIG = "model.bin", "config.json"
_VOCABULARIES = ("shared_vocabulary.json", "shared_vocabulary.txt", "source_vocabulary.json", "source_vocabulary.txt")
_PIECES = (("source.spm", "target.spm"), ("sentencepiece.bpe.model",) * 2, ("sentencepiece.model",) * 2)
"""SentencePiece models of the source and the target, as the families name them."""
_CODES = {"nllb": {"zh": "zho_Hans", "en": "eng_Latn"}, "m2m": {"zh": "__zh__", "en": "__en__"}}
_BEAM = 4
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+|[^。！？!?；;\n]+")
_PLACEHOLDER = re.compile("(<k[0-9]{1,4}>)")


def missing(folder: Path) -> list[str]:
    """What a folder lacks to be translated with, packages and files; best nothing."""
    lost = [name for name in PACKAGES if find_spec(name) is None]
    lost += [name for name in (_WEIGHTS, _CONFIG) if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in _VOCABULARIES):
        lost.append(_VOCABULARIES[0])
    return lost if _pieces_in(folder) else [*lost, " and ".join(_PIECES[0])]


class Ct2Translator:
    """``translation.ports.TextTranslator``; the model is read when it is first needed, and works in a thread."""

    name = "nmt"

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._folder, self._threads = folder, threads
        self._model: _Model | None = None
        self._loading = threading.Lock()
        self.version = _version(folder)
        self._codes = _family(folder)

    def takes(self, source: str, target: str) -> bool:
        """See the port. NLLB and M2M100 translate both ways."""
        return (source, target) == ("zh", "en") or ((source, target) == ("en", "zh") and bool(self._codes))

    async def translate(self, text: str, source: str, target: str) -> str:
        """See the port, sentence by sentence: that is what such models learnt."""
        return await asyncio.to_thread(self._translate, text, source, target)

    async def close(self) -> None:
        """See the port."""
        self._model = None

    def _translate(self, text: str, source: str, target: str) -> str:
        model = self._opened()
        return " ".join(filter(None, _in_sentences(text, lambda parts: model.translate(parts, source, target))))

    def _opened(self) -> _Model:
        with self._loading:
            if self._model is None:
                self._model = _load(self._folder, self._threads, self._codes)
            return self._model


def _in_sentences(text: str, translate: Callable[[Sequence[str]], list[str]]) -> Iterator[str]:
    """Where a sentence comes back without its placeholders, the words between them are translated one by one."""
    sentences = [found.strip() for found in _SENTENCE.findall(text) if found.strip()]
    for sentence, answer in zip(sentences, translate(sentences), strict=True):
        marks = _PLACEHOLDER.findall(sentence)
        if sorted(_PLACEHOLDER.findall(answer)) == sorted(marks):
            yield answer
            continue
        parts = [part.strip() for part in _PLACEHOLDER.split(sentence)]
        words = [part for part in parts if part not in marks and any(map(str.isalnum, part))]
        known = dict(zip(words, translate(words), strict=True))
        yield " ".join(filter(None, (known.get(part, part) for part in parts)))


@dataclass(frozen=True)
class _Model:
    translator: Any
    source: Any
    target: Any
    codes: Mapping[str, str]
    ends_itself: bool
    """Whether the model adds the end of the sentence to what it is given."""

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        if not texts:
            return []
        prefix = [[self.codes[target]]] * len(texts) if self.codes else None
        tokens = [self._tokens(text, source) for text in texts]
        results = self.translator.translate_batch(
            tokens,
            target_prefix=prefix,
            beam_size=_BEAM,
            disable_unk=True,
            max_decoding_length=16 + 3 * max(map(len, tokens)),
        )
        return [self._text(result.hypotheses[0]) for result in results]

    def _tokens(self, text: str, source: str) -> list[str]:
        begin = [self.codes[source]] if self.codes else []
        return [*begin, *self.source.encode(text, out_type=str), *([] if self.ends_itself else ["</s>"])]

    def _text(self, tokens: list[str]) -> str:
        return str(self.target.decode([token for token in tokens if token not in self.codes.values()])).strip()


def _load(folder: Path, threads: int, codes: Mapping[str, str]) -> _Model:
    import ctranslate2
    from sentencepiece import SentencePieceProcessor

    pieces = _pieces_in(folder)
    if pieces is None:
        raise FileNotFoundError(folder / _PIECES[0][0])
    source, target = (SentencePieceProcessor(model_file=str(path)) for path in pieces)
    config = json.loads((folder / _CONFIG).read_text("utf-8"))
    # One call takes one core for each thread; several calls at once wait for each other.
    translator = ctranslate2.Translator(str(folder), device="cpu", inter_threads=1, intra_threads=threads)
    return _Model(translator, source, target, codes, bool(config.get("add_source_eos")))


def _pieces_in(folder: Path) -> tuple[Path, Path] | None:
    for source, target in _PIECES:
        if (folder / source).is_file() and (folder / target).is_file():
            return folder / source, folder / target
    return None


def _family(folder: Path) -> Mapping[str, str]:
    """How the model is told its languages; nothing where it knows but one way."""
    for name in _VOCABULARIES:
        if (folder / name).is_file():
            vocabulary = (folder / name).read_text("utf-8")
            return next((codes for codes in _CODES.values() if all(code in vocabulary for code in codes.values())), {})
    return {}


def _version(folder: Path) -> str:
    """The files' sizes and times: reading hundreds of megabytes to hash them would take longer than a start may."""
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.glob("*"))]
    return hashlib.sha256(json.dumps([str(folder), stats]).encode()).hexdigest()[:16]
