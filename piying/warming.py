"""Turns a process that has just started into one that no first prompt holds up.

Only word lists are read, which hold the loop for half a second. The weights of classifier and translator, 90 MiB, are
read in threads, in half a second more: a bot that nobody writes to does without.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from core.engines.scene.parser import parse
from translation.localiser import LOCALES, Localiser
from translation.wishes import read_wishes

_PROMPT = "一只猫, a cat, 横屏 4秒"

log = structlog.get_logger(__name__)


def warm(read_prompt: Callable[[str], object]) -> None:
    """Read the lists by which prompts are understood. Blocking. What cannot be read, the first prompt will say."""
    steps: tuple[Callable[[], object], ...] = (
        lambda: read_prompt(_PROMPT),
        lambda: read_wishes(_PROMPT),
        lambda: [Localiser(locale) for locale in LOCALES],
        lambda: parse(_PROMPT),
    )
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - whatever is damaged there: it is refused where it is needed
            log.warning("process.not_warm", error=type(error).__name__)
