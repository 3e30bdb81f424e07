"""Moves, permissions and quiet hours: what is data is held to by every cell of it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.publishing.captions import read_tags, require_fitting, written
from core.publishing.moves import MACHINE_ACTIONS, MOVES, after, possible
from core.publishing.office import SETTINGS, read_profile
from core.publishing.permissions import PERMITTED, Right, permitting
from core.publishing.timing import allowed_from, is_quiet, parse_quiet
from core.publishing.types import Action, Content, Profile, Role, State

ENDS = {State.WITHDRAWN}
PERMITS: dict[Right | Action, tuple[bool, ...]] = {
    #                       owner  editor member author outsider operator
    Right.SEE:             (True,  True,  True,  False, False, True),
    Right.OFFER:           (True,  True,  True,  False, False, False),
    Right.QUEUE:           (True,  True,  False, False, False, True),
    Right.PROFILE:         (True,  False, False, False, False, False),
    Right.PEOPLE:          (True,  False, False, False, False, False),
    Right.DISCONNECT:      (True,  False, False, False, False, False),
    Action.EDIT:           (False, False, False, True,  False, False),
    Action.SUBMIT:         (False, False, False, True,  False, False),
    Action.CHANGE:         (True,  True,  False, False, False, False),
    Action.AMEND:          (True,  True,  False, False, False, False),
    Action.APPROVE:        (True,  True,  False, False, False, False),
    Action.DECLINE:        (True,  True,  False, False, False, False),
    Action.SCHEDULE:       (True,  True,  False, False, False, False),
    Action.WITHDRAW:       (True,  True,  False, True,  False, True),
    **dict.fromkeys(MACHINE_ACTIONS, (False,) * 6),
}  # fmt: skip
ROLES = (Role.OWNER, Role.EDITOR, Role.MEMBER, Role.AUTHOR, Role.OUTSIDER, Role.OPERATOR)


@pytest.mark.parametrize(("role", "deed"), [*product(ROLES, (*Right, *Action))])
def test_every_cell_of_the_table(role: Role, deed: Right | Action) -> None:
    assert (permitting([role], deed) is role) == PERMITS[deed][ROLES.index(role)]


def test_the_table_knows_every_role_and_every_deed() -> None:
    assert set(PERMITTED) == set(Role) == set(ROLES)
    assert set(PERMITS) == {*Right, *Action}


def test_whoever_has_several_roles_may_do_what_any_of_them_may() -> None:
    assert permitting([Role.MEMBER, Role.AUTHOR], Action.EDIT) is Role.AUTHOR
    assert permitting([Role.MEMBER, Role.AUTHOR], Action.APPROVE) is None


@pytest.mark.parametrize(("action", "state"), [*product(Action, State)])
def test_a_move_is_legal_from_its_states_alone(action: Action, state: State) -> None:
    found = after(action, state)
    assert (found is not None) == (state in MOVES[action].sources)
    assert found in {None, state, MOVES[action].to}


def test_every_state_but_the_last_leads_on_and_can_be_reached() -> None:
    reached = {move.to for move in MOVES.values()} | {State.DRAFT}
    assert reached >= set(State)
    for state in State:
        assert any(after(action, state) for action in Action) == (state not in ENDS)


def test_while_it_is_posted_nobody_interferes() -> None:
    assert possible(State.POSTING) == ()


def test_nothing_is_posted_that_nobody_approved() -> None:
    assert MOVES[Action.POST].sources == {State.POSTING}
    assert MOVES[Action.BEGIN].sources == {State.SCHEDULED}
    assert State.SUBMITTED not in MOVES[Action.SCHEDULE].sources
    assert State.DRAFT not in MOVES[Action.SCHEDULE].sources


def at(text: str, zone: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-28 21:59", "2026-11-28 21:59"),
        ("2026-11-28 22:00", "2026-11-29 07:30"),
        ("2026-11-29 03:00", "2026-11-29 07:30"),
        ("2026-11-29 07:29", "2026-11-29 07:30"),
        ("2026-11-29 07:30", "2026-11-29 07:30"),
    ],
)
def test_quiet_hours_over_midnight_put_a_post_off(moment: str, allowed: str) -> None:
    profile = Profile(quiet=(22 * 60, 7 * 60 + 30), timezone="Asia/Shanghai")
    assert allowed_from(at(moment, "Asia/Shanghai"), profile) == at(allowed, "Asia/Shanghai")


def test_quiet_hours_within_a_day() -> None:
    profile = Profile(quiet=(12 * 60, 14 * 60), timezone="UTC")
    assert allowed_from(at("2026-11-28 13:00", "UTC"), profile) == at("2026-11-28 14:00", "UTC")
    assert allowed_from(at("2026-11-28 14:00", "UTC"), profile) == at("2026-11-28 14:00", "UTC")


_minutes = st.integers(0, 1439)


@settings(max_examples=400, deadline=None)
@given(
    st.floats(1_700_000_000, 2_000_000_000),
    st.tuples(_minutes, _minutes).filter(lambda ends: ends[0] != ends[1]),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_a_post_is_never_earlier_and_soon_out_of_the_quiet_hours(
    moment: float, quiet: tuple[int, int], zone: str
) -> None:
    profile = Profile(quiet=quiet, timezone=zone)
    allowed = allowed_from(moment, profile)
    assert moment <= allowed <= moment + 26 * 3600
    if not is_quiet(moment, profile):
        assert allowed == moment
    else:
        assert allowed > moment
        # On a day on which the clocks are set, the end may be in the quiet hours once more.
        assert not is_quiet(allowed_from(allowed, profile), profile) or _sets_clocks(allowed, zone)


def _sets_clocks(moment: float, zone: str) -> bool:
    days = [datetime.fromtimestamp(moment + shift, UTC).astimezone(ZoneInfo(zone)) for shift in (-86400, 86400)]
    return days[0].utcoffset() != days[1].utcoffset()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("22:00-07:30", (1320, 450)), ("22:00 – 7:30", (1320, 450)), ("12：00~14：00", (720, 840)),
        ("00:00-24:00", None), ("22-7", None), ("25:00-07:00", None), ("22:00", None), ("22:60-07:00", None),
        ("", None), ("a:b-c:d", None), ("22:00-07:00-08:00", None),
    ],
)  # fmt: skip
def test_quiet_hours_are_read(typed: str, read: tuple[int, int] | None) -> None:
    assert parse_quiet(typed) == read


def test_a_profile_is_set_and_set_back() -> None:
    changes = {
        "recipes": "draft, hd", "ratio": "9:16", "languages": "zh", "words": "foo，bar", "quiet": "22:00-07:00",
        "timezone": "Asia/Shanghai", "missed": "ask",
    }  # fmt: skip
    assert set(changes) == set(SETTINGS)
    profile = read_profile(Profile(), changes)
    assert profile == Profile(
        ("draft", "hd"), "9:16", ("zh",), ("foo", "bar"), (1320, 420), "Asia/Shanghai", "ask"
    )  # fmt: skip
    assert read_profile(profile, dict.fromkeys(changes, "")) == Profile()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("colour", "red", "setting-unknown"), ("ratio", "21:9", "setting-choice"), ("missed", "no", "setting-choice"),
        ("languages", "fr", "setting-choice"), ("timezone", "Mars/Base", "setting-choice"),
        ("quiet", "always", "setting-choice"), ("words", " ".join(map(str, range(60))), "setting-choice"),
    ],
)  # fmt: skip
def test_a_profile_takes_no_nonsense(name: str, value: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_profile(Profile(), {name: value})
    assert refused.value.code == code


def test_what_is_written_is_kept_within_its_limits() -> None:
    content = written(
        Content({"zh": "猫"}), {"en": " a cat ", "tags": "#cats, rain、雨", "credit": " Ann ", "spoiler": True}
    )
    assert content == Content({"zh": "猫", "en": "a cat"}, ("cats", "rain", "雨"), "Ann", spoiler=True)
    assert written(content, {"zh": ""}).captions == {"en": "a cat"}
    with pytest.raises(Refusal, match="caption-long"):
        written(content, {"en": "x" * 351})
    with pytest.raises(Refusal, match="caption-long"):
        written(content, {"credit": "x" * 61})


@pytest.mark.parametrize("typed", ["a b c d e f g h i", "x" * 25, "no-hyphen", "@you", "https://a.b"])
def test_tags_are_words(typed: str) -> None:
    with pytest.raises(Refusal, match="tags-wrong"):
        read_tags(typed)


def test_a_post_says_something_in_the_channels_language_and_none_of_its_words() -> None:
    profile = Profile(languages=("zh",), words=("Lottery",))
    require_fitting(Content({"zh": "猫"}), profile)
    with pytest.raises(Refusal, match="caption-needed"):
        require_fitting(Content({"en": "a cat"}), profile)
    with pytest.raises(Refusal, match="caption-word"):
        require_fitting(Content({"zh": "猫"}, tags=("LOTTERY",)), profile)
