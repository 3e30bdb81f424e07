"""Turns folded text into tokens: phrases of the lexicon, numbers, emoji, marks, and what is known to no list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.engines.scene.folding import Folded
from core.engines.scene.lexicon import Lexicon, Sense, Senses

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PIECE = re.compile(
    rf"(?P<digits>(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:[.:]\d+)*)(?![^\W{HAN}]))|(?P<word>[^\W_{HAN}]+(?:['’&-]{{1,2}}[^\W_{HAN}]+)*)|(?P<han>[{HAN}]+)"
    r"|(?P<space>[^\S\n]+)|(?P<mark>[,.;:!?，。；：！？、…\n()\[\]{}<>\"“”‘’«»《》【】（）|/\\~–—·-])|(?P<other>.)",
    re.DOTALL,
)
CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3, "双": 2, "〇": 0}
TENS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
SPANS = frozenset(("second", "seconds", "sec", "secs", "minute", "minutes", "min", "mins"))
MOST = 10**9  # no number is read as more
TIES = frozenset(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"))
# Costs of a reading of Chinese: fewest words, and hardly any character left over.
UNKNOWN, SINGLE, WORD = 10.0, 1.05, 1.0


@dataclass(slots=True)
class Token:
    """A stretch of the text with what it may mean; `kind` and `value` hold what it was taken to mean.

    `start` and `end` index the folded text. `number` is set on amounts, `measured` on those with a measure word (三只).
    `han` tells Chinese words from English ones, `capital` those typed with a capital letter.
    """

    text: str
    start: int
    end: int
    senses: Senses = ()
    kind: str = "unknown"
    value: str = ""
    number: int | None = None
    measured: bool = False
    han: bool = False
    capital: bool = False
    sense: Sense | None = field(default=None, repr=False)

    def can(self, *kinds: str) -> bool:
        return any(sense.kind in kinds for sense in self.senses)

    def take(self, kind: str) -> None:
        """Settle on the first sense of this kind, or the one that says most (夜空 is night and sky)."""
        self.sense = max((s for s in self.senses if s.kind == kind), key=lambda s: s.value.count("="))
        self.kind, self.value = kind, self.sense.value


def tokenise(folded: Folded, lexicon: Lexicon) -> list[Token]:
    """All tokens in order. Linear in the length of the text: every lookup is bounded by the longest entry."""
    tokens: list[Token] = []
    words: list[Token] = []
    for piece in _pieces(folded.text, lexicon):
        if piece.kind in ("word", "digits"):
            piece.capital = folded.typed[folded.origin[piece.start]].isupper()
            words.append(piece)
            continue
        if piece.kind == "space":
            continue
        tokens += _phrases(words, lexicon)
        words = []
        tokens += _chinese(piece, lexicon) if piece.kind == "han" else [piece]
    return _measured(tokens + list(_phrases(words, lexicon)))


def _pieces(text: str, lexicon: Lexicon) -> Iterator[Token]:
    position = 0
    while position < len(text):
        found = _mixed(text, position, lexicon) or _emoji(text, position, lexicon)
        if found is None:
            match = PIECE.match(text, position)
            assert match is not None  # the last alternative takes any character
            found = Token(match.group(), position, match.end(), kind=str(match.lastgroup))
        position = found.end
        if found.kind == "word":
            yield from _split_word(found, lexicon)
        else:
            yield found


def _mixed(text: str, start: int, lexicon: Lexicon) -> Token | None:
    """Words of both scripts (t恤, x光片), which the other rules would cut in two."""
    if not text[start].isascii() or not text[start].isalnum():
        return None
    for end in range(min(len(text), start + lexicon.longest_chinese), start + 1, -1):
        word = text[start:end]
        if not word.isascii() and word in lexicon.chinese:
            return Token(word, start, end, lexicon.chinese[word], kind="han_word", han=True)
    return None


def _emoji(text: str, start: int, lexicon: Lexicon) -> Token | None:
    if text[start] < "\u00a9" or text[start].isalpha():
        return None
    for end in range(min(len(text), start + lexicon.longest_emoji), start, -1):
        senses = lexicon.emoji.get(text[start:end])
        if senses:
            return Token(text[start:end], start, end, senses, kind="emoji")
    if text[start] >= "\u2600" and unicodedata.category(text[start]) == "So":
        end = start + (2 if "\U0001f1e6" <= text[start] <= "\U0001f1ff" else 1)  # a national flag is two characters
        return Token(text[start:end], start, end, (Sense("undrawn"),), kind="emoji")
    return None


def _split_word(token: Token, lexicon: Lexicon) -> Iterator[Token]:
    """A hyphenated or possessive word the lexicon does not have as it stands, in its parts."""
    text = token.text.replace("’", "'")
    if text in lexicon.english:
        yield Token(text, token.start, token.end, kind="word")
        return
    if text.endswith("'s"):
        yield Token(text[:-2], token.start, token.end - 2, kind="word")
        yield Token("'s", token.end - 2, token.end, (Sense("possessive"),), kind="word")
        return
    parts = text.split("-")
    if len(parts) > 1 and parts[-1] in lexicon.sets["describing"]:
        yield Token(text, token.start, token.end, (Sense("adjective"),), kind="word")
        return
    start = token.start
    for part in parts:
        yield Token(part, start, start + len(part), kind="word")
        start += len(part) + 1


def _phrases(words: list[Token], lexicon: Lexicon) -> Iterator[Token]:
    index = 0
    while index < len(words):
        size = _longest_phrase(words, index, lexicon)
        first, last = words[index], words[index + max(size, 1) - 1]
        text = " ".join(word.text for word in words[index : index + max(size, 1)])
        senses = first.senses or lexicon.english.get(text, ())
        token = Token(text, first.start, last.end, senses, capital=first.capital)
        if first.kind == "digits" or (size <= 1 and first.text.isdigit()):
            token = Token(text, first.start, first.end, kind="number", number=_digits(first.text))
        yield token
        index += max(size, 1)


def _longest_phrase(words: list[Token], index: int, lexicon: Lexicon) -> int:
    for size in range(min(lexicon.longest_english, len(words) - index), 0, -1):
        if " ".join(word.text for word in words[index : index + size]) in lexicon.english:
            return size
    return 0


def _digits(text: str) -> int | None:
    """None for times, ratios and decimals: they count nothing."""
    text = text.replace(",", "")
    return int(text[:9]) if text.isdecimal() and text.isascii() else None


def _chinese(run: Token, lexicon: Lexicon) -> Iterator[Token]:
    """The reading of a run of Chinese with the fewest words and leftovers; among equals, the longest word first."""
    text = run.text
    cost = [0.0] * (len(text) + 1)
    choice = [1] * (len(text) + 1)
    for start in range(len(text) - 1, -1, -1):
        cost[start], choice[start] = UNKNOWN + cost[start + 1], 1
        for end in range(start + 1, min(len(text), start + lexicon.longest_chinese) + 1):
            price = _price(text[start:end], lexicon)
            if price and price + cost[end] <= cost[start]:
                cost[start], choice[start] = price + cost[end], end - start
    start = 0
    while start < len(text):
        word = text[start : start + choice[start]]
        if _only_describes(word, text[start + len(word) :][: choice[min(start + len(word), len(text))]], lexicon):
            word = word[:1]
            choice[start + 1] = 1
        yield _han_token(word, run.start + start, lexicon)
        start += len(word)


def _only_describes(word: str, thing: str, lexicon: Lexicon) -> bool:
    """Whether what may be somebody's name says how the thing after it looks: 小红马 is a small red horse."""
    is_name = any(sense.proper for sense in lexicon.chinese.get(word, ()))
    has_thing = any(sense.kind == "sprite" for sense in lexicon.chinese.get(thing, ()))
    return is_name and has_thing and all(char in lexicon.chinese for char in word)


def _price(word: str, lexicon: Lexicon) -> float:
    """What reading ``word`` as one word costs; 0 where it is none."""
    if word in lexicon.chinese:
        return WORD if len(word) > 1 else SINGLE
    return WORD if len(word) > 1 and chinese_number(word) is not None else 0.0


def _han_token(word: str, start: int, lexicon: Lexicon) -> Token:
    senses = lexicon.chinese.get(word, ())
    token = Token(word, start, start + len(word), senses, han=True)
    number = chinese_number(word)
    if number is not None and not any(sense.kind not in ("number", "measure") for sense in senses):
        token.kind, token.number = "number", number
    return token


def chinese_number(text: str) -> int | None:
    """十二 -> 12, 两 -> 2, 一百 -> 100; None for what is no numeral."""
    total = current = 0
    for char in text:
        if char in CHINESE_DIGITS:
            current = CHINESE_DIGITS[char]
        elif char in TENS:
            total, current = total + max(current, 1) * TENS[char], 0
        else:
            return None
    return total + current


def _measured(tokens: list[Token]) -> list[Token]:
    """Numbers and amounts swallow the measure word after them: 三|只 is one token."""
    result: list[Token] = []
    for token in tokens:
        before = result[-1] if result else None
        if token.kind == "unknown" and token.can("number", "amount") and not token.can("sprite", "undrawn"):
            _count(token)
        if before is not None and before.kind == "number" and token.han and _is_measure(token, before):
            before.end, before.measured = token.end, True
            continue
        if before is not None and _continues(token, before):
            continue
        result.append(token)
    return result


def _continues(token: Token, before: Token) -> bool:
    """Whether ``token`` goes on with the number before it: two hundred, twenty-five, 3万."""
    if before.kind != "number" or before.number is None or before.measured or token.start - before.end > 1:
        return False
    if token.text in SPANS:  # a "10 second video" counts no videos
        before.number, before.end = None, token.end
        return True
    scale = TENS.get(token.text) if token.han else SCALES.get(token.text)
    if scale is not None and before.number:
        before.number = min(before.number * scale, MOST)
    elif token.kind == "number" and before.text in TIES and 0 < (token.number or 0) < TENS["十"]:
        before.number += token.number or 0
    else:
        return False
    before.end = token.end
    return True


def _count(token: Token) -> None:
    sense = next(sense for sense in token.senses if sense.kind in ("number", "amount"))
    token.kind, token.number = "number", int(sense.value)


def _is_measure(token: Token, number: Token) -> bool:
    return token.can("measure") and token.start == number.end and not number.measured
