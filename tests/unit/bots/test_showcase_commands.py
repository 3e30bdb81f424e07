"""The showcase as people type it, and whose clips may be remixed, on a real store."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.commands import Commands
from bots.presenter import caption
from bots.text_commands import Answer, answer
from core.errors import Refusal
from core.jobs.settlement import Settlement
from core.metrics import Metrics
from core.quotas.rate import Rate
from core.types import Address, Job, Note
from tests.desks import make_intake
from tests.fakes import FakeQueue
from tests.gallery_stage import Hall, open_hall
from tests.stores import ALICE, BOB, open_account
from translation.localiser import Localiser

EN, ZH = Localiser("en"), Localiser("zh-Hans")
MEMBER = Address(ALICE.platform, ALICE.chat, "member")
LINKED = Address("telegram", "alice-there", "alice-there")
STRANGER = Address("telegram", "far", "far")


@dataclass
class Bot:
    hall: Hall
    commands: Commands

    async def type(self, who: Address, text: str, localiser: Localiser = EN) -> Answer:
        return await answer(self.commands, localiser, who, text, f"{who}:{text}")

    def job(self, code: str) -> Job:
        with self.hall.store.look() as tx:
            found = tx.jobs.by_code(code)
        assert found
        return found


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    with open_hall(f"sqlite:///{tmp_path / 'piying.db'}", tmp_path) as hall:
        queue = FakeQueue()
        intake = make_intake(hall.store, queue=queue, clips=hall.clips, clock=hall.clock)
        commands = Commands(
            intake=intake, store=hall.store, queue=queue, settlement=Settlement(hall.store, hall.clock, Metrics()),
            clock=hall.clock, rate=Rate(99, 9), showcase=hall.showcase, gallery_url="https://films.example/gallery",
        )  # fmt: skip
        with hall.store.begin() as tx:
            tx.ledger.offer_link(open_account(tx).id, "hash", expires_at=2e9)
            tx.ledger.accept_link(open_account(tx, LINKED).id, "hash", now=1.0)
        yield Bot(hall, commands)


async def test_a_clip_is_shown_voted_for_and_taken_back_in_english(bot: Bot) -> None:
    code = bot.hall.make().code
    asked = await bot.type(ALICE, f"/showcase {code}")
    assert f"/showcase {code} on" in asked.text
    assert "Everybody on the internet" in asked.text
    shown = await bot.type(ALICE, f"/showcase {code.lower()} on remix A cat & <snow>")
    assert shown.text.splitlines() == [
        f"{code} is in the showcase. 0 votes.",
        "Others may remix it; their videos name yours.",
        f"Anyone can see it: https://films.example/gallery/{code}",
        f"To take it back: /showcase {code} off",
    ]
    assert (await bot.type(ALICE, f"/showcase {code}")).text == shown.text
    assert (await bot.type(BOB, f"/vote {code}")).text.startswith(f"Your vote for {code} counts. It has 1 vote.")
    twice = await bot.type(BOB, f"/vote {code}")
    assert (twice.refused, twice.text.split(".")[0]) == (True, f"You have voted for {code} before")
    assert (await bot.type(STRANGER, "/top")).text.splitlines() == [
        "The best of the last 7 days:",
        f"1. {code} · 1 vote · A cat & <snow>",
        "To vote: /vote CODE",
        "Watch them: https://films.example/gallery",
    ]
    assert "taken back. It has 0 votes" in (await bot.type(BOB, f"/vote {code} off")).text
    assert (await bot.type(BOB, f"/vote {code} off")).refused
    assert "no longer" in (await bot.type(ALICE, f"/showcase {code} off")).text
    assert "Nothing was shown in the last day" in (await bot.type(BOB, "/top day")).text


async def test_the_same_in_chinese(bot: Bot) -> None:
    code = bot.hall.make(prompt="一只橙色的小猫").code
    assert f"/showcase {code} on" in (await bot.type(ALICE, f"/展示 {code}", ZH)).text
    shown = await bot.type(ALICE, f"/展示 {code} 公开 改编 雪地里的猫", ZH)
    assert shown.text.startswith(f"{code} 正在展示，现有 0 票。\n别人可以改编")
    assert "现在有 1 票" in (await bot.type(BOB, f"/投票 {code}", ZH)).text
    ranked = (await bot.type(BOB, "/排行 本月", ZH)).text
    assert ranked.startswith(f"最近 30 天的排行：\n1. {code} · 1 票 · 雪地里的猫")
    assert "已收回" in (await bot.type(BOB, f"/投票 {code} 取消", ZH)).text
    assert "已撤下" in (await bot.type(LINKED, f"/展示 {code} 撤下", ZH)).text


async def test_without_a_title_the_prompt_is_the_name_and_a_title_may_begin_with_any_word(bot: Bot) -> None:
    plain, titled = bot.hall.make(prompt="two dogs").code, bot.hall.make().code
    await bot.type(ALICE, f"/showcase {plain} on")
    await bot.type(ALICE, f"/showcase {titled} on Remixed snow")
    text = (await bot.type(BOB, "/top")).text
    assert f"{plain} · 0 votes · two dogs" in text
    assert f"{titled} · 0 votes · Remixed snow" in text
    with pytest.raises(Refusal, match="remix-not-allowed"):
        await bot.type(BOB, f"/remix {titled} a dog")


async def test_what_is_not_understood_changes_nothing(bot: Bot) -> None:
    code = bot.hall.make().code
    asked = await bot.type(ALICE, f"/showcase {code} My title")
    assert asked.refused
    assert "is not in the showcase" in asked.text
    for text in ("/showcase", "/vote", "/remix", f"/remix {code}"):
        assert (await bot.type(ALICE, text)).refused
    for text in ("/vote nonsense!", "/showcase 没有 on", "/remix ../x a dog"):
        with pytest.raises(Refusal, match="unknown"):
            await bot.type(ALICE, text)


async def test_votes_are_limited_in_how_fast_they_come(bot: Bot) -> None:
    entry = await bot.hall.show()
    bot.commands._rate = Rate(2, 0.1)
    for text in (f"/vote {entry.code}", f"/vote {entry.code} off"):
        await bot.type(BOB, text)
    with pytest.raises(Refusal, match="too-fast"):
        await bot.type(BOB, f"/vote {entry.code}")


@pytest.mark.parametrize("shows", ["nothing", "no remix", "remix"])
@pytest.mark.parametrize("who", [ALICE, LINKED, MEMBER, STRANGER])
async def test_who_may_remix_what(bot: Bot, shows: str, who: Address) -> None:
    """A clip of one's own always; of one's chat as before, unless its maker shows it and wants no remix of it."""
    job = bot.hall.make()
    if shows != "nothing":
        await bot.hall.showcase.show(job.account, job.code, title="", remix=shows == "remix")
    own = who in {ALICE, LINKED}
    allowed = own or shows == "remix" or (shows == "nothing" and who == MEMBER)
    if not allowed:
        refused = "not-yours" if shows == "nothing" else "remix-not-allowed"
        with pytest.raises(Refusal, match=refused):
            await bot.type(who, f"/remix {job.code} a white dog")
        return
    made = (await bot.type(who, f"/remix {job.code} a white dog")).job
    assert made
    assert made.prompt == "a white dog"
    assert made.spec.seed == job.spec.seed
    assert made.notes == (() if own else (Note("remix-of", {"job": job.code}),))


async def test_a_credit_goes_along_the_chain_and_is_told(bot: Bot) -> None:
    first = await bot.hall.show(remix=True)
    second = (await bot.type(STRANGER, f"/remix {first.code} a dog")).job
    assert second
    assert f"Made out of {first.code}." in caption(EN, second)
    assert f"改编自 {first.code}。" in caption(ZH, second)
    again = (await bot.type(STRANGER, f"/again {second.code}")).job
    own = (await bot.type(STRANGER, f"/remix {second.code} a bird")).job
    for job in (again, own):
        assert job
        assert Note("remix-of", {"job": first.code}) in job.notes
    assert bot.job(second.code).notes == second.notes


async def test_pictures_stay_with_their_owner(bot: Bot) -> None:
    from dataclasses import replace

    job = bot.hall.make()
    key = bot.hall.clips.put_file(job.id, "first.png", b"a private picture")
    with bot.hall.store.begin() as tx:
        tx.jobs.reroute(job.id, replace(job.spec, image=key), job.price, Note("rerouted", {"from": "a", "to": "a"}))
    await bot.hall.showcase.show(job.account, job.code, title="", remix=True)
    made = (await bot.type(STRANGER, f"/remix {job.code} a dog")).job
    assert made
    assert made.spec.image is None
