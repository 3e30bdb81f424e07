"""Turns HTML, MarkdownV2 or given entities into a text with entities counted in UTF-16 units, as Telegram does."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.errors import bad

Entity = dict[str, Any]

_TAGS: Mapping[str, str] = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_PIECE = re.compile(r"<(?P<end>/?)(?P<tag>[^\s>/]*)(?P<rest>[^>]*)>|&(?P<name>#?\w+);")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_KNOWN = {"lt", "gt", "amp", "quot"}

_MARKS: Sequence[tuple[str, str]] = (
    ("__", "underline"), ("||", "spoiler"), ("*", "bold"), ("_", "italic"), ("~", "strikethrough"),
)  # fmt: skip
_RESERVED = set("_*[]()~`>#+-=|{}.!")
_LINK = re.compile(r"\]\(((?:\\.|[^)\\])*)\)")


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass
class _Reading:
    """Text so far, and the entities that are open (kind, beginning, fields) and done."""

    text: str = ""
    stack: list[tuple[str, int, Entity]] = field(default_factory=list)
    done: list[Entity] = field(default_factory=list)

    def open(self, kind: str, **fields: str) -> None:
        self.stack.append((kind, units(self.text), fields))

    def close(self, **fields: str) -> None:
        kind, begin, known = self.stack.pop()
        if length := units(self.text) - begin:
            self.done.append({"type": kind, "offset": begin, "length": length, **known, **fields})


def read_text(text: str, parse_mode: str | None, entities: Sequence[Entity] | None) -> tuple[str, list[Entity]]:
    """What the reader sees, and how.

    Raises:
        Refused: it cannot be parsed.
    """
    if not parse_mode:
        return _strip(text, _checked(text, entities or []))
    if entities:
        raise bad("parse_mode and entities exclude each other")
    if parse_mode.lower() == "html":
        return _strip(*_read_html(text))
    if parse_mode.lower() == "markdownv2":
        return _strip(*_read_markdown(text))
    raise bad("unsupported parse_mode")


def _strip(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without space at both ends, which Telegram takes off."""
    lead = units(text) - units(text.lstrip())
    text = text.strip()
    size = units(text)
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] - lead + entity["length"], size)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return text, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def _checked(text: str, entities: Sequence[Entity]) -> list[Entity]:
    size = units(text)
    halves = {
        index for index, pair in enumerate(_pairs(text)) if pair
    }  # fmt: skip
    for entity in entities:
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        if begin < 0 or entity["length"] <= 0 or begin >= size:
            raise bad(f"can't parse entities: entity at UTF-16 offset {begin} lies outside the text of {size}")
        if end > size:
            raise bad(
                f"can't parse entities: entity beginning at UTF-16 offset {begin} ends after the end of the text at "
                f"UTF-16 offset {end}"
            )
        if {begin, end} & halves:
            raise bad(f"can't parse entities: entity at UTF-16 offset {begin} begins or ends in the middle of a symbol")
    return [dict(entity) for entity in entities]


def _pairs(text: str) -> list[bool]:
    """For each UTF-16 unit, whether it is the second half of a pair."""
    return [half for sign in text for half in ((False, True) if ord(sign) > 0xFFFF else (False,))]


def _read_html(text: str) -> tuple[str, list[Entity]]:
    reading, at, names = _Reading(), 0, list[str]()
    for found in _PIECE.finditer(text):
        _plain(reading, text, at, found.start())
        at = found.end()
        offset = len(text[: found.start()].encode())
        if found["name"]:
            known = found["name"] in _KNOWN or found["name"].startswith("#")
            reading.text += html.unescape(found[0]) if known else found[0]
        elif found["end"]:
            _end_tag(reading, names, found["tag"].lower(), offset)
        else:
            _start_tag(reading, names, found, offset)
    _plain(reading, text, at, len(text))
    if names:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{names[-1]}\"")
    return reading.text, reading.done


def _plain(reading: _Reading, text: str, begin: int, end: int) -> None:
    part = text[begin:end]
    if "<" in part:
        offset = len(text[: begin + part.index("<")].encode())
        raise bad(f"can't parse entities: Unclosed start tag at byte offset {offset}")
    reading.text += part


def _start_tag(reading: _Reading, names: list[str], found: re.Match[str], offset: int) -> None:
    tag = found["tag"].lower()
    attributes = {name.lower(): html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(found["rest"])}
    if tag not in _TAGS or (tag == "span" and attributes.get("class") != "tg-spoiler"):
        raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {offset}')
    names.append(tag)
    kind, fields = _TAGS[tag], dict[str, str]()
    if tag == "a":
        fields["url"] = attributes.get("href", "")
    elif tag == "tg-emoji":
        fields["custom_emoji_id"] = attributes.get("emoji-id", "")
    elif tag == "blockquote" and "expandable" in found["rest"]:
        kind = "expandable_blockquote"
    reading.open(kind, **fields)


def _end_tag(reading: _Reading, names: list[str], tag: str, offset: int) -> None:
    if not names:
        raise bad(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    if names[-1] != tag:
        raise bad(
            f'can\'t parse entities: Unmatched end tag at byte offset {offset}, expected "</{names[-1]}>", '
            f'found "</{tag}>"'
        )
    names.pop()
    kind, _, fields = reading.stack[-1]
    if kind == "text_link" and not fields["url"]:
        reading.stack.pop()
        return
    reading.close()


def _read_markdown(text: str) -> tuple[str, list[Entity]]:
    reading, at = _Reading(), 0
    while at < len(text):
        at = _next_markdown(reading, text, at)
    if reading.stack:
        kind, begin, _ = reading.stack[-1]
        raise bad(f"can't parse entities: Can't find end of {kind.title()} entity at byte offset {begin}")
    return reading.text, reading.done


def _next_markdown(reading: _Reading, text: str, at: int) -> int:
    """Reads one piece; returns where the next begins."""
    sign, within = text[at], reading.stack[-1][0] if reading.stack else ""
    if sign == "\\" and at + 1 < len(text) and text[at + 1].isascii():
        reading.text += text[at + 1]
        return at + 2
    if sign == "`":
        return _fence(reading, text, at, "```" if text.startswith("```", at) else "`")
    if sign == "[":
        reading.open("text_link")
        return at + 1
    if sign == "]" and within == "text_link" and (found := _LINK.match(text, at)):
        reading.close(url=re.sub(r"\\(.)", r"\1", found[1]))
        return found.end()
    for mark, kind in _MARKS:
        if text.startswith(mark, at):
            reading.close() if within == kind else reading.open(kind)
            return at + len(mark)
    if sign == ">" and (at == 0 or text[at - 1] == "\n"):
        return at + 1
    if sign in _RESERVED:
        raise bad(f"can't parse entities: Character '{sign}' is reserved and must be escaped with the preceding '\\'")
    reading.text += sign
    return at + 1


def _fence(reading: _Reading, text: str, at: int, fence: str) -> int:
    end = text.find(fence, at + len(fence))
    if end < 0:
        kind = "Pre" if fence == "```" else "Code"
        raise bad(f"can't parse entities: Can't find end of {kind} entity at byte offset {len(text[:at].encode())}")
    reading.open("pre" if fence == "```" else "code")
    reading.text += re.sub(r"\\([`\\])", r"\1", text[at + len(fence) : end])
    reading.close()
    return end + len(fence)
