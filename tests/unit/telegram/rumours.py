"""Turns the schema of what a bot is told into any update that Telegram may send, and into ones that it never would."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.telegram.schema import Field, load_updates

SCHEMA = load_updates()
_DEEPEST, _MOST_OPTIONAL = 4, 5
_TIME = re.compile("date$|time$|period$|duration$|delay$|timestamp$")

numbers = st.one_of(
    st.integers(0, 2**31), st.sampled_from([0, -1, 5, 9, 77, 2**52, -(2**52), 2**63, -100, -1_001_234_567_890])
)
moments = st.one_of(st.integers(0, 2**31), st.sampled_from([0, 1, 1_800_000_000, 2**31 - 1]))
"""Dates and whole seconds as Telegram sends them: what else there might be, python-telegram-bot does not read."""
words = st.one_of(
    st.text(max_size=60),
    st.sampled_from([
        "", " ", "/", "/@", "/video", "/video two cats", "/video@piying_bot two cats", "/cancel \u202eK7QM2XD",
        "/start show_K7QM2XD", "/set 🎬", "@piying_bot", "@piying_bot： 两只猫", "取消", "\u200f\u202eمرحبا",
        "🐱\u200d👤" * 20, "\ud83d", "\x00", "/edit K7QM2XD", "a cat " * 800, "/admin", "/refund stx", "two cats, 3s",
        "cancel:K7QM2XD", "my::5", "declare::again", "softer::5", "set:locale:en", "adm:paused:on", "buy:100:50",
    ]),
)  # fmt: skip
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
_KNOWN: Mapping[tuple[str, str], Sequence[Any]] = {
    ("Chat", "type"): ("private", "group", "supergroup", "channel", "sender", "of a later time"),
    ("Chat", "id"): (5, 6, -100, -1_001_234_567_890, 0),
    ("User", "id"): (5, 6, 77, 136817688, 1087968824, 777000),
    ("User", "language_code"): ("en", "zh-hans", "zh-TW", "fa", "", "x" * 40),
    ("MessageEntity", "type"): ("bot_command", "mention", "text_mention", "custom_emoji", "of a later time"),
    ("Update", "update_id"): (1, 2, 2**31),
    ("SuccessfulPayment", "currency"): ("XTR", "EUR"),
    ("SuccessfulPayment", "invoice_payload"): ("credits:100:50", "", "credits:0:0"),
    ("PreCheckoutQuery", "invoice_payload"): ("credits:100:50", "", "credits:0:0"),
}
"""What makes the bot do something, or not, in place of any value."""
_PLAIN: Mapping[str, st.SearchStrategy[Any]] = {
    "Integer": numbers,
    "String": words,
    "Boolean": st.booleans(),
    "Float": st.floats(-180, 180),
    "True": st.sampled_from([True]),
}


@cache
def things(kind: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Any value of a type of the schema; the deeper it lies, the less of what may be missing is there."""
    return _things(kind, depth)


@st.composite
def _things(draw: st.DrawFn, kind: str, depth: int) -> Any:
    if kind.startswith("[]"):
        return [draw(things(kind[2:], depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    if kind in _PLAIN:
        return draw(_PLAIN[kind])
    if kind in SCHEMA.unions:
        members = [one for one in SCHEMA.unions[kind] if depth < _DEEPEST or one in _PLAIN] or SCHEMA.unions[kind][:1]
        return draw(things(draw(st.sampled_from(members)), depth))
    fields = SCHEMA.types[kind].values()
    missing = [field for field in fields if not field.required]
    there = draw(st.lists(st.sampled_from(missing), max_size=max(0, _MOST_OPTIONAL - depth))) if missing else []
    chosen = [field for field in fields if field.required or field in there]
    return {field.name: draw(_field(kind, field, depth)) for field in chosen}


@st.composite
def _field(draw: st.DrawFn, owner: str, field: Field, depth: int) -> Any:
    if field.word:
        return field.word
    if known := _KNOWN.get((owner, field.name)):
        return draw(st.sampled_from(known))
    if "Integer" in field.types and _TIME.search(field.name):
        return draw(moments)
    return draw(things(draw(st.sampled_from(field.types)), depth + 1))


KINDS = tuple(name for name, field in SCHEMA.types["Update"].items() if not field.required)
"""All that an update may tell, one of them at a time."""


@st.composite
def updates(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Any:
    """An update as Telegram may send it."""
    kind = draw(st.sampled_from(kinds))
    field = SCHEMA.types["Update"][kind]
    return {"update_id": draw(st.integers(0, 2**31)), str(kind): draw(_field("Update", field, 0))}


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """An update of which one field, somewhere, is something else."""
    holder = told = draw(updates())
    while True:
        names = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        name = draw(st.sampled_from(names))
        inner = holder[name]
        if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
            holder[name] = draw(odd)
            return told
        holder = inner
