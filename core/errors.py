"""Everything that can go wrong, sorted by who must act.

::

    PiyingError(code)          code = message key = metric label = stored failure
    ├── Refusal                the user: carries what to do next
    │   ├── PromptBlocked      QuotaExceeded  Unsupported  TooLong
    │   ├── DeclarationNeeded  ModerationUnavailable
    ├── EngineError            the operator
    │   ├── EngineBusy         EngineUnavailable  EngineRefused  EngineFault
    ├── DeliveryError          the platform
    │   ├── DeliveryDelayed    RecipientGone  TooLarge  PostUnsure
    └── Conflict               nobody: another writer was first
"""

from __future__ import annotations

from typing import ClassVar

Detail = str | int | float


class PiyingError(Exception):
    """An error known by its ``code``; ``details`` fill the placeholders of the sentence ``error-<code>``.

    Raises:
        ValueError: the class does not list the code.
    """

    codes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, code: str | None = None, **details: Detail) -> None:
        self.code = code or self.codes[0]
        if self.code not in self.codes:
            raise ValueError(f"{type(self).__name__} has no code {self.code!r}")
        self.details = details
        super().__init__(self.code)


class Refusal(PiyingError):
    """The user can mend it."""

    codes: ClassVar[tuple[str, ...]] = (
        "prompt-empty", "prompt-only-options", "message-invalid", "too-fast", "account-blocked",
        "job-unknown", "job-finished", "job-delivering", "not-yours", "link-invalid", "link-busy", "timezone-unknown",
        "image-invalid", "translation-failed", "translator-unknown", "account-paused", "appeal-unknown", "appeals-many",
        "case-unknown", "case-own",
        "unlabelled-off", "unlabelled-unmade", "unlabelled-not-here", "chat-paused", "chat-not-allowed",
        "setting-unknown", "setting-choice", "setting-number",
        "payment-unknown", "refund-open", "clip-for-adults", "clip-private",
        "clip-unfinished", "clip-others", "film-clips", "film-long", "film-fixed",
        "channel-unknown", "channel-known", "invitation-invalid", "not-permitted", "person-unknown",
        "publication-unknown", "publication-move", "publication-unmade", "publication-unlabelled",
        "publication-recipe", "publication-ratio", "caption-needed", "caption-long", "caption-word", "tags-wrong",
        "moment-unknown", "moment-past", "moment-ambiguous", "moment-missing", "moment-twice", "moment-far",
        "showcase-unknown", "showcase-unmade", "showcase-hidden", "vote-own", "remix-not-allowed",
    )  # fmt: skip


class PromptBlocked(Refusal):
    """The policy forbids it; ``category`` names the rule, ``fragment`` the words where they can be named.

    ``appeal`` is the code to appeal by, and ``suggestion`` a harmless version, where there is one.
    """

    codes = ("prompt-blocked",)


class QuotaExceeded(Refusal):
    """Credits or a limit are used up; ``limit`` and ``resets_at`` (local time, text) say which and until when.

    ``retry_after`` are the seconds until then.
    """

    codes = (
        "credits-short",
        "limit-clips",
        "limit-seconds",
        "limit-waiting",
        "limit-chat-clips",
        "limit-chat-seconds",
        "limit-member-clips",
    )


class Unsupported(Refusal):
    """The chosen recipe cannot do it; the details name what it can."""

    codes = (
        "language-unsupported", "nothing-to-draw",
        "option-seconds", "option-length", "option-resolution", "option-ratio", "option-recipe", "option-seed",
        "option-negative", "option-guidance", "recipe-not-here", "image-needed", "image-unsupported",
        "last-image-unsupported", "continue-unsupported", "film-unsupported",
    )  # fmt: skip


class DeclarationNeeded(Refusal):
    """The user must declare that they may ask for it; ``category`` and ``fragment`` say what."""

    codes = ("declaration-needed",)


class ModerationUnavailable(Refusal):
    """Nobody can say now whether the prompt may be made; again after ``retry_after`` seconds."""

    codes = ("moderation-unavailable",)


class TooLong(Refusal):
    """``length`` characters were sent where ``limit`` fit."""

    codes = ("prompt-too-long",)


class EngineError(PiyingError):
    """No clip could be made; the operator must look, the user pays nothing."""


class EngineBusy(EngineError):
    """Try again after ``retry_after`` seconds."""

    codes = ("engine-busy",)


class EngineUnavailable(EngineError):
    """The engine is not there: no key, no worker, no file, no money left for it today (``budget-spent``)."""

    codes = ("engine-unavailable", "budget-spent")


class EngineRefused(EngineError):
    """The engine will not make this clip, now or later.

    A vendor's own rules forbade the prompt (``prompt-refused``), or the clip that it had made (``clip-refused``).
    """

    codes = ("engine-refused", "prompt-refused", "clip-refused")


class EngineFault(EngineError):
    """A fault of ours or of the engine's. ``engine-fault`` is a bug; ``worker-lost`` is a dead letter.

    Of a vendor: ``answer-lost``, nobody can say whether it makes the clip; ``clip-lost``, it has forgotten it;
    ``clip-unfetched``, it made the clip, and its file did not come.
    ``source-lost``: a clip that a film is made of is gone.
    """

    codes = (
        "engine-fault", "engine-died", "worker-lost", "clip-invalid", "storage-full", "timed-out", "out-of-memory",
        "answer-lost", "clip-lost", "clip-unfetched", "source-lost",
    )  # fmt: skip


class DeliveryError(PiyingError):
    """The clip exists and could not be handed over."""


class DeliveryDelayed(DeliveryError):
    """The platform asks to wait ``retry_after`` seconds."""

    codes = ("delivery-delayed",)


class RecipientGone(DeliveryError):
    """The chat is closed to us."""

    codes = ("recipient-gone",)


class TooLarge(DeliveryError):
    """Even the smallest encode is above ``limit_bytes``."""

    codes = ("too-large",)


class PostUnsure(DeliveryError):
    """A post may be out, and its platform cannot say whether it is."""

    codes = ("post-unsure",)


class Conflict(PiyingError):
    """Another writer was first; what it wrote stands."""

    codes = ("conflict",)


def all_codes() -> dict[str, type[PiyingError]]:
    """Every code with the class that owns it."""
    found: dict[str, type[PiyingError]] = {}
    waiting: list[type[PiyingError]] = [PiyingError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        found.update(dict.fromkeys(vars(kind).get("codes", ()), kind))
    return found


def from_code(code: str, **details: Detail) -> PiyingError:
    """The error a stored ``code`` stands for; an unknown one is a bug of ours."""
    kind = all_codes().get(code)
    return kind(code, **details) if kind else EngineFault()
