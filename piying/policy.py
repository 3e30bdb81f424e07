"""Turns a policy's file into what is wrong with it, or into what it would have decided on past prompts."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.safety.audit import AuditLine
from core.safety.policy import OPEN, Policy
from core.safety.replay import Change, replay
from core.types import Place
from piying.mistake import Mistake
from piying.moderators import read_policy_file

_PLACES = (Place("private"), Place("group"), Place("channel"), Place("group", nsfw=True))


def check_policy(path: Path) -> None:
    """Print what the file makes of each category, by place.

    Raises:
        Mistake: it cannot be read, or says what no policy can.
    """
    policy = read_policy_file(path)
    print(f"{'':14}{'private':10}{'group':10}{'channel':10}{'nsfw group':12}threshold")
    print(f"{'minors':14}{'deny':10}{'deny':10}{'deny':10}{'deny':12}never to be changed")
    for category in OPEN:
        actions = [policy.action(category, place) for place in _PLACES]
        print(f"{category:14}{actions[0]:10}{actions[1]:10}{actions[2]:10}{actions[3]:12}", end="")
        print(f"{policy.thresholds.get(category, 0.5):g}")


def replay_policy(path: Path, past: Path | None) -> None:
    """Print a line for each past decision that would be another, and how many there are.

    Raises:
        Mistake: a file cannot be read, or is not what it should be.
    """
    policy = read_policy_file(path)
    total = changed = 0
    for change in _replayed(past, policy):
        total += 1
        if change.differs:
            changed += 1
            print(_told(change))
    print(f"{changed} of {total} would be decided otherwise")


def _replayed(past: Path | None, policy: Policy) -> Iterator[Change]:
    if past is None:
        yield from replay(_read(sys.stdin, "standard input"), policy)
        return
    try:
        with past.open(encoding="utf-8") as lines:
            yield from replay(_read(lines, str(past)), policy)
    except OSError as error:
        raise Mistake(f"cannot read {past}: {error.strerror}") from error


def _read(lines: Iterable[str], name: str) -> Iterator[AuditLine]:
    try:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _line(line, f"{name}, line {number}")
    except UnicodeDecodeError as error:
        raise Mistake(f"{name} is not UTF-8") from error


def _line(line: str, where: str) -> AuditLine:
    try:
        return AuditLine.from_json(line)
    except ValueError as error:
        raise Mistake(f"{where}: {error}") from error


def _told(change: Change) -> str:
    line, now = change.line, change.now
    place = f"{line.place.chat}{' nsfw' if line.place.nsfw else ''}"
    category = now.category or line.category or "-"
    return f"{line.digest[:12]}  {line.subject:6}  {place:12}  {category:12}  {line.action} -> {now.action}"
