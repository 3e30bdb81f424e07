"""Turns one decision into a line that says how it came about without the text, and such a line back."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from core.safety.findings import Action, Finding
from core.types import Category, Chat, Place

Subject = Literal["prompt", "image", "clip"]

_CHATS = get_args(Chat)
_FORM = 1
"""Changes with the form of a line, so that nobody reads an old one wrongly."""


@dataclass(frozen=True)
class Scored:
    """A finding without the words it was made of. ``rule`` names a list or a model, never a term."""

    category: Category
    score: float
    moderator: str
    rule: str = ""


@dataclass(frozen=True)
class AuditLine:
    """How one decision came about. ``at`` is in seconds since the epoch.

    ``digest`` is the salted hash of what was judged (``salted``), the same for the same text; of a reported clip it is
    that of its job's id. ``versions`` are the moderators that were heard with their versions, ``missing`` those that
    were not, with the reason; ``unheard``: one of them must be heard, so nothing was let in. ``by`` is the person who
    decided, where it was one, and ``why`` what they wrote of it.
    """

    at: float
    subject: Subject
    digest: str
    place: Place
    action: Action
    category: Category | None = None
    scores: tuple[Scored, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    unheard: bool = False
    by: str = ""
    why: str = ""

    @property
    def is_policys(self) -> bool:
        """The policy decided it: no person, and not the lack of a moderator."""
        return not (self.unheard or self.by)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """As a policy takes them."""
        return tuple(Finding(one.category, one.score, one.moderator, one.rule) for one in self.scores)

    def to_json(self) -> str:
        """One line of JSON. Of the place its kind alone: which one it was leads to people."""
        said = {"form": _FORM, **asdict(self), "place": {"chat": self.place.chat, "nsfw": self.place.nsfw}}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> AuditLine:
        """The line that was written.

        Raises:
            ValueError: this is none.
        """
        try:
            said = json.loads(line)
            return _read(said)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"this is no line of the audit: {type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class Grounds:
    """How a verdict came about: its line in the audit, but for when, and about what."""

    place: Place
    action: Action
    category: Category | None = None
    scores: tuple[Scored, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    unheard: bool = False
    by: str = ""

    def line(self, subject: Subject, digest: str, at: float) -> AuditLine:
        """The line."""
        return AuditLine(at, subject, digest, **{name: getattr(self, name) for name in self.__dataclass_fields__})


def without_words(findings: tuple[Finding, ...]) -> tuple[Scored, ...]:
    """The findings as the audit keeps them."""
    return tuple(Scored(one.category, one.score, one.moderator, one.rule) for one in findings)


def salted(salt: bytes, text: str) -> str:
    """64 hexadecimal digits that tell equal texts, and to whom lacks the salt nothing else (HMAC-SHA256)."""
    return hmac.digest(salt, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _read(said: dict[str, Any]) -> AuditLine:
    if said.get("form") != _FORM:
        raise ValueError(f"this is no line of the audit in form {_FORM}")
    if said["subject"] not in get_args(Subject) or said["place"]["chat"] not in _CHATS:
        raise ValueError("this is no line of the audit: it names an unknown subject or place")
    return AuditLine(
        at=float(said["at"]),
        subject=said["subject"],
        digest=str(said["digest"]),
        place=Place(said["place"]["chat"], bool(said["place"]["nsfw"])),
        action=Action(said["action"]),
        category=None if said["category"] is None else Category(said["category"]),
        scores=tuple(_scored(one) for one in said["scores"]),
        versions=dict(said["versions"]),
        missing=dict(said["missing"]),
        unheard=bool(said.get("unheard", False)),
        by=str(said.get("by", "")),
        why=str(said.get("why", "")),
    )


def _scored(said: dict[str, Any]) -> Scored:
    return Scored(Category(said["category"]), float(said["score"]), str(said["moderator"]), str(said["rule"]))
