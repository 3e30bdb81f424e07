"""The table of requests, held to Discord's machine-readable API where there is one; and the validator itself."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.discord import spec, table
from tests.discord.server import _ROUTES
from tests.needs import need
from tests.unit.discord_server.rendering import Rendering

TABLE = table.raw()
MESSAGES = "/channels/{channel_id}/messages"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
COMMANDS = "/applications/{application_id}/commands"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    need(spec.PATH.exists(), "Discord's machine-readable API v10")
    found: dict[str, Any] = json.loads(spec.PATH.read_text("utf-8"))
    return found


def _spread(text: str) -> str:
    """With the members of a union instead of its name."""

    def members(found: re.Match[str]) -> str:
        return "|".join(sorted(TABLE["unions"][found[0]].split()))

    spread = re.sub("|".join(rf"\b{name}\b" for name in TABLE["unions"]), members, text)
    return re.sub(r"\[\](\w+(?:\|\w+)+)", r"[](\1)", spread)


def _same(ours: str, theirs: str) -> bool:
    """Whether two words mean the same; what the table does not look into may be anything."""
    pattern = re.escape(ours).replace("any", r"\w+")
    return re.fullmatch(pattern, theirs) is not None


def test_every_object_holds_what_discord_says(document: dict[str, Any]) -> None:
    rendering = Rendering(document["components"]["schemas"])
    for name, text in TABLE["objects"].items():
        ours, theirs = sorted(_spread(text).split()), sorted(rendering.fields(name))
        assert len(ours) == len(theirs), name
        assert all(_same(*pair) for pair in zip(ours, theirs, strict=True)), (name, set(ours) ^ set(theirs))


def test_every_request_takes_what_discord_says(document: dict[str, Any]) -> None:
    rendering = Rendering(document["components"]["schemas"])
    for rule, text in TABLE["requests"].items():
        method, route = rule.split(" ")
        told = document["paths"][route][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
        theirs = rendering.type(told)
        assert theirs == text or set(_spread(text).split("|")) <= set(theirs.split("|")), rule


def test_every_route_is_one_of_discords(document: dict[str, Any]) -> None:
    skus = "/applications/{application_id}/skus"  # documented for people alone
    known = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert set(_ROUTES) - known == {f"GET {skus}"}


def test_every_request_with_a_body_is_in_the_table() -> None:
    bare = {"POST /channels/{channel_id}/typing", f"POST {MESSAGES}/{{message_id}}/crosspost",
            "POST /applications/{application_id}/entitlements/{entitlement_id}/consume"}  # fmt: skip
    asking = {rule for rule in _ROUTES if not rule.startswith(("GET", "DELETE"))}
    assert asking - bare == set(TABLE["requests"])


@pytest.fixture(params=["table", "document"])
def judge(request: pytest.FixtureRequest) -> spec.Spec:
    if request.param == "table":
        return table.load()
    need(spec.PATH.exists(), "Discord's machine-readable API v10")
    found = spec.load()
    assert found
    return found


Judge = Callable[[str, str, Any], list[spec.Problem]]


@pytest.mark.parametrize(
    ("method", "route", "body"),
    [
        ("POST", MESSAGES, {"content": "x", "nonce": 5, "attachments": [{"id": 0}, {"id": "123456789012345678"}]}),
        ("POST", MESSAGES, {"content": None, "components": [{"type": 10, "content": "x"}], "flags": 1 << 15}),
        ("POST", CALLBACK, {"type": 5}),
        ("POST", CALLBACK, {"type": 6, "data": None}),
        ("PUT", COMMANDS, [{"name": "video", "description": "x", "type": 1, "contexts": [0, 1, 2]}]),
    ],
)
def test_what_fits(judge: spec.Spec, method: str, route: str, body: Any) -> None:
    assert judge.request(method, route, body) == []


@pytest.mark.parametrize(
    ("method", "route", "body", "where"),
    [
        ("POST", MESSAGES, None, ""),
        ("POST", MESSAGES, {"content": 5}, ".content"),
        ("POST", MESSAGES, {"content": "x" * 4001}, ".content"),
        ("POST", MESSAGES, {"tts": 1}, ".tts"),
        ("POST", MESSAGES, {"attachments": [{"filename": "a"}]}, ".attachments.0.id"),
        ("POST", MESSAGES, {"attachments": [{"id": "one"}]}, ".attachments.0.id"),
        ("POST", MESSAGES, {"attachments": [{"id": n} for n in range(11)]}, ".attachments"),
        ("POST", MESSAGES, {"components": [{"type": 10}]}, ".components.0.content"),
        ("POST", MESSAGES, {"components": [{"type": 12, "items": [{"media": {}}]}]}, ".components.0.items.0.media.url"),
        ("POST", CALLBACK, {"type": 99}, ".type"),
        ("POST", CALLBACK, {"type": 9, "data": {"custom_id": "x", "title": "x" * 46, "components": []}}, ".data.title"),
        ("PUT", COMMANDS, [{"description": "x"}], ".0.name"),
        ("PUT", COMMANDS, [{"name": "x", "contexts": [0, 0]}], ".0.contexts"),
    ],
)
def test_what_does_not_fit(judge: spec.Spec, method: str, route: str, body: Any, where: str) -> None:
    assert where in [found for found, _ in judge.request(method, route, body)]
