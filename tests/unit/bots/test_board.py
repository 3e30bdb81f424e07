"""Where a job is shown, across restarts."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bots.board import Board, known_facts
from core.posts import PostBook
from core.types import Address, Job
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


async def test_what_comes_in_at_once_is_kept_together(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, written = [held_job(store, Address("console", f"chat-{n}", f"user-{n}")) for n in range(9)], list[int]()
    put_all = PostBook.put_all

    def counted(book: PostBook, facts: Mapping[str, Mapping[str, Any]]) -> None:
        written.append(len(facts))
        put_all(book, facts)

    monkeypatch.setattr(PostBook, "put_all", counted)
    here = board(store)
    for job in jobs:
        here.expect(job)
    await asyncio.gather(*(here.change(job, message=n) for n, job in enumerate(jobs)))
    assert [(await board(store).find(job)).message for job in jobs] == list(range(9))
    assert written == [9]
    await here.change(jobs[0], name="Ann")
    assert written == [9, 1]
    assert await board(store).find(jobs[0]) == Note("chat-0", 0, "Ann")


async def test_a_change_that_cannot_be_kept_is_no_others_fault(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [held_job(store, Address("console", f"chat-{n}", f"user-{n}")) for n in range(3)]
    put = PostBook.put

    def shut(book: PostBook, job_id: str, facts: Mapping[str, Any]) -> bool:
        if job_id == jobs[1].id:
            raise OSError(job_id)
        return put(book, job_id, facts)

    def all_shut(book: PostBook, facts: Mapping[str, Mapping[str, Any]]) -> None:
        raise OSError(len(facts))

    monkeypatch.setattr(PostBook, "put", shut)
    monkeypatch.setattr(PostBook, "put_all", all_shut)
    here = board(store)
    for job in jobs:
        here.expect(job)
    told = await asyncio.gather(*(here.change(job, message=7) for job in jobs), return_exceptions=True)
    assert [isinstance(one, OSError) for one in told] == [False, True, False]
    assert [(await board(store).find(job)).message for job in jobs] == [7, None, 7]
    with pytest.raises(OSError, match=jobs[1].id):
        await here.change(jobs[1], message=8)
