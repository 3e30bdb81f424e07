"""What Telegram has of Stars and the books lack is found while the bot runs, and booked once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.telegram.call import PLATFORM
from bots.telegram.packs import Shop, read_packs
from bots.telegram.stars_book import Rounds, StarsBook
from core.payments import PaymentState
from core.rights import forget
from core.types import Address
from tests.telegram.people import Person
from tests.unit.telegram.town import Town, open_town

PAYLOAD, STARS, CREDITS = "credits:100:50", 50, 100


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Open refunds are looked at all the time, Telegram's list at a start alone."""
    async with open_town(tmp_path, shop=Shop(read_packs("100:50,500:200"))) as opened:
        opened.rounds = Rounds(refunds=0.05)
        await opened.restart()
        await opened.see(lambda: opened.api.calls("getStarTransactions"))
        yield opened


async def _balance(town: Town, person: Person) -> int:
    return (await town.commands.account(Address(PLATFORM, str(person.chat.id), str(person.user.id)))).balance


def _states(town: Town) -> set[PaymentState]:
    with town.store.look() as tx:
        return {one.state for one in tx.payments.listed(PLATFORM, limit=10)}


async def _compare_again(town: Town) -> None:
    before = len(town.api.calls("getStarTransactions"))
    await town.restart()
    await town.see(lambda: len(town.api.calls("getStarTransactions")) > before)
    # Once more, so that what the start does is done.
    await StarsBook(town.adapter._desk).compare()


async def test_a_payment_that_was_never_heard_of_is_granted_once(town: Town) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    payment = ann.pays_unheard(PAYLOAD, STARS)
    await _compare_again(town)
    told = await town.see(lambda: ann.chat.saying("Thank you"))
    assert payment.charge_id in told.text
    await _compare_again(town)
    assert await _balance(town, ann) == before + CREDITS
    assert len([one for one in ann.chat.from_bot if "Thank you" in one.text]) == 1


async def test_one_that_is_heard_of_after_all_is_not_granted_again(town: Town) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    ann.says("/buy")
    packs = await town.see(lambda: ann.chat.saying("Choose how many"))
    ann.presses(packs, "100 credits for ⭐ 50")
    ann.pays(await town.see(lambda: ann.chat.last("invoice")))
    await town.see(lambda: ann.chat.saying("Thank you"))
    await _compare_again(town)
    assert await _balance(town, ann) == before + CREDITS


async def test_a_refund_that_was_never_heard_of_is_recorded(town: Town) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    payment = ann.pays_unheard(PAYLOAD, STARS)
    await _compare_again(town)
    ann.gets_back_unheard(payment)
    await _compare_again(town)
    assert _states(town) == {PaymentState.REFUNDED}
    assert await _balance(town, ann) == before


async def test_what_was_paid_and_given_back_unheard_changes_nothing(town: Town) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    ann.gets_back_unheard(ann.pays_unheard(PAYLOAD, STARS))
    await _compare_again(town)
    assert _states(town) == set()
    assert await _balance(town, ann) == before
    assert ann.chat.from_bot == []


@pytest.mark.parametrize("payload", ["somebody elses", "credits:100:40", ""])
async def test_what_it_was_for_nobody_can_tell_is_granted_to_nobody(town: Town, payload: str) -> None:
    ann = town.api.person("Ann")
    ann.pays_unheard(payload, STARS)
    await _compare_again(town)
    assert _states(town) == set()


async def test_a_payer_who_is_forgotten_is_granted_nothing_again(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.pays_unheard(PAYLOAD, STARS)
    await _compare_again(town)
    account = await town.commands.account(Address(PLATFORM, str(ann.chat.id), str(ann.user.id)))
    with town.store.begin() as tx:
        forget(tx, account.id, now=town.clock.now())
    await _compare_again(town)
    with town.store.look() as tx:
        assert len(tx.payments.listed(PLATFORM, limit=10)) == 1
        assert tx.ledger.account(account.id) is None


async def test_a_long_list_is_read_page_by_page_and_then_from_its_end(town: Town) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    for _ in range(250):
        ann.pays_unheard(PAYLOAD, STARS)
    book = StarsBook(town.adapter._desk)
    town.api.requests.clear()
    await book.compare()
    assert await _balance(town, ann) == before + 250 * CREDITS
    await book.compare()
    asked = [call.given.get("offset", 0) for call in town.api.calls("getStarTransactions")]
    assert asked == [0, 100, 200, 250]


async def test_an_open_refund_ends_while_the_bot_runs(town: Town) -> None:
    ann = town.api.person("Ann")
    before = await _balance(town, ann)
    payment = ann.pays_unheard(PAYLOAD, STARS)
    await _compare_again(town)
    town.api.faults.add("refundStarPayment", "status", 3, code=502)
    # As `piying payments refund` does it.
    with town.store.begin() as tx:
        tx.payments.begin_refund(PLATFORM, payment.charge_id, now=town.clock.now())
    await town.see(lambda: payment.state == "refunded")
    await town.see(lambda: _states(town) == {PaymentState.REFUNDED})
    assert await _balance(town, ann) == before


async def test_a_database_that_is_away_ends_no_looking(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, failures = town.api.person("Ann"), [OSError(), OSError()]
    payment = ann.pays_unheard(PAYLOAD, STARS)
    await _compare_again(town)
    real = town.commands.open_refunds

    async def open_refunds(platform: str) -> object:
        if failures:
            raise failures.pop()
        return await real(platform)

    monkeypatch.setattr(town.commands, "open_refunds", open_refunds)
    await town.see(lambda: not failures)
    with town.store.begin() as tx:
        tx.payments.begin_refund(PLATFORM, payment.charge_id, now=town.clock.now())
    await town.see(lambda: payment.state == "refunded")


async def test_where_nothing_is_sold_nobody_asks(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        ann = town.api.person("Ann")
        ann.says("/help")
        await town.see(lambda: ann.chat.from_bot)
        await asyncio.sleep(0.1)
        assert town.api.calls("getStarTransactions") == []
