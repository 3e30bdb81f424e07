import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.catalogue import MAX_SEED
from core.errors import PiyingError, PromptBlocked, QuotaExceeded, Refusal, TooLong, Unsupported
from core.intake import Intake
from core.metrics import Metrics
from core.ports import Transaction
from core.quotas.limits import Limits
from core.types import (
    PRIVATE,
    Account,
    Address,
    EntryKind,
    GenerationSpec,
    Job,
    JobState,
    Note,
    Options,
    Place,
    QueuePlace,
    Translation,
    Verdict,
)
from storage.database import SqlStore
from tests.desks import ask, make_intake, read_prompt
from tests.fakes import FakeClock, FakeEngine, FakeModerator, FakeQueue, FakeTranslator
from tests.stores import ALICE, BOB, account_of, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class Trail:
    """Fakes of everything the intake calls, which note who was called with what."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, object]] = []

    def read(self, text: str) -> tuple[str, Options]:
        self.steps.append(("read", text))
        return read_prompt(text)

    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        self.steps.append(("moderate", text))
        return Verdict(allowed=True)

    names = ("test",)

    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        if "zh" not in languages:
            return Translation(text, "en", "none", translated=False)
        self.steps.append(("translate", text))
        return Translation(f"<{text}>", "zh", "test", translated=True)

    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        self.steps.append(("check", spec.prompt))
        return (Note("not-drawn", {"words": "moon"}),)

    def submit(self, tx: Transaction, job: Job) -> None:
        held = tx.ledger.held_jobs() == [job.id]
        self.steps.append(("submit", held and tx.jobs.get(job.id) == job))


def watched(store: SqlStore, trail: Trail) -> Intake:
    queue = FakeQueue()
    queue.submit = trail.submit  # type: ignore[method-assign]
    return make_intake(
        store, read_prompt=trail.read, moderator=trail, translator=trail, engines={"scene": trail}, queue=queue
    )


async def test_the_steps_come_in_order_and_both_texts_are_moderated(store: SqlStore) -> None:
    trail = Trail()
    receipt = await watched(store, trail).submit(ask("a cat vertical"))
    assert trail.steps == [
        ("read", "a cat vertical"),
        ("moderate", "a cat"),
        ("translate", "a cat"),
        ("moderate", "<a cat>"),
        ("check", "<a cat>"),
        ("submit", True),
    ]
    assert receipt.job.prompt == "a cat vertical"
    assert receipt.job.spec.prompt == "<a cat>"
    assert receipt.job.notes == (Note("not-drawn", {"words": "moon"}),)


async def test_a_quote_takes_the_same_steps_and_stores_nothing(store: SqlStore) -> None:
    trail = Trail()
    quote = await watched(store, trail).quote(ask("a cat 6s"))
    assert [step for step, _ in trail.steps] == ["read", "moderate", "translate", "moderate", "check"]
    assert (quote.prompt, quote.wording.revised.text, quote.price, quote.balance) == ("a cat", "<a cat>", 6, 500)
    assert (quote.spec.seconds, quote.notes) == (6, (Note("not-drawn", {"words": "moon"}),))
    with store.begin() as tx:
        assert tx.ledger.held_jobs() == []
        assert tx.jobs.spent_since(0) == (0, 0)


async def test_a_receipt_tells_what_was_stored_and_held(store: SqlStore) -> None:
    clock, metrics = FakeClock(), Metrics()
    receipt = await make_intake(store, clock=clock, metrics=metrics).submit(ask("a cat"))
    with store.begin() as tx:
        assert tx.jobs.by_key("key") == receipt.job
        held = [entry for entry in tx.ledger.entries(receipt.job.account, limit=9) if entry.kind is EntryKind.HOLD]
    assert [(entry.balance, entry.held, entry.job) for entry in held] == [(-4, 4, receipt.job.id)]
    assert (receipt.balance, receipt.duplicate, receipt.place) == (496, False, QueuePlace(1, None))
    job = receipt.job
    assert (job.state, job.price, job.worker_class, job.tier) == (JobState.QUEUED, 4, "scene", "standard")
    assert (job.created_at, job.address, job.locale) == (clock.now(), ALICE, "en")
    assert metrics.registry.get_sample_value("piying_jobs_submitted_total", {"recipe": "standard"}) == 1


class Deaf(FakeEngine):
    def check(self, spec: GenerationSpec) -> tuple[Note, ...]:
        raise Unsupported("nothing-to-draw")


class Monoglot(FakeTranslator):
    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        raise Unsupported("language-unsupported")


class Blunt(FakeTranslator):
    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        return Translation("forbidden", "zh", "test", translated=True)


@pytest.mark.parametrize(
    ("prompt", "options", "parts", "kind", "code"),
    [
        ("", {}, {}, Refusal, "prompt-empty"),
        ("   ", {}, {}, Refusal, "prompt-empty"),
        ("vertical", {}, {}, Refusal, "prompt-only-options"),
        ("a" * 1001, {}, {}, TooLong, "prompt-too-long"),
        ("forbidden", {}, {}, PromptBlocked, "prompt-blocked"),
        ("a cat", {}, {"translator": Blunt()}, PromptBlocked, "prompt-blocked"),
        ("a cat", {}, {"translator": Monoglot()}, Unsupported, "language-unsupported"),
        ("a cat", {}, {"engines": {"scene": Deaf()}}, Unsupported, "nothing-to-draw"),
        ("a cat", {"seconds": 60}, {}, Unsupported, "option-seconds"),
        ("a cat", {"seed": -1}, {}, Unsupported, "option-seed"),
        ("a cat", {"recipe": "cinema"}, {}, Unsupported, "option-recipe"),
        ("a cat", {}, {"limits": Limits(welcome_credits=3)}, QuotaExceeded, "credits-short"),
        ("a cat", {}, {"limits": Limits(clips_a_day=0)}, QuotaExceeded, "limit-clips"),
        ("a cat", {}, {"limits": Limits(seconds_a_day=3)}, QuotaExceeded, "limit-seconds"),
        ("a cat", {}, {"limits": Limits(waiting=0)}, QuotaExceeded, "limit-waiting"),
        ("a cat", {}, {"limits": Limits(chat_clips_a_day=0)}, QuotaExceeded, "limit-chat-clips"),
        ("a cat", {}, {"limits": Limits(chat_seconds_a_day=3)}, QuotaExceeded, "limit-chat-seconds"),
    ],
)
async def test_after_any_refusal_nothing_is_held(
    store: SqlStore, prompt: str, options: dict[str, Any], parts: dict[str, Any], kind: type[Refusal], code: str
) -> None:
    queue, metrics = FakeQueue(), Metrics()
    intake = make_intake(store, queue=queue, metrics=metrics, **parts)
    with pytest.raises(kind) as refused:
        await intake.submit(ask(prompt, **options))
    assert refused.value.code == code
    assert metrics.registry.get_sample_value("piying_requests_refused_total", {"code": code}) == 1
    with store.begin() as tx:
        assert tx.ledger.held_jobs() == []
        assert tx.jobs.by_key("key") is None
        assert all(account.held == 0 for account in tx.ledger.accounts(limit=9))
    assert queue.submitted == []


async def test_a_blocked_account_is_refused(store: SqlStore) -> None:
    intake = make_intake(store)
    account = await asyncio.to_thread(intake.account, ALICE)
    with store.begin() as tx:
        tx.ledger.set_blocked(account.id, blocked=True)
    with pytest.raises(Refusal, match="account-blocked"):
        await intake.submit(ask())
    assert account_of(store).held == 0
    await intake.submit(ask(address=BOB))


async def test_refusals_tell_the_figures(store: SqlStore) -> None:
    with pytest.raises(TooLong) as long:
        await make_intake(store).submit(ask("猫" * 1001))
    assert long.value.details == {"length": 1001, "limit": 1000}
    with pytest.raises(PromptBlocked) as blocked:
        await make_intake(store).submit(ask("forbidden"))
    assert blocked.value.details == {"category": "gore"}
    with pytest.raises(QuotaExceeded) as short:
        await make_intake(store, limits=Limits(welcome_credits=3)).submit(ask(address=BOB))
    assert short.value.details == {"price": 4, "balance": 3}


async def test_the_length_counts_without_the_options(store: SqlStore) -> None:
    receipt = await make_intake(store).submit(ask("a" * 1000 + " vertical"))
    assert receipt.job.spec.width == 480


async def test_an_untranslated_prompt_is_moderated_once(store: SqlStore) -> None:
    moderator = FakeModerator()
    await make_intake(store, moderator=moderator).submit(ask("a cat"))
    assert moderator.seen == ["a cat"]


@pytest.mark.parametrize(
    ("spoken", "chosen", "expected"),
    [
        ("vertical", {}, (480, 854, 4)),
        ("vertical", {"ratio": "1:1"}, (480, 480, 4)),
        ("6s", {"seconds": 2}, (854, 480, 2)),
        ("6s", {"ratio": "1:1"}, (480, 480, 6)),
        ("720p", {"resolution": "480p"}, (854, 480, 4)),
        ("hd", {}, (1280, 720, 4)),
        ("hd", {"recipe": "standard"}, (854, 480, 4)),
    ],
)
async def test_chosen_options_win_over_spoken_ones(
    store: SqlStore, spoken: str, chosen: dict[str, Any], expected: tuple[int, int, float]
) -> None:
    spec = (await make_intake(store).submit(ask(f"a cat {spoken}", **chosen))).job.spec
    assert (spec.width, spec.height, spec.seconds) == expected


async def test_a_seed_is_taken_or_drawn(store: SqlStore) -> None:
    intake = make_intake(store)
    seeds = [(await intake.submit(ask(key=f"k{n}"))).job.spec.seed for n in range(5)]
    assert len(set(seeds)) == 5
    assert all(0 <= seed <= MAX_SEED for seed in seeds)
    assert (await intake.submit(ask("a cat seed7", key="spoken"))).job.spec.seed == 7
    assert (await intake.submit(ask("a cat seed7", key="chosen", seed=0))).job.spec.seed == 0


async def test_the_same_key_is_the_same_job(store: SqlStore) -> None:
    queue, moderator = FakeQueue(), FakeModerator()
    intake = make_intake(store, queue=queue, moderator=moderator)
    first = await intake.submit(ask("a cat"))
    second = await intake.submit(ask("a dog"))
    assert (second.job, second.duplicate, second.balance) == (first.job, True, 496)
    assert queue.submitted == [first.job.id]
    assert moderator.seen == ["a cat"]


async def test_a_known_key_is_answered_even_where_nothing_more_would_be_taken(store: SqlStore) -> None:
    first = await make_intake(store).submit(ask())
    again = await make_intake(store, limits=Limits(waiting=0, clips_a_day=0)).submit(ask())
    assert (again.job, again.duplicate, again.balance) == (first.job, True, first.balance)


async def test_a_queue_that_fails_takes_the_hold_back(store: SqlStore) -> None:
    class Full(FakeQueue):
        def submit(self, tx: Transaction, job: Job) -> None:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await make_intake(store, queue=Full()).submit(ask())
    assert (account_of(store).balance, account_of(store).held) == (Limits().welcome_credits, 0)
    with store.begin() as tx:
        assert tx.jobs.by_key("key") is None


async def test_limits_follow_the_accounts_own_day(store: SqlStore) -> None:
    """16:30 UTC is past midnight in Shanghai and past noon in New York."""
    clock = FakeClock(1_773_160_200.0)
    intake = make_intake(store, clock=clock, limits=Limits(clips_a_day=1))
    for address, timezone in ((ALICE, "Asia/Shanghai"), (BOB, "America/New_York")):
        account: Account = await asyncio.to_thread(intake.account, address)
        with store.begin() as tx:
            tx.ledger.set_timezone(account.id, timezone, now=0.0)
    clock.time -= 3600
    for address in (ALICE, BOB):
        await intake.submit(ask(key=f"{address.user}-1", address=address))
    clock.time += 3600
    await intake.submit(ask(key="alice-2", address=ALICE))
    with pytest.raises(QuotaExceeded) as refused:
        await intake.submit(ask(key="bob-2", address=BOB))
    assert refused.value.details == {
        "limit": 1,
        "resets_at": "2026-03-11 00:00 EDT",
        "retry_after": 41_400,
    }


async def test_jobs_that_came_to_nothing_do_not_count(store: SqlStore) -> None:
    intake = make_intake(store, limits=Limits(clips_a_day=1))
    receipt = await intake.submit(ask(key="1"))
    with pytest.raises(QuotaExceeded):
        await intake.submit(ask(key="2"))
    with store.begin() as tx:
        assert tx.jobs.move(receipt.job.id, JobState.FAILED, now=0, error="engine-fault")
    await intake.submit(ask(key="3"))


async def test_a_chats_limit_counts_all_its_members(store: SqlStore) -> None:
    intake = make_intake(store, limits=Limits(chat_clips_a_day=2))
    members = [Address("telegram", "group", user) for user in ("1", "2", "3")]
    for address in members[:2]:
        await intake.submit(ask(key=address.user, address=address))
    with pytest.raises(QuotaExceeded, match="limit-chat-clips"):
        await intake.submit(ask(key="3", address=members[2]))
    await intake.submit(ask(key="4", address=Address("telegram", "elsewhere", "3")))
    await intake.submit(ask(key="5", address=Address("discord", "group", "3")))


@pytest.mark.parametrize("prompt", ["a\0cat", "a cat \ud83d", "\udcff a cat", "\u202ea cat\u202c e\u0301\u0301"])
async def test_any_text_can_be_stored(store: SqlStore, prompt: str) -> None:
    def read(text: str) -> tuple[str, Options]:
        return "a cat", Options()

    receipt = await make_intake(store, read_prompt=read).submit(ask(prompt))
    with store.begin() as tx:
        stored = tx.jobs.by_key("key")
    assert stored == receipt.job
    assert "\0" not in receipt.job.prompt
    assert receipt.job.prompt.encode().decode() == receipt.job.prompt


async def test_a_premium_accounts_tier_goes_with_its_jobs(store: SqlStore) -> None:
    intake = make_intake(store)
    account = await asyncio.to_thread(intake.account, ALICE)
    with store.begin() as tx:
        tx.ledger.set_tier(account.id, "premium")
    assert (await intake.submit(ask())).job.tier == "premium"


async def test_errors_carry_no_prompt(store: SqlStore) -> None:
    with pytest.raises(PiyingError) as refused:
        await make_intake(store).submit(ask("forbidden secret words"))
    assert "secret" not in repr(refused.value)
    assert "secret" not in str(refused.value.details)
