"""The nouns of Piying as frozen data: what the ports pass to each other.

Times are seconds since the epoch (UTC, float), credits are whole (int), lengths of video are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.safety.audit import Grounds

ORIGINAL, USER, DIRECTOR = "original", "user", "director"
"""In place of a translator's name: the prompt as typed, by choice; words of the user's own; a prompt written out."""

Locale = Literal["en", "zh-Hans"]
Ratio = Literal["16:9", "9:16", "1:1", "4:3", "3:4"]
Resolution = Literal["480p", "720p", "1080p"]
Chat = Literal["private", "group", "channel"]
USUAL_RATIOS: tuple[Ratio, ...] = ("16:9", "9:16", "1:1")
"""Those that every chat is offered where nobody says which there are."""


@dataclass(frozen=True)
class Address:
    """Where a request came from and where its clip goes. ``chat`` and ``user`` are the platform's own ids, as text."""

    platform: str
    chat: str
    user: str


@dataclass(frozen=True)
class Server:
    """What a chat is a part of, on platforms that have that: its settings and limits hold in all its chats together.

    ``id`` is the name of a chat under which they are kept. ``chats`` are the names by which this one can be allowed
    there, its own and those that it lies in; ``roles`` are those of whoever asks, and are not kept with a job.
    """

    id: str
    chats: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a prompt was written: the kind of chat, which a policy may mind, and the server where it is in one.

    ``nsfw``: the platform says that adults alone see it.
    """

    chat: Chat = "private"
    nsfw: bool = False
    server: Server | None = None

    def for_who_stands_in(self, place: Place) -> Place:
        """This place with the roles of whoever stands in another, where that is of the same server."""
        if self.server is None or place.server is None or self.server.id != place.server.id:
            return self
        return replace(self, server=replace(self.server, roles=place.server.roles))


PRIVATE = Place()
"""What holds where nobody says otherwise."""


@dataclass(frozen=True)
class Options:
    """What the user chose in words or by a control; None leaves the choice to the recipe.

    A ``ratio`` or ``resolution`` that no card has, such as 21:9 or 360p, is for the catalogue to refuse. An ``fps``
    that is not the card's, more ``takes`` than one, and a ``resolution`` of 4K, are no more than told.
    """

    ratio: str | None = None
    seconds: float | None = None
    resolution: str | None = None
    seed: int | None = None
    recipe: str | None = None
    negative_prompt: str | None = None
    guidance_scale: float | None = None
    fps: float | None = None
    takes: int | None = None


@dataclass(frozen=True)
class Fallback:
    """A translator that was to come first and did not do: a ``reason``, and the ``text`` it gave where it gave one."""

    translator: str
    reason: str
    text: str = ""


@dataclass(frozen=True)
class Translation:
    """``text`` is for the engine; ``translator`` names who made it; ``translated`` is False for the original.

    ``fallbacks`` are the translators before it, ``doubts`` the reasons against a text that stands for want of a better.
    """

    text: str
    source_language: str
    translator: str
    translated: bool
    fallbacks: tuple[Fallback, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """A prompt's words as others than its user read them.

    ``revised`` is for the engine; ``english`` says the same (its ``source_language`` is that of ``revised``), was
    moderated too, and is kept for history.
    """

    revised: Translation
    english: Translation


@dataclass(frozen=True)
class Request:
    """A submission free of its platform.

    ``key`` makes it idempotent: the same key twice is one job. ``options`` win over options in the prompt's own words.
    ``image`` and ``last_image`` are pictures as uploaded (PNG, JPEG or WebP) that the clip shall begin and end with.

    ``revised`` are the words that the engine shall read, where they are settled. Where they are not, ``translator``
    names the one to ask, and ``rewrite`` has the prompt written out. ``replaces`` is the id of an unfinished job that
    this one takes the place of. ``declares``: its user says that they may ask for what is in it (a real person, a
    character of somebody's, a picture and those in it). ``pictures_declared``: they said so of these pictures before,
    which holds with other words. ``unlabelled``: they agreed to label the clip themselves. ``place`` is the kind of
    chat, which a policy may mind. ``remix_of`` is the code of the clip that it is made out of, where that is somebody
    else's. ``continues`` is that of its user's own clip whose last frame is ``image``.

    ``clips`` are codes of its user's finished clips that a film is to be made of; of its ``prompt`` nothing is then
    read. ``fade`` is for how many seconds one clip of a film passes over into the next.
    """

    key: str
    address: Address
    prompt: str
    locale: Locale = "en"
    options: Options = field(default_factory=Options)
    image: bytes | None = field(default=None, repr=False)
    last_image: bytes | None = field(default=None, repr=False)
    revised: Translation | None = None
    translator: str | None = None
    rewrite: bool = False
    replaces: str | None = None
    declares: bool = False
    pictures_declared: bool = False
    unlabelled: bool = False
    place: Place = PRIVATE
    remix_of: str | None = None
    continues: str | None = None
    clips: tuple[str, ...] = ()
    fade: float = 0.0


@dataclass(frozen=True)
class Note:
    """Something to tell the user about a job; ``code`` selects the sentence ``note-<code>``."""

    code: str
    details: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """Something to tell a person who asked for nothing just now; ``code`` selects the sentence ``notice-<code>``.

    ``locale`` is the language they used last, as far as is known.
    """

    code: str
    details: Mapping[str, str | int | float] = field(default_factory=dict)
    locale: Locale = "en"


@dataclass(frozen=True)
class GenerationSpec:
    """All an engine needs, complete and frozen. Names as in diffusers and ``/v1/videos``.

    ``prompt`` is the revised prompt. ``width``, ``height`` in pixels; ``num_frames`` at ``fps`` frames a second.
    ``guidance_scale`` is None where the recipe's own is meant. ``image`` and ``last_image`` are keys in the clip store,
    and so are ``clips``, the videos that a film is made of; its ``prompt`` are their codes.
    """

    model: str
    recipe: str
    recipe_version: int
    prompt: str
    seed: int
    width: int
    height: int
    num_frames: int
    fps: int
    negative_prompt: str = ""
    guidance_scale: float | None = None
    image: str | None = None
    last_image: str | None = None
    clips: tuple[str, ...] = ()
    fade: float = 0.0

    def __post_init__(self) -> None:
        # JSON, as which it is stored and sent, has no tuples.
        object.__setattr__(self, "clips", tuple(self.clips))

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        return self.num_frames / self.fps


@dataclass(frozen=True)
class Clip:
    """A finished file with its poster (JPEG) and the recipe it was made by. Sizes in pixels and bytes.

    ``recipe`` is the recipe of record: all that is needed to make the same frames again, and ``frames``, their SHA-256.
    """

    path: Path
    poster: Path
    width: int
    height: int
    seconds: float
    size_bytes: int
    recipe: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredClip:
    """A clip in the clip store; ``video`` and ``poster`` are keys there, ``recipe`` is as of ``Clip``."""

    video: str
    poster: str
    width: int
    height: int
    seconds: float
    size_bytes: int
    recipe: Mapping[str, str | int | float] = field(default_factory=dict)


class JobState(StrEnum):
    """A job's life. Delivered is no state: ``succeeded`` means delivered and charged."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Nothing more will happen to it."""
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}


@dataclass(frozen=True)
class Job:
    """One request for one clip.

    ``code`` is its short public name; ``seeded``: its user named the seed; ``error`` is the code of its failure. A job
    that has a ``clip`` is being delivered, and can no longer be cancelled. ``wording`` is None for jobs of before it
    was kept. Its frames are judged by the ``place`` of its request.
    """

    id: str
    code: str
    key: str
    account: str
    address: Address
    locale: Locale
    prompt: str
    spec: GenerationSpec
    worker_class: str
    tier: str
    price: int
    state: JobState
    created_at: float
    seeded: bool = False
    notes: tuple[Note, ...] = ()
    started_at: float | None = None
    finished_at: float | None = None
    error: str | None = None
    clip: StoredClip | None = None
    wording: Wording | None = None
    place: Place = PRIVATE


@dataclass(frozen=True)
class Progress:
    """How far a running job is: ``stage`` selects the sentence ``stage-<stage>``; ``fraction`` is 0 to 1.

    ``preview`` is a small animated WebP of what there is so far: from an engine the name of a file in the run's folder,
    once stored its key in the clip store.
    """

    stage: str
    fraction: float
    seconds_left: float | None = None
    preview: str | None = None


@dataclass(frozen=True)
class QueuePlace:
    """``position`` 1 is next; ``wait_seconds`` is None where nothing was measured yet, or nobody is there to work."""

    position: int
    wait_seconds: float | None


class Category(StrEnum):
    """Why a moderator said no, the gravest first. ``MINORS`` is minors in anything sexual, and is never allowed."""

    MINORS = "minors"
    NON_CONSENT = "non-consent"
    SEXUAL = "sexual"
    TERROR = "terror"
    SELF_HARM = "self-harm"
    GORE = "gore"
    HATE = "hate"
    ILLEGAL = "illegal"
    REAL_PERSON = "real-person"
    POLITICAL = "political"
    IP = "ip"
    HORROR = "horror"


@dataclass(frozen=True)
class Verdict:
    """A moderator's answer. ``reviewed`` is False where the moderator had no means to look.

    ``fragment`` are the words that it is about, where they can be named. Where it ``asks``, it is allowed to those who
    declare that they may ask for it; what ``is_covered`` is shown behind a cover. ``grounds`` are for the audit.
    """

    allowed: bool
    category: Category | None = None
    reviewed: bool = True
    fragment: str = ""
    asks: bool = False
    is_covered: bool = False
    grounds: Grounds | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class TranslationKey:
    """What a translation is kept under. ``digest`` is the SHA-256 of the normalised prompt, as hexadecimal digits.

    ``version`` is the translator's: another one may translate otherwise. ``target`` is a language (ISO 639-1).
    """

    digest: str
    translator: str
    version: str
    target: str


@dataclass(frozen=True)
class Account:
    """Who pays. ``balance`` can be spent now; ``held`` waits for jobs to end. ``timezone`` is an IANA name.

    ``limits`` are an operator's figures for this account alone: ``clips_a_day``, ``seconds_a_day``, ``waiting``.
    """

    id: str
    balance: int
    held: int
    blocked: bool
    timezone: str
    tier: str
    created_at: float
    timezone_set_at: float | None = None
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ApiKey:
    """A program's way in. Of the key itself only the SHA-256 is kept, as hexadecimal digits; ``name`` is for people."""

    id: str
    digest: str
    name: str
    created_at: float
    revoked_at: float | None = None


class EntryKind(StrEnum):
    """What a ledger entry did."""

    GRANT = "grant"
    HOLD = "hold"
    CHARGE = "charge"
    RELEASE = "release"


@dataclass(frozen=True)
class LedgerEntry:
    """Append-only. ``balance`` and ``held`` are the signed changes to the account's two figures."""

    account: str
    kind: EntryKind
    balance: int
    held: int
    created_at: float
    job: str | None = None
    note: str = ""
