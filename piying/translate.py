"""Turns prompts, one a line, into their translations, as JSON lines."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from typing import Any

from core.errors import Refusal
from core.types import Translation
from piying.clock import SystemClock
from piying.mistake import Mistake
from piying.settings import Settings
from piying.translators import make_chain
from translation.cache import MemoryCache
from translation.chain import Chain, Untranslatable


def translate_lines(settings: Settings, lines: Iterable[str], target: str, name: str | None) -> None:
    """Print a JSON line for each line: ``text``, ``translator``, ``fallbacks``, ``ms``.

    A line that cannot be translated has its ``error`` too, and comes back as it was.

    Raises:
        Mistake: the translator that is named is not set up.
    """
    chain = make_chain(settings, cache=MemoryCache(), clock=SystemClock())
    if name is not None and name not in chain.names:
        raise Mistake(f"no translator {name}: there is {', '.join(chain.names)}")
    asyncio.run(_translate_all(chain, lines, target, name))


async def _translate_all(chain: Chain, lines: Iterable[str], target: str, name: str | None) -> None:
    try:
        for line in lines:
            print(json.dumps(await _translate(chain, line, target, name), ensure_ascii=False), flush=True)
    finally:
        await chain.close()


async def _translate(chain: Chain, line: str, target: str, name: str | None) -> dict[str, Any]:
    began = time.perf_counter()
    error = {}
    try:
        found = await chain.translate(line, (target,), by=name)
    except Refusal as refusal:
        fallbacks = refusal.fallbacks if isinstance(refusal, Untranslatable) else ()
        found, error = Translation(line, "", "none", translated=False, fallbacks=fallbacks), {"error": refusal.code}
    return {
        "text": found.text,
        "translator": found.translator,
        "fallbacks": [{"translator": one.translator, "reason": one.reason} for one in found.fallbacks],
        "ms": round((time.perf_counter() - began) * 1000, 3),
        **error,
    }


def read_lines() -> Iterable[str]:
    """Standard input, line by line, whatever bytes are in it."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    return (line.rstrip("\r\n") for line in sys.stdin)
