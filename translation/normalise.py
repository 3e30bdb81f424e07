"""Turns text as it was sent into text as it was meant: no invisible, broken or piled-up characters."""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 2
"""Accents kept on one letter. Vietnamese needs two; more than that is a pile (zalgo)."""

_LONGEST_CLUSTER = 17
"""One letter with its marks, read no further: composing sorts the marks, in quadratic time."""

_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u2328\u232b-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_PRESENTED = f"{_PICTURE}[\ufe0e\ufe0f]?(?:[\U0001f3fb-\U0001f3ff][\ufe0e\ufe0f]?)?"
EMOJI = re.compile(f"([0-9#*]\ufe0f?\u20e3|{_PRESENTED}(?:\u200d{_PRESENTED})*)")
_KEPT = re.compile(r"[ -~\u4e00-\u9fff\u3000-\u3002\uff00-\uff5e]*")
_BLANK = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029\u2800")
# Invisible although Unicode calls them letters or marks: Hangul fillers, the grapheme joiner, Mongolian selectors.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0\ufffd")
_SPACES = re.compile(" {2,}")
_CLUSTER = re.compile("[\u1100-\u11ff]+|.", re.DOTALL)


def normalise(text: str) -> str:
    """The same text in composed form (NFC), on one line, with nothing in it that cannot be seen.

    Dropped: NUL and other control characters, zero-width and bidirectional controls, tag characters, variation
    selectors and joiners outside emoji, lone surrogates, private use, non-characters, and all but ``MAX_MARKS`` accents
    of a letter. Line breaks and every kind of space become one space. Width and punctuation are kept (no NFKC): ``，``
    stays ``，``. The result is never longer than ``text``, and normalising it again changes nothing.
    """
    if _is_plain(text):
        return text
    parts = EMOJI.split(text)
    parts[::2] = map(_visible, parts[::2])
    return _SPACES.sub(" ", _composed("".join(parts))).strip(" ")


def _is_plain(text: str) -> bool:
    return bool(_KEPT.fullmatch(text)) and "  " not in text and "\u3000" not in text and text == text.strip(" ")


def _visible(text: str) -> str:
    return text if _KEPT.fullmatch(text) and "\u3000" not in text else "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in _BLANK or unicodedata.category(char) == "Zs":
        return " "
    if char in _INVISIBLE or _is_selector(char):
        return ""
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"} or ord(char) & 0xFFFE == 0xFFFE:
        return ""
    return "" if "\ufdd0" <= char <= "\ufdef" else char


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff"


def _composed(text: str) -> str:
    """NFC letter by letter, since NFC of a few letters is longer than they are; those stay as they came."""
    clusters: list[str] = []
    for piece in _CLUSTER.findall(text):
        if clusters and _is_mark(piece):
            clusters[-1] += piece if len(clusters[-1]) < _LONGEST_CLUSTER else ""
        else:
            clusters.append(piece)
    return "".join(map(_compose, clusters))


def _compose(cluster: str) -> str:
    if len(cluster) == 1 and cluster < "\u0300":
        return cluster
    composed = _thinned(unicodedata.normalize("NFC", cluster))
    return composed if len(composed) <= len(cluster) else cluster


def _thinned(cluster: str) -> str:
    marks = 0
    kept = []
    for char in cluster:
        marks += _is_piled(char)
        if marks <= MAX_MARKS or not _is_piled(char):
            kept.append(char)
    return "".join(kept)


def _is_piled(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me"}


def _is_mark(piece: str) -> bool:
    return unicodedata.category(piece[0]) in {"Mn", "Mc", "Me"}
