"""What Discord sold becomes credits, once, and a place ahead in the queue, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from discord import SKUType
from structlog.testing import capture_logs

from bots.discord.premium import Premium
from bots.discord.shop import Shop, read_shop
from core.payments import PaymentState
from core.types import Account, Address
from piying.discord_settings import DiscordSettings
from piying.premium_settings import PremiumSettings
from tests.unit.discord.stage import Stage, open_stage, texts, walk

PACK, LARGE, SUBSCRIPTION = 100_000_000_000_000_001, 100_000_000_000_000_002, 100_000_000_000_000_003
SHOP = Shop({PACK: 50, LARGE: 500}, frozenset({SUBSCRIPTION}))


@asynccontextmanager
async def selling(folder: Path) -> AsyncIterator[tuple[Stage, Premium]]:
    """A bot whose credits Discord sells; nothing was looked at yet."""
    async with open_stage(folder) as stage:
        for sku in (PACK, LARGE):
            stage.env.create_sku(str(sku), type=SKUType.consumable, id=sku)
        stage.env.create_sku("ahead", type=SKUType.subscription, id=SUBSCRIPTION)
        yield stage, Premium(stage.adapter.client, stage.commands, stage.clock, SHOP)


async def account(stage: Stage, who: Any) -> Account:
    return await stage.commands.account(Address("discord", str(who.id), str(who.id)))


async def until(condition: Any) -> None:
    """What waits for a thread, simcord does not wait for."""
    async with asyncio.timeout(5):
        while not await condition():
            await asyncio.sleep(0.01)


def consumed(stage: Stage, entitlement: Any) -> bool:
    return bool(stage.env.backend.entitlements[entitlement.id].consumed)


async def test_a_pack_is_granted_once_consumed_and_told(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        before = (await account(stage, stage.ann)).balance
        bought = await stage.env.grant_entitlement(PACK, user=stage.ann)

        async def is_done() -> bool:
            return consumed(stage, bought)

        await until(is_done)
        assert (await account(stage, stage.ann)).balance == before + 50
        await bought.replay_create()
        await premium.look()
        await premium.look()
        assert (await account(stage, stage.ann)).balance == before + 50
        (payment,) = await stage.commands.payments(Address("discord", "1", str(stage.ann.id)))
        assert (payment.id, payment.credits, payment.currency) == (str(bought.id), 50, "DISCORD")


async def test_what_the_settings_do_not_name_is_said_in_the_log_and_found_once_they_do(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, _):
        before = (await account(stage, stage.ann)).balance
        poor = Premium(stage.adapter.client, stage.commands, stage.clock, Shop({PACK: 50}))
        with capture_logs() as lines:
            bought = await stage.env.grant_entitlement(LARGE, user=stage.ann)
        assert [one["sku"] for one in lines if one["event"] == "discord.sku_unknown"] == [LARGE]
        await poor.look()
        assert (await account(stage, stage.ann)).balance == before
        await Premium(stage.adapter.client, stage.commands, stage.clock, SHOP).look()
        assert (await account(stage, stage.ann)).balance == before + 500
        assert consumed(stage, bought)


async def test_what_was_bought_while_the_bot_was_away_is_found(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        away = stage.env.seed_entitlement(LARGE, user=stage.ann)
        stage.env.seed_entitlement(PACK, user=stage.bob, consumed=True)
        stage.env.seed_entitlement(SUBSCRIPTION, user=stage.bob)
        before = (await account(stage, stage.bob)).balance
        await premium.look()
        assert (await account(stage, stage.ann)).balance == before + 500
        assert consumed(stage, away)
        bob = await account(stage, stage.bob)
        assert (bob.balance, bob.tier) == (before, "subscriber")


async def test_a_pack_that_could_not_be_consumed_is_granted_once_all_the_same(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        before = (await account(stage, stage.ann)).balance
        bought = stage.env.seed_entitlement(PACK, user=stage.ann)
        stage.env.inject_error("POST", "/applications/*/entitlements/*/consume", status=503, times=9)
        await premium.look()
        assert not consumed(stage, bought)
        stage.env.backend.faults.clear()
        await premium.look()
        assert consumed(stage, bought)
        assert (await account(stage, stage.ann)).balance == before + 50


async def test_a_database_that_is_away_loses_no_purchase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with selling(tmp_path) as (stage, premium):
        before = (await account(stage, stage.ann)).balance
        monkeypatch.setattr("bots.discord.premium._FIRST_PAUSE", 0.01)
        pay, tries = stage.commands.pay, []

        async def away(*args: Any, **kwargs: Any) -> Any:
            tries.append(args)
            if len(tries) < 3:
                raise OSError("no database")
            return await pay(*args, **kwargs)

        monkeypatch.setattr(stage.commands, "pay", away)
        await premium.begin()
        bought = await stage.env.grant_entitlement(PACK, user=stage.ann)

        async def is_done() -> bool:
            return consumed(stage, bought)

        await until(is_done)
        await premium.stop()
        assert len(tries) >= 3
        assert (await account(stage, stage.ann)).balance == before + 50


async def test_what_is_given_back_takes_its_credits_along(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        before = (await account(stage, stage.ann)).balance
        first = stage.env.seed_entitlement(PACK, user=stage.ann)
        await premium.look()
        await first.revoke()

        async def is_back() -> bool:
            return (await account(stage, stage.ann)).balance == before

        await until(is_back)
        (payment,) = await stage.commands.payments(Address("discord", "1", str(stage.ann.id)))
        assert (payment.state, payment.taken_back) == (PaymentState.REFUNDED, 50)
        await premium.look()
        assert (await account(stage, stage.ann)).balance == before


async def test_what_was_given_back_while_the_bot_was_away_is_seen(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        before = (await account(stage, stage.ann)).balance
        bought = stage.env.seed_entitlement(PACK, user=stage.ann)
        stage.env.seed_entitlement(LARGE, user=stage.ann, deleted=True)
        await premium.look()
        stage.env.backend.entitlements[bought.id].deleted = True
        await premium.look()
        assert (await account(stage, stage.ann)).balance == before


async def test_a_subscription_runs_until_it_ends_and_leaves_an_operators_tier(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        ann = await account(stage, stage.ann)
        assert ann.tier == "standard"
        stage.clock.time = stage.env.now().timestamp() + 3600
        running = await stage.env.grant_entitlement(SUBSCRIPTION, user=stage.ann)

        async def is_ahead() -> bool:
            return (await account(stage, stage.ann)).tier == "subscriber"

        async def is_behind() -> bool:
            return not await is_ahead()

        await until(is_ahead)
        other = stage.env.seed_entitlement(SUBSCRIPTION, user=stage.ann)
        await running.end()
        await asyncio.sleep(0.1)
        assert await is_ahead()
        await other.end()
        await until(is_behind)
        with stage.store.begin() as tx:
            tx.ledger.set_tier(ann.id, "premium")
        await premium.look()
        assert (await account(stage, stage.ann)).tier == "premium"


async def test_one_that_ends_later_ends_then_and_one_in_the_future_has_not_begun(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        now = datetime.fromtimestamp(stage.clock.now(), UTC)
        stage.env.seed_entitlement(SUBSCRIPTION, user=stage.ann, starts_at=now, ends_at=now + timedelta(days=1))
        stage.env.seed_entitlement(SUBSCRIPTION, user=stage.bob, starts_at=now + timedelta(days=1))
        await premium.look()
        assert [(await account(stage, who)).tier for who in (stage.ann, stage.bob)] == ["subscriber", "standard"]
        stage.clock.time += 86401
        await premium.look()
        assert [(await account(stage, who)).tier for who in (stage.ann, stage.bob)] == ["standard", "subscriber"]


async def test_a_subscription_that_is_sold_no_more_ends(tmp_path: Path) -> None:
    for shop in (Shop({PACK: 50}), Shop({})):
        folder = tmp_path / str(len(shop.skus))
        folder.mkdir()
        async with selling(folder) as (stage, premium):
            stage.env.seed_entitlement(SUBSCRIPTION, user=stage.ann)
            await premium.look()
            assert (await account(stage, stage.ann)).tier == "subscriber"
            await Premium(stage.adapter.client, stage.commands, stage.clock, shop).look()
            assert (await account(stage, stage.ann)).tier == "standard"


async def test_a_bot_that_sells_nothing_looks_after_what_it_sold(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.commands.add_subscriber(Address("discord", str(stage.ann.id), str(stage.ann.id)))

        async def is_behind() -> bool:
            return (await account(stage, stage.ann)).tier == "standard"

        await stage.env.restart_bot(stage.again().client)
        await until(is_behind)


async def test_of_two_users_who_are_one_account_one_subscription_is_enough(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        ann, bob = (Address("discord", str(who.id), str(who.id)) for who in (stage.ann, stage.bob))
        stage.clock.time = stage.env.now().timestamp() + 3600
        await stage.commands.account(ann)
        await stage.commands.accept_link(bob, await stage.commands.offer_link(ann))
        stage.env.seed_entitlement(SUBSCRIPTION, user=stage.bob)
        lapsed = stage.env.seed_entitlement(SUBSCRIPTION, user=stage.ann)
        told = []
        with capture_logs() as lines:
            await lapsed.end()
            await premium.look()
            for _ in range(3):
                await premium.look()
                told.append((await account(stage, stage.ann)).tier)
        assert told == ["subscriber"] * 3
        assert len([one for one in lines if one["event"] == "discord.subscriptions"]) <= 1


async def test_more_than_a_page_of_sales_is_read(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, premium):
        before = (await account(stage, stage.ann)).balance
        for _ in range(205):
            stage.env.seed_entitlement(PACK, user=stage.ann)
        await premium.look()
        assert (await account(stage, stage.ann)).balance == before + 205 * 50


async def shown_credits(stage: Stage) -> list[dict[str, Any]]:
    asked = await stage.ann.slash(stage.channel, "credits")
    assert asked.response
    return asked.response.components


async def test_credits_offer_what_is_sold_and_nothing_where_that_is_nothing(tmp_path: Path) -> None:
    async with selling(tmp_path) as (stage, _):
        assert not [one for one in walk(await shown_credits(stage)) if one["type"] == 2]
        stage.adapter.client.desk = replace(stage.adapter.client.desk, shop=SHOP)
        shown = await shown_credits(stage)
        found = [one for one in walk(shown) if one["type"] == 2]
        assert [(one["style"], int(one["sku_id"])) for one in found] == [(6, sku) for sku in SHOP.skus]
        assert "from Discord itself" in texts(shown)


def test_settings_say_what_is_sold() -> None:
    told = DiscordSettings(premium=PremiumSettings(packs=f"{PACK}:50,{LARGE}:500", subscriptions=str(SUBSCRIPTION)))
    assert told.premium.shop() == SHOP
    assert DiscordSettings().premium.shop() is None
    with pytest.raises(ValueError, match="no pack"):
        PremiumSettings(packs="100:50")


def test_a_shop_is_read_as_it_was_set() -> None:
    assert read_shop(f"{PACK}:50, {LARGE} : 500,", f" {SUBSCRIPTION} ") == SHOP
    assert read_shop("", " ") is None
    assert SHOP.skus == (PACK, LARGE, SUBSCRIPTION)


@pytest.mark.parametrize(
    ("packs", "subscriptions"),
    [
        ("100", ""), (f"{PACK}:0", ""), (f"{PACK}:-1", ""), ("12:50", ""), (f"{PACK}", ""), ("", "12"), ("", "ahead"),
        (f"{PACK}:1,{PACK}:2", ""), (f"{PACK}:1", str(PACK)), (f"{PACK}:{10**9}", ""),
        (",".join(f"{PACK + number}:1" for number in range(51)), ""),
    ],
)  # fmt: skip
def test_what_is_no_shop_is_named(packs: str, subscriptions: str) -> None:
    with pytest.raises(ValueError, match="SKU"):
        read_shop(packs, subscriptions)
