"""Turns a process that has just started into one whose first prompt takes no longer than the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from core.engines.scene.parser import parse
from core.safety.moderator import PolicyModerator
from piying.translators import open_built_in
from translation.localiser import LOCALES, Localiser
from translation.wishes import read_wishes

_PROMPT = "一只猫, a cat, 横屏 4秒"

log = structlog.get_logger(__name__)


def warm(moderator: PolicyModerator, translators: Sequence[str], read_prompt: Callable[[str], object]) -> None:
    """Read the lists and weights of what judges, translates and reads prompts. Blocking; nothing leaves the machine.

    It takes a second of a core, beside what comes in meanwhile. What it cannot read, the first prompt will say.
    """
    steps: tuple[Callable[[], object], ...] = (
        lambda: read_prompt(_PROMPT),
        lambda: read_wishes(_PROMPT),
        lambda: [Localiser(locale) for locale in LOCALES],
        lambda: parse(_PROMPT),
        moderator.open,
        lambda: open_built_in(translators),
    )
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - whatever is damaged there: it is refused where it is needed
            log.warning("process.not_warm", error=type(error).__name__)
