"""Where a job is shown, across restarts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.board import Board, known_facts
from core.posts import PostBook
from core.types import Job
from storage.database import SqlStore
from tests.stores import held_job


@dataclass(frozen=True)
class Note:
    chat: str
    message: int | None = None
    name: str = ""


def read(job: Job, facts: Mapping[str, Any]) -> Note:
    return Note(**{"chat": job.address.chat, **known_facts(Note, facts)})


def board(store: SqlStore) -> Board[Note]:
    return Board(PostBook(store), read)


async def test_what_is_expected_is_kept_with_the_next_change(store: SqlStore) -> None:
    job, here = held_job(store), board(store)
    assert here.expect(job, name="Ann") == Note("alice", name="Ann")
    assert await here.find(job) == Note("alice", name="Ann")
    assert await board(store).find(job) == Note("alice")
    await here.change(job, message=7)
    assert await board(store).find(job) == Note("alice", 7, "Ann")


async def test_a_change_leaves_the_rest_as_it_was(store: SqlStore) -> None:
    job = held_job(store)
    await board(store).change(job, message=7, name="Ann")
    await board(store).change(job, message=None)
    assert await board(store).find(job) == Note("alice", None, "Ann")
