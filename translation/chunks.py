"""Turns the words of a Chinese clause into chunks: what each is, and which stand together."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from translation.source import COPIES, Token, class_name
from translation.weights import Lexicon


@dataclass(frozen=True, slots=True)
class Chunk:
    """Words that stay together, in English order.

    ``kind``: V deed, N thing, J quality, Q count, P place or means (在桌子上), Y doer (被风), B what is handled (把门),
    L place word, T thing with a place word, A adverb, M adverb of manner, C joining word or mark, D 的; p, y and b
    begin P, Y and B.
    """

    kind: str
    words: tuple[Token, ...]

    @property
    def first(self) -> str:
        return self.words[0].text


def chunks_of(words: Sequence[Token], lexicon: Lexicon) -> list[Chunk]:
    """Each verb with its 了 and 着, each noun with its count; 的 and what is about it still apart."""
    return _nouns(_deeds(_tagged(_once(words), lexicon)))


def _once(words: Sequence[Token]) -> Sequence[Token]:
    """With one 一边 of two: "walking while singing"; with one 眨 of 眨了眨."""
    places = [place for place, word in enumerate(words) if word.text in {"一边", "边"}]
    kept = [*words[: places[0]], *words[places[0] + 1 :]] if len(places) > 1 else words
    again = [place for place in range(len(kept)) if _is_done_again(kept, place)]
    spare = {*again, *(place - 1 for place in again if kept[place - 1].text == "一")}
    return _to_and_fro([word for place, word in enumerate(kept) if place not in spare])


def _to_and_fro(words: Sequence[Token]) -> list[Token]:
    """飘来回 for 飘来飘去, that no dictionary has."""
    done: list[Token] = []
    for word in words:
        done.append(word)
        deed, come, again, go = done[-4:] if len(done) > 3 else [Token("", "mark")] * 4
        if deed == again and deed.kind == "han" and (come.text, go.text) == ("来", "去"):
            done[-3:] = [Token("来回", "han")]
    return done


def _is_done_again(words: Sequence[Token], place: int) -> bool:
    """看了看 and 看一看: a deed of one character, done for a moment."""
    word = words[place]
    is_after = place > 1 and words[place - 1].text in {"了", "一"} and words[place - 2] == word
    return is_after and len(word.text) == 1 and word.kind == "han"


def _tagged(words: Sequence[Token], lexicon: Lexicon) -> list[Chunk]:
    chunks: list[Chunk] = []
    for word in words:
        is_counted = bool(chunks) and chunks[-1].kind == "Q"
        kind = "Q" if is_counted and word.text in word_lists()["measures"] else tag(word, lexicon)
        chunks.append(Chunk(kind, (word,)))
    return chunks


def tag(word: Token, lexicon: Lexicon) -> str:
    """What a word is by itself."""
    if word.kind == "number":
        return "Q"
    if word.kind != "han":
        return "N" if class_name(word) in COPIES else "C"
    return _listed(word.text) or _by_lexicon(word.text, lexicon)


def _listed(text: str) -> str:
    return next((kind for kind, name in _KINDS if text in word_lists()[name]), "") or _SINGLE.get(text, "")


def _by_lexicon(text: str, lexicon: Lexicon) -> str:
    if text.endswith("地") and len(text) > 2 and text not in lexicon.senses:
        return "M"
    if text in lexicon.adjectives or text.endswith(_COLOURED):
        return "J"
    return "V" if _is_deed(text, lexicon) else "N"


def _is_deed(text: str, lexicon: Lexicon) -> bool:
    lists = word_lists()
    if text in lists["no_verbs"]:
        return False
    if text in lists["verbs"] or text in lexicon.verbs:
        return True
    return len(text) == 2 and text[1] in _AFTER_DEEDS and (text[0] in lexicon.verbs or text[0] in lists["verbs"])


_KINDS = (
    ("M", "manners"), ("A", "adverbs"), ("Q", "counts"), ("C", "joining"), ("L", "places"), ("p", "prepositions"),
    ("T", "placed"),
)  # fmt: skip
_SINGLE = {"的": "D", "之": "D", "地": "R", "把": "b", "将": "b", "被": "y", "了": "S", "着": "S", "过": "S", "得": "C"}
_COLOURED = ("色", "色调", "式", "般")
_AFTER_DEEDS = frozenset("进到入在成向给出满过上下起开住倒碎破断掉走回来去")


def _deeds(chunks: Sequence[Chunk]) -> list[Chunk]:
    """With 了 and 着 at their verb, 地 at its adverb, and 在 as an adverb where it only says that something goes on."""
    done: list[Chunk] = []
    for place, chunk in enumerate(chunks):
        before = done[-1] if done else Chunk("", ())
        after = chunks[place + 1] if place + 1 < len(chunks) else Chunk("", ())
        if chunk.kind == "S" and before.kind in {"V", "N", "p"}:
            done[-1] = Chunk("V" if before.kind != "p" else "p", before.words + chunk.words)
        elif chunk.kind == "R" and before.kind in {"N", "J", "V", "A", "M"} and after.kind in {"V", "p"}:
            done[-1] = Chunk("M", before.words + chunk.words)
        elif chunk.kind in {"R", "S"}:
            done.append(Chunk("N", chunk.words))
        elif (
            chunk.kind == "p"
            and chunk.first == "在"
            and after.kind in {"V", "A"}
            and not _has_place(chunks[place + 1 :])
        ):
            done.append(Chunk("A", chunk.words))
        elif before.kind == "V" and (
            chunk.first in _RESULTS or (chunk.kind == "V" and before.words[-1].text == "着" and len(before.words) > 1)
        ):
            done[-1] = Chunk("V", before.words + chunk.words)
        else:
            done.append(chunk)
    return done


_RESULTS = frozenset((
    "来", "去", "起", "出", "进", "开", "到", "成", "为", "入", "满", "上来", "下来", "下去", "起来", "出来", "出去",
    "进来", "进去", "过来", "过去", "回来", "回去", "开来", "远", "近", "完",
))  # fmt: skip


def _has_place(chunks: Sequence[Chunk]) -> bool:
    """Whether a place word comes before the second deed: 在开满花的地上, but not 在跑."""
    return any(chunk.kind == "L" for chunk in chunks)


def _nouns(chunks: Sequence[Chunk]) -> list[Chunk]:
    """With counts and nouns in a row as one; a count before anything else stays."""
    done: list[Chunk] = []
    for chunk in chunks:
        before = done[-1].kind if done else ""
        if chunk.kind == "Q" and before == "Q":
            done[-1] = Chunk("Q", done[-1].words + chunk.words)
        elif chunk.kind in {"N", "J"} and before in {"Q", "N", "J"}:
            done[-1] = Chunk("N" if "N" in {chunk.kind, before} else "J", done[-1].words + chunk.words)
        else:
            done.append(chunk)
    if done and done[0].kind == "L":
        done[0] = Chunk("T", done[0].words)
    return done


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """What ``syntax.toml`` has, by name."""
    data = tomllib.loads((files("translation") / "syntax.toml").read_text("utf-8"))
    return {name: frozenset(text.split()) for name, text in data.items()}
