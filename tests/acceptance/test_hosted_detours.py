"""A vendor that is down, and a purse that is empty: who makes the clip then, what it costs, what its user is told."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.types import JobState, Locale
from tests.acceptance.discord_bot import DiscordBot
from tests.acceptance.telegram_bot import Bot
from tests.acceptance.vendors_stage import (
    REFUNDED,
    WELCOME,
    VendorsStage,
    assert_paid,
    assert_refunded,
    serving,
    settings_of,
)
from tests.acceptance.visitor import Ask
from tests.discord.server import DiscordApi
from tests.telegram.server import BotApi
from tests.vendors.alibaba import AlibabaServer, error
from tests.vendors.bytedance import ByteDanceServer
from tests.vendors.server import RESET, VendorServer
from translation.localiser import Localiser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

CHOSEN, OTHER = "wan3.0-standard", "seedance-2.0-standard"
"""Of two models with sound: a silent clip would be no detour."""
LOWER = 4 * 3
ASK = Ask("wan3.0-video", CHOSEN, "a red fox in snow", {"recipe": CHOSEN, "resolution": "480p", "seconds": 4.0}, "")
PROMPT = f"{ASK.prompt}, 480p, 4s"
DOWN = error(500, "InternalError")
LOCALES: tuple[Locale, ...] = ("en", "zh-Hans", "en")
PEOPLE: tuple[tuple[str, str, Locale], ...] = (("Ann", "en", "en"), ("安", "zh-hans", "zh-Hans"))
QUICK = {"PIYING_ENGINES__POLL_FIRST": "0.05", "PIYING_ENGINES__POLL_LONGEST": "0.1"}


@contextmanager
def staged(
    folder: Path, url: str, price: str = "0.03", **more: str
) -> Iterator[tuple[VendorsStage, VendorServer, VendorServer]]:
    """Processes with two vendors: five cents a second at the first one, ``price`` dollars at the other."""
    with serving([AlibabaServer, ByteDanceServer]) as (first, second):
        stage = VendorsStage(folder / "play", url, [], **two(first, second, price), **more)
        try:
            yield stage, first, second
        finally:
            stage.close()


def two(first: VendorServer, second: VendorServer, price: str = "0.03") -> dict[str, str]:
    """Both vendors' settings."""
    card = OTHER.removesuffix("-standard")
    prices = json.dumps({card: dict.fromkeys(("480p", "720p", "1080p"), price)})
    return settings_of(first, MODELS=ASK.card) | settings_of(second, MODELS=card, PRICES=prices)


def rerouted(locale: Locale) -> str:
    return Localiser(locale).text("note-rerouted", **{"from": CHOSEN, "to": OTHER})


def test_a_vendor_that_is_down_gives_way_to_a_cheaper_one(tmp_path: Path, database_url: str) -> None:
    more = {"PIYING_ENGINES__FAILURES": "2", "PIYING_ENGINES__REST": "600"}
    with staged(tmp_path, database_url, **more) as (stage, first, second):
        first.instead["create"] = deque([DOWN] * 2)
        stage.begin("run")
        asked = []
        for number, locale in enumerate(LOCALES):
            visitor = stage.visitor(f"ann{number}")
            assert visitor.ask(ASK, locale=locale)["type"] == "receipt"
            (job,) = stage.see_ended(visitor.key())
            asked.append(first.asked["create"])
            assert_paid(stage, visitor.key())
            assert (job.price, job.spec.recipe) == (LOWER, OTHER)
            assert rerouted(locale) in visitor.look(locale)["notes"]
        # The third clip was not even asked for there.
        assert asked == [1, 2, 2]
        assert (len(first.creates), len(second.creates), second.wrong) == (0, 3, [])
        assert Counter((cost["vendor"], cost["state"]) for cost in stage.costs()) == {
            ("alibaba", "free"): 2,
            ("bytedance", "final"): 3,
        }
        stage.assert_books_balance()


def test_killed_on_the_detour_the_other_vendors_order_is_gone_on_with(tmp_path: Path, database_url: str) -> None:
    """The first vendor took the order, and failed; the token that is stored then is the other one's."""
    with staged(tmp_path, database_url) as (stage, first, second):
        first.fail_with.append("InternalError.Algo")
        second.held.add("create")
        process = stage.begin("run")
        visitor = stage.visitor("ann")
        visitor.ask(ASK)
        stage.see(lambda: second.creates, "the other one's order")
        stage.kill_group(process)
        second.held.clear()
        stage.begin("run")
        (job,) = stage.see_ended(visitor.key())
        assert_paid(stage, visitor.key())
        assert (job.price, job.spec.recipe) == (LOWER, OTHER)
        assert [note.code for note in job.notes] == ["rerouted"]
        assert (len(first.creates), len(second.creates)) == (1, 1)
        assert Counter((cost["vendor"], cost["state"]) for cost in stage.costs()) == {
            ("alibaba", "free"): 1,
            ("bytedance", "final"): 1,
        }


def test_an_order_that_may_have_been_taken_is_not_given_to_another(tmp_path: Path, database_url: str) -> None:
    """Whoever is cut off in the middle of an order cannot tell; who comes after that finds the circuit open."""
    more = {"PIYING_ENGINES__FAILURES": "1", "PIYING_ENGINES__REST": "600"}
    with staged(tmp_path, database_url, **more) as (stage, first, second):
        first.instead["create"] = deque([RESET])
        stage.begin("run")
        ann, ben = stage.visitor("ann"), stage.visitor("ben")
        ann.ask(ASK)
        stage.see_ended(ann.key())
        assert_refunded(stage, ann.key(), JobState.FAILED, "answer-lost")
        assert second.creates == []
        ben.ask(ASK)
        (job,) = stage.see_ended(ben.key())
        assert_paid(stage, ben.key())
        assert (job.spec.recipe, job.price) == (OTHER, LOWER)
        assert (first.creates, first.asked["create"], len(second.creates)) == ([], 1, 1)
        assert [(cost["vendor"], cost["state"]) for cost in stage.costs()] == [
            ("bytedance", "final"),
            ("alibaba", "unknown"),
        ]


def test_nobody_is_given_a_dearer_clip_another_class_or_a_drawing(tmp_path: Path, database_url: str) -> None:
    with staged(tmp_path, database_url, "0.06") as (stage, first, second):
        first.instead["create"] = deque([DOWN] * 9)
        stage.begin("run")
        drafts = Ask(ASK.card, "wan3.0-draft", ASK.prompt, {**ASK.options, "recipe": "wan3.0-draft"}, "")
        for name, ask in (("dearer", ASK), ("draft", drafts)):
            visitor = stage.visitor(name)
            visitor.ask(ask)
            (job,) = stage.see_ended(visitor.key())
            assert_refunded(stage, visitor.key(), JobState.FAILED, "engine-unavailable")
            assert (job.spec.recipe, job.notes) == (ask.recipe, ())
        assert (first.creates, second.creates) == ([], [])
        assert stage.unfinished() == []


async def test_telegram_says_who_made_it(tmp_path: Path) -> None:
    async with BotApi() as api, AlibabaServer() as first, ByteDanceServer() as second:
        first.instead["create"] = deque([DOWN] * 9)
        bot = Bot(tmp_path, api, PIYING_DEFAULT_RECIPE=CHOSEN, **two(first, second), **QUICK)
        try:
            await bot.start()
            for name, language, locale in PEOPLE:
                person = api.person(name, language)
                person.says(PROMPT)
                bot.assert_paid_once(await bot.ended(person.chat.id))
                (message,) = (message for message in person.chat.from_bot if message.kind == "video")
                assert rerouted(locale) in message.text
                assert bot.jobs(person.chat.id)[0].price == LOWER
        finally:
            await bot.close()
        assert api.complaints == []
        assert api.violations == []


async def test_discord_says_who_made_it(tmp_path: Path) -> None:
    async with DiscordApi() as api, AlibabaServer() as first, ByteDanceServer() as second:
        first.instead["create"] = deque([DOWN] * 9)
        bot = DiscordBot(tmp_path, api, PIYING_DEFAULT_RECIPE=CHOSEN, **two(first, second), **QUICK)
        people = [(api.person(name, "zh-CN" if locale == "zh-Hans" else "en-US"), locale) for name, _, locale in PEOPLE]
        api.guild("Zoo", *(person for person, _ in people))
        try:
            await bot.start()
            await bot.see(lambda: people[0][0].offered(people[0][0].dm))
            for person, locale in people:
                person.runs("视频" if locale == "zh-Hans" else "video", prompt=PROMPT)
                bot.assert_paid_once(await bot.ended(person.dm.id))
                (message,) = person.reads()
                assert rerouted(locale) in message.text
        finally:
            await bot.close()
        assert api.complaints == []
        assert api.violations == []


def test_beyond_the_days_budget_nothing_is_ordered_and_nothing_held(tmp_path: Path, database_url: str) -> None:
    """Five cents a second, four seconds: half a dollar is enough for two clips, of three at once as well."""
    with staged(tmp_path, database_url, PIYING_ENGINES__DAILY_BUDGET="0.5") as (stage, first, second):
        first.running = 30
        stage.begin("run")
        visitors = {locale: stage.visitor(locale) for locale in ("en", "zh-Hans", "third")}
        for visitor in visitors.values():
            visitor.ask(ASK)
        ended = {job.key: job for job in stage.see_ended(*(visitor.key() for visitor in visitors.values()))}
        (refused,) = (visitor for visitor in visitors.values() if ended[visitor.key()].error)
        assert_refunded(stage, refused.key(), JobState.FAILED, "budget-spent")
        for visitor in visitors.values():
            if visitor is not refused:
                assert_paid(stage, visitor.key())
        late = stage.visitor("late")
        for number, locale in enumerate(LOCALES):
            late.ask(ASK, str(number), locale)
            stage.see_ended(late.key(str(number)))
            told = late.look(locale)
            assert Localiser(locale).text("error-budget-spent") in told["status"]
            assert (stage.entries(late.key(str(number))), stage.balance(late.key(str(number)))) == (
                REFUNDED,
                (WELCOME, 0),
            )
        assert (len(first.creates), len(second.creates), first.wrong) == (2, 0, [])
        assert [cost["state"] for cost in stage.costs()] == ["final"] * 2
        stage.assert_books_balance()
