"""The nouns of publishing as frozen data: channels, the people of a channel, and publications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from core.types import Address, Locale

CaptionLanguage = Literal["zh", "en"]
CAPTION_LANGUAGES: tuple[CaptionLanguage, ...] = ("zh", "en")
Missed = Literal["post", "ask"]
MACHINE = ""
"""In place of an account: nobody, the machine did it by itself."""


class Role(StrEnum):
    """What somebody is to a channel; the author of a publication is that besides."""

    OWNER = "owner"
    EDITOR = "editor"
    MEMBER = "member"
    AUTHOR = "author"
    OUTSIDER = "outsider"
    OPERATOR = "operator"


class State(StrEnum):
    """A publication's life. While ``posting`` its message is just being sent."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGED = "changed"
    APPROVED = "approved"
    DECLINED = "declined"
    SCHEDULED = "scheduled"
    POSTING = "posting"
    POSTED = "posted"
    FAILED = "failed"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What is done to a publication: by people, and from ``begin`` on by the machine."""

    EDIT = "edit"
    CHANGE = "change"
    AMEND = "amend"
    SUBMIT = "submit"
    APPROVE = "approve"
    DECLINE = "decline"
    SCHEDULE = "schedule"
    WITHDRAW = "withdraw"
    BEGIN = "begin"
    POST = "post"
    FAIL = "fail"
    MISS = "miss"
    PUT_OFF = "put-off"


@dataclass(frozen=True)
class Profile:
    """What an owner set for a channel.

    ``recipes`` are those whose clips may be published (all where it is empty), ``ratio`` the only shape, ``languages``
    those of the captions, ``words`` what no caption may hold beside what the policy forbids. ``quiet`` are minutes of
    the day in ``timezone`` (an IANA name) between which nothing is posted; it may go over midnight. ``missed`` says
    what becomes of a post whose time went by while nobody could post it.
    """

    recipes: tuple[str, ...] = ()
    ratio: str | None = None
    languages: tuple[CaptionLanguage, ...] = CAPTION_LANGUAGES
    words: tuple[str, ...] = ()
    quiet: tuple[int, int] | None = None
    timezone: str = "UTC"
    missed: Missed = "post"


@dataclass(frozen=True)
class Channel:
    """A chat that an owner connected. The ``user`` of its address is the one who did."""

    id: str
    code: str
    address: Address
    title: str
    profile: Profile
    created_at: float


@dataclass(frozen=True)
class Person:
    """Somebody of a channel: who, what they are there, and where and in which language they are told of it."""

    channel: str
    account: str
    role: Role
    address: Address
    locale: Locale
    since: float


@dataclass(frozen=True)
class Content:
    """What a post says beside the clip. ``captions`` by language; ``credit`` names its author, where they want that.

    ``topic`` is the platform's own id of a part of the channel. The label of the clip is always kept.
    """

    captions: Mapping[CaptionLanguage, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    credit: str = ""
    spoiler: bool = False
    silent: bool = False
    topic: str | None = None


@dataclass(frozen=True)
class Publication:
    """A finished clip on its way into a channel.

    ``account`` and ``address`` are its author's, who is told in ``locale``. ``at`` is when it is to be posted. ``turn``
    counts how often the queue was asked to post it, and ``begun`` says that a message of this turn may be out already.
    ``message`` is the platform's name of the post, as long as there is one. ``revision`` counts what its author and
    editors changed of the content, and ``shown`` is the revision that the post shows.
    """

    id: str
    code: str
    channel: str
    job: str
    account: str
    address: Address
    locale: Locale
    state: State
    content: Content
    created_at: float
    changed_at: float
    at: float | None = None
    turn: int = 0
    begun: bool = False
    message: str | None = None
    error: str | None = None
    revision: int = 0
    shown: int = 0


@dataclass(frozen=True)
class Step:
    """One move on record: what, who, as what, when and why. ``account`` is ``MACHINE`` where nobody did it."""

    publication: str
    action: Action
    state: State
    account: str
    role: Role | None
    at: float
    why: str = ""
