"""Turns prompts, as JSON lines, into verdicts, as JSON lines."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.errors import PiyingError, Refusal
from core.safety.findings import Action
from core.safety.panel import Panel
from core.safety.policy import Policy
from core.types import Place
from piying.clock import SystemClock
from piying.mistake import Mistake
from piying.moderators import make_panel, make_policy
from piying.settings import Settings
from piying.translators import make_chain
from translation.cache import MemoryCache
from translation.chain import Chain

_MADE = {Action.ALLOW, Action.SPOILER}
"""What is made without asking anybody."""
_ENGLISH = ("en",)


@dataclass(frozen=True)
class _Desk:
    panel: Panel
    policy: Policy
    chain: Chain
    place: Place


def moderate_lines(settings: Settings, lines: Iterable[str], place: Place) -> None:
    """Print a verdict for each line: ``allowed``, ``category``, ``action``, ``scores``, ``rule``, ``fragment``, ``ms``.

    A prompt is judged as it is and in English. A line that cannot be judged is not allowed, and has its ``error``.

    Raises:
        Mistake: the policy's file, or that of a key, is not as it should be.
    """
    clock = SystemClock()
    desk = _Desk(
        make_panel(settings, clock=clock),
        make_policy(settings),
        make_chain(settings, cache=MemoryCache(), clock=clock),
        place,
    )
    asyncio.run(_moderate_all(desk, lines))


async def _moderate_all(desk: _Desk, lines: Iterable[str]) -> None:
    try:
        for line in lines:
            if line.strip():
                print(json.dumps(await _moderate(desk, line), ensure_ascii=False), flush=True)
    finally:
        await desk.chain.close()
        await desk.panel.close()


async def _moderate(desk: _Desk, line: str) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        verdict = await _verdict(desk, _text(line))
    except Mistake as mistake:
        verdict = _unjudged(str(mistake))
    except PiyingError as error:
        verdict = _unjudged(error.code)
    return {**verdict, "ms": round((time.perf_counter() - began) * 1000, 3)}


async def _verdict(desk: _Desk, text: str) -> dict[str, Any]:
    english, missing = await _english(desk.chain, text)
    opinion = await desk.panel.review([text, *english])
    missing = {**opinion.missing, **missing}
    decision = desk.policy.decide(opinion.findings, desk.place)
    found = decision.finding
    return {
        "allowed": decision.action in _MADE,
        "category": decision.category,
        "action": decision.action,
        "scores": {category: round(score, 4) for category, score in opinion.scores.items()},
        "rule": f"{found.moderator}:{found.rule}" if found else "",
        "fragment": found.fragment if found else "",
        **({"missing": missing} if missing else {}),
    }


async def _english(chain: Chain, text: str) -> tuple[list[str], dict[str, str]]:
    """The same in English, or why there is none: then a text is judged by itself, and the intake would refuse it."""
    try:
        found = await chain.translate(text, _ENGLISH)
    except Refusal as refusal:
        return [], {"english": refusal.code}
    return ([found.text] if found.translated else []), {}


def _text(line: str) -> str:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        raise Mistake('this is no JSON object with a "text"')
    return str(said["text"])


def _unjudged(error: str) -> dict[str, Any]:
    return {
        "allowed": False,
        "category": None,
        "action": Action.DENY,
        "scores": {},
        "rule": "",
        "fragment": "",
        "error": error,
    }
