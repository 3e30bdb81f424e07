"""One conversation, on the console, on Telegram and on Discord: everywhere it ends in the same ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.types import EntryKind, Job, JobState
from tests.contract.talks import PLATFORMS, WELCOME, House, Talk

Line = tuple[str, EntryKind, int, int]

PRICE = 4
AGREED: list[Line] = [
    ("", EntryKind.GRANT, WELCOME, 0),
    ("kept", EntryKind.HOLD, -PRICE, PRICE),
    ("kept", EntryKind.CHARGE, 0, -PRICE),
    ("cancelled", EntryKind.HOLD, -PRICE, PRICE),
    ("cancelled", EntryKind.RELEASE, PRICE, -PRICE),
    ("broken", EntryKind.HOLD, -PRICE, PRICE),
    ("broken", EntryKind.RELEASE, PRICE, -PRICE),
    ("again", EntryKind.HOLD, -PRICE, PRICE),
    ("again", EntryKind.CHARGE, 0, -PRICE),
]
"""What the script comes to, wherever it is played."""


async def play(talk: Talk) -> dict[str, Job]:
    """A clip that is made, one that is cancelled, one that fails, one refused, and the first once more."""
    assert f"{WELCOME:,}" in await talk.credits()
    kept = await talk.video("two cats")
    await talk.house.make(kept)

    cancelled = await talk.video("a dog")
    await talk.cancel(cancelled.code)

    broken = await talk.video("a whale")
    await talk.house.fail(broken)

    assert "Nothing was charged" in await talk.refused("something forbidden")

    again = await talk.again(kept.code)
    await talk.house.make(again)
    assert f"{WELCOME - 2 * PRICE:,}" in await talk.credits()
    return {"kept": kept, "cancelled": cancelled, "broken": broken, "again": again}


def ledger(house: House, jobs: dict[str, Job]) -> list[Line]:
    """The entries, the oldest first, by what the script calls the jobs."""
    names = {job.id: name for name, job in jobs.items()}
    with house.store.look() as tx:
        entries = tx.ledger.entries(jobs["kept"].account, limit=99)
    return [(names[one.job] if one.job else "", one.kind, one.balance, one.held) for one in reversed(entries)]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_the_conversation_ends_in_the_same_ledger(tmp_path: Path, platform: str) -> None:
    async with PLATFORMS[platform](tmp_path) as talk:
        jobs = await play(talk)
        with talk.house.store.look() as tx:
            states = {name: job and job.state for name, old in jobs.items() if (job := tx.jobs.get(old.id)) or True}
            account = tx.ledger.account(jobs["kept"].account)
        assert states == {
            "kept": JobState.SUCCEEDED,
            "cancelled": JobState.CANCELLED,
            "broken": JobState.FAILED,
            "again": JobState.SUCCEEDED,
        }
        assert account
        assert (account.balance, account.held) == (WELCOME - 2 * PRICE, 0)
        assert ledger(talk.house, jobs) == AGREED
        assert jobs["again"].spec == jobs["kept"].spec
