"""Answers what the bot asks about its shop: SKUs, entitlements, subscriptions."""

from __future__ import annotations

from typing import Any

from tests.discord.call import Call
from tests.discord.errors import Refused
from tests.discord.state import when

DURABLE, CONSUMABLE, SUBSCRIPTION = 2, 3, 5
"""Types of SKUs."""


def skus(call: Call) -> tuple[int, Any]:
    return 200, list(call.world.skus)


def entitlements(call: Call) -> tuple[int, Any]:
    """Those that fit the query, the oldest first."""
    query = call.query
    found = list(call.world.entitlements.values())
    for name in ("user_id", "guild_id"):
        if name in query:
            found = [one for one in found if one.get(name) == query[name]]
    if "sku_ids" in query:
        found = [one for one in found if one["sku_id"] in query["sku_ids"].split(",")]
    if call.flag("exclude_ended"):
        now = when(call.world.clock())
        found = [one for one in found if not one["ends_at"] or one["ends_at"] > now]
    if query.get("exclude_deleted", "true").lower() in {"1", "true"}:
        found = [one for one in found if not one["deleted"]]
    if "after" in query:
        found = [one for one in found if int(one["id"]) > int(query["after"])]
    if "before" in query:
        found = [one for one in found if int(one["id"]) < int(query["before"])]
    return 200, [dict(one) for one in found[: int(query.get("limit", "100"))]]


def _one(call: Call) -> dict[str, Any]:
    found = call.world.entitlements.get(int(call.params["entitlement_id"]))
    if found is None:
        raise Refused(10029)
    return found


def entitlement(call: Call) -> tuple[int, Any]:
    return 200, dict(_one(call))


def consume(call: Call) -> tuple[int, Any]:
    """Only what can be consumed, and is not yet."""
    found = _one(call)
    sku = next(sku for sku in call.world.skus if sku["id"] == found["sku_id"])
    if sku["type"] != CONSUMABLE or found["consumed"] or found["deleted"]:
        raise Refused(50035, message="This entitlement cannot be consumed")
    found["consumed"] = True
    call.world.changed()
    return 204, None


_APP = "/applications/{application_id}"
ROUTES = {
    f"GET {_APP}/skus": skus,
    f"GET {_APP}/entitlements": entitlements,
    f"GET {_APP}/entitlements/{{entitlement_id}}": entitlement,
    f"POST {_APP}/entitlements/{{entitlement_id}}/consume": consume,
}
