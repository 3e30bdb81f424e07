"""Turns the text of a WebSocket message into one of the things a page may say."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from core.errors import Refusal
from core.types import Locale, Ratio, Resolution

MAX_BYTES = 64 * 1024
"""The longest message a page may send."""

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
"""Chosen by the page; the answer carries it. Of a submission it becomes part of the request's key."""
Code = Annotated[str, Field(min_length=1, max_length=40)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Choices(_Wire):
    """Options by a control of the page; what is left out is as the prompt says."""

    ratio: Ratio | None = None
    seconds: Annotated[float, Field(allow_inf_nan=False)] | None = None
    resolution: Resolution | None = None
    seed: int | None = None
    recipe: Annotated[str, Field(max_length=40)] | None = None


class Hello(_Wire):
    """The page is open and speaks this language; before it, answers are in the browser's."""

    type: Literal["hello"]
    locale: Locale


class Words(_Wire):
    """What the engine shall read, in place of what is made of the prompt by itself; at most one of these.

    The prompt as typed (``original``), ``own`` words, or what a ``translator`` or whoever writes it out makes of it.
    """

    original: bool = False
    own: str | None = None
    translator: Annotated[str, Field(max_length=40)] | None = None
    rewrite: bool = False

    @model_validator(mode="after")
    def _one_at_most(self) -> Self:
        if self.original + (self.own is not None) + (self.translator is not None) + self.rewrite > 1:
            raise ValueError("more than one choice of words")
        return self


class AskQuote(_Wire):
    """What would this prompt become? Asked anew before its turn came, only the newer question is answered.

    ``declares``: its user says that they may ask for what is in it.
    """

    type: Literal["quote"]
    id: Id
    prompt: str
    options: Choices = Choices()
    words: Words = Words()
    declares: bool = False


class Submit(_Wire):
    """Make it; the same ``id`` again is the same clip."""

    type: Literal["submit"]
    id: Id
    prompt: str
    options: Choices = Choices()
    words: Words = Words()
    declares: bool = False


class Cancel(_Wire):
    """Stop a job."""

    type: Literal["cancel"]
    code: Code


class Again(_Wire):
    """A job's prompt once more."""

    type: Literal["again"]
    id: Id
    code: Code
    another_take: bool
    declares: bool = False


class Reword(_Wire):
    """A job's prompt in other words: as typed, as ``text``, by a ``translator``, or written out."""

    type: Literal["reword"]
    id: Id
    code: Code
    kind: Literal["original", "edit", "translate", "rewrite"]
    text: str = ""
    translator: Annotated[str, Field(max_length=40)] = ""
    declares: bool = False

    @model_validator(mode="after")
    def _nothing_unheeded(self) -> Self:
        if (self.text and self.kind != "edit") or (self.translator and self.kind != "translate"):
            raise ValueError("words or a translator that this kind does not use")
        return self


class Older(_Wire):
    """Jobs made before a moment (seconds since the epoch)."""

    type: Literal["history"]
    before: Annotated[float, Field(allow_inf_nan=False)]


class SwitchLocale(_Wire):
    """Speak another language from now on."""

    type: Literal["locale"]
    locale: Locale


class GuessTimezone(_Wire):
    """The browser's time zone (an IANA name)."""

    type: Literal["timezone"]
    timezone: Annotated[str, Field(max_length=64)]


class LinkOffer(_Wire):
    """A code to join another platform's account by."""

    type: Literal["link_offer"]
    id: Id


class LinkAccept(_Wire):
    """Join the account that offered the code."""

    type: Literal["link_accept"]
    id: Id
    code: Code


Inbound = (
    Hello | AskQuote | Submit | Cancel | Again | Reword | Older | SwitchLocale | GuessTimezone | LinkOffer | LinkAccept
)


class _Named(BaseModel):
    """What is needed of a message to answer it, whatever else it holds."""

    id: Id


_INBOUND: TypeAdapter[Inbound] = TypeAdapter(Annotated[Inbound, Field(discriminator="type")])


def read_message(text: str) -> Inbound:
    """One message of a page.

    Raises:
        Refusal: ``message-invalid``: no JSON, or not of a known shape.
    """
    try:
        return _INBOUND.validate_json(text)
    except ValidationError as error:
        raise Refusal("message-invalid") from error


def id_in(text: str) -> str | None:
    """The id of a message that was not taken, so that the page knows which one; None where it has none."""
    try:
        return _Named.model_validate_json(text).id
    except ValidationError:
        return None
