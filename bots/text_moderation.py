"""Turns what moderators type (``/moderate``, ``/rule``) into decisions. To others neither is a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.presenter import present_due, present_ground
from bots.text_rights import Said
from translation.views import simplify

if TYPE_CHECKING:
    from bots.commands import Commands
    from core.safety.cases import Case
    from core.types import Address
    from translation.localiser import Localiser

_LIST, _RULE = "moderate", "rule"
_NAMES = {"moderate": _LIST, "审核": _LIST, "rule": _RULE, "裁定": _RULE}
_ALLOW = frozenset({"allow", "放行", "允许", "通过"})
_DENY = frozenset({"deny", "拒绝", "驳回", "禁止"})
_SHOWN, _LONGEST_PROMPT = 10, 300


def is_for_moderators(name: str) -> bool:
    """Whether the name of a command is one of theirs."""
    return simplify(name) in _NAMES


async def moderate(commands: Commands, localiser: Localiser, address: Address, name: str, typed: str) -> Said:
    """Do what a moderator typed: the name of a command, and what comes after it.

    Raises:
        Refusal: there is no such case.
    """
    if _NAMES[simplify(name)] == _LIST:
        return Said(_listed(localiser, await commands.cases(address), commands.now))
    code, word, why = [*typed.split(maxsplit=2), "", "", ""][:3]
    choice = simplify(word.casefold())
    if choice not in _ALLOW | _DENY or not why.strip():
        return Said(localiser.text("moderate-usage"), refused=True)
    allows = choice in _ALLOW
    kind = await commands.rule(address, code, allows=allows, why=why)
    return Said(localiser.text(f"case-done-{kind}-{'allow' if allows else 'deny'}", case=code))


def _listed(localiser: Localiser, cases: list[Case], now: float) -> str:
    if not cases:
        return localiser.text("moderate-none")
    lines = [_told(localiser, case, now) for case in cases[:_SHOWN]]
    return "\n\n".join((localiser.text("moderate-list", count=len(cases)), *lines, localiser.text("moderate-usage")))


def _told(localiser: Localiser, case: Case, now: float) -> str:
    ground, due = present_ground(localiser, case), present_due(localiser, case, now)
    head = localiser.text(f"case-{case.kind}", case=case.id, ground=ground, due=due)
    own = localiser.text("case-own") if case.own else ""
    parts = [head, *filter(None, (own, case.code, case.fragment, case.text, case.prompt))]
    return "\n".join(part if len(part) <= _LONGEST_PROMPT else f"{part[:_LONGEST_PROMPT]}…" for part in parts)
