"""Stars become credits once, and come back once, whatever dies between."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bots.telegram.call import PLATFORM
from bots.telegram.packs import Shop, read_packs
from core.payments import PaymentState
from core.types import Address
from tests.telegram.people import Person
from tests.telegram.world import Payment
from tests.unit.telegram.town import Town, open_town

OPERATOR = 1002


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    shop = Shop(read_packs("100:50,500:200"), frozenset({OPERATOR}), "@support")
    async with open_town(tmp_path, shop=shop) as opened:
        yield opened


@pytest.fixture
def boss(town: Town) -> Person:
    found = town.api.person("Boss")
    assert found.user.id == OPERATOR
    return found


async def _balance(town: Town, person: Person) -> int:
    return (await town.commands.account(Address(PLATFORM, str(person.chat.id), str(person.user.id)))).balance


async def _buy(town: Town, person: Person) -> Payment:
    person.says("/buy")
    packs = await town.see(lambda: person.chat.saying("Choose how many"))
    person.presses(packs, "100 credits for ⭐ 50")
    invoice = await town.see(lambda: person.chat.last("invoice"))
    return person.pays(invoice)


async def _paid(town: Town, person: Person) -> Payment:
    payment = await _buy(town, person)
    await town.see(lambda: person.chat.saying("Thank you"))
    return payment


async def test_stars_become_credits(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    before, begun = await _balance(town, ann), time.monotonic()
    payment = await _buy(town, ann)
    await town.see(lambda: payment.state == "paid")
    assert time.monotonic() - begun < 3
    told = await town.see(lambda: ann.chat.saying("Thank you"))
    assert payment.charge_id in told.text
    assert await _balance(town, ann) == before + 100


async def test_a_checkout_is_answered_within_a_second_while_chats_are_in_a_flood_wait(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    ann.says("/buy")
    packs = await town.see(lambda: ann.chat.saying("Choose how many"))
    ann.presses(packs, "100 credits for ⭐ 50")
    invoice = await town.see(lambda: ann.chat.last("invoice"))
    town.api.faults.flood("sendMessage", 300, chat=ann.chat.id)
    ann.says("/credits")
    begun = time.monotonic()
    payment = ann.pays(invoice)
    await town.see(lambda: payment.state == "paid")
    assert time.monotonic() - begun < 1


async def test_a_payment_told_twice_is_granted_once(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    await _paid(town, ann)
    message = next(one for one in ann.chat.shown if one.kind == "successful_payment")
    town.api.world.updates.add("message", message.json())
    await town.restart()
    town.api.world.updates.add("message", message.json())
    ann.says("/terms")
    await town.see(lambda: ann.chat.saying("What holds"))
    assert await _balance(town, ann) == before + 100


async def test_a_database_that_is_away_loses_no_payment(
    town: Town, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, failures = town.api.person("Ann"), [OSError(), OSError()]
    before, real = await _balance(town, ann), town.commands.pay

    async def pay(*args: Any, **kwargs: Any) -> Any:
        if failures:
            raise failures.pop()
        return await real(*args, **kwargs)

    monkeypatch.setattr(town.commands, "pay", pay)
    await _paid(town, ann)
    assert await _balance(town, ann) == before + 100


async def test_what_is_not_on_offer_any_more_is_not_paid(tmp_path: Path) -> None:
    async with open_town(tmp_path, shop=Shop(read_packs("100:50"))) as town:
        ann = town.api.person("安", "zh-hans")
        ann.says("/buy")
        packs = await town.see(lambda: ann.chat.saying("请选择"))
        ann.presses(packs, "⭐ 50")
        invoice = await town.see(lambda: ann.chat.last("invoice"))
        town.shop = Shop(read_packs("100:60"))
        await town.restart()
        payment = ann.pays(invoice)
        await town.see(lambda: payment.state == "refused")
        assert "不卖了" in payment.complaint
        query = ann.presses(packs, "⭐ 50")
        assert "不卖了" in (await ann.answered(query))["text"]


async def test_nothing_is_sold_where_no_pack_is_set(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        ann = town.api.person("Ann")
        ann.says("/buy")
        await town.see(lambda: ann.chat.saying("not sold here"))
        assert not town.api.calls("sendInvoice")


async def test_a_group_is_led_to_the_private_chat(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann)
    ann.says("/buy", group)
    told = (await town.see(lambda: group.whispers.get(ann.user.id)))[0]
    assert told.buttons[0]["url"] == "https://t.me/piying_bot?start=buy"


async def test_terms_and_support_are_told(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    ann.says("/terms")
    await town.see(lambda: ann.chat.saying("Telegram is not the seller"))
    ann.says("/paysupport")
    await town.see(lambda: ann.chat.saying("@support"))


async def test_an_operator_gives_a_payment_back_once(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    payment = await _paid(town, ann)
    boss.says(f"/refund {payment.charge_id}")
    await town.see(lambda: boss.chat.saying("are given back"))
    assert payment.state == "refunded"
    assert await _balance(town, ann) == before
    await town.see(lambda: ann.chat.saying("was given back"))
    boss.says(f"/refund {payment.charge_id}")
    await town.see(lambda: boss.chat.saying("before"))
    assert await _balance(town, ann) == before
    assert len(town.api.calls("refundStarPayment")) == 1


async def test_nobody_else_can(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    payment = await _paid(town, ann)
    ann.says(f"/refund {payment.charge_id}")
    await town.see(lambda: ann.chat.saying("Only those who run this bot"))
    assert payment.state == "paid"
    boss.says("/refund stxunknown")
    await town.see(lambda: boss.chat.saying("I know no payment stxunknown"))
    boss.says("/refund")
    await town.see(lambda: boss.chat.saying("Add the code"))


@pytest.mark.parametrize("way", ["reset_before", "reset_after"])
async def test_a_refund_whose_answer_is_lost_ends_at_the_next_start(town: Town, boss: Person, way: str) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    payment = await _paid(town, ann)
    town.api.faults.add("refundStarPayment", way, 1)  # type: ignore[arg-type]
    boss.says(f"/refund {payment.charge_id}")
    await town.see(lambda: boss.chat.saying("has not given the Stars back yet") or boss.chat.saying("are given back"))
    await town.restart()
    await town.see(lambda: payment.state == "refunded")
    await town.see(lambda: _states(town) == {PaymentState.REFUNDED})
    assert await _balance(town, ann) == before


async def test_a_refund_that_telegram_refuses_takes_no_credits(town: Town, boss: Person) -> None:
    ann = town.api.person("Ann")
    payment = await _paid(town, ann)
    with_pack, charge = await _balance(town, ann), payment.charge_id
    payment.charge_id = "stxother"
    boss.says(f"/refund {charge}")
    await town.see(lambda: boss.chat.saying("does not give the Stars back"))
    assert await _balance(town, ann) == with_pack
    assert _states(town) == {PaymentState.PAID}


def _states(town: Town) -> set[PaymentState]:
    with town.store.look() as tx:
        return {one.state for one in tx.payments.listed(PLATFORM, limit=10)}
