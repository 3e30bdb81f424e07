"""What outlives a restart, a moderator that is away, and a user who asks to be forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.breaker import Breaker
from core.errors import ModerationUnavailable, PromptBlocked
from core.rights import forget
from core.safety.appeals import Strike, StrikeRule
from core.safety.casework import Casework
from core.safety.findings import Action, Finding
from core.safety.moderator import PolicyModerator
from core.safety.panel import ModeratorDown, Panel, Seat
from core.safety.policy_file import read_policy, shipped_policy
from core.safety.replay import replay
from core.safety.rules.moderator import Rules
from core.types import Category, Place
from storage.database import SqlStore
from storage.tables import refusals, strikes
from tests.desks import ask, make_intake
from tests.fakes import FakeClock
from tests.stores import ALICE, NOW, open_account, open_store

DAY = 86400.0


class Says:
    name, version, limit = "says", "1", None

    def __init__(self) -> None:
        self.down, self.asked = False, 0

    async def review(self, text: object) -> tuple[Finding, ...]:
        self.asked += 1
        if self.down:
            raise ModeratorDown("unavailable")
        found = {"bloody": Category.GORE, "strange": Category.HORROR}
        return tuple(Finding(one, 0.9, self.name, "list", word) for word, one in found.items() if word in str(text))


class Looks:
    name, version = "looks", "2"

    async def review(self, frames: object) -> tuple[Finding, ...]:
        return ()


def casework_of(store: SqlStore, clock: FakeClock, salt: bytes = b"salt") -> Casework:
    return Casework(store, clock, salt=salt, rule=StrikeRule(2, 7 * DAY))


async def test_a_refusal_can_be_appealed_after_a_restart_and_is_sealed(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'p.db'}") as store:
        clock, policy = FakeClock(), read_policy('[everywhere]\ngore = "deny"\n')
        moderator = PolicyModerator(Panel([Seat(Says())], rules=Rules()), Looks(), policy)
        intake = make_intake(store, clock=clock, moderator=moderator, casework=casework_of(store, clock))
        with pytest.raises(PromptBlocked) as blocked:
            await intake.submit(replace(ask("a bloody cat"), locale="zh-Hans"))
        code = str(blocked.value.details["appeal"])
        with store.look() as tx:
            (row,) = tx.connection.execute(sa.select(refusals)).all()
        assert code not in repr(tuple(row))
        assert "bloody" not in repr(tuple(row))
        account = intake.account(ALICE)
        with pytest.raises(Exception, match="appeal-unknown"):
            await casework_of(store, clock, b"another salt").appeal(account, ALICE, code)
        appeal = await casework_of(store, clock).appeal(account, ALICE, code.lower())
        assert (appeal.text, appeal.fragment, appeal.locale) == ("a bloody cat", "bloody", "zh-Hans")


async def test_a_moderator_that_is_away_is_on_record_rests_and_opens_nothing(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'p.db'}") as store:
        clock, says = FakeClock(), Says()
        seat = Seat(says, breaker=Breaker(clock, failures=2, pause=30.0))
        moderator = PolicyModerator(Panel([seat], rules=Rules()), Looks(), shipped_policy())
        intake = make_intake(store, clock=clock, moderator=moderator, casework=casework_of(store, clock))
        says.down = True
        for number in range(4):
            with pytest.raises(ModerationUnavailable):
                await intake.submit(ask("a cat", key=f"{number}"))
        assert says.asked == 2
        with store.look() as tx:
            lines = list(tx.records.lines())
        assert [line.missing for line in lines] == [{"says": "unavailable"}] * 2 + [{"says": "resting"}] * 2
        assert all(line.unheard and line.action is Action.DENY for line in lines)
        assert list(replay(lines, shipped_policy())) == []
        says.down = False
        clock.time += 31
        await intake.submit(ask("a cat", key="later"))


async def test_the_kind_of_chat_is_heeded_and_kept(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'p.db'}") as store:
        policy = read_policy('[everywhere]\nhorror = "allow"\n[group]\nhorror = "deny"\n')
        moderator = PolicyModerator(Panel([Seat(Says())], rules=Rules()), Looks(), policy)
        intake = make_intake(store, moderator=moderator)
        channel = replace(ask("a strange cat"), place=Place("channel", nsfw=True))
        job = (await intake.submit(channel)).job
        with pytest.raises(PromptBlocked):
            await intake.submit(replace(channel, key="group", place=Place("group")))
        with store.look() as tx:
            kept = tx.jobs.get(job.id)
        assert kept is not None
        assert kept.place == Place("channel", nsfw=True)
        assert intake.request_again(kept, "again", ALICE).place == kept.place


async def test_strikes_come_back_with_who_was_forgotten(database_url: str) -> None:
    with open_store(database_url) as store:
        with store.begin() as tx:
            account = open_account(tx, ALICE)
            for digest in ("a" * 64, "b" * 64):
                tx.records.add_strike(Strike(account.id, Category.HATE, digest, NOW))
            forget(tx, account.id, now=NOW)
            assert tx.connection.execute(sa.select(strikes)).all() == []
        for _ in range(3):
            with store.begin() as tx:
                back = open_account(tx, ALICE)
                assert back.id != account.id
                assert len(tx.records.strikes_since(back.id, NOW - 7 * DAY)) == 2
                forget(tx, back.id, now=NOW)
