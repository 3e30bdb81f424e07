"""The policy: what it decides, what an operator can change, and the one row that nobody can."""

from __future__ import annotations

import dataclasses
import itertools
import math
from importlib.resources import files
from pathlib import Path

import pytest

from core.safety.audit import AuditLine, salted, without_words
from core.safety.findings import Action, Finding
from core.safety.policy import OPEN, SECTIONS, Decision, Policy, Row
from core.safety.policy_file import PolicyInvalid, load_policy, read_policy, shipped_policy
from core.safety.replay import replay
from core.types import Category, Place, Server

PLACES = [Place(chat, nsfw) for chat in ("private", "group", "channel") for nsfw in (False, True)]
_ROWS = "".join(f"{category} = 'allow'\n" for category in OPEN)
EVERYTHING_ALLOWED = "".join(f"[{name}]\n{_ROWS}" for name in SECTIONS)


def finding(category: Category, score: float = 1.0) -> Finding:
    return Finding(category, score, "rules", "list", "words")


def decide(policy: Policy, *findings: Finding, place: Place = PLACES[0]) -> Decision:
    return policy.decide(findings, place)


def test_the_shipped_policy_decides_every_category_everywhere() -> None:
    policy = shipped_policy()
    for category, place in itertools.product(OPEN, PLACES):
        assert decide(policy, finding(category), place=place).action is policy.action(category, place)
    assert load_policy() is policy


def test_nothing_found_is_allowed() -> None:
    assert decide(shipped_policy()) == Decision(Action.ALLOW, None)
    assert decide(shipped_policy(), finding(Category.GORE, 0.49)) == Decision(Action.ALLOW, None)


def test_the_gravest_decides() -> None:
    found = decide(
        shipped_policy(),
        finding(Category.HORROR),
        finding(Category.IP),
        finding(Category.HATE),
        finding(Category.TERROR),
    )
    assert (found.action, found.category) == (Action.DENY, Category.TERROR)


def test_a_place_for_adults_opens_no_real_people() -> None:
    policy = read_policy('[nsfw]\nsexual = "spoiler"\nreal-person = "allow"\n')
    place = Place("group", nsfw=True)
    assert decide(policy, finding(Category.SEXUAL), place=place).action is Action.SPOILER
    assert decide(policy, finding(Category.SEXUAL)).action is Action.REWRITE
    both = decide(policy, finding(Category.SEXUAL), finding(Category.REAL_PERSON), place=place)
    assert (both.action, both.category) == (Action.DENY, Category.NON_CONSENT)


def test_a_later_section_wins_and_what_a_file_leaves_out_stays() -> None:
    policy = read_policy('[everywhere]\nhorror = "deny"\n[channel]\nhorror = "ask"\n[nsfw]\nhorror = "rewrite"\n')
    assert policy.action(Category.HORROR, Place("private")) is Action.DENY
    assert policy.action(Category.HORROR, Place("channel")) is Action.ASK
    assert policy.action(Category.HORROR, Place("channel", nsfw=True)) is Action.REWRITE
    assert policy.action(Category.GORE, Place("channel")) is shipped_policy().action(Category.GORE, Place("channel"))


def test_a_threshold_decides_what_counts() -> None:
    policy = read_policy("[thresholds]\ngore = 0.8\nhate = 0.2\n")
    assert decide(policy, finding(Category.GORE, 0.7)).action is Action.ALLOW
    assert decide(policy, finding(Category.HATE, 0.3)).action is Action.DENY
    assert decide(policy, finding(Category.TERROR, 0.5)).action is Action.DENY


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("score", [0.5, 0.7, 1.0, math.nan, math.inf])
def test_minors_are_denied_whatever_the_policy(place: Place, score: float) -> None:
    for policy in (shipped_policy(), read_policy(EVERYTHING_ALLOWED), read_policy(_all_thresholds("1.0"))):
        found = decide(policy, *map(finding, OPEN), finding(Category.MINORS, score), place=place)
        assert (found.action, found.category) == (Action.DENY, Category.MINORS)
        assert policy.action(Category.MINORS, place) is Action.DENY


@pytest.mark.parametrize("section", [*SECTIONS, "thresholds"])
@pytest.mark.parametrize("key", ["minors", '"minors"', "'minors'", '"min\\u006frs"'])
def test_no_file_can_have_a_row_for_minors(section: str, key: str) -> None:
    value = "0.9" if section == "thresholds" else '"allow"'
    for text in (f"[{section}]\n{key} = {value}", f"{section}.{key} = {value}", f"{section} = {{ {key} = {value} }}"):
        with pytest.raises(PolicyInvalid, match="never allowed"):
            read_policy(text)


def test_no_code_can_make_a_policy_with_one() -> None:
    whole: dict[str, Row] = {"everywhere": dict.fromkeys(OPEN, Action.ALLOW)}
    with pytest.raises(ValueError, match="minors"):
        Policy({"everywhere": {**whole["everywhere"], Category.MINORS: Action.ALLOW}})
    with pytest.raises(ValueError, match="minors"):
        Policy(whole, {Category.MINORS: 1.0})
    with pytest.raises(ValueError, match="every category"):
        Policy({"everywhere": {}})
    with pytest.raises(ValueError, match="threshold"):
        Policy(whole, {Category.GORE: math.nan})


def test_a_policy_cannot_be_changed_once_it_is_made() -> None:
    row: dict[Category, Action] = dict.fromkeys(OPEN, Action.DENY)
    policy = Policy({"everywhere": row})
    row[Category.GORE] = Action.ALLOW
    assert decide(policy, finding(Category.GORE)).action is Action.DENY
    with pytest.raises(TypeError):
        policy.actions["everywhere"][Category.MINORS] = Action.ALLOW  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.actions = {}  # type: ignore[misc]
    object.__setattr__(policy, "actions", {"everywhere": dict.fromkeys(Category, Action.ALLOW)})
    object.__setattr__(policy, "thresholds", dict.fromkeys(Category, 2.0))
    assert decide(policy, finding(Category.MINORS)).action is Action.DENY
    assert policy.action(Category.MINORS, PLACES[0]) is Action.DENY


def test_the_shipped_file_itself_could_not_open_it() -> None:
    assert "minors =" not in (files("core.safety") / "data" / "policy.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[group]\nsexual = "alow"', "line 2: group.sexual: 'alow' is no action; there is allow, spoiler, ask,"),
        ('[group]\n\nsex = "deny"', "line 3: group.sex: no such category; there is non-consent, sexual,"),
        ('[groups]\nsexual = "deny"', "line 1: groups: no such section; there is everywhere, private,"),
        ("[thresholds]\ngore = 1.5", "line 2: thresholds.gore: 1.5 is no threshold; write a number above 0"),
        ("[thresholds]\ngore = true", "line 2: thresholds.gore: True is no threshold"),
        ("[thresholds]\ngore = nan", "line 2: thresholds.gore: nan is no threshold"),
        ("nsfw = true", "line 1: nsfw: this is a section; write [nsfw]"),
        ("[group]\nsexual = [", "this is no TOML: "),
        ("[group]\ngore = 3", "line 2: group.gore: 3 is no action"),
        ("[group]\ngore = ['deny']", "line 2: group.gore: ['deny'] is no action"),
    ],
)  # fmt: skip
def test_a_bad_file_says_where_and_what_is_allowed(text: str, told: str) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        read_policy(text)
    assert told in str(invalid.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        read_policy('[group]\nsex = "deny"\nminors = "allow"\n[thresholds]\ngore = 9')
    assert [problem.line for problem in invalid.value.problems] == [2, 3, 5]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyInvalid, match="UTF-8"):
        load_policy(tmp_path / "policy.toml")


def audit_line(*findings: Finding, action: Action, place: Place = PLACES[0]) -> AuditLine:
    return AuditLine(
        1.0,
        "prompt",
        salted(b"salt", "a text"),
        place,
        action,
        None,
        without_words(findings),
        {"rules": "1"},
        {"azure": "busy"},
    )


def test_an_audit_line_comes_back_and_has_no_words_in_it() -> None:
    line = audit_line(
        Finding(Category.GORE, 0.8, "rules", "gore", "the very words"), action=Action.DENY, place=PLACES[3]
    )
    written = line.to_json()
    assert AuditLine.from_json(written) == line
    assert "very words" not in written
    assert "a text" not in written
    assert "\n" not in written


def test_an_audit_line_says_what_kind_of_place_it_was_and_not_which() -> None:
    place = Place("group", nsfw=True, server=Server("guild:4711", ("815",), ("42",)))
    written = audit_line(action=Action.ALLOW, place=place).to_json()
    assert AuditLine.from_json(written).place == Place("group", nsfw=True)
    assert not any(part in written for part in ("4711", "815", "42"))


def test_the_digest_needs_the_salt() -> None:
    assert salted(b"1", "x") == salted(b"1", "x") != salted(b"2", "x")
    assert len(salted(b"1", "\ud800")) == 64


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "1",
        '{"form":1}',
        '{"form":2}',
        '{"form":1,"subject":"prompt","place":{"chat":"x","nsfw":false}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_audit_line_is_told(line: str) -> None:
    with pytest.raises(ValueError, match=r"audit|Expecting|char"):
        AuditLine.from_json(line)


def test_a_replay_shows_what_would_be_otherwise() -> None:
    lines = [
        audit_line(finding(Category.GORE), action=Action.REWRITE),
        audit_line(finding(Category.MINORS), action=Action.DENY),
        audit_line(finding(Category.GORE), action=Action.DENY, place=Place("channel")),
    ]
    changes = list(replay(lines, read_policy(EVERYTHING_ALLOWED)))
    assert [(change.differs, change.now.action) for change in changes] == [
        (True, Action.ALLOW), (False, Action.DENY), (True, Action.ALLOW)
    ]  # fmt: skip


def _all_thresholds(value: str) -> str:
    return "[thresholds]\n" + "\n".join(f"{category} = {value}" for category in OPEN)
