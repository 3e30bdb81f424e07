"""Turns what the bot offers in a town into whatever Discord may tell of it, and into what it never would."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st

from bots.discord.press import LONGEST
from bots.discord.routes import ANSWERS, FORMS
from tests.discord.asking import begin, body_of
from tests.discord.choosing import Choosing, visible
from tests.discord.commands import ATTACHMENT, MESSAGE
from tests.discord.interaction import COMMAND, COMPLETE, COMPONENT, MODAL, Interaction
from tests.discord.people import Person
from tests.discord.resolving import ANY, CHANNELS, ROLES, USERS, Given
from tests.discord.server import DiscordApi
from tests.discord.state import Channel, Message
from tests.unit.discord.zoo import picture

PING = 1
Thing = TypeVar("Thing")
_BUTTON, _MENU, _LABEL, _INPUT, _UPLOAD, _RADIOS = 2, 3, 18, 4, 19, 21
_KEPT = ("id", "token", "application_id")
"""What says whose answer an answer is."""
words = st.one_of(
    st.text(min_size=1, max_size=60),
    st.sampled_from([
        " ", "/video two cats", "\u202eK7QM2XD", "🐱\u200d👤" * 20, "\x00", "a cat " * 600, "@everyone **b** ||s||",
        "' OR 1=1", "两只猫", "<#5> https://films.example", "```\n" * 50, "two cats, 3s", "-# small\n# large", "\ud83d",
    ]),
)  # fmt: skip
odd = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | words
    | st.sampled_from(["", "5", "x" * 20_000, 10**30, -(10**30), "9" * 40, 0, 1, 2, 3, 5, 8, 12, 16, 64, "p:my", "fr"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
_CODES = ("$0", "$1", "$2")
"""In place of those of the jobs of a scene."""
_SETTINGS = ("channels", "role_clips_a_day", "locale", "paused", "labelled", "covered", "recipes", "none", "null", "2")
_FIELDS: Mapping[str, int] = {"words": _INPUT, "word": _INPUT, "reason": _RADIOS, "picture": _UPLOAD}
_files = st.sampled_from([picture(), Given("a.png", b"no picture"), Given("a.txt", b"words"), Given("a", b"x")])
_numbers = st.integers(0, 9_999)
_options: Mapping[str, st.SearchStrategy[Any]] = {
    "code": st.one_of(st.sampled_from(_CODES), st.sampled_from([*_CODES, "K7QM2XD"]), words),
    "prompt": words,
    "recipe": st.sampled_from(["standard", "standard", "hd"]) | words,
    "ratio": st.sampled_from(["16:9", "9:16", "1:1"]),
    "seconds": st.one_of(st.floats(2, 8), st.floats(1, 600), st.integers(1, 600)),
    "seed": st.integers(0, 2**32 - 1),
    "negative": words,
    "image": _files,
    "private": st.booleans(),
}
"""What a client lets one give."""
_packed = st.builds(
    lambda verb, code, extra: f"p:{verb}:{code}:{extra}",
    st.sampled_from(sorted({*ANSWERS, *FORMS, "nonsense", ""})),
    st.sampled_from(["", "K7QM2XD", "../..", *_SETTINGS, *_CODES * 4]),
    st.sampled_from(["", "all", "quiet", "0", "-1", "again", "again:quiet", "nllb", *ANSWERS]) | words,
)
_custom_ids = st.one_of(_packed, _packed, _packed, _packed, words)


@dataclass(frozen=True)
class Spoiling:
    """What happens to a thing that is found step by step: ``remove``, ``replace`` or ``add``."""

    steps: Sequence[int]
    is_data: bool
    how: str
    name: str
    value: Any


@dataclass(frozen=True)
class Rumour:
    """What somebody does, before it is known where: numbers choose among what is there then."""

    kind: str
    person: int = 0
    channel: int = 0
    which: int = 0
    message: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)
    focus: str = ""
    custom_id: str = ""
    is_ours: bool = False
    component: int = _BUTTON
    picks: Sequence[int] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    locale: str = ""
    spoilings: Sequence[Spoiling] = ()


_spoilings = st.builds(
    Spoiling,
    st.lists(_numbers, min_size=1, max_size=7),
    st.booleans(),
    st.sampled_from(["remove", "replace", "replace", "add"]),
    words,
    odd,
)


def rumours(spoilt: int = 0) -> st.SearchStrategy[Rumour]:
    """Any; with at most so many things spoilt, and at least one if any may be."""
    return st.builds(
        Rumour,
        kind=st.sampled_from(["command", "command", "complete", "menu", "press", "press", "press", "form", "plain"]),
        person=_numbers,
        channel=_numbers,
        which=_numbers,
        message=_numbers,
        given=st.fixed_dictionaries({}, optional=_options),
        focus=st.sampled_from(["", *_CODES]) | words,
        custom_id=_custom_ids,
        is_ours=st.booleans(),
        component=st.sampled_from([_BUTTON, _BUTTON, _MENU, *USERS, *ROLES, *ANY, *CHANNELS]),
        picks=st.lists(_numbers, max_size=3),
        fields=st.fixed_dictionaries(
            {},
            optional={
                "words": words | st.just(""),
                "word": words,
                "reason": st.sampled_from(["other", "illegal", None]),
                "picture": _files,
            },
        ),
        locale=st.sampled_from(["", "", "zh-CN", "zh-TW", "fr", "en-GB", "xx"]),
        spoilings=st.lists(_spoilings, min_size=min(1, spoilt), max_size=spoilt),
    )


@dataclass(repr=False)
class Scene:
    """Who may do something, where, and of what. ``codes`` are those of jobs."""

    api: DiscordApi
    people: Sequence[Person]
    channels: Sequence[Channel]
    codes: Sequence[str]

    def begin(self, rumour: Rumour) -> tuple[Interaction, dict[str, Any]]:
        """The interaction, which the server takes answers to, and what is told of it."""
        person = _pick(self.people, rumour.person)
        here = [
            one for one in self.channels if person.user in one.people or (one.guild and person.id in one.guild.members)
        ]
        made = _Made(self.api, person, _pick([person.dm, *here], rumour.channel), rumour)
        kind, data, message = made.do()
        source = made.opened(message) if kind == MODAL else None
        asked = begin(self.api.world, kind, person.user, made.channel, data, message=message, source=source)
        told = json.dumps(body_of(self.api.world, asked))
        for mark, code in zip(_CODES, self.codes, strict=True):
            told = told.replace(mark, code)
        body = json.loads(told)
        body |= {"locale": rumour.locale} if rumour.locale else {}
        asked.data = json.loads(json.dumps(body["data"]))
        for one in rumour.spoilings:
            _spoil(body, one)
        _agree(asked, body)
        return asked, body


def _pick(there: Sequence[Thing], number: int) -> Thing:
    return there[number % len(there)]


Made = tuple[int, dict[str, Any], Message | None]
"""Kind, data, and the message that it belongs to."""


@dataclass
class _Made:
    """A rumour, where it is known who and where."""

    api: DiscordApi
    person: Person
    channel: Channel
    rumour: Rumour

    def __post_init__(self) -> None:
        self.choosing = Choosing(self.api.world, self.person.user, self.channel)
        self.messages = self.person.reads(self.channel)[-6:]

    def do(self) -> Made:
        if not self.messages and self.rumour.kind in {"menu", "press"}:
            return self.command()
        return getattr(self, self.rumour.kind)()  # type: ignore[no-any-return]

    def plain(self) -> Made:
        """What the bot knows nothing to do with."""
        return _pick([PING, 6, 9, 255], self.rumour.which), {}, None

    def command(self) -> Made:
        offered = visible(self.api.world, self.person.user, self.channel)
        making = [one for one in offered if one["name"] in {"video", "animate", "again"}]
        one = _pick([*offered, *making * 4], self.rumour.which)
        options = {option["name"]: option for option in one.get("options", ())}
        given = {name: _fitting(options[name], value) for name, value in self.rumour.given.items() if name in options}
        missing = {name: "$0" for name, option in options.items() if option.get("required") and name not in given}
        return COMMAND, self.choosing.data(one, [], missing | given), None

    def complete(self) -> Made:
        offered = visible(self.api.world, self.person.user, self.channel)
        asking = [(one, o["name"]) for one in offered for o in one.get("options", ()) if o.get("autocomplete")]
        one, name = _pick(asking, self.rumour.which)
        return COMPLETE, self.choosing.data(one, [], {name: self.rumour.focus}, name), None

    def menu(self) -> Made:
        """A command of a message's menu."""
        one = _pick(visible(self.api.world, self.person.user, self.channel, MESSAGE), self.rumour.which)
        message = _pick(self.messages, self.rumour.message)
        told = {"messages": {str(message.id): self.api.world.message(message)}}
        data = {"id": one["id"], "name": one["name"], "type": MESSAGE, "target_id": str(message.id), "resolved": told}
        return COMMAND, data, None

    def press(self) -> Made:
        """A button, or a menu with what was chosen in it."""
        message = _pick(self.messages, self.rumour.message)
        ours = [one for one in message.all_components if "custom_id" in one]
        kind, custom_id, values = self.rumour.component, self.rumour.custom_id[:LONGEST], list(_SETTINGS)
        if ours and self.rumour.is_ours:
            one = _pick(ours, self.rumour.which)
            kind, custom_id = one["type"], one["custom_id"]
            values = [option["value"] for option in one.get("options", ())]
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind, "id": 1}
        if kind != _BUTTON:
            known = values if kind == _MENU else [str(one.id) for one in self.choosing.offered(kind)]
            data["values"] = list(dict.fromkeys(_pick(known, one) for one in self.rumour.picks if known))
            self.choosing.show(kind, data["values"])
        return COMPONENT, self.choosing.add_to(data), message

    def form(self) -> Made:
        """What somebody filled in, of a form that a message opened or a command."""
        rows = [
            {
                "type": _LABEL,
                "id": 1,
                "component": {"type": _FIELDS[name], "id": 1, "custom_id": name} | self._filled(value),
            }
            for name, value in self.rumour.fields.items()
        ]
        data = self.choosing.add_to({"custom_id": self.rumour.custom_id[:LONGEST], "components": rows})
        message = _pick(self.messages, self.rumour.message) if self.messages and self.rumour.is_ours else None
        return MODAL, data, message

    def opened(self, message: Message | None) -> Interaction:
        """What opened the form."""
        kind = COMPONENT if message else COMMAND
        return begin(self.api.world, kind, self.person.user, self.channel, {}, message=message)

    def _filled(self, value: Any) -> dict[str, Any]:
        return {"values": [self.choosing.file(value)]} if isinstance(value, Given) else {"value": value}


def _fitting(option: Mapping[str, Any], value: Any) -> Any:
    """As long as it may be."""
    if not isinstance(value, str) or option["type"] == ATTACHMENT or option.get("choices"):
        return value
    return value[: option.get("max_length", 6000)].ljust(option.get("min_length", 0), "x")


def _spoil(body: dict[str, Any], spoiling: Spoiling) -> None:
    """Let a thing somewhere in it be gone, be something else, or be there besides."""
    steps = list(spoiling.steps)
    holder: Any = body
    names: Sequence[Any] = [name for name in sorted(body) if name not in _KEPT]
    if spoiling.is_data and isinstance(body.get("data"), dict) and body["data"]:
        holder, names = body["data"], sorted(body["data"])
    if not names:
        return
    name = _pick(names, steps.pop(0))
    while steps and isinstance(holder[name], dict | list) and holder[name]:
        holder = holder[name]
        name = _pick(sorted(holder) if isinstance(holder, dict) else list(range(len(holder))), steps.pop(0))
    if spoiling.how == "remove":
        del holder[name]
    elif spoiling.how == "add" and isinstance(holder, dict):
        holder[spoiling.name] = spoiling.value
    else:
        holder[name] = spoiling.value


def _agree(asked: Interaction, body: Mapping[str, Any]) -> None:
    """Let the server take the answers that what it told asks for."""
    kind = body.get("type")
    if isinstance(kind, int) and kind in {COMMAND, COMPONENT, COMPLETE, MODAL}:
        asked.kind = kind
    if "message" not in body:
        asked.message = None
