"""Turns whatever went wrong into the protocol's error: a status, headers, and an envelope in the caller's language."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

from aiohttp import web

from bots.presenter import present_error
from core.errors import Conflict, EngineBusy, EngineUnavailable, PiyingError, QuotaExceeded, Refusal
from translation.localiser import Localiser

MAX_BYTES = 25_000_000
"""The longest body there may be: a prompt and two pictures."""
_MEGABYTE = 1_000_000
_SOON = 5
"""Seconds after which a job of the caller's may have ended, or an engine be free."""
_OF_THE_PROMPT = (
    "prompt-empty", "prompt-only-options", "prompt-blocked", "prompt-too-long", "language-unsupported",
    "nothing-to-draw", "translation-failed",
)  # fmt: skip
_PARAMS = {
    **dict.fromkeys(_OF_THE_PROMPT, "prompt"),
    "option-recipe": "model",
    "option-seconds": "seconds",
    "option-length": "seconds",
    "option-resolution": "size",
    "option-ratio": "size",
    "option-seed": "seed",
    "option-negative": "negative_prompt",
    "option-guidance": "guidance_scale",
    "image-invalid": "input_reference",
    "image-needed": "input_reference",
    "image-unsupported": "input_reference",
    "last-image-unsupported": "last_input_reference",
    "declaration-needed": "declares",
}
"""Which field of the request a refusal is about."""
_CODES = {"prompt-blocked": "moderation_blocked", "option-recipe": "model_not_found"}
"""What the protocol calls them; the others have our own names."""
_FOR_NOW = frozenset({"translation-failed", "moderation-unavailable"})
"""Refusals that say nothing of the request: it may be sent again as it is."""
_TYPES = {403: "permission_error", 429: "rate_limit_error"}


class Problem(Exception):
    """An answer that is an error. ``say`` gives its sentence, ``param`` is the field it is about."""

    def __init__(
        self,
        status: int,
        code: str,
        say: Callable[[Localiser], str],
        *,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.code, self.param, self.headers = status, code, param, dict(headers or {})
        self.say = say
        super().__init__(code)


def own(status: int, code: str, sentence: str, *, param: str | None = None, **details: str | float) -> Problem:
    """A problem that only callers of the API can have; ``api-<sentence>`` tells it."""
    return Problem(status, code, partial(_own_sentence, sentence, details), param=param)


def video_unknown(video: str, *, status: int = 404, param: str | None = None) -> Problem:
    """There is none of that id, or it is another key's: the answer is the same."""
    return own(status, "video_not_found", "video-unknown", param=param, video=video[:40])


def field_problem(kind: str, field: str) -> Problem:
    """A field is ``missing``, ``unknown`` or ``invalid``."""
    codes = {"missing": "missing_required_parameter", "unknown": "unknown_parameter", "invalid": "invalid_value"}
    return own(400, codes[kind], f"field-{kind}", param=field[:40], field=field[:40])


def from_error(error: PiyingError) -> Problem:
    """What the rest of Piying refuses, or could not do."""
    status, headers = _status(error), _wait(error)
    code = "insufficient_quota" if error.code == "credits-short" else error.code.replace("-", "_")
    if status == HTTPStatus.TOO_MANY_REQUESTS and code != "insufficient_quota":
        code = "rate_limit_exceeded"
    if isinstance(error, Conflict):
        return own(status, "conflict", "conflict")
    say = partial(_told, error)
    return Problem(status, _CODES.get(error.code, code), say, param=_PARAMS.get(error.code), headers=headers)


def from_http(error: web.HTTPException) -> Problem:
    """What the server refuses by itself."""
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return own(413, "body_too_large", "body-too-large", limit=MAX_BYTES // _MEGABYTE)
    if isinstance(error, web.HTTPMethodNotAllowed):
        known = ", ".join(sorted(error.allowed_methods))
        problem = own(405, "method_not_allowed", "method-unknown", known=known)
        problem.headers["Allow"] = known
        return problem
    if error.status == HTTPStatus.NOT_FOUND:
        return own(404, "path_not_found", "path-unknown")
    return own(error.status, "bad_request", "body-unreadable")


def fault() -> Problem:
    """A bug of ours; the log has it."""
    return Problem(500, "engine_fault", _fault_sentence)


def respond(localiser: Localiser, problem: Problem) -> web.Response:
    """The answer."""
    kind = "server_error" if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    if problem.code == "insufficient_quota":
        kind = problem.code
    envelope = {
        "message": problem.say(localiser),
        "type": _TYPES.get(problem.status, kind) if kind == "invalid_request_error" else kind,
        "param": problem.param,
        "code": problem.code,
    }
    return respond_json({"error": envelope}, status=problem.status, headers=problem.headers)


def respond_json(data: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON as people can read it, in Chinese too."""
    return web.json_response(data, status=status, headers=headers, dumps=partial(json.dumps, ensure_ascii=False))


def _own_sentence(sentence: str, details: Mapping[str, str | float], localiser: Localiser) -> str:
    return localiser.text(f"api-{sentence}", **details)


def _told(error: PiyingError, localiser: Localiser) -> str:
    return present_error(localiser, error)


def _fault_sentence(localiser: Localiser) -> str:
    return localiser.text("error-engine-fault")


def _status(error: PiyingError) -> int:
    if isinstance(error, QuotaExceeded) or error.code in {"too-fast", "account-paused"}:
        return HTTPStatus.TOO_MANY_REQUESTS
    if error.code == "account-blocked":
        return HTTPStatus.FORBIDDEN
    if isinstance(error, Conflict):
        return HTTPStatus.CONFLICT
    if isinstance(error, EngineBusy | EngineUnavailable) or error.code in _FOR_NOW:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.BAD_REQUEST if isinstance(error, Refusal) else HTTPStatus.INTERNAL_SERVER_ERROR


def _wait(error: PiyingError) -> dict[str, str]:
    """When to come back. What only an operator or a new day can mend, no client should try again by itself."""
    if error.code == "credits-short":
        return {"X-Should-Retry": "false"}
    if _status(error) not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return {}
    seconds = error.details.get("retry_after", error.details.get("seconds", _SOON))
    wait = {"Retry-After": str(max(1, math.ceil(float(seconds))))}
    is_long = (
        error.code != "too-fast" and _status(error) == HTTPStatus.TOO_MANY_REQUESTS and "retry_after" in error.details
    )
    return wait | {"X-Should-Retry": "false"} if is_long else wait
