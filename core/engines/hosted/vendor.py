"""What a vendor's file is made of: pure translations from an order into requests, and from answers into a status.

No file of a vendor opens a connection, waits or keeps anything: ``engine.py`` does that for all of them alike.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

from core.catalogue.hosted import HostedCard, Region
from core.engines.hosted.faults import AnswerLost, Fault
from core.types import Ratio, Resolution


@dataclass(frozen=True)
class Picture:
    """A JPEG or PNG file, within the card's limits."""

    data: bytes = field(repr=False)
    mime: Literal["image/jpeg", "image/png"] = "image/jpeg"

    @property
    def base64(self) -> str:
        """The file in base64, without a header."""
        return base64.b64encode(self.data).decode()

    @property
    def data_url(self) -> str:
        """The file as a ``data:`` address."""
        return f"data:{self.mime};base64,{self.base64}"


@dataclass(frozen=True)
class Order:
    """What a vendor is asked for; all of it is within what the card allows.

    ``model`` is the vendor's name of it in this region. ``mark`` is ours, new for each request, 32 hexadecimal digits.
    ``seed`` is None where the model takes none. ``arguments`` are the recipe's own fields. ``watermark`` is None where
    the vendor's default shall stand.
    """

    model: str
    prompt: str
    mark: str
    seconds: int
    resolution: Resolution
    ratio: Ratio
    width: int
    height: int
    card: HostedCard
    negative_prompt: str = ""
    seed: int | None = None
    image: Picture | None = None
    last_image: Picture | None = None
    watermark: bool | None = None
    arguments: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """One field of a multipart form; a file where it has a name."""

    name: str
    value: str | bytes
    filename: str | None = None
    mime: str | None = None


@dataclass(frozen=True)
class Call:
    """One request. ``path`` begins with a slash and follows the base address; ``body`` goes out byte for byte.

    ``host`` is filled in when it is sent, for vendors that want it signed; with the port, where that is not the usual.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    form: tuple[Field, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    host: str = ""


@dataclass(frozen=True)
class Answer:
    """A vendor's reply. ``body`` is its JSON, None where it is none; ``headers`` have lower-case names."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def table(self, *path: str) -> Mapping[str, Any]:
        """The object at a path of the body; an empty one where there is none."""
        found = self.body
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def text(self, *path: str) -> str:
        """The text or number at a path of the body; "" where there is none."""
        found = self.table(*path[:-1]).get(path[-1])
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""

    def need(self, *path: str) -> str:
        """The same, where it must be there.

        Raises:
            AnswerLost: it is not.
        """
        if found := self.text(*path):
            return found
        raise AnswerLost(f"no {'.'.join(path)} in an answer with status {self.status}")

    @property
    def retry_after(self) -> float | None:
        """Seconds that the vendor asks to wait; a date, which the header may hold too, is not worth reading."""
        told = self.headers.get("retry-after", "")
        return float(told) if told.isascii() and told.isdecimal() and len(told) < 6 else None


@dataclass(frozen=True)
class Remote:
    """A task at a vendor: all that is needed to ask for it again, after a crash as well."""

    id: str
    model: str
    path: str = ""


class State(StrEnum):
    """Of a task. A word that no file of ours knows is ``RUNNING``: it is asked again until the deadline."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"


@dataclass(frozen=True)
class Video:
    """Where a finished file lies. ``url`` may be relative to the base address. ``with_key``: only our key opens it."""

    url: str
    with_key: bool = False


@dataclass(frozen=True)
class Status:
    """What a vendor says of a task. ``progress`` is 0 to 1.

    ``seconds`` of video, or ``amount`` US dollars, are what it says it takes for it.
    ``prompt`` is what it was given, where it says so.
    """

    state: State
    progress: float | None = None
    video: Video | None = None
    fault: Fault | None = None
    seconds: float | None = None
    amount: Decimal | None = None
    prompt: str | None = None
    revised_prompt: str | None = None


class Vendor(Protocol):
    """One vendor's protocol."""

    name: str
    hosts: Mapping[Region, str]
    """Base addresses by region, without a slash at the end."""

    def headers(self, call: Call, key: str, now: float) -> Mapping[str, str]:
        """What a request carries to be let in; ``now`` is in seconds since the epoch."""

    def create(self, order: Order) -> Call:
        """The request that begins a clip."""

    def created(self, answer: Answer, order: Order) -> Remote:
        """The task that it began.

        Raises:
            VendorFault: it began none.
            AnswerLost: nobody can say.
        """

    def poll(self, remote: Remote) -> Call:
        """The request that asks for a task."""

    def status(self, answer: Answer, remote: Remote) -> Status:
        """What became of it.

        Raises:
            VendorFault: the question itself was refused: not allowed, too often, or a fault of the vendor's.
            AnswerLost: the answer makes no sense.
        """

    def cancel(self, remote: Remote) -> Call | None:
        """The request that stops a task; None where there is none."""

    def stopped(self, answer: Answer) -> bool:
        """Whether it did stop, and nothing will be taken for it."""

    def find(self, order: Order, since: float) -> Call | None:
        """The request for those tasks among which one is that was ordered, and whose answer was lost.

        None where the vendor has no such list. ``since`` is when it was ordered, in seconds since the epoch.
        """

    def found(self, answer: Answer, order: Order, since: float) -> Sequence[Remote]:
        """Those of the list that may be it: began then, with this model and seed or mark, as far as the list says."""

    def probe(self) -> Call:
        """The cheapest request that only somebody with a good key is answered; it begins nothing."""

    def proved(self, answer: Answer) -> None:
        """Whether the key is good.

        Raises:
            VendorFault: it is not, or may not make videos.
        """


class NoCancel:
    """Part of a vendor that has no request to stop a task."""

    def cancel(self, remote: Remote) -> Call | None:
        """See the protocol."""
        return None

    def stopped(self, answer: Answer) -> bool:
        """See the protocol."""
        return False


class NoList:
    """Part of a vendor that cannot be asked for a task by anything but the task's own name."""

    def find(self, order: Order, since: float) -> Call | None:
        """See the protocol."""
        return None

    def found(self, answer: Answer, order: Order, since: float) -> Sequence[Remote]:
        """See the protocol."""
        return ()


def as_json(body: Mapping[str, Any]) -> bytes:
    """A body of a request, readable in logs of proxies; Chinese stays Chinese."""
    return json.dumps(body, ensure_ascii=False).encode()


def given(**fields: Any) -> dict[str, Any]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def bearer(key: str) -> dict[str, str]:
    """What most vendors want to see."""
    return {"Authorization": f"Bearer {key}"}


def state_of(word: str, words: Mapping[str, State]) -> State:
    """The state that a vendor's word stands for; one that is new may still come to an end."""
    return words.get(word, State.RUNNING)
