"""Refusals are kept, count as strikes, and can be appealed against; what was ruled holds for the same text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import PromptBlocked, Refusal
from core.intake import Intake
from core.safety.appeals import AppealState, StrikeRule
from core.safety.audit import AuditLine
from core.safety.casework import Casework, decide_appeal
from core.safety.findings import Action, Finding
from core.safety.moderator import PolicyModerator
from core.safety.panel import Panel, Seat
from core.safety.policy_file import shipped_policy
from core.safety.rules.moderator import Rules
from core.types import USER, Account, Category, Request, Translation
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.fakes import FakeClock
from tests.stores import ALICE, BOB, open_store

HATE, GORE, TERROR, MINORS = "hateword", "goreword", "terrorword", "minorsword"
TONE = "somehow hateful"
"""Held against a text as a whole: no words can be named."""
_FOUND = {HATE: Category.HATE, GORE: Category.GORE, TERROR: Category.TERROR, MINORS: Category.MINORS}
DAY = 86400.0


class Spots:
    """A moderator that knows four words."""

    name, version, limit = "spots", "7", None

    async def review(self, text: object) -> tuple[Finding, ...]:
        said = str(text).casefold()
        if TONE in said:
            return (Finding(Category.HATE, 0.9, self.name, "model"),)
        return tuple(Finding(found, 0.9, self.name, "list", word) for word, found in _FOUND.items() if word in said)


@dataclass
class Desk:
    store: SqlStore
    clock: FakeClock
    casework: Casework
    moderator: PolicyModerator
    intake: Intake

    async def refusal(self, prompt: str, key: str = "key", **changes: Any) -> PromptBlocked:
        """Why it is not taken."""
        with pytest.raises(PromptBlocked) as blocked:
            await self.intake.submit(Request(key, ALICE, prompt, **changes))
        return blocked.value

    def lines(self) -> list[AuditLine]:
        with self.store.look() as tx:
            return list(tx.records.lines())

    def account(self) -> Account:
        return self.intake.account(ALICE)

    async def appeal(self, blocked: PromptBlocked) -> str:
        code = str(blocked.details["appeal"])
        return (await self.casework.appeal(self.account(), ALICE, code)).id

    def decide(self, appeal_id: str, *, allows: bool) -> bool:
        with self.store.begin() as tx:
            appeal = tx.appeals.get(appeal_id)
            assert appeal is not None
            return decide_appeal(tx, appeal, allows=allows, by="ann", now=self.clock.now())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as store:
        clock = FakeClock()
        casework = Casework(store, clock, salt=b"salt", rule=StrikeRule(2, 7 * DAY))
        panel = Panel([Seat(Spots())], rules=Rules())
        moderator = PolicyModerator(panel, Looks(), shipped_policy())
        intake = make_intake(store, clock=clock, moderator=moderator, casework=casework)
        yield Desk(store, clock, casework, moderator, intake)


class Looks:
    """Sees something sexual in what is bright."""

    name, version = "looks", "2"

    async def review(self, frames: Sequence[np.ndarray]) -> tuple[Finding, ...]:
        return (Finding(Category.SEXUAL, 0.9 if frames[0].max() else 0.1, self.name, "net"),)


async def test_what_is_plainly_allowed_leaves_no_line(desk: Desk) -> None:
    await desk.intake.submit(ask("a cat"))
    assert desk.lines() == []


async def test_a_refusal_is_kept_without_its_words(desk: Desk) -> None:
    await desk.refusal(f"a {HATE} cat")
    (line,) = desk.lines()
    assert (line.action, line.category, line.versions["spots"], line.scores[0].score) == (
        Action.DENY,
        Category.HATE,
        "7",
        0.9,
    )
    assert line.at == desk.clock.now()
    for part in (HATE, " cat"):
        assert part not in line.to_json()


async def test_a_quote_is_kept_and_is_no_strike(desk: Desk) -> None:
    for number in range(5):
        with pytest.raises(PromptBlocked) as blocked:
            await desk.intake.quote(ask(f"{HATE} {number}"))
        assert "appeal" not in blocked.value.details
    assert len(desk.lines()) == 5
    await desk.intake.submit(ask("a cat"))


async def test_too_many_strikes_shut_out_until_one_has_aged(desk: Desk) -> None:
    await desk.refusal(f"{HATE} one")
    await desk.refusal(f"{HATE} one")
    await desk.intake.submit(ask("a cat", key="between"))
    desk.clock.time += DAY
    await desk.refusal(f"{TERROR} two")
    with pytest.raises(Refusal, match="account-paused") as paused:
        await desk.intake.submit(ask("a cat", key="paused"))
    assert paused.value.details == {"until": "2025-10-16 08:53 UTC", "retry_after": round(6 * DAY)}
    assert (await desk.intake.quote(ask("a cat"))).prompt == "a cat"
    await desk.intake.submit(ask("a cat", key="bob", address=BOB))
    desk.clock.time += 6 * DAY
    await desk.intake.submit(ask("a cat", key="later"))


async def test_what_is_rewritten_is_no_strike(desk: Desk) -> None:
    for number in range(3):
        await desk.refusal(f"{GORE} {number}")
    await desk.intake.submit(ask("a cat"))


async def test_what_nobody_can_point_at_is_no_strike(desk: Desk) -> None:
    for number in range(3):
        blocked = await desk.refusal(f"{TONE} {number}")
        assert "fragment" not in blocked.details
    await desk.intake.submit(ask("a cat"))


async def test_minors_block_the_account_at_once_and_cannot_be_appealed(desk: Desk) -> None:
    blocked = await desk.refusal(f"a {MINORS}")
    assert set(blocked.details) == {"category", "fragment"}
    assert desk.account().blocked
    with pytest.raises(Refusal, match="account-blocked"):
        await desk.intake.submit(ask("a cat"))


async def test_an_appeal_that_is_won_opens_the_same_text_and_takes_the_strike_back(desk: Desk) -> None:
    blocked = await desk.refusal(f"A {HATE}  cat")
    appeal_id = await desk.appeal(blocked)
    assert await desk.appeal(blocked) == appeal_id
    (shown,) = await desk.casework.appeals(desk.account())
    assert (shown.text, shown.fragment, shown.state) == (f"A {HATE}  cat", HATE, AppealState.OPEN)
    assert desk.decide(appeal_id, allows=True)
    assert not desk.decide(appeal_id, allows=False)
    (decided,) = await desk.casework.appeals(desk.account())
    assert (decided.text, decided.state) == (None, AppealState.OVERTURNED)
    receipt = await desk.intake.submit(ask(f"a {HATE.upper()} cat", key="again"))
    assert receipt.job.prompt == f"a {HATE.upper()} cat"
    with desk.store.look() as tx:
        assert tx.records.strikes_since(desk.account().id, 0) == []
    assert await desk.refusal(f"a {HATE} dog", "other")


async def test_words_of_ones_own_were_not_ruled_on(desk: Desk) -> None:
    desk.decide(await desk.appeal(await desk.refusal(f"a {HATE} cat")), allows=True)
    own = Translation(f"a {TERROR} cat", "", USER, translated=False)
    blocked = await desk.refusal(f"a {HATE} cat", "own", revised=own)
    assert blocked.details["category"] in {"hate", "terror"}


async def test_an_appeal_that_is_lost_denies_at_once(desk: Desk) -> None:
    desk.decide(await desk.appeal(await desk.refusal(f"a {HATE} cat")), allows=False)
    again = await desk.refusal(f"a {HATE} cat", "again")
    assert again.details == {"category": "hate"}
    assert desk.lines()[-1].scores[0].moderator == "ruling"


async def test_a_ruling_never_opens_minors(desk: Desk) -> None:
    blocked = await desk.refusal(f"a {HATE} cat")
    appeal_id = await desk.appeal(blocked)
    desk.decide(appeal_id, allows=True)
    _FOUND[HATE] = Category.MINORS
    try:
        assert (await desk.refusal(f"a {HATE} cat", "again")).details["category"] == "minors"
    finally:
        _FOUND[HATE] = Category.HATE


async def test_nobody_appeals_for_another_or_about_nothing(desk: Desk) -> None:
    code = str((await desk.refusal(f"a {HATE} cat")).details["appeal"])
    for address, name in ((BOB, code), (ALICE, "NOTHING"), (ALICE, "")):
        with pytest.raises(Refusal, match="appeal-unknown"):
            await desk.casework.appeal(desk.intake.account(address), address, name)
    with desk.store.look() as tx:
        assert tx.appeals.of(None, limit=9) == []


async def test_people_do_not_read_without_end(desk: Desk) -> None:
    for number in range(10):
        await desk.appeal(await desk.refusal(f"a {GORE} cat {number}"))
    last = await desk.refusal(f"a {GORE} dog")
    with pytest.raises(Refusal, match="appeals-many"):
        await desk.appeal(last)
    open_ones = await desk.casework.appeals(desk.account())
    assert len(open_ones) == 10
    desk.decide(open_ones[0].id, allows=False)
    await desk.appeal(last)


async def test_a_refused_text_is_forgotten_after_a_day(desk: Desk) -> None:
    code = str((await desk.refusal(f"a {HATE} cat")).details["appeal"])
    desk.clock.time += DAY + 1
    await desk.refusal(f"a {GORE} cat", "another")
    with pytest.raises(Refusal, match="appeal-unknown"):
        await desk.casework.appeal(desk.account(), ALICE, code)


async def test_a_harmless_version_is_offered_and_is_judged_when_it_is_sent(desk: Desk) -> None:
    blocked = await desk.refusal(f"a {GORE} cat in the snow")
    assert blocked.details["suggestion"] == "a cat in the snow"
    receipt = await desk.intake.submit(ask("a cat in the snow"))
    assert receipt.job.prompt == "a cat in the snow"
    assert "suggestion" not in (await desk.refusal(f"{GORE} {HATE} cat", "both")).details
    assert "suggestion" not in (await desk.refusal(GORE, "nothing else")).details


async def test_no_appeal_is_needed_to_be_told_apart_by_letters(desk: Desk) -> None:
    salted = desk.casework.digest(ask("A  cat"))
    assert salted == desk.casework.digest(ask("ａ cat"))
    assert salted != desk.casework.digest(ask("a dog"))


async def test_frames_that_are_refused_are_on_record(desk: Desk) -> None:
    watched = desk.casework.watch(desk.moderator, "clip")
    dark, bright = (np.full((4, 4, 3), shade, np.uint8) for shade in (0, 255))
    assert (await watched.review_frames([dark])).allowed
    assert (await watched.review_text("a cat")).allowed
    assert desk.lines() == []
    assert not (await watched.review_frames([bright])).allowed
    assert not (await watched.review_frames([bright])).allowed
    first, second = desk.lines()
    assert (first.subject, first.category, first.versions) == ("clip", Category.SEXUAL, {"looks": "2"})
    assert first.digest == second.digest


class Softener:
    """A language model that answers with the same always."""

    def __init__(self, answer: str | None) -> None:
        self.answer, self.asked = answer, list[tuple[str, str]]()

    async def soften(self, prompt: str, *, category: str) -> str | None:
        self.asked.append((prompt, category))
        return self.answer


@pytest.mark.parametrize(
    ("answer", "offered"),
    [
        ("a cat in a red coat", "a cat in a red coat"),
        (None, "a cat"),
        (f"a {TERROR} cat", "a cat"),
        (f"a {MINORS}", "a cat"),
        ("", "a cat"),
    ],
)
async def test_a_language_models_version_is_judged_before_it_is_offered(
    desk: Desk, answer: str | None, offered: str
) -> None:
    softener = Softener(answer)
    casework = Casework(desk.store, desk.clock, salt=b"salt", rule=StrikeRule(), softener=softener)
    desk.intake = make_intake(desk.store, clock=desk.clock, moderator=desk.moderator, casework=casework)
    blocked = await desk.refusal(f"a {GORE} cat")
    assert blocked.details["suggestion"] == offered
    assert softener.asked == [(f"a {GORE} cat", "gore")]
    assert not desk.account().blocked
    await desk.refusal(f"a {MINORS}", "minors")
    assert len(softener.asked) == 1
