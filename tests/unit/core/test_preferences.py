from typing import Any

import pytest

from core.errors import Refusal
from core.preferences import ChatSettings, OneRole, Settings, UserSettings, changed, from_json, to_json

USER = UserSettings("zh-Hans", "hd", "9:16", 6.0, quiet=True)
CHAT = ChatSettings("en", ("draft", "hd"), paused=True, clips_a_day=5, seconds_a_day=60, covered=True, protected=True)
SERVER = ChatSettings(labelled=True, channels=("12", "13"), role_clips_a_day={"3": 0, "4": 20})


@pytest.mark.parametrize("settings", [USER, CHAT, SERVER, UserSettings(), ChatSettings()])
def test_settings_come_back_from_json_as_they_were(settings: Any) -> None:
    assert from_json(type(settings), to_json(settings)) == settings


def test_only_what_was_chosen_is_stored() -> None:
    assert to_json(UserSettings()) == to_json(ChatSettings()) == {}
    assert to_json(ChatSettings(clips_a_day=0)) == {"clips_a_day": 0}


def test_what_another_version_stored_is_left_out() -> None:
    assert from_json(UserSettings, {"ratio": "1:1", "mood": "calm"}) == UserSettings(ratio="1:1")


def test_one_change_leaves_the_others_and_none_sets_back() -> None:
    assert changed(USER, {"ratio": "1:1"}) == UserSettings("zh-Hans", "hd", "1:1", 6.0, quiet=True)
    assert changed(USER, {"recipe": None, "quiet": None}) == UserSettings("zh-Hans", None, "9:16", 6.0)
    assert changed(CHAT, {"recipes": ["hd", "hd"]}).recipes == ("hd",)
    assert changed(CHAT, {"recipes": None}).recipes == ()
    assert changed(SERVER, {"role_clips_a_day": None, "channels": None}) == ChatSettings(labelled=True)
    assert changed(UserSettings(), {"seconds": 6}).seconds == 6.0


@pytest.mark.parametrize(
    ("settings", "changes", "code", "possible"),
    [
        (USER, {"mood": 1}, "setting-unknown", "recipe"),
        (USER, {"clips_a_day": 1}, "setting-unknown", "seconds"),
        (USER, {"locale": "fr"}, "setting-choice", "en, zh-Hans"),
        (USER, {"ratio": "21:9"}, "setting-choice", "16:9, 9:16, 1:1, 4:3, 3:4"),
        (USER, {"ratio": 1}, "setting-choice", "16:9"),
        (USER, {"quiet": 1}, "setting-choice", "true, false"),
        (USER, {"quiet": "yes"}, "setting-choice", "true, false"),
        (USER, {"recipe": ""}, "setting-choice", "standard"),
        (USER, {"recipe": "x" * 65}, "setting-choice", "standard"),
        (CHAT, {"recipes": "hd"}, "setting-choice", "standard"),
        (CHAT, {"recipes": [1]}, "setting-choice", "standard"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    settings: Settings, changes: dict[str, object], code: str, possible: str
) -> None:
    with pytest.raises(Refusal) as refused:
        changed(settings, changes)
    assert refused.value.code == code
    assert possible in str(refused.value.details["known"])


@pytest.mark.parametrize("value", [True, "6", 0, -1, 601, float("nan"), float("inf"), [6]])
def test_no_length_is_refused_with_the_limits(value: object) -> None:
    with pytest.raises(Refusal) as refused:
        changed(USER, {"seconds": value})
    details = refused.value.details
    assert (refused.value.code, details["minimum"], details["maximum"]) == ("setting-number", 1, 600)


@pytest.mark.parametrize("value", [True, "6", -1, 1.5, 1_000_001])
@pytest.mark.parametrize("name", ["clips_a_day", "seconds_a_day", "member_clips_a_day", "role_clips_a_day"])
def test_no_count_is_refused_with_the_limits(name: str, value: object) -> None:
    with pytest.raises(Refusal) as refused:
        changed(CHAT, {name: {"7": value} if name == "role_clips_a_day" else value})
    assert (refused.value.code, refused.value.details["minimum"]) == ("setting-number", 0)


@pytest.mark.parametrize("value", [3, [["7", 1]], {str(role): 1 for role in range(101)}])
def test_limits_of_roles_are_by_role_and_not_too_many(value: object) -> None:
    with pytest.raises(Refusal, match="setting-number"):
        changed(CHAT, {"role_clips_a_day": value})


def test_a_change_of_one_role_leaves_the_others_as_they_are_by_then() -> None:
    assert changed(SERVER, {"role_clips_a_day": OneRole("5", 7)}).role_clips_a_day == {"3": 0, "4": 20, "5": 7}
    assert changed(SERVER, {"role_clips_a_day": OneRole("3", 2)}).role_clips_a_day == {"3": 2, "4": 20}
    assert changed(SERVER, {"role_clips_a_day": OneRole("3", None)}).role_clips_a_day == {"4": 20}
    with pytest.raises(Refusal, match="setting-number"):
        changed(SERVER, {"role_clips_a_day": OneRole("3", -1)})
