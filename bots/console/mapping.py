"""Two pure translations: what a page says into core's nouns, and core's nouns into what a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bots.chat_commands import HISTORY_PAGE
from bots.console.wire import AskQuote, Choices, Submit
from bots.presenter import (
    chips,
    engine_label,
    is_delivering,
    notes_on,
    percent_of,
    present_balance,
    present_error,
    present_note,
    present_notice,
    present_place,
    present_progress,
    present_receipt,
    present_state,
    recipe_card,
    recipe_name,
)
from bots.rewording import present_wording
from bots.text_commands import Answer
from core.errors import PiyingError, QuotaExceeded
from core.intake import Quote, Receipt
from core.types import (
    ORIGINAL,
    USER,
    Account,
    Address,
    Job,
    JobState,
    Locale,
    Notice,
    Options,
    Progress,
    QueuePlace,
    Request,
    Translation,
)
from core.wording import Rewordings
from translation.localiser import Localiser

PLATFORM = "console"
EXPORT = "/export.json"
VERIFY = "/verify"
_HERE = frozenset({"phrase", "gloss", "nmt"})
"""Translators on this machine."""
_PAUSE, _PAUSE_BEFORE_SERVICES = 250, 1200
"""Milliseconds after a key before the page asks what a prompt would become: services are paid for each time."""
_SHOWN_PROMPT = 2000
"""Characters of a prompt sent to the page; engines read fewer."""

Wire = Mapping[str, Any]

PAGE_TEXTS = (
    "title", "language", "credits", "help", "talk", "older", "newest",
    "prompt", "placeholder", "keys", "hint", "send", "recipe", "quote",
    "hello", "hello-more", "try", "example-1", "example-2", "example-3", "example-4",
    "offline", "sending", "sending-later", "too-long", "show-all", "show-less",
    "you", "cancel", "again", "again-why", "take", "take-why", "copy", "copied", "edit", "download", "details",
    "verify", "verify-wait", "verify-lost", "appeal", "appeal-why", "softer", "softer-use",
    "declare", "progress", "preview", "clip", "clip-gone", "ready",
    "words", "words-change", "words-auto", "words-own", "words-use", "words-leave", "words-replaces", "words-costs",
    "words-dropped", "words-keep",
)  # fmt: skip
"""Names of the page's own texts; the sentence is ``page-<name>``."""


def to_address(visitor: str) -> Address:
    """A visitor is one user in one chat."""
    return Address(PLATFORM, visitor, visitor)


def to_key(address: Address, message_id: str) -> str:
    """What makes the message idempotent."""
    return f"{PLATFORM}:{address.chat}:{message_id}"


def to_options(choices: Choices) -> Options:
    """Options chosen by a control."""
    return Options(choices.ratio, choices.seconds, choices.resolution, choices.seed, choices.recipe)


def to_request(address: Address, locale: Locale, message: AskQuote | Submit) -> Request:
    """A prompt on its way to the intake."""
    key, options, words = to_key(address, message.id), to_options(message.options), message.words
    request = Request(
        key,
        address,
        message.prompt,
        locale,
        options,
        translator=words.translator,
        rewrite=words.rewrite,
        declares=message.declares,
    )
    if words.original:
        return replace(request, revised=Translation(message.prompt, "", ORIGINAL, translated=False))
    if words.own is not None:
        return replace(request, revised=Translation(words.own, "", USER, translated=False))
    return request


def is_shown(job: Job) -> bool:
    """Its clip may be seen: it is delivered and paid for."""
    return job.clip is not None and job.state is JobState.SUCCEEDED


def is_cancellable(job: Job) -> bool:
    """It is not too late to stop it."""
    return not job.state.ended and not is_delivering(job)


def job_wire(localiser: Localiser, job: Job, rewordings: Rewordings) -> Wire:
    """All the page shows of a job. ``request`` is the page's own id where the job was submitted by the page."""
    shown = is_shown(job)
    return {
        "type": "job",
        "code": job.code,
        "request": _request_of(job),
        "prompt": job.prompt[:_SHOWN_PROMPT],
        "created_at": job.created_at,
        "state": str(job.state),
        "cancellable": is_cancellable(job),
        "status": "" if shown else present_state(localiser, job),
        "chips": _chips(localiser, job),
        "notes": [present_note(localiser, note) for note in notes_on(localiser, job)],
        "words": words_wire(localiser, job, rewordings),
        "label": engine_label(localiser, job.spec),
        "card": [(name, value[:_SHOWN_PROMPT]) for name, value in _card(localiser, job)],
        "width": (job.clip or job.spec).width,
        "height": (job.clip or job.spec).height,
        "clip": f"/clips/{job.code}" if shown else None,
    }


def quote_wire(localiser: Localiser, message_id: str, quote: Quote, rewordings: Rewordings) -> Wire:
    """What a prompt would become, and where the credits do not reach, what to do."""
    short = None
    if quote.price > quote.balance:
        short = QuotaExceeded("credits-short", price=quote.price, balance=quote.balance)
    return {
        "type": "quote",
        "id": message_id,
        "chips": _chips(localiser, quote),
        "notes": [present_note(localiser, note) for note in notes_on(localiser, quote)],
        "words": words_wire(localiser, quote, rewordings),
        "balance": present_balance(localiser, quote.balance),
        "enough": not short,
        "problem": present_error(localiser, short) if short else None,
    }


def no_quote_wire(message_id: str) -> Wire:
    """What was typed is no prompt, and becomes nothing."""
    return {"type": "quote", "id": message_id, "chips": [], "notes": []}


def receipt_wire(localiser: Localiser, message_id: str, receipt: Receipt, rewordings: Rewordings) -> Wire:
    """A submission was taken."""
    return {
        "type": "receipt",
        "id": message_id,
        "job": job_wire(localiser, receipt.job, rewordings),
        "status": present_receipt(localiser, receipt),
    }


def words_wire(localiser: Localiser, item: Job | Quote, rewordings: Rewordings) -> Wire:
    """What the engine reads (``read``), or the English of it; each of the ``choices`` is a button."""
    words = present_wording(localiser, item, rewordings)
    return {
        "title": words.title,
        "text": words.text[:_SHOWN_PROMPT],
        "lang": words.language,
        "read": words.is_read,
        "remarks": words.remarks,
        "choices": [{"kind": one.kind, "label": one.label, "translator": one.translator} for one in words.choices],
    }


def progress_wire(
    localiser: Localiser, job: Job, progress: Progress | None, place: QueuePlace | None, preview: str | None = None
) -> Wire:
    """How an unfinished job stands; ``percent`` is None where nothing is known, ``preview`` the URL of what is new."""
    status, percent = present_state(localiser, job), None
    if is_delivering(job):
        percent = 100
    elif job.state is JobState.RUNNING and progress:
        status, percent = present_progress(localiser, progress), percent_of(progress)
    elif place:
        status = present_place(localiser, place)
    return {
        "type": "progress",
        "code": job.code,
        "state": str(job.state),
        "cancellable": is_cancellable(job),
        "status": status,
        "percent": percent,
        "preview": preview,
    }


def account_wire(localiser: Localiser, account: Account) -> Wire:
    """What is left to spend."""
    return {"type": "account", "balance": present_balance(localiser, account.balance)}


def history_wire(localiser: Localiser, jobs: Sequence[Job], rewordings: Rewordings) -> Wire:
    """Older jobs, newest first."""
    return {
        "type": "history",
        "jobs": [job_wire(localiser, job, rewordings) for job in jobs],
        "more": len(jobs) >= HISTORY_PAGE,
    }


def answer_wire(localiser: Localiser, message_id: str, answer: Answer, rewordings: Rewordings) -> Wire:
    """The answer to a typed command.

    ``file`` is where the page finds the document of an export, ``video`` where it can send a video that is asked for.
    """
    job = job_wire(localiser, answer.job, rewordings) if answer.job else None
    file = EXPORT if answer.document is not None else None
    return {
        "type": "answer",
        "id": message_id,
        "text": answer.text,
        "refused": answer.refused,
        "job": job,
        "file": file,
        "video": VERIFY if answer.asks_video else None,
    }


def notice_wire(localiser: Localiser, notice: Notice) -> Wire:
    """What the visitor should know, and did not ask for."""
    return {"type": "notice", "text": present_notice(localiser, notice)}


def error_wire(localiser: Localiser, message_id: str | None, error: PiyingError) -> Wire:
    """Why not, and what to do next: ``appeal`` is the code to appeal by, ``suggestion`` a harmless version."""
    return {
        "type": "error",
        "id": message_id,
        "code": error.code,
        "text": present_error(localiser, error),
        **{name: error.details[name] for name in ("appeal", "suggestion") if name in error.details},
    }


def welcome_wire(
    localiser: Localiser,
    account: Account,
    jobs: Sequence[Job],
    rewordings: Rewordings,
    recipes: Iterable[str],
    version: str,
) -> Wire:
    """All a page needs to begin, or to begin again in another language."""
    return {
        "type": "welcome",
        "locale": localiser.locale,
        "texts": {name: localiser.text(f"page-{name}") for name in PAGE_TEXTS},
        "balance": present_balance(localiser, account.balance),
        "pause": _PAUSE if set(rewordings.translators[:1]) <= _HERE else _PAUSE_BEFORE_SERVICES,
        "recipes": [{"key": key, "text": recipe_name(localiser, key)} for key in recipes],
        "version": version,
        **{key: value for key, value in history_wire(localiser, jobs, rewordings).items() if key != "type"},
    }


def _chips(localiser: Localiser, item: Job | Quote) -> list[Wire]:
    return [{"kind": chip.kind, "text": chip.text} for chip in chips(localiser, item)]


def _card(localiser: Localiser, job: Job) -> Iterable[tuple[str, str]]:
    """A recipe's name is enough here; its key and version are for reports."""
    plain = {localiser.text("card-recipe"): recipe_name(localiser, job.spec.recipe)}
    return {**dict(recipe_card(localiser, job)), **plain}.items()


def _request_of(job: Job) -> str | None:
    prefix = to_key(job.address, "")
    return job.key.removeprefix(prefix) if job.key.startswith(prefix) else None
