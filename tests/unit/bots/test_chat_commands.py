"""Settings, usage, a user's clips in all chats, and payments, as adapters ask for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.commands import Commands
from core.errors import Refusal, Unsupported
from core.jobs import settlement
from core.jobs.settlement import Settlement
from core.metrics import Metrics
from core.payments import PaymentState
from core.preferences import ChatSettings, UserSettings
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.quotas.usage import Used
from core.types import Address, StoredClip
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.fakes import FakeClock, FakeQueue
from tests.stores import NOW, account_of, open_store

HERE, THERE = Address("telegram", "-100", "ann"), Address("telegram", "ann", "ann")
BEN = Address("telegram", "-100", "ben")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


@pytest.fixture
def commands(store: SqlStore) -> Commands:
    clock, queue = FakeClock(NOW), FakeQueue()
    intake = make_intake(store, queue=queue, clock=clock, limits=Limits(welcome_credits=100))
    settle = Settlement(store, clock, Metrics())
    return Commands(intake=intake, store=store, queue=queue, settlement=settle, clock=clock, rate=Rate(99, 1))


async def order(commands: Commands, key: str, address: Address, prompt: str = "a cat") -> str:
    return (await commands.video(ask(prompt, key=key, address=address))).job.code


async def test_a_user_chooses_and_changes_their_mind(commands: Commands) -> None:
    assert await commands.user_settings(HERE) == UserSettings()
    assert await commands.set_user_settings(HERE, recipe="hd", seconds=6) == UserSettings(recipe="hd", seconds=6.0)
    assert await commands.set_user_settings(THERE, recipe=None, quiet=True) == UserSettings(seconds=6.0, quiet=True)
    assert await commands.user_settings(HERE) == UserSettings(seconds=6.0, quiet=True)
    assert await commands.user_settings(BEN) == UserSettings()


async def test_a_chat_has_settings_of_its_own(commands: Commands) -> None:
    chosen = await commands.set_chat_settings(HERE, recipes=["hd"], member_clips_a_day=1)
    assert chosen == await commands.chat_settings(BEN) == ChatSettings(recipes=("hd",), member_clips_a_day=1)
    assert await commands.chat_settings(THERE) == ChatSettings()


async def test_of_changes_that_cannot_be_none_is_made(commands: Commands) -> None:
    with pytest.raises(Unsupported) as refused:
        await commands.set_user_settings(HERE, ratio="1:1", recipe="best")
    assert (refused.value.code, refused.value.details["known"]) == ("option-recipe", "standard, hd")
    with pytest.raises(Unsupported, match="option-recipe"):
        await commands.set_chat_settings(HERE, paused=True, recipes=["hd", "best"])
    with pytest.raises(Refusal, match="setting-number"):
        await commands.set_chat_settings(HERE, paused=True, clips_a_day=-1)
    assert await commands.user_settings(HERE) == UserSettings()
    assert await commands.chat_settings(HERE) == ChatSettings()


async def test_usage_is_of_the_chat_and_of_each_member(commands: Commands) -> None:
    for key, address in (("1", HERE), ("2", HERE), ("3", BEN), ("4", THERE)):
        await order(commands, key, address)
    used = await commands.usage(BEN)
    assert (used.clips, used.seconds) == (3, 12.0)
    assert list(used.members) == [Used("ann", 2, 8.0), Used("ben", 1, 4.0)]
    assert used.since <= NOW < used.since + 86400


async def test_ones_own_clips_are_listed_and_shown_from_any_chat(commands: Commands) -> None:
    first, second = await order(commands, "1", HERE), await order(commands, "2", THERE)
    others = await order(commands, "3", BEN)
    assert {job.code for job in await commands.history_of(HERE)} == {first, second}
    assert [job.code for job in await commands.history_of(BEN)] == [others]
    assert (await commands.show(THERE, first)).code == first
    assert (await commands.cancel(THERE, first)).state == "cancelled"
    assert (await commands.show(BEN, first)).code == first
    for stranger, code in ((BEN, second), (THERE, others)):
        with pytest.raises(Refusal, match="not-yours"):
            await commands.show(stranger, code)


async def test_only_delivered_clips_are_found(commands: Commands, store: SqlStore) -> None:
    code = await order(commands, "1", HERE, "a red fox")
    await order(commands, "2", HERE, "a red car")
    with store.begin() as tx:
        job = tx.jobs.by_code(code)
        assert job is not None
        tx.jobs.attach_clip(job.id, StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 9))
        settlement.succeed(tx, job.id, now=NOW)
    assert [job.code for job in await commands.find_clips(THERE, "RED")] == [code]
    assert [job.code for job in await commands.find_clips(THERE, code[:3].lower())] == [code]
    assert await commands.find_clips(BEN, "red") == []


@pytest.mark.parametrize("words", ["\0", "\ud800", "%" * 5000, "a " * 5000, "' OR 1=1 --", "\\"])
async def test_nothing_that_is_searched_for_does_harm(commands: Commands, words: str) -> None:
    await order(commands, "1", HERE)
    assert await commands.find_clips(HERE, words) == []
    with pytest.raises(Refusal, match="job-unknown"):
        await commands.find_clips(HERE, "a", after=words)


async def test_a_chat_that_moves_is_followed(commands: Commands) -> None:
    code = await order(commands, "1", HERE)
    await commands.set_chat_settings(HERE, paused=True)
    assert await commands.move_chat("telegram", "-100", "-200") == 1
    moved = Address("telegram", "-200", "ann")
    assert [job.code for job in await commands.history(moved)] == [code]
    with pytest.raises(Refusal, match="chat-paused"):
        await order(commands, "2", moved)


async def test_subscriptions_give_a_tier_and_take_only_their_own_back(commands: Commands, store: SqlStore) -> None:
    assert await commands.set_subscribers("telegram", []) == (0, 0)
    with store.look() as tx:
        assert tx.ledger.account_id("telegram", "ann") is None
    told = [await commands.set_subscribers("telegram", users) for users in (["ann"], ["ann"], [])]
    assert told == [(1, 0), (0, 0), (0, 1)]
    account = account_of(store, HERE)
    assert account.tier == "standard"
    assert [await commands.add_subscriber(HERE) for _ in range(2)] == [True, False]
    assert await commands.set_subscribers("console", []) == (0, 0)
    with store.begin() as tx:
        tx.ledger.set_tier(account.id, "premium")
    assert not await commands.add_subscriber(HERE)
    assert [await commands.set_subscribers("telegram", users) for users in (["ann"], [])] == [(0, 0)] * 2
    assert account_of(store, HERE).tier == "premium"


async def test_of_two_users_of_one_account_one_subscription_is_enough(commands: Commands, store: SqlStore) -> None:
    bob = Address("telegram", "bob", "bob")
    await commands.account(HERE)
    await commands.accept_link(bob, await commands.offer_link(HERE))
    for _ in range(2):
        await commands.set_subscribers("telegram", ["bob"])
        assert account_of(store, HERE).tier == account_of(store, bob).tier == "subscriber"
    assert await commands.set_subscribers("telegram", ["ann", "bob"]) == (0, 0)
    assert await commands.set_subscribers("telegram", []) == (0, 1)


async def test_a_payment_grants_once_and_a_refund_takes_back(commands: Commands, store: SqlStore) -> None:
    await commands.account(HERE)
    paid = await commands.pay(HERE, "charge", credits_=50, amount=25, currency="XTR")
    again = await commands.pay(HERE, "charge", credits_=50, amount=25, currency="XTR")
    assert (paid.balance, paid.duplicate, again.balance, again.duplicate) == (150, False, 150, True)
    assert again.payment == paid.payment
    assert await commands.payments(THERE) == [paid.payment]
    open_refund = await commands.refund_payment("telegram", "charge")
    assert (open_refund.state, open_refund.user) == (PaymentState.REFUNDING, "ann")
    assert await commands.open_refunds("telegram") == [open_refund]
    assert account_of(store, HERE).balance == 100
    assert (await commands.refund_refused("telegram", "charge")).state is PaymentState.PAID
    assert account_of(store, HERE).balance == 150
    await commands.refund_payment("telegram", "charge")
    assert (await commands.refund_done("telegram", "charge")).state is PaymentState.REFUNDED
    assert (await commands.refund_payment("telegram", "charge")).state is PaymentState.REFUNDED
    assert await commands.open_refunds("telegram") == []
    assert account_of(store, HERE).balance == 100


async def test_what_no_platform_can_mean_is_an_error(commands: Commands) -> None:
    for credits_, amount in ((0, 5), (-5, 5), (10**16, 5), (5, -1)):
        with pytest.raises(ValueError, match="no payment"):
            await commands.pay(HERE, "charge", credits_=credits_, amount=amount, currency="XTR")
    with pytest.raises(ValueError, match="no payment"):
        await commands.pay(HERE, "x" * 257, credits_=5, amount=5, currency="XTR")
    for ask_for in (commands.refund_payment, commands.refund_done, commands.refund_refused):
        with pytest.raises(Refusal, match="payment-unknown"):
            await ask_for("telegram", "none")
